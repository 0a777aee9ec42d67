"""What automations in Prefect may listen to: what became of articles, series, issues and domains.

An event names the thing that it is about and counts; never an address, a reason in servers' words
or a text. All of them stand in docs/operations.md.
"""

from collections.abc import Iterable

from prefect.events import emit_event

from partwork.orchestration.event_names import APPROVED, COMPOSED, INGESTED


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
