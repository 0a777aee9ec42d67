"""The report on an issue: sums, shares and words for what was counted."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import timedelta
from statistics import median

from partwork.model.issue_report import (
    DAY,
    Bounces,
    Compared,
    DomainOutcomes,
    IssueReport,
    Outcomes,
)

# An issue to fewer readers, and a domain with fewer of them, say more about people than about
# mail. Both are guesses.
READERS_FOR_DOMAINS = 20
READERS_OF_A_DOMAIN = 5
MOST_DOMAINS = 20  # as many as a person looks through

HARD, ABOUT_US = frozenset({"hard bounce", "probe bounced"}), "our fault"
_NOT_BELIEVED = "unproven"
_NO_COMPLAINT = "no complaint"


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that issues are compared by: the field of `Outcomes`, and of what it is a share."""

    name: str
    title: str
    of: str

    def count(self, outcomes: Outcomes) -> int:
        """How many of the deliveries."""
        return int(getattr(outcomes, self.name))

    def share(self, outcomes: Outcomes) -> float | None:
        """The share, 0 to 1; None where there is nothing to have a share of."""
        whole = int(getattr(outcomes, self.of))
        return self.count(outcomes) / whole if whole else None


MEASURES = (
    Measure("accepted", "Accepted", "mailed"),
    Measure("refused", "Refused", "mailed"),
    Measure("bounced", "Bounced", "accepted"),
    Measure("complained", "Complained", "accepted"),
    Measure("left", "Left", "accepted"),
)


def is_believed(rule: str) -> bool:
    """Whether an event that was judged by this rule is counted: not, if anybody could write it."""
    return rule != _NOT_BELIEVED


def is_complaint(rule: str) -> bool:
    """Whether a report judged by this rule is a reader's complaint (RFC 6430 has others)."""
    return rule not in {_NOT_BELIEVED, _NO_COMPLAINT}


def bounces_in(rules: Mapping[int, Iterable[str]]) -> Bounces:
    """Deliveries that bounced by the worst that was said, from the rules by delivery."""
    said = [frozenset(some) for some in rules.values()]
    address = sum(bool(some & HARD) for some in said)
    about_us = sum(ABOUT_US in some and not some & HARD for some in said)
    return Bounces(address, about_us, len(said) - address - about_us)


def counted_by(pieces: int, length: timedelta, seconds: Sequence[int]) -> tuple[int, ...]:
    """How many of these fall into each of the first `pieces` stretches of that length."""
    found = Counter(one // int(length.total_seconds()) for one in seconds)
    return tuple(found[piece] for piece in range(pieces))


def told_domains(by_domain: Mapping[str, Outcomes], readers: int) -> tuple[DomainOutcomes, ...]:
    """The domains that may be named, the largest first, and behind them the others together.

    None where the issue has fewer than `READERS_FOR_DOMAINS` readers.
    """
    if readers < READERS_FOR_DOMAINS:
        return ()
    in_order = sorted(by_domain.items(), key=lambda one: (-one[1].mailed, one[0]))
    named = [
        DomainOutcomes(domain, outcomes)
        for domain, outcomes in in_order
        if domain and outcomes.mailed >= READERS_OF_A_DOMAIN
    ][:MOST_DOMAINS]
    names = {one.domain for one in named}
    rest = sum((o for domain, o in in_order if domain not in names), start=Outcomes())
    return (*named, DomainOutcomes("", rest)) if rest != Outcomes() else tuple(named)


def median_share(measure: Measure, issues: Sequence[Compared]) -> float | None:
    """The median of the issues' shares; None where none has any."""
    shares = [s for one in issues if (s := measure.share(one.outcomes)) is not None]
    return median(shares) if shares else None


def in_percent(share: float | None) -> str:
    """A share for people: `98.2 %`, `0.04 %`, `–` where there is none."""
    if share is None:
        return "–"
    percent = 100 * share
    return (
        f"{percent:.0f} %" if percent in {0, 100} else f"{percent:.{1 if percent >= 1 else 2}f} %"
    )


def in_hours(length: timedelta) -> str:
    """The time by which issues are compared, in words."""
    return "24 hours" if length <= DAY else "7 days"


def domain_name(one: DomainOutcomes) -> str:
    """The domain as a table has it."""
    return one.domain or "others"


def counts_of(report: IssueReport) -> list[tuple[str, int, str]]:
    """What became of the deliveries: name, number and what it means, in the order of a table."""
    out, bounces = report.outcomes, report.bounces
    kinds = (
        f"{bounces.address:,} because the address is no good, {bounces.about_us:,} because of us "
        f"or our message, {bounces.other:,} for other reasons"
    )
    return [
        ("planned", report.planned, "deliveries in all"),
        ("accepted", out.accepted, "a server took them; nobody knows who read them"),
        ("deferred", out.deferred, "not now; they are tried again"),
        ("refused", out.refused, "a server said no"),
        ("in doubt", out.in_doubt, "the line was cut before the answer"),
        ("waiting", report.waiting, "not sent yet"),
        ("gone before", report.went_before, "left, paused or suppressed before their turn"),
        ("weekly", report.gathered + report.bundled, "in the mail with all parts of a week"),
        ("bounced", out.bounced, f"taken and returned later: {kinds}"),
        ("complained", out.complained, "reported as spam"),
        ("left in a day", report.left_in_a_day, "within 24 hours of their delivery"),
        ("left in a week", out.left, "within 7 days of their delivery"),
    ]


CLICKS_SAY = (
    "Counted is each request for a link that looks like a browser's, of the issue as a whole: "
    "nobody knows whose. Programs that pass for browsers, such as filters that look behind links, "
    "are among them; who comes twice counts twice; links in the text part are not counted."
)


def summary_of(report: IssueReport) -> str:
    """The figures in a line."""
    told = [f"{count:,} {name}" for name, count, _ in counts_of(report) if count]
    return ", ".join(told)


def report_data(report: IssueReport) -> dict[str, object]:
    """The report as JSON has it; keys are never taken away or renamed (docs/formats.md)."""
    first, last = report.first_at, report.last_at
    return {
        "issue": report.issue,
        "title": report.title,
        "newsletter": report.newsletter,
        "at": report.at.isoformat(),
        "first_accepted_at": first.isoformat() if first else None,
        "last_accepted_at": last.isoformat() if last else None,
        "planned": report.planned,
        "waiting": report.waiting,
        "gathered": report.gathered,
        "bundled": report.bundled,
        "gone_before": report.went_before,
        **_outcomes(report.outcomes),
        "bounces": {f.name: getattr(report.bounces, f.name) for f in fields(report.bounces)},
        "unproven": report.unproven,
        "left_by_hour": list(report.left_by_hour),
        "left_by_day": list(report.left_by_day),
        "folded": report.folded,
        "domains": [
            {"domain": one.domain or None, **_outcomes(one.outcomes)} for one in report.domains
        ],
        "compared_within_hours": int(report.within / timedelta(hours=1)),
        "compared": _compared(report.compared),
        "earlier": [_compared(one) for one in report.earlier],
        "medians": {m.name: median_share(m, report.earlier) for m in MEASURES},
        "notices": list(report.notices),
        "clicks": [
            {
                "link": one.number,
                "url": one.url,
                "count": one.count,
                "days": {day.isoformat(): count for day, count in one.by_day},
            }
            for one in report.clicks
        ],
    }


def report_rows(report: IssueReport) -> list[tuple[str, ...]]:
    """The report as one table, its header first: of what, of which, what, how many, which share.

    The first column is `issue`, `hour` or `day` (of departures), `domain`, `link` or `compared`.
    """
    rows: list[tuple[str, ...]] = [("of", "which", "what", "count", "share")]
    for name, number, _ in counts_of(report):
        rows.append(("issue", report.issue, name.replace(" ", "_"), str(number), ""))
    for of, series in (("hour", report.left_by_hour), ("day", report.left_by_day)):
        rows += [(of, str(n), "left", str(count), "") for n, count in enumerate(series, start=1)]
    for one in report.domains:
        given = _outcomes(one.outcomes)
        rows += [("domain", domain_name(one), name, str(n), "") for name, n in given.items()]
    rows += [("link", one.url, "clicks", str(one.count), "") for one in report.clicks]
    for other in (report.compared, *report.earlier):
        for measure in MEASURES:
            share = measure.share(other.outcomes)
            told = "" if share is None else f"{share:.6f}"
            count = str(measure.count(other.outcomes))
            rows.append(("compared", other.issue, measure.name, count, told))
    return rows


def _outcomes(outcomes: Outcomes) -> dict[str, int]:
    return {f.name: getattr(outcomes, f.name) for f in fields(outcomes)}


def _compared(one: Compared) -> dict[str, object]:
    return {
        "issue": one.issue,
        "title": one.title,
        "due_at": one.due_at.isoformat(),
        **_outcomes(one.outcomes),
        "shares": {m.name: m.share(one.outcomes) for m in MEASURES},
    }
