"""The report on an issue as a web page: what its template may ask for, and the page itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from partwork.model.issue_report import Compared, DomainOutcomes, IssueReport, LinkClicks
from partwork.rendering.issue_report import (
    CLICKS_SAY,
    MEASURES,
    READERS_FOR_DOMAINS,
    READERS_OF_A_DOMAIN,
    Measure,
    counts_of,
    domain_name,
    in_hours,
    in_percent,
    median_share,
)
from partwork.rendering.plots import Plot, in_rows, over_time, side_by_side
from partwork.rendering.report_page import PANEL, PAPER, plain_line
from partwork.rendering.templates import filled
from partwork.rendering.words import day_in

TEMPLATE = "web/issue-report.html"

_MOST_LINKS = 10  # that a plot shows
_URL_CHARACTERS = 30
_SHOWN = ("accepted", "deferred", "refused", "in doubt", "bounced", "complained", "left in a week")


@dataclass(frozen=True, slots=True)
class Table:
    """A table: what it shows, its headings, and rows whose first cell names them."""

    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def issue_report_page(report: IssueReport, templates: Mapping[str, str]) -> str:
    """The report as HTML that loads nothing. Raises TemplateError."""
    return filled(TEMPLATE, templates, _fields(report)).text


def instant_in_words(at: datetime) -> str:
    """An instant for people: `3 May 2026, 06:30 UTC`."""
    return f"{day_in('en', at.date())}, {at:%H:%M} UTC"


def domain_table(domains: Sequence[DomainOutcomes]) -> Table:
    """What became of the deliveries to each domain."""
    names = ("accepted", "deferred", "refused", "in doubt", "bounced", "complained", "left")
    return Table(
        "Deliveries by recipients' domain",
        ("domain", *names),
        tuple(
            (
                plain_line(domain_name(one)),
                *(f"{getattr(one.outcomes, name.replace(' ', '_')):,}" for name in names),
            )
            for one in domains
        ),
    )


def compared_table(report: IssueReport) -> Table:
    """The issue and those before it, in shares, and the median of those before it."""
    rows = [
        (plain_line(one.issue), day_in("en", one.due_at.date()), *_shares(one))
        for one in (report.compared, *report.earlier)
    ]
    middle = [in_percent(median_share(m, report.earlier)) for m in MEASURES]
    if report.earlier:
        rows.insert(1, (f"median of the {len(report.earlier)} before it", "", *middle))
    headings = ("issue", "due", *(m.title.lower() for m in MEASURES))
    return Table(f"Shares: {words_for_within(report)}", headings, tuple(rows))


def words_for_within(report: IssueReport) -> str:
    """Of what the shares are, in words."""
    return (
        "accepted and refused of all that was mailed; bounced, complained and left of what was "
        f"accepted, within {in_hours(report.within)} of each delivery"
    )


def hours_table(report: IssueReport) -> Table:
    """Who left, by hours."""
    rows = ((f"{n - 1} to {n}", f"{c:,}") for n, c in enumerate(report.left_by_hour, start=1))
    return Table("Readers who left, by hours after their delivery", ("hour", "left"), tuple(rows))


def days_table(report: IssueReport) -> Table:
    """Who left, by days."""
    rows = ((str(n), f"{c:,}") for n, c in enumerate(report.left_by_day, start=1))
    return Table("Readers who left, by days after their delivery", ("day", "left"), tuple(rows))


def links_table(clicks: Sequence[LinkClicks]) -> Table:
    """How often each counted link was followed."""
    rows = ((str(one.number), f"{one.count:,}", plain_line(one.url)) for one in clicks)
    return Table("Clicks by link", ("link", "clicks", "goes to"), tuple(rows))


def _shares(one: Compared) -> tuple[str, ...]:
    return tuple(in_percent(m.share(one.outcomes)) for m in MEASURES)


def _fields(report: IssueReport) -> dict[str, object]:
    counts = [(name, f"{count:,}", says) for name, count, says in counts_of(report)]
    return {
        "issue": plain_line(report.issue),
        "title": plain_line(report.title),
        "newsletter": plain_line(report.newsletter),
        "at": instant_in_words(report.at),
        "first": instant_in_words(report.first_at) if report.first_at else "",
        "last": instant_in_words(report.last_at) if report.last_at else "",
        "notices": report.notices,
        "unproven": report.unproven,
        "counts": Table("What became of it", ("", "deliveries", "what that is"), tuple(counts)),
        "outcomes": _outcomes(report),
        "hours": hours_table(report),
        "days": days_table(report),
        "over_hours": _hours(report),
        "over_days": _days(report),
        "left": report.outcomes.left,
        "domains": domain_table(report.domains) if report.domains else None,
        "links": links_table(report.clicks) if report.clicks else None,
        "most_clicked": _clicks(report.clicks) if report.clicks else None,
        "clicks_say": CLICKS_SAY,
        "is_folded": bool(report.folded),
        "compared": compared_table(report),
        "has_earlier": bool(report.earlier),
        "measures": tuple(_compared(report)),
        "readers_for_domains": READERS_FOR_DOMAINS,
        "readers_of_a_domain": READERS_OF_A_DOMAIN,
        "paper": PAPER,
        "panel": PANEL,
    }


def _outcomes(report: IssueReport) -> Plot:
    rows = [(name, count) for name, count, _ in counts_of(report) if name in _SHOWN]
    told = ", ".join(f"{count:,} {name}" for name, count in rows)
    says = f"Of {report.planned:,} deliveries: {told}."
    return in_rows("outcomes", "What became of the deliveries", says, rows, report.planned)


def _hours(report: IssueReport) -> Plot:
    labels = [str(n) if n in {1, 6, 12, 18, 24} else "" for n in range(1, 25)]
    counts = report.left_by_hour
    says = (
        f"{sum(counts):,} readers left within 24 hours of their delivery, {_most(counts, 'hour')}."
    )
    return over_time("hours", "Readers who left, by hours", says, counts, labels)


def _days(report: IssueReport) -> Plot:
    counts = report.left_by_day
    says = f"{sum(counts):,} readers left within 7 days of their delivery, {_most(counts, 'day')}."
    labels = [f"day {n}" for n in range(1, 8)]
    return over_time("days", "Readers who left, by days", says, counts, labels)


def _most(counts: Sequence[int], unit: str) -> str:
    most = max(counts, default=0)
    return f"most of them, {most:,}, in {unit} {counts.index(most) + 1}"


def _clicks(clicks: Sequence[LinkClicks]) -> Plot:
    shown, total = clicks[:_MOST_LINKS], sum(one.count for one in clicks)
    rows = [(f"{one.number} · {_short(one.url)}", one.count) for one in shown]
    says = (
        f"{total:,} clicks on {len(clicks):,} links; link {shown[0].number} was followed most, "
        f"{shown[0].count:,} times."
    )
    return in_rows("clicks", "Clicks on the most followed links", says, rows, max(1, total))


def _short(url: str) -> str:
    """A link's address as far as it fits a phone."""
    told = plain_line(url).partition("://")[2]
    return told if len(told) <= _URL_CHARACTERS else f"{told[: _URL_CHARACTERS - 1]}…"


def _compared(report: IssueReport) -> Iterator[Plot]:
    """One plot for each measure: the issues in their order, this one the last."""
    issues = (*reversed(report.earlier), report.compared)
    labels = [str(n - len(issues) + 1) for n in range(len(issues) - 1)] + ["this"]
    for measure in MEASURES:
        yield _measured(measure, report, [measure.share(one.outcomes) for one in issues], labels)


def _measured(
    measure: Measure, report: IssueReport, shares: Sequence[float | None], labels: Sequence[str]
) -> Plot:
    middle = median_share(measure, report.earlier)
    now = in_percent(shares[-1])
    before = f"the median of those before it is {in_percent(middle)}"
    says = f"{measure.title}: {now} in this issue; {before}."
    scale = f"{measure.title}: {now} · median {in_percent(middle)}"
    return side_by_side(
        measure.name, measure.title, says, shares, labels, middle=middle, scale=scale
    )
