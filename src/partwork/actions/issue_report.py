"""A published issue → the report on what became of it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from partwork.actions.clicks import clicks_on
from partwork.actions.issue_named import issue_named
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.delivery import DeliveryState, Tally
from partwork.model.feedback import FeedbackKind
from partwork.model.issue_report import (
    DAY,
    WEEK,
    Compared,
    DomainOutcomes,
    IssueReport,
    Outcomes,
)
from partwork.rendering.issue_report import (
    bounces_in,
    counted_by,
    is_believed,
    is_complaint,
    report_rows,
    told_domains,
)
from partwork.rendering.issue_report_page import issue_report_page
from partwork.store.engine import read_only
from partwork.store.issue_figures import (
    Against,
    Departure,
    DomainReplies,
    Sent,
    against,
    departures,
    issues_before,
    replies_by_domain,
    sent_issue,
)
from partwork.store.ledger import tally
from partwork.subscribing.exports import csv_of

EARLIER = 10  # issues that one is set beside

_COUNTED = {
    DeliveryState.ACCEPTED: "accepted",
    DeliveryState.DEFERRED: "deferred",
    DeliveryState.REFUSED: "refused",
    DeliveryState.IN_DOUBT: "in_doubt",
}
# What a bounce or complaint adds, and whether one that was judged by some rule does.
_HARMS = {
    FeedbackKind.BOUNCE: (Outcomes(bounced=1), is_believed),
    FeedbackKind.COMPLAINT: (Outcomes(complained=1), is_complaint),
}


def issue_report(press: Press, name: str, now: datetime) -> IssueReport:
    """What is known at `now` of a published issue, by its name or the start of it.

    Raises LibraryError for one that is not there or not published.
    """
    issue = issue_named(press, name)
    with read_only(press.engine) as connection:
        sent = sent_issue(connection, issue.content_hash)
        if sent is None:
            raise LibraryError(f"{issue.name} is not published; there is nothing to report yet")
        newsletter = issue.audience.newsletter
        earlier = issues_before(connection, newsletter, sent, EARLIER)
        figures = _figures(connection, newsletter, sent, earlier)
        clicks = clicks_on(connection, issue)
        tallies = {one: tally(connection, one.content_hash) for one in (sent, *earlier)}
    return replace(_report(press, newsletter, figures, tallies, now), clicks=clicks)


def issue_report_html(press: Press, report: IssueReport) -> str:
    """The report as a web page that loads nothing. Raises TemplateError."""
    return issue_report_page(report, press.library.templates())


def issue_report_csv(report: IssueReport) -> str:
    """The report as CSV for spreadsheets, formulas defused."""
    return csv_of(report_rows(report))


@dataclass(frozen=True, slots=True)
class _Figures:
    """What was counted of an issue and those before it."""

    sent: Sent
    earlier: tuple[Sent, ...]
    replies: tuple[DomainReplies, ...]
    against: Mapping[str, Sequence[Against]]
    left: Mapping[str, Sequence[Departure]]

    def within(self, sent: Sent, counts: Tally, length: timedelta) -> Compared:
        """An issue as it is compared: what came back within that time of each delivery."""
        returned = _returned(
            (one for one in self.against.get(sent.content_hash, ()) if _is_in(one.after_s, length)),
            (one for one in self.left.get(sent.content_hash, ()) if _is_in(one.after_s, length)),
        )
        outcomes = sum(returned.values(), start=_replies_in(counts))
        return Compared(sent.name, sent.title, sent.due_at, outcomes)


def _figures(
    connection: Connection, newsletter: str, sent: Sent, earlier: tuple[Sent, ...]
) -> _Figures:
    hashes = [one.content_hash for one in (sent, *earlier)]
    since = min(one.planned_at for one in (sent, *earlier))
    came: defaultdict[str, list[Against]] = defaultdict(list)
    for one in against(connection, hashes, since):
        came[one.content_hash].append(one)
    left: defaultdict[str, list[Departure]] = defaultdict(list)
    for gone in departures(connection, newsletter, hashes, since):
        left[gone.content_hash].append(gone)
    return _Figures(sent, earlier, replies_by_domain(connection, sent.content_hash), came, left)


def _report(
    press: Press, newsletter: str, figures: _Figures, tallies: Mapping[Sent, Tally], now: datetime
) -> IssueReport:
    sent, counts = figures.sent, tallies[figures.sent]
    came = figures.against.get(sent.content_hash, ())
    seconds = [one.after_s for one in figures.left.get(sent.content_hash, ())]
    by_domain = _returned(came, figures.left.get(sent.content_hash, ()))
    accepted = [one for one in figures.replies if one.state is DeliveryState.ACCEPTED]
    folded = counts.accepted - sum(one.count for one in accepted)
    first = min((one.first_at for one in accepted if one.first_at), default=None)
    if folded:  # of what is not folded the first is not the issue's
        first = None
    last = max((one.last_at for one in accepted if one.last_at), default=None)
    outcomes = sum(by_domain.values(), start=_replies_in(counts))
    age = now - (first or sent.planned_at)
    within = WEEK if age >= WEEK else DAY
    return IssueReport(
        issue=sent.name,
        title=sent.title,
        newsletter=newsletter,
        at=now,
        planned=counts.planned,
        waiting=counts.pending,
        gathered=counts.gathered,
        bundled=counts.bundled,
        went_before=counts.left,
        first_at=first,
        last_at=None if folded else last,
        outcomes=outcomes,
        bounces=bounces_in(_rules(came)),
        unproven=sum(not is_believed(one.rule) for one in came),
        left_by_hour=counted_by(24, timedelta(hours=1), seconds),
        left_by_day=counted_by(7, DAY, seconds),
        folded=folded,
        domains=() if folded else _domains(figures.replies, by_domain, outcomes.mailed),
        within=within,
        compared=figures.within(sent, counts, within),
        earlier=tuple(figures.within(one, tallies[one], within) for one in figures.earlier),
        notices=tuple(_notices(press, counts, folded, outcomes, age)),
    )


def _notices(
    press: Press, counts: Tally, folded: int, outcomes: Outcomes, age: timedelta
) -> Iterator[str]:
    given = press.settings
    if counts.pending or counts.deferred:
        yield f"{counts.pending + counts.deferred:,} deliveries are not settled yet: figures grow."
    if outcomes.accepted and age < WEEK:
        length = "day" if age < DAY else "week"
        yield f"The first {length} is not over: more may come back, and more may leave."
    if given.mailbox is None and not any(given.webhooks.values()):
        yield (
            "Neither a mailbox nor a webhook is set that would tell of bounces and complaints: "
            "that few or none are counted does not say that there were none."
        )
    if outcomes.in_doubt:
        yield f"{outcomes.in_doubt:,} are in doubt: partwork reconcile shows and settles them."
    if folded:
        yield (
            f"{folded:,} deliveries are kept in short by now: to which domains they went and when "
            "is not counted any more. All other numbers are as true as before."
        )


def _is_in(after_s: int, length: timedelta) -> bool:
    return after_s < length.total_seconds()


def _replies_in(counts: Tally) -> Outcomes:
    return Outcomes(counts.accepted, counts.deferred, counts.refused, counts.in_doubt)


def _rules(came: Sequence[Against]) -> Mapping[int, list[str]]:
    """The rules by which bounces were judged, by delivery."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for one in came:
        if one.kind is FeedbackKind.BOUNCE and is_believed(one.rule):
            found[one.delivery].append(one.rule)
    return found


def _returned(came: Iterable[Against], left: Iterable[Departure]) -> Mapping[str, Outcomes]:
    """What came back and who left, by domain; a delivery counts once for each."""
    found: defaultdict[str, Outcomes] = defaultdict(Outcomes)
    counted: set[tuple[int, FeedbackKind]] = set()
    for one in came:
        harm, is_counted = _HARMS[one.kind]
        if is_counted(one.rule) and (one.delivery, one.kind) not in counted:
            counted.add((one.delivery, one.kind))
            found[one.domain] += harm
    for gone in left:
        found[gone.domain] += Outcomes(left=1)
    return found


def _domains(
    replies: Sequence[DomainReplies], returned: Mapping[str, Outcomes], mailed: int
) -> tuple[DomainOutcomes, ...]:
    found: defaultdict[str, Outcomes] = defaultdict(Outcomes, returned)
    for one in replies:
        if name := _COUNTED.get(one.state):
            found[one.domain] += Outcomes(**{name: one.count})
    return told_domains(found, mailed)
