"""What automations in Prefect may listen to: what became of articles, series, issues and domains.

An event names the thing that it is about and counts; never an address, a reason in servers' words
or a text. All of them stand in docs/operations.md.
"""

from collections.abc import Iterable
from datetime import datetime

from prefect.events import emit_event

from partwork.actions.send import SendReport
from partwork.actions.slowed import slowed_since
from partwork.assembly import Press
from partwork.orchestration.event_names import APPROVED, COMPOSED, INGESTED, SENT, SLOWED


def tell_ingested(articles: Iterable[str]) -> None:
    """Emits an event for each new article, by its short name."""
    for slug in articles:
        tell(INGESTED, "article", slug)


def tell_composed(series: str, newsletter: str, *, parts: int, faults: int) -> None:
    """Emits that a series was composed: of how many parts, with how many faults to mend."""
    counts = {"parts": parts, "faults": faults}
    tell(COMPOSED, "series", series, counts, newsletter=newsletter)


def tell_approved(issue: str, newsletter: str, series: str) -> None:
    """Emits that an issue has all the approvals that it needs."""
    tell(APPROVED, "issue", issue, newsletter=newsletter, series=series)


def tell_sent(report: SendReport) -> None:
    """Emits that nothing of an issue is left to send now, if this run has sent any of it.

    What was put off comes due later, with a run and an event of its own.
    """
    standing = report.tally
    if report.stopped or standing.pending or not report.sent:
        return
    counts = {
        "accepted": standing.accepted,
        "deferred": standing.deferred,
        "refused": standing.refused,
        "in_doubt": standing.in_doubt,
        "planned": standing.planned,
    }
    tell(SENT, "issue", report.issue, counts)


def tell_slowed(press: Press, since: datetime) -> None:
    """Emits an event for each recipients' domain that wanted less of us since then."""
    for one in slowed_since(press, since):
        tell(SLOWED, "domain", one.domain, relay=one.relay)


def tell(
    event: str, kind: str, name: str, counts: dict[str, int] | None = None, **labels: str
) -> None:
    """Emits one event about the thing of that kind and name, with counts and labels of ours."""
    resource = {
        "prefect.resource.id": f"partwork.{kind}.{name}",
        "prefect.resource.name": name,
    }
    named = {f"partwork.{label}": value for label, value in labels.items()}
    emit_event(event=event, resource=resource | named, payload=counts or {})
