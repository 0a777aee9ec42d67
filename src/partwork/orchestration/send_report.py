"""What became of sending an issue, as the dashboard shows it."""

from datetime import datetime, timedelta

from partwork.actions.send import SendReport
from partwork.model.delivery import Tally
from partwork.orchestration.artifacts import escaped, table


def page(report: SendReport) -> str:
    """Where the issue's deliveries stand, as Markdown."""
    canary = f"\nFirst readers: {escaped(report.canary)}\n" if report.canary else ""
    stopped = f"\nStopped: {escaped(report.stopped)}\n" if report.stopped else ""
    return f"# {escaped(report.issue)}\n\n{_standing(report.tally)}{canary}{stopped}"


def page_so_far(
    issue: str,
    standing: Tally,
    *,
    answered: int,
    since: datetime,
    now: datetime,
    is_cut_short: bool = False,
) -> str:
    """The same while it is sent: how fast this run is, and when it may be done, if it goes on."""
    if is_cut_short:
        said = f"This run was ended at {now:%H:%M:%S} UTC: {answered:,} were answered in it."
        return f"# {escaped(issue)}\n\n{escaped(said)}\n\n{_standing(standing)}"
    passed = max((now - since).total_seconds(), 1)
    per_minute = answered / passed * 60
    words = [f"Sending since {since:%H:%M} UTC: {answered:,} answered in this run"]
    if per_minute >= 1:
        words.append(f"{per_minute:,.0f} a minute")
        done_at = now + timedelta(minutes=standing.pending / per_minute)
        words.append(f"done about {done_at:%H:%M} UTC if it goes on so")
    said = f"{', '.join(words)}. As of {now:%H:%M:%S} UTC."
    return f"# {escaped(issue)}\n\n{escaped(said)}\n\n{_standing(standing)}"


def _standing(tally: Tally) -> str:
    counted = (
        ("accepted", tally.accepted),
        ("waiting", tally.pending),
        ("deferred, tried again later", tally.deferred),
        ("refused", tally.refused),
        ("in doubt, for an operator to decide", tally.in_doubt),
        ("left before it was sent", tally.left),
        ("waiting for the mail with all parts of the week", tally.gathered),
        ("in such a mail", tally.bundled),
        ("all", tally.planned),
    )
    return table(("deliveries", ""), counted)
