"""What came back: written into the inbox first, then judged, and acted upon."""

import hmac
import json
import logging
import traceback
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from partwork.actions.departing import Leaver, depart_within, suppress_within
from partwork.actions.guarding import Held, guard
from partwork.actions.notices import tell_editors
from partwork.actions.probing import limits_of, record_in, row_with
from partwork.actions.putting_down import PutDown, put_down
from partwork.actions.wishes import wish_of
from partwork.assembly import Clock, Press
from partwork.delivering.replies import enhanced_status
from partwork.model.audience import (
    Evidence,
    ServiceRequest,
    Subscriber,
    Subscription,
    SubscriptionState,
    SuppressionReason,
)
from partwork.model.delivery import Reply
from partwork.model.errors import PartworkError
from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.returning.attributing import Attribution
from partwork.returning.guarding import counts_against
from partwork.returning.judging import Judgement, Limits, Record, judged
from partwork.returning.rules import Outcome, Rule
from partwork.returning.status_codes import more_telling
from partwork.store.bounce_records import BounceRecord, hold_records, save_records
from partwork.store.engine import StoreError, read_only
from partwork.store.events import (
    Decided,
    Unjudged,
    count_unjudged,
    hold_unjudged,
    put_back,
    save_decisions,
    save_events,
    set_aside,
    take_events,
)
from partwork.store.service_messages import Taken, save_request
from partwork.store.subscriptions import load_subscriptions_of
from partwork.store.suppression_log import LogUnusable
from partwork.store.trials import Answer, save_answer

AT_ONCE = 250  # events a transaction: about 50 ms on SQLite, for which other writers wait
LEASE = timedelta(minutes=2)  # far longer than a batch takes
TRIES = 5  # the pauses between them are 5, 10, 20 and 40 minutes
PAUSE = timedelta(minutes=5)

_log = logging.getLogger("partwork.feedback")


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of the events that one call of `judge` took.

    Of those `judged` came `suppressed` addresses, subscriptions that `left`, `probes` that are to
    be sent, and events that are `asked` about: a person may look. `put_back` are tried again,
    `set_aside` are not. `not_ours` name no mail and no reader of ours; `about_us` say that a bounce
    address of ours cannot be reached, and so speak of no reader either. `waiting` is what the inbox
    still holds to be judged, now or later. `campaigns` are those against which some of the events
    count; `held` are the issues that were held for it, which `judge` leaves to `judge_all`.
    """

    judged: int = 0
    suppressed: int = 0
    left: int = 0
    probes: int = 0
    asked: int = 0
    put_back: int = 0
    set_aside: int = 0
    not_ours: int = 0
    about_us: int = 0
    waiting: int = 0
    campaigns: tuple[int, ...] = field(default=(), compare=False, repr=False)
    held: tuple[Held, ...] = ()

    def __add__(self, more: "Judged") -> "Judged":
        """Both together; `waiting` is what the later one found."""
        return Judged(
            self.judged + more.judged,
            self.suppressed + more.suppressed,
            self.left + more.left,
            self.probes + more.probes,
            self.asked + more.asked,
            self.put_back + more.put_back,
            self.set_aside + more.set_aside,
            self.not_ours + more.not_ours,
            self.about_us + more.about_us,
            more.waiting,
            tuple(sorted({*self.campaigns, *more.campaigns})),
            self.held + more.held,
        )


def take_in(press: Press, events: Sequence[Feedback], *, now: datetime) -> int:
    """Writes events into the inbox, durably and once each; how many were new.

    UNRELATED and those without an `event` key are for the caller to leave out or to key. Raises
    StoreError, and ValueError for one without a key, of which nothing is written then.
    """
    told = [(told_key(press, event), event) for event in events]
    new = 0
    for start in range(0, len(told), AT_ONCE):
        with press.engine.begin() as connection:
            new += save_events(connection, dict(told[start : start + AT_ONCE]), now)
    return new


def told_key(press: Press, event: Feedback) -> str:
    """By what an event is told once; nobody without the hash key can tell whose address it has.

    Raises ValueError for an event without a name.
    """
    if not event.event:
        raise ValueError(f"an event of {event.source} has no key: it could be told for ever")
    told = json.dumps([event.source.value, event.event, event.recipient.lower()])
    return hmac.digest(press.hash_key, told.encode(), "sha256").hex()


def refusal(
    name: str, recipient: str, reply: Reply, at: datetime, message_id: str = ""
) -> Feedback:
    """A server's last word on a recipient in a session of ours; `name` is told once.

    A code among its words counts where the reply does not begin with one, as in reports by mail.
    """
    status = more_telling(enhanced_status(reply) or "", reply.text)
    return Feedback(
        Source.SMTP,
        FeedbackKind.BOUNCE,
        event=name,
        recipient=recipient,
        message_id=message_id,
        status=status if status.startswith(str(reply.code)[0]) else "",
        words=f"{reply.code} {reply.text}",
        at=at,
    )


def judge(press: Press, *, now: datetime, limit: int = 1000) -> Judged:
    """Judges what waits in the inbox, oldest first, in small transactions; what became of how many.

    May run beside others, and end at any moment: each event is judged once. One that cannot be
    judged is put back, after `TRIES` times set aside, and stops no other. Raises StoreError,
    LogUnusable.
    """
    done = Judged()
    room = limit
    while room > 0:
        with press.engine.begin() as connection:
            taken = take_events(connection, now, LEASE, min(room, AT_ONCE))
        if not taken:
            break
        done += _judge_each(press, taken, now)
        room -= len(taken)
    with read_only(press.engine) as connection:
        waiting, _ = count_unjudged(connection)
    return replace(done, waiting=waiting)


def judge_all(press: Press, clock: Clock) -> Judged:
    """Judges until nothing waits, or what waits cannot be judged now, and then calls the guard.

    Raises as `judge` does; what had been judged before is then looked at when its issue is sent.
    """
    done = Judged()
    while True:
        judged = judge(press, now=clock())
        done += judged
        if not judged.judged or not judged.waiting:
            held = guard(press, done.campaigns, clock())
            return replace(done, waiting=judged.waiting, held=held)


def judge_meanwhile(press: Press, clock: Clock) -> Judged:
    """The same for who has other work to do: what goes wrong is logged, and what waits waits.

    Editors are told of what was held.
    """
    try:
        judged = judge_all(press, clock)
        tell_editors(press, judged.held, clock)
        return judged
    except PartworkError as error:
        _log.error("what came back waits: %s", error)
        return Judged()


def _judge_each(press: Press, taken: Sequence[Unjudged], now: datetime) -> Judged:
    """Those that fail together are judged in halves, until the one is alone whose fault it is."""
    try:
        return _judge_together(press, taken, now)
    except (StoreError, LogUnusable):  # nobody's fault: they come again after the lease
        raise
    except Exception as error:  # noqa: BLE001 whatever an event brings about, it stops no other
        if len(taken) == 1:
            return _fail(press, taken[0], error, now)
        half = len(taken) // 2
        return _judge_each(press, taken[:half], now) + _judge_each(press, taken[half:], now)


def _fail(press: Press, failed: Unjudged, error: Exception, now: datetime) -> Judged:
    why, is_last = type(error).__name__, failed.failures + 1 >= TRIES
    with press.engine.begin() as connection:
        if is_last:
            set_aside(connection, failed, _place(error))
        else:
            put_back(connection, failed, now + PAUSE * 2**failed.failures)
    # Words of an error may hold an address, which an erasure would not find.
    _log.error("event %d cannot be judged, %s: %s", failed.id, _END[is_last], why)
    return Judged(set_aside=int(is_last), put_back=int(not is_last))


def _place(error: Exception) -> str:
    """What went wrong and in which line, for who mends it."""
    (*_, frame) = traceback.extract_tb(error.__traceback__)
    where = f"{frame.name}, line {frame.lineno} of {Path(frame.filename).name}"
    return f"{type(error).__name__} in {where}"


_END = {True: "and is set aside", False: "and is tried again"}


def _judge_together(press: Press, taken: Sequence[Unjudged], now: datetime) -> Judged:
    """Judges them, and writes all that follows, in one transaction."""
    with read_only(press.engine) as connection:
        whose = dict(
            zip(taken, put_down(press, connection, [one.event for one in taken]), strict=True)
        )
    with press.engine.begin() as connection:
        unjudged = hold_unjudged(connection, [one.id for one in taken])
        mine = {one: whose[one] for one in taken if one.id in unjudged}
        people = {one.about.origin.subscriber for one in mine.values() if one.about.origin}
        court = _Court(now, hold_records(connection, people), limits_of(press))
        for one, about in mine.items():
            court.judge(one, about)
        return court.carry_out(press, connection)


@dataclass(slots=True)
class _Court:
    """Judgements over one batch, event by event, and what is to be done after all of them."""

    now: datetime
    rows: Mapping[int, BounceRecord]
    limits: Limits
    records: dict[int, Record] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)
    suppressed: dict[str, SuppressionReason] = field(default_factory=dict)
    leaving: list[tuple[int, PutDown, Feedback]] = field(default_factory=list)
    probes: dict[int, PutDown] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    asked: int = 0
    not_ours: int = 0
    about_us: int = 0

    def judge(self, one: Unjudged, whose: PutDown) -> None:
        origin = whose.about.origin
        if origin is None or origin.subscriber not in self.rows:  # erased since we looked
            about = whose.about if whose.trial else Attribution(Certainty.NONE)
            _, judgement = judged(Record(self.now), one.event, about, self.now, self.limits)
            self._note(one, judgement)
            self.about_us += whose.is_about_us
            is_told_of = whose.is_about_us or whose.is_forged  # in a line of its own
            self.not_ours += judgement.rule is Rule.NOT_OURS and not is_told_of
            if whose.trial and whose.trial.expects is one.event.kind:
                source, certainty = one.event.source, about.certainty
                self.answers.append(Answer(whose.trial.id, source, certainty, self.now))
            return
        row = self.rows[origin.subscriber]
        before = self.records.get(row.subscriber, record_in(row))
        after, judgement = judged(before, one.event, whose.about, self.now, self.limits)
        if after != before:
            self.records[row.subscriber] = after
        campaign = whose.campaign if counts_against(judgement, self.limits) else 0
        self._note(one, judgement, origin.delivery, row.subscriber, campaign)
        match judgement.outcome:
            case Outcome.SUPPRESS if after.suppressed:
                self.suppressed[row.suppression_key] = after.suppressed
            case Outcome.DEPART:
                self.leaving.append((row.subscriber, whose, one.event))
            case Outcome.PROBE:
                self.probes[row.subscriber] = whose
            case Outcome.ASK:
                self.asked += 1

    def carry_out(self, press: Press, connection: Connection) -> Judged:
        """Writes it all; the caller commits."""
        changed = [row_with(self.rows[one], r, self.now) for one, r in self.records.items()]
        people = {one for one, _, _ in self.leaving} | self.probes.keys()
        held = load_subscriptions_of(connection, people) if people else {}
        done = Judged(
            judged=len(self.decided),
            suppressed=suppress_within(press, connection, self.suppressed, self.now),
            left=depart_within(press, connection, self._leavers(held), self.now),
            probes=self._ask_for_probes(press, connection, held),
            asked=self.asked,
            not_ours=self.not_ours,
            about_us=self.about_us,
            campaigns=tuple({one.campaign for one in self.decided if one.campaign}),
        )
        for answer in self.answers:
            save_answer(connection, answer)
        save_records(connection, changed)
        save_decisions(connection, self.decided, self.now)
        return done

    def _note(self, one: Unjudged, judgement: Judgement, *about: int) -> None:
        """`about` are delivery, subscriber and campaign, where they are known."""
        rule, outcome = judgement.rule.value, judgement.outcome.value
        self.decided.append(Decided(one.id, rule, outcome, judgement.certainty, *about))

    def _leavers(self, held: Mapping[int, Collection[Subscription]]) -> list[Leaver]:
        """Of a wish that does not say from what, all that the person holds ends."""
        return [
            Leaver(
                self._person(one),
                [s for s in held.get(one, ()) if whose.newsletter in {"", s.newsletter}],
                Evidence(f"asked to leave, told by {event.source}"),
                everything=not whose.newsletter,
            )
            for one, whose, event in self.leaving
        ]

    def _ask_for_probes(
        self, press: Press, connection: Connection, held: Mapping[int, Collection[Subscription]]
    ) -> int:
        """In the name of the newsletter whose mail came back, or of one that they still get."""
        asked = 0
        for one, whose in self.probes.items():
            of = [s for s in held.get(one, ()) if s.state is SubscriptionState.CONFIRMED]
            slugs = sorted((s.newsletter for s in of), key=lambda slug: slug != whose.newsletter)
            if slugs:
                probe = wish_of(
                    press,
                    ServiceRequest.PROBE,
                    slugs[0],
                    self.rows[one].address,
                    evidence=Evidence("bounces"),
                    at=self.now,
                    subscriber=one,
                )
                asked += save_request(connection, probe, press.caps) is Taken.TAKEN
        return asked

    def _person(self, subscriber: int) -> Subscriber:
        return Subscriber(subscriber, self.rows[subscriber].address)
