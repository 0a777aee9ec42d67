"""The plan of a series as it is kept between two runs: `series/<slug>/.base/plan.json`."""

import json

from partwork.manuscript.errors import ManuscriptError
from partwork.model.newsletter import QuotationLimits
from partwork.model.plan import Ground, Plan
from partwork.model.series import Division


def print_plan(plan: Plan) -> str:
    """The plan as JSON, the parts by their ids."""
    parts = {
        id_: {"digest": ground.digest, "statements": list(ground.statements)}
        for id_, ground in sorted(plan.grounds.items())
    }
    value = {
        "division": plan.division.value,
        "writer": plan.writer,
        "parts": parts,
        "passed_over": list(plan.passed_over),
        "quoted": {slug: [one.share, one.run] for slug, one in sorted(plan.quoted.items())},
    }
    return json.dumps(value, indent=1) + "\n"


def parse_plan(text: str, file: str) -> Plan:
    """The plan in the text of `file`. Raises ManuscriptError where it holds none."""
    try:
        value = json.loads(text)
        grounds = {
            str(id_): Ground(_texts(part["statements"]), str(part["digest"]))
            for id_, part in value["parts"].items()
        }
        passed_over = _texts(value["passed_over"])
        quoted = {
            str(slug): QuotationLimits(float(share), int(run))
            for slug, (share, run) in value.get("quoted", {}).items()  # plans of old have none
        }
        return Plan(Division(value["division"]), str(value["writer"]), grounds, passed_over, quoted)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ManuscriptError(
            file, 0, "is no plan of a series; remove it, and the series is composed anew"
        ) from None


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(text, str) for text in value):
        raise TypeError
    return tuple(value)
