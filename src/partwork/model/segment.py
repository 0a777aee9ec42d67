"""Segments: named conditions on confirmed subscriptions."""

import json
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Segment:
    """Some of a newsletter's readers: every condition that is set holds, of its values any.

    `language` holds ranges (RFC 4647, 3.3.1) in lower case: `de` takes `de-AT`; `series` those of
    which a reader has had a part; `field` names imported fields in lower case, each with its
    values. Who signed up on the day of `signed_up_since` (UTC) is in, of `signed_up_before` out.
    """

    name: str
    language: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    not_tag: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    field: tuple[tuple[str, tuple[str, ...]], ...] = ()
    signed_up_since: date | None = None
    signed_up_before: date | None = None

    @property
    def has_conditions(self) -> bool:
        """Whether it chooses at all; without, it would be for everybody."""
        return self != Segment(self.name)

    @property
    def rule(self) -> str:
        """The definition in one line of JSON, which an approval covers: the same for the same."""
        said: dict[str, object] = {
            "name": self.name,
            "language": sorted(set(self.language)),
            "tag": sorted(set(self.tag)),
            "not_tag": sorted(set(self.not_tag)),
            "series": sorted(set(self.series)),
            "field": {name: sorted(set(values)) for name, values in self.field},
            "signed_up_since": self.signed_up_since and self.signed_up_since.isoformat(),
            "signed_up_before": self.signed_up_before and self.signed_up_before.isoformat(),
        }
        told = {name: value for name, value in said.items() if value}
        return json.dumps(told, ensure_ascii=False, sort_keys=True)


def segment_of(rule: str) -> Segment:
    """The segment of that rule. Raises ValueError for what is none, or has no condition."""
    told = json.loads(rule)
    try:
        segment = Segment(
            name=told.pop("name"),
            field=tuple((name, tuple(values)) for name, values in told.pop("field", {}).items()),
            signed_up_since=_day(told.pop("signed_up_since", None)),
            signed_up_before=_day(told.pop("signed_up_before", None)),
            **{name: tuple(values) for name, values in told.items()},
        )
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("not the rule of a segment") from error
    if not segment.has_conditions:
        raise ValueError("a segment without a condition")
    return segment


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)
