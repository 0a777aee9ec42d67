"""What came back: written into the inbox first, then judged, and acted upon."""

import hmac
import json
import logging
import traceback
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection

from partwork.actions.departing import Leaver, depart_within, suppress_within
from partwork.actions.probing import LIMITS, record_in, row_with
from partwork.actions.putting_down import PutDown, put_down
from partwork.actions.wishes import wish_of
from partwork.assembly import Press
from partwork.model.audience import (
    Evidence,
    ServiceRequest,
    Subscriber,
    Subscription,
    SubscriptionState,
    SuppressionReason,
)
from partwork.model.feedback import Certainty, Feedback
from partwork.returning.attributing import Attribution
from partwork.returning.judging import Judgement, Record, judged
from partwork.returning.rules import Outcome
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
    `set_aside` are not. `waiting` is what the inbox still holds to be judged, now or later.
    """

    judged: int = 0
    suppressed: int = 0
    left: int = 0
    probes: int = 0
    asked: int = 0
    put_back: int = 0
    set_aside: int = 0
    waiting: int = 0


def take_in(press: Press, events: Sequence[Feedback], *, now: datetime) -> int:
    """Writes events into the inbox, durably and once each; how many were new.

    UNRELATED and those without an `event` key are for the caller to leave out or to key. Raises
    StoreError, and ValueError for one without a key, of which nothing is written then.
    """
    told = [(_key(press, event), event) for event in events]
    new = 0
    for start in range(0, len(told), AT_ONCE):
        with press.engine.begin() as connection:
            new += save_events(connection, dict(told[start : start + AT_ONCE]), now)
    return new


def judge(press: Press, *, now: datetime, limit: int = 1000) -> Judged:
    """Judges what waits in the inbox, oldest first, in small transactions; what became of how many.

    May run beside others, and end at any moment: each event is judged once. One that cannot be
    judged is put back, after `TRIES` times set aside, and stops no other. Raises StoreError,
    LogUnusable.
    """
    done: Counter[str] = Counter()
    room = limit
    while room > 0:
        with press.engine.begin() as connection:
            taken = take_events(connection, now, LEASE, min(room, AT_ONCE))
        if not taken:
            break
        done += _judge_all(press, taken, now)
        room -= len(taken)
    with read_only(press.engine) as connection:
        waiting, _ = count_unjudged(connection)
    return Judged(**done, waiting=waiting)


def _key(press: Press, event: Feedback) -> str:
    """By what an event is told once; nobody without the hash key can tell whose address it has."""
    if not event.event:
        raise ValueError(f"an event of {event.source} has no key: it could be told for ever")
    told = json.dumps([event.source.value, event.event, event.recipient.lower()])
    return hmac.digest(press.hash_key, told.encode(), "sha256").hex()


def _judge_all(press: Press, taken: Sequence[Unjudged], now: datetime) -> Counter[str]:
    """Those that fail together are judged in halves, until the one is alone whose fault it is."""
    try:
        return _judge_together(press, taken, now)
    except (StoreError, LogUnusable):  # nobody's fault: they come again after the lease
        raise
    except Exception as error:  # noqa: BLE001 whatever an event brings about, it stops no other
        if len(taken) == 1:
            return _fail(press, taken[0], error, now)
        half = len(taken) // 2
        return _judge_all(press, taken[:half], now) + _judge_all(press, taken[half:], now)


def _fail(press: Press, failed: Unjudged, error: Exception, now: datetime) -> Counter[str]:
    why, is_last = type(error).__name__, failed.failures + 1 >= TRIES
    with press.engine.begin() as connection:
        if is_last:
            set_aside(connection, failed, _place(error))
        else:
            put_back(connection, failed, now + PAUSE * 2**failed.failures)
    # Words of an error may hold an address, which an erasure would not find.
    _log.error("event %d cannot be judged, %s: %s", failed.id, _END[is_last], why)
    return Counter(set_aside=is_last, put_back=not is_last)


def _place(error: Exception) -> str:
    """What went wrong and in which line, for who mends it."""
    (*_, frame) = traceback.extract_tb(error.__traceback__)
    where = f"{frame.name}, line {frame.lineno} of {Path(frame.filename).name}"
    return f"{type(error).__name__} in {where}"


_END = {True: "and is set aside", False: "and is tried again"}


def _judge_together(press: Press, taken: Sequence[Unjudged], now: datetime) -> Counter[str]:
    """Judges them, and writes all that follows, in one transaction."""
    with read_only(press.engine) as connection:
        whose = dict(
            zip(taken, put_down(press, connection, [one.event for one in taken]), strict=True)
        )
    with press.engine.begin() as connection:
        unjudged = hold_unjudged(connection, [one.id for one in taken])
        mine = {one: whose[one] for one in taken if one.id in unjudged}
        people = {one.about.origin.subscriber for one in mine.values() if one.about.origin}
        court = _Court(now, hold_records(connection, people))
        for one, about in mine.items():
            court.judge(one, about)
        return court.carry_out(press, connection)


@dataclass(slots=True)
class _Court:
    """Judgements over one batch, event by event, and what is to be done after all of them."""

    now: datetime
    rows: Mapping[int, BounceRecord]
    records: dict[int, Record] = field(default_factory=dict)
    decided: list[Decided] = field(default_factory=list)
    suppressed: dict[str, SuppressionReason] = field(default_factory=dict)
    leaving: list[tuple[int, PutDown, Feedback]] = field(default_factory=list)
    probes: dict[int, PutDown] = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    asked: int = 0

    def judge(self, one: Unjudged, whose: PutDown) -> None:
        origin = whose.about.origin
        if origin is None or origin.subscriber not in self.rows:  # erased since we looked
            about = whose.about if whose.trial else Attribution(Certainty.NONE)
            _, judgement = judged(Record(self.now), one.event, about, self.now, LIMITS)
            self._note(one, judgement)
            if whose.trial and whose.trial.expects is one.event.kind:
                source, certainty = one.event.source, about.certainty
                self.answers.append(Answer(whose.trial.id, source, certainty, self.now))
            return
        row = self.rows[origin.subscriber]
        before = self.records.get(row.subscriber, record_in(row))
        after, judgement = judged(before, one.event, whose.about, self.now, LIMITS)
        if after != before:
            self.records[row.subscriber] = after
        self._note(one, judgement, origin.delivery, row.subscriber)
        match judgement.outcome:
            case Outcome.SUPPRESS if after.suppressed:
                self.suppressed[row.suppression_key] = after.suppressed
            case Outcome.DEPART:
                self.leaving.append((row.subscriber, whose, one.event))
            case Outcome.PROBE:
                self.probes[row.subscriber] = whose
            case Outcome.ASK:
                self.asked += 1

    def carry_out(self, press: Press, connection: Connection) -> Counter[str]:
        """Writes it all; the caller commits."""
        changed = [row_with(self.rows[one], r, self.now) for one, r in self.records.items()]
        people = {one for one, _, _ in self.leaving} | self.probes.keys()
        held = load_subscriptions_of(connection, people) if people else {}
        done = Counter(
            judged=len(self.decided),
            suppressed=suppress_within(press, connection, self.suppressed, self.now),
            left=depart_within(press, connection, self._leavers(held), self.now),
            probes=self._ask_for_probes(press, connection, held),
            asked=self.asked,
        )
        for answer in self.answers:
            save_answer(connection, answer)
        save_records(connection, changed)
        save_decisions(connection, self.decided, self.now)
        return done

    def _note(
        self, one: Unjudged, judgement: Judgement, delivery: int = 0, subscriber: int = 0
    ) -> None:
        rule, outcome = judgement.rule.value, judgement.outcome.value
        certainty = judgement.certainty
        self.decided.append(Decided(one.id, rule, outcome, certainty, delivery, subscriber))

    def _leavers(self, held: Mapping[int, Collection[Subscription]]) -> list[Leaver]:
        """Of a wish that does not say from what, all that the person holds ends."""
        return [
            Leaver(
                self._person(one),
                [s for s in held.get(one, ()) if whose.newsletter in {"", s.newsletter}],
                Evidence(f"asked to leave, told by {event.source}"),
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
