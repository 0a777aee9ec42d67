"""What there is to say of an issue before it is sent: whom it reaches, what is wrong with it."""

from dataclasses import dataclass
from datetime import datetime

from partwork.actions.check import open_faults
from partwork.actions.clicks import as_mailed
from partwork.actions.issue_named import issue_named
from partwork.actions.loading import load_newsletter
from partwork.actions.segments import readers_of
from partwork.assembly import Press
from partwork.model.fault import Fault
from partwork.model.issue import Issue
from partwork.rendering.finding import Check
from partwork.rendering.preflight import preflight


@dataclass(frozen=True, slots=True)
class BeforeSending:
    """An issue; how many it reaches; what keeps its part from readers; what its mail is like."""

    issue: Issue
    recipients: int
    faults: tuple[Fault, ...]
    checks: tuple[Check, ...]


def before_sending(
    press: Press, issue: Issue, now: datetime, recipients: int | None = None
) -> BeforeSending:
    """The stored strings are looked at, not what the part's file gives by now.

    `recipients` are counted where they are not told: those it would reach if it were published
    now. Raises PartworkError for a part that cannot be read any more.
    """
    newsletter = load_newsletter(press, issue.audience.newsletter)
    series = issue.audience.series
    is_written = series in press.library.series_slugs()  # a mail with a week's parts is not
    return BeforeSending(
        issue,
        readers_of(press, [issue], now)[0] if recipients is None else recipients,
        open_faults(press, series, {issue.number}) if is_written else (),
        preflight(issue, newsletter, mailed=as_mailed(press, issue, newsletter).html),
    )


def before_sending_named(press: Press, issue: str, recipients: int, now: datetime) -> BeforeSending:
    """The same of an issue by its name, for readers who are planned already."""
    return before_sending(press, issue_named(press, issue), now, recipients)
