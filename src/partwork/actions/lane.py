"""One worker's run through a campaign: claim, announce, note, let go, note the reply."""

import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from time import monotonic

from sqlalchemy import Connection

from partwork.actions.copies import Copies
from partwork.actions.feedback import judge_all, refusal, told_key
from partwork.actions.guarding import Held, Rounds, guard_issue, hold
from partwork.assembly import Clock, Press, Progress
from partwork.delivering.course import Course
from partwork.delivering.message import message_id
from partwork.delivering.relay_ids import relay_id_in
from partwork.delivering.replies import next_try_at, verdict_of
from partwork.delivering.turns import in_turn
from partwork.model.delivery import (
    Delivery,
    DeliveryState,
    Envelope,
    Event,
    LostInDoubt,
    NotSent,
    PutOff,
    Reply,
    Stage,
    Transport,
    Verdict,
    WireReady,
)
from partwork.model.errors import PartworkError
from partwork.model.feedback import Feedback
from partwork.store.claiming import (
    End,
    claim,
    hold_again,
    note_attempts,
    note_ends,
    postpone,
    release,
)
from partwork.store.driving import Desk, noticed
from partwork.store.engine import StoreError, read_only
from partwork.store.events import note_events
from partwork.store.lanes import renew
from partwork.store.stops import is_stopped, load_stop, stop_against

LEASE = timedelta(minutes=10)
# Copies that are made while the disk keeps a claim: one took 33 µs where that took 0.8 ms.
AHEAD = 24
CLAIM = 64  # deliveries of a lane that are in doubt, at most, when its machine loses power
LONG_AGO = datetime.min.replace(tzinfo=UTC)
LOOK = 0.2  # seconds, where the database does not tell of changes; DESIGN 9 asks for 5
TOLD_TO_END = "this process was told to end; what is unsent goes out with the next send"
NO_MESSAGE = 553  # mailbox name not allowed (RFC 5321, 4.2.2): our own word, nothing was sent

_log = logging.getLogger("partwork.sending")


@dataclass(slots=True)
class Told:
    """What the transport has told at once, as the ledger is to note it in one commit.

    `awaited` may leave once it is noted, `early` was answered before the message left; `unsent`
    was let go, has not left and is awaited again, which must be noted anew; `returned`
    is free again at no cost, `later` at its time; `refused` is what servers said of recipients
    who are given up, by their deliveries, for the inbox of what comes back.
    """

    at: datetime
    awaited: list[int] = field(default_factory=list)
    early: list[int] = field(default_factory=list)
    unsent: list[int] = field(default_factory=list)
    ends: list[End] = field(default_factory=list)
    returned: list[int] = field(default_factory=list)
    later: dict[int, datetime] = field(default_factory=dict)
    refused: dict[int, Feedback] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Noted:
    """What may leave now, and whether all must stop."""

    may_go: frozenset[int]
    is_stopped: bool


@dataclass(slots=True)
class Lane:
    """A lane under a name that is its own, never used by another or again.

    What a transport tells at once goes into one commit: the replies to messages that have left,
    and the attempts of those that leave next. None leaves before that commit.
    """

    name: str
    press: Press
    desk: Desk
    copies: Copies
    transport: Transport
    clock: Clock
    progress: Progress
    of_all: int
    course: Course
    told_to_end: Callable[[], bool] = lambda: False
    stopped: str = ""
    held: list[Held] = field(default_factory=list)  # issues, by this lane
    _rounds: Rounds = field(default_factory=Rounds)
    _has_told: bool = False  # the inbox, something that is not judged yet
    _may_claim: float = inf
    _seen: int = 0
    _renewed_at: datetime = LONG_AGO
    _ran_at: int | None = None  # when it was last seen not to be stopped, see `noticed`
    _looks_at: float = 0  # where nothing tells of changes, on the monotonic clock
    _claimed: deque[Delivery] = field(default_factory=deque)
    _claimed_at: dict[int, int | None] = field(default_factory=dict)  # see `noticed`
    _ready: dict[int, tuple[Envelope, WireReady]] = field(default_factory=dict)  # not offered yet
    _waiting: dict[int, Delivery] = field(default_factory=dict)  # offered, not let go
    _leaving: dict[int, Delivery] = field(default_factory=dict)  # let go, not answered

    def run(self, at_most: float = inf) -> None:
        """Sends until nothing is left to do now, or `stopped` says why it cannot go on.

        Raises StoreError when the ledger cannot be written: what has left is in doubt then.
        """
        self._may_claim = at_most
        try:
            self._offer()
            while self._waiting or self._leaving:
                self._record(self.transport.events())
                self._offer()
        except NotSent as error:  # then nothing has left whose end was not told
            self.stopped = str(error)
            self._release(self._leaving)
        except StoreError:  # and so nothing can be released
            self._waiting.clear()
            self._claimed.clear()
            raise
        finally:  # interrupted too: what has certainly not left is free at once
            self._release(self._waiting)
            self._release({row.id: row for row in self._claimed})
            self._claimed.clear()

    def _offer(self) -> None:
        """Offers what there is room for; claims anew where nothing is left to offer."""
        while not self.stopped and self.transport.room() > 0:
            if not self._claimed and not self._claim():
                return
            row = self._claimed.popleft()
            try:
                made = self._ready.pop(row.id, None)
                envelope, message = made or self._copy(row)
            except (PartworkError, ValueError) as error:
                told = Told(self.clock())
                reply = Reply(NO_MESSAGE, f"no message could be made: {error}", Stage.RCPT)
                self._hear(row, reply, told)
                told.refused.clear()  # no server has said so
                self._note(told)
                self._show_progress(1)
                continue
            self._waiting[row.id] = row
            self.transport.offer(row.id, envelope, message)

    def _claim(self) -> bool:
        """Claims so many that 64 at most are claimed and not answered."""
        now, under_way = self.clock(), len(self._waiting) + len(self._leaving)
        limit = int(min(CLAIM - under_way, self._may_claim))

        def work(connection: Connection) -> tuple[tuple[Delivery, ...], int | None, bool]:
            content_hash, seen = self.copies.content_hash, noticed(connection)
            if is_stopped(connection, content_hash):
                return (), seen, True
            rows = claim(connection, content_hash, self.name, now, LEASE, limit=limit)
            return rows, seen, False

        if limit > 0:
            rows, seen, stopped = self.desk.durably(work, lambda done: self._make_ready(done[0]))
            if stopped:
                self.is_stopped()
            self._claimed.extend(in_turn(rows))
            self._claimed_at.update(dict.fromkeys((row.id for row in rows), seen))
            self._may_claim -= len(rows)
        return bool(self._claimed)

    def _make_ready(self, rows: Sequence[Delivery]) -> None:
        """Makes the first copies, which nobody sees before the claim is on the disk."""
        self._ready.clear()
        for row in in_turn(rows)[:AHEAD]:
            with suppress(PartworkError, ValueError):  # is told when its turn has come
                self._ready[row.id] = self._copy(row)

    def _copy(self, row: Delivery) -> tuple[Envelope, WireReady]:
        """Raises PartworkError, ValueError where there can be none."""
        return self.copies.envelope(row.recipient, row.id), self.copies.of(row, self.clock())

    def _record(self, events: Sequence[Event]) -> None:
        """Notes what has happened, and only then lets go what is awaited."""
        told = Told(self.clock())
        for event in events:
            match event.outcome:
                case None:
                    told.awaited.append(event.key)
                case Reply() as reply:
                    self._hear(self._ended(event.key), reply, told)
                case LostInDoubt() as doubt:
                    self._ended(event.key)
                    told.ends.append(End(event.key, DeliveryState.IN_DOUBT, None, str(doubt)))
                case PutOff() as later:
                    self._ended(event.key)
                    told.later[event.key] = told.at + later.pause
                case NotSent():
                    self._waiting[event.key] = self._leaving.pop(event.key)
                    told.unsent.append(event.key)
        noted = self._note(told)
        self._heed(noted)
        for key in told.awaited:
            if key not in noted.may_go:
                self._withdraw(key)
            elif not self.stopped:
                self._leaving[key] = self._waiting.pop(key)
                self.transport.let_go(key)
        if self.stopped:
            self._release({key: self._withdraw(key) for key in tuple(self._waiting)})
        answered = sum(event.outcome is not None for event in events) - len(told.unsent)
        self._show_progress(answered)
        if self._rounds.is_due(answered):
            self.look()

    def _heed(self, noted: Noted) -> None:
        """Takes and lets go nothing more once the issue is stopped, or the process told to end."""
        if self.course.held:
            self.hold(self.course.held)
        elif noted.is_stopped or self.course.given_up:
            self.stopped = self.stopped or self._why_stopped()
        self.heed_end()

    def heed_end(self) -> None:
        """Takes and lets go nothing more once the process was told to end."""
        if self.told_to_end():
            self.stopped = self.stopped or TOLD_TO_END

    def _hear(self, row: Delivery, reply: Reply, told: Told) -> None:
        """What the ledger is to be told of a reply, and whether the lane goes on after it."""
        if not self.course.is_its_own(row.id, reply):
            told.returned.append(row.id)
            if not self.course.held and self.transport.rest():
                self.course.note_rest(reply)
            return
        verdict, words = verdict_of(reply), reply.text
        again = next_try_at(row.attempts + 1, told.at) if verdict is Verdict.DEFERRED else None
        if verdict is Verdict.DEFERRED and again is None:
            verdict, words = Verdict.REFUSED, f"expired, put off for three days: {words}"
        if reply.stage is not Stage.MESSAGE:  # an attempt too, although the message has not left
            told.early.append(row.id)
        relay_id = relay_id_in(reply) if verdict is Verdict.ACCEPTED else ""
        state = DeliveryState(verdict)
        told.ends.append(End(row.id, state, reply.code, words, again, relay_id))
        if verdict is Verdict.REFUSED:
            name = f"delivery {row.id}, attempt {row.attempts + 1}"
            message = message_id(row.id, row.content_hash, self.copies.sender)
            told.refused[row.id] = refusal(name, row.recipient, reply, told.at, message)

    def _note(self, told: Told) -> Noted:
        """Commits it, and looks whether the issue was stopped."""

        def work(connection: Connection) -> Noted:
            if told.unsent:
                hold_again(connection, told.unsent, self.name, told.at + LEASE)
            note_attempts(connection, told.early, self.name, told.at)
            ended = note_ends(connection, told.ends, self.name, told.at)
            if told.refused:
                final = {k: event for k, event in told.refused.items() if k in ended}
                note_events(connection, self._keyed(final.values()), told.at)
            release(connection, told.returned, self.name)
            postpone(connection, told.later, self.name)
            seen = noticed(connection)  # while it is the same, nobody has left or paused
            are_wanted = seen is not None and all(
                self._claimed_at[key] == seen for key in told.awaited
            )
            may_go = note_attempts(
                connection, told.awaited, self.name, told.at, are_wanted=are_wanted
            )
            if is_to_renew:
                renew(connection, self.name, told.at + LEASE)
            runs = monotonic() < self._looks_at if seen is None else seen == self._ran_at
            if runs:
                return Noted(may_go, is_stopped=False)
            stopped = is_stopped(connection, self.copies.content_hash)
            self._ran_at = None if stopped else seen
            self._looks_at = 0 if stopped else monotonic() + LOOK
            return Noted(may_go, stopped)

        is_to_renew = told.at - self._renewed_at >= LEASE / 5
        noted = self.desk.quickly(work)
        if is_to_renew:
            self._renewed_at = told.at
        self._has_told = self._has_told or bool(told.refused)
        return noted

    def _keyed(self, told: Iterable[Feedback]) -> dict[str, Feedback]:
        return {told_key(self.press, event): event for event in told}

    def hold(self, why: str) -> None:
        """Stops this lane and all others, until a person resumes the issue."""
        held = Held(self.copies.issue.name, self.copies.newsletter.slug, why)
        content_hash = self.copies.content_hash
        with read_only(self.press.engine) as connection:
            seen = load_stop(connection, content_hash)
        if hold(self.press, content_hash, held, seen, self.clock()):
            self.held.append(held)
        self.stopped = self._why_stopped()

    def look(self) -> None:
        """Judges what servers refused, and has the guard look, who may hold the issue.

        Where that fails the lane goes on: what is in the inbox is judged later.
        """
        began = monotonic()
        try:
            if self._has_told:
                self.held += judge_all(self.press, self.clock).held
                self._has_told = False
            self.held += guard_issue(self.press, self.copies.content_hash, self.clock())
        except PartworkError as error:
            _log.error("what came back waits: %s", error)
        self._rounds.note(monotonic() - began)
        if self.held:
            self.is_stopped()

    def is_stopped(self) -> bool:
        """Whether a person or another lane has stopped the issue; then `stopped` says why."""
        self.stopped = self.stopped or self._why_stopped()
        return bool(self.stopped)

    def _why_stopped(self) -> str:
        """In words: what a person or a hold has said, else what this lane has come to."""
        with read_only(self.press.engine) as connection:
            stop = stop_against(connection, self.copies.content_hash)
        if stop is None:
            return self.course.given_up
        words = f"{stop.kind}: {stop.reason}" if stop.reason else stop.kind.value
        return f"{stop.part}, one of its parts, is {words}" if stop.part else words

    def _ended(self, key: int) -> Delivery:
        self._claimed_at.pop(key)
        return self._leaving.pop(key, None) or self._waiting.pop(key)

    def _withdraw(self, key: int) -> Delivery:
        self.transport.withdraw(key)
        self._claimed_at.pop(key)
        return self._waiting.pop(key)

    def _release(self, rows: dict[int, Delivery]) -> None:
        """Gives them back, and has them no longer."""
        if rows:
            held = tuple(rows)
            self.desk.quickly(lambda connection: release(connection, held, self.name))
            rows.clear()

    def _show_progress(self, more: int) -> None:
        """Outside of every transaction: what is shown may read the database."""
        self._seen += more
        if more:
            self.progress(self._seen, max(self.of_all, self._seen))
