"""What an event means for its reader's address: the tables of docs/returning.md."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum
from itertools import pairwise

from partwork.model.audience import SuppressionReason
from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.model.status import is_about_sender, is_hard
from partwork.returning.attributing import Attribution
from partwork.returning.rules import OUTCOMES, WORDS, Outcome, Rule


class Standing(StrEnum):
    """How an address stands; campaigns go to the first two alone."""

    WELL = "well"
    BOUNCING = "bouncing"
    DUE_A_PROBE = "due a probe"
    PROBED = "probed"
    SUPPRESSED = "suppressed"


@dataclass(frozen=True, slots=True)
class Limits:
    """How long bounces are borne, and what is believed.

    On the `points`-th day with a bounce an address is due a probe; five are Mailman's. More than
    `clean_days` days between two of them and the earlier are forgotten. `proof` has by what mail
    must name ours to end anything: of the rest anybody can guess enough. Raises ValueError for
    points that a month of days cannot reach.
    """

    points: int = 5
    clean_days: int = 7
    proof: frozenset[Certainty] = frozenset({Certainty.BOUNCE_ADDRESS, Certainty.RELAY_ID})

    def __post_init__(self) -> None:
        if not 1 <= self.points <= _KEPT_DAYS or self.clean_days < 1:
            raise ValueError(f"{self.points} points in {_KEPT_DAYS} days, {self.clean_days} clean")


@dataclass(frozen=True, slots=True)
class Record:
    """What came back from one address. All instants are aware, and those at which mails left.

    Before `since`, when its owner last confirmed it or moved to it, nothing counts. `bounced` has
    the last bounced mail of each day, in order; `delivered` is the last mail that arrived, as far
    as it mattered.
    """

    since: datetime
    bounced: tuple[datetime, ...] = ()
    delivered: datetime | None = None
    probed_at: datetime | None = None
    suppressed: SuppressionReason | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was decided by which rule, and its evidence."""

    rule: Rule
    event: Feedback
    certainty: Certainty
    judged_at: datetime

    @property
    def outcome(self) -> Outcome:
        """What is to be done now."""
        return OUTCOMES[self.rule]

    @property
    def reason(self) -> str:
        """Why, in a line for people; a server's words in it may name the address."""
        status, words = self.event.status, self.event.words
        is_said = status in words.replace("-", " ").split()  # replies of several lines: 550-5.1.1
        told = words if is_said else f"{status} {words}".strip()
        known = f"{self.event.source}, by {self.certainty}"
        return f"{WORDS[self.rule]} ({known}){f': {told}' if told else ''}"


def judged(
    record: Record, event: Feedback, about: Attribution, at: datetime, limits: Limits
) -> tuple[Record, Judgement]:
    """The record after the event, and the judgement; `at` is now. Twice is as good as once.

    An event counts for when our mail left. Where that is not known, a signed source's time stands
    for it, and now for what mail says of itself.
    """
    happened_at = min(event.at or at, at) if _is_signed(event) else at
    sent_at = (about.origin and about.origin.sent_at) or happened_at
    is_proven = is_proof(event, about.certainty, limits)
    if about.is_trial:
        rule = Rule.TRIAL
    elif about.origin is None:
        rule = _SILENT.get(event.kind, Rule.NOT_OURS)
    elif event.kind is FeedbackKind.UNSUBSCRIBE:
        rule = _wish(record, happened_at, is_proven=is_proven)
    else:
        rule = _rule(record, event, sent_at, is_proven=is_proven, limits=limits)
    after = _after(record, rule, sent_at, limits)
    return after, Judgement(rule, event, about.certainty, at)


def is_proof(event: Feedback, certainty: Certainty, limits: Limits) -> bool:
    """Whether nobody else can have told it: all else decides nothing against anybody."""
    return _is_signed(event) or certainty in limits.proof


def probed(record: Record, at: datetime) -> Record:
    """The record when a probe is about to be sent; what leaves from `at` on is the probe."""
    return replace(record, probed_at=at)


def standing_of(record: Record, at: datetime, limits: Limits) -> Standing:
    """How the address stands at `at`, when what is past has been forgotten."""
    if record.suppressed:
        return Standing.SUPPRESSED
    if _answers_probe(record, at, limits):
        return Standing.PROBED
    run = _run(record, limits)
    if not run or (_day(at) - run[-1]).days > limits.clean_days:
        return Standing.WELL
    return Standing.DUE_A_PROBE if len(run) >= limits.points else Standing.BOUNCING


def score_of(record: Record, limits: Limits) -> int:
    """On how many days mail bounced since one arrived, no clean time between them."""
    return len(_run(record, limits))


def _is_signed(event: Feedback) -> bool:
    return event.source is not Source.MAILBOX


def _wish(record: Record, at: datetime, *, is_proven: bool) -> Rule:
    """A wish counts for when it was uttered: an old mail's link is as good as a new one's."""
    if at < record.since:
        return Rule.OLD
    return Rule.WISH if is_proven else Rule.UNPROVEN


def _rule(
    record: Record, event: Feedback, sent_at: datetime, *, is_proven: bool, limits: Limits
) -> Rule:
    if event.kind in _SILENT:
        return _SILENT[event.kind]
    if sent_at < record.since:
        return Rule.OLD
    if record.suppressed:
        return Rule.SUPPRESSED
    if event.kind is FeedbackKind.DELIVERED:
        return Rule.ARRIVED if _overtakes(record, sent_at) else Rule.NOTHING_HELD
    if event.kind is FeedbackKind.BOUNCE:
        return _bounce_rule(record, event.status, sent_at, is_proven=is_proven, limits=limits)
    if event.feedback_type in _NO_COMPLAINTS:
        return Rule.NO_COMPLAINT
    return Rule.COMPLAINT if is_proven else Rule.UNPROVEN


def _bounce_rule(
    record: Record, status: str, sent_at: datetime, *, is_proven: bool, limits: Limits
) -> Rule:
    if _is_ours(status):
        return Rule.OUR_FAULT
    if is_hard(status) and is_proven:
        return Rule.HARD
    if sent_at == record.probed_at or _answers_probe(record, sent_at, limits):
        return Rule.PROBE_BOUNCED if is_proven else Rule.UNPROVEN
    before, after = (_run(r, limits) for r in (record, _after(record, Rule.SOFT, sent_at, limits)))
    if after == before:
        return Rule.NO_NEW_DAY
    if len(after) < limits.points:
        return Rule.SOFT
    return Rule.AWAITS_PROBE if len(before) >= limits.points else Rule.THRESHOLD


def _after(record: Record, rule: Rule, sent_at: datetime, limits: Limits) -> Record:
    if reason := _SUPPRESSES.get(rule):
        return replace(record, suppressed=reason)
    if rule is Rule.ARRIVED:
        # From now on this very mail is the probe: it may bounce yet, and no other decides.
        probe = sent_at if _answers_probe(record, sent_at, limits) else record.probed_at
        return replace(record, delivered=sent_at, probed_at=probe)
    if rule in _KEEPS_BOUNCE:
        by_day = {_day(left): left for left in sorted((*record.bounced, sent_at))}
        return replace(record, bounced=tuple(by_day.values())[-_KEPT_DAYS:])
    return record


def _overtakes(record: Record, sent_at: datetime) -> bool:
    """Whether there is something that the arrival of this mail makes good."""
    is_news = record.delivered is None or sent_at > record.delivered
    return is_news and bool(record.bounced or record.probed_at)


def _answers_probe(record: Record, sent_at: datetime, limits: Limits) -> bool:
    """Whether a mail that left then is the probe, of which nothing was heard yet."""
    if record.probed_at is None or sent_at < record.probed_at:
        return False
    is_open = record.delivered is None or record.delivered < record.probed_at
    return is_open and _is_near(_day(record.probed_at), _day(sent_at), limits)


def _cleared_at(record: Record) -> datetime | None:
    """What left up to then is made good: by a mail that arrived and did not bounce, or a probe."""
    if record.delivered is None or record.delivered not in record.bounced:
        return record.delivered
    is_answered = record.probed_at is not None and record.delivered >= record.probed_at
    return record.probed_at if is_answered else None


def _run(record: Record, limits: Limits) -> tuple[date, ...]:
    """The days that count, in order: since a mail arrived, and none before a clean time."""
    cleared_at = _cleared_at(record)
    days = [_day(left) for left in record.bounced if cleared_at is None or left > cleared_at]
    breaks = [n for n, (one, two) in enumerate(pairwise(days), 1) if not _is_near(one, two, limits)]
    return tuple(days[breaks[-1] :] if breaks else days)


def _is_near(one: date, two: date, limits: Limits) -> bool:
    return (two - one).days <= limits.clean_days


def _day(instant: datetime) -> date:
    return instant.astimezone(UTC).date()


def _is_ours(status: str) -> bool:
    """What was given up with a 4 is as much ours as what was refused with a 5."""
    return is_about_sender(f"5{status[1:]}") or bool(_CONTENT.fullmatch(status))


# Too long for the mailbox's administrator, content and its conversion: RFC 3463, 3.3 and 3.7.
_CONTENT = re.compile(r"[45]\.(?:2\.3|6\.[0-9]+)")
_KEPT_DAYS = 31  # a guess: a month of them is more evidence than anybody reads
_SILENT = {
    FeedbackKind.UNRELATED: Rule.UNRELATED,
    FeedbackKind.AUTO_REPLY: Rule.AUTO_REPLY,
    FeedbackKind.DELAY: Rule.DELAY,
}
# Found harmless (RFC 6430), failed authentication (RFC 6591), a virus: no reader's word.
_NO_COMPLAINTS = frozenset({"not-spam", "auth-failure", "virus"})
_SUPPRESSES = {
    Rule.COMPLAINT: SuppressionReason.COMPLAINT,
    Rule.HARD: SuppressionReason.HARD_BOUNCE,
    Rule.PROBE_BOUNCED: SuppressionReason.PROBE,
}
# One that counts for nothing is kept, too: the mail that overtook it may turn out to have bounced.
_KEEPS_BOUNCE = frozenset({Rule.SOFT, Rule.THRESHOLD, Rule.AWAITS_PROBE, Rule.NO_NEW_DAY})
