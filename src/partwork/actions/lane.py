"""One worker's run through a campaign: claim, announce, note, let go, note the reply."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Connection

from partwork.actions.copies import Copies
from partwork.actions.departing import suppress
from partwork.assembly import Clock, Press, Progress
from partwork.delivering.course import Course
from partwork.delivering.replies import is_hard_bounce, next_try_at, verdict_of
from partwork.model.audience import SuppressionReason
from partwork.model.delivery import (
    Delivery,
    Event,
    LostInDoubt,
    NotSent,
    Reply,
    Stage,
    Transport,
    Verdict,
)
from partwork.model.errors import PartworkError
from partwork.store.ledger import claim, note_attempt, note_doubt, note_reply, release

LEASE = timedelta(minutes=10)
CLAIM = 64  # rows that wait for the lease to end when a lane is killed
NO_MESSAGE = 553  # mailbox name not allowed (RFC 5321, 4.2.2): our own word, nothing was sent


@dataclass(slots=True)
class Lane:
    """A lane under a name that is its own, never used by another or again.

    What a transport tells at once goes into one commit: the replies to messages that have left,
    and the attempts of those that leave next. None leaves before that commit.
    """

    name: str
    press: Press
    copies: Copies
    transport: Transport
    clock: Clock
    progress: Progress
    of_all: int
    course: Course = field(default_factory=Course)
    stopped: str = ""
    _seen: int = 0
    _claimed: deque[Delivery] = field(default_factory=deque)
    _waiting: dict[int, Delivery] = field(default_factory=dict)  # offered, not let go
    _leaving: dict[int, Delivery] = field(default_factory=dict)  # let go, not answered

    def run(self) -> None:
        """Sends until nothing is left to do now, or `stopped` says why it cannot go on."""
        try:
            self._offer()
            while self._waiting or self._leaving:
                self._record(self.transport.events())
                self._offer()
        except NotSent as error:  # then nothing has left whose end was not told
            self.stopped = str(error)
            self._release(list(self._leaving.values()))
        finally:  # interrupted too: what has certainly not left is free at once
            self._release([*self._waiting.values(), *self._claimed])

    def _offer(self) -> None:
        """Offers what there is room for; claims anew where nothing is left to offer."""
        while not self.stopped and self.transport.room() > 0:
            if not self._claimed and not self._claim():
                return
            row = self._claimed.popleft()
            try:
                envelope = self.copies.envelope(row.recipient)
                message = self.copies.of(row, self.clock())
            except (PartworkError, ValueError) as error:
                reply = Reply(NO_MESSAGE, f"no message could be made: {error}", Stage.RCPT)
                with self.press.engine.begin() as connection:
                    self._note(connection, row, reply)
                self._show_progress(1)
                continue
            self._waiting[row.id] = row
            self.transport.offer(row.id, envelope, message)

    def _claim(self) -> bool:
        with self.press.engine.begin() as connection:
            rows = claim(
                connection,
                self.copies.content_hash,
                self.name,
                self.clock(),
                LEASE,
                limit=CLAIM,
            )
        self._claimed.extend(rows)
        return bool(rows)

    def _record(self, events: Sequence[Event]) -> None:
        """Notes what has happened, and only then lets go what is awaited."""
        to_go: list[int] = []
        bounced: list[str] = []
        with self.press.engine.begin() as connection:
            for event in events:
                match event.outcome:
                    case None if note_attempt(connection, event.key, self.name, self.clock()):
                        to_go.append(event.key)
                    case None:
                        self._withdraw(event.key)
                    case Reply() as reply:
                        row = self._ended(event.key)
                        if self._note(connection, row, reply) and is_hard_bounce(reply):
                            bounced.append(row.recipient)
                    case LostInDoubt() as doubt:
                        row = self._ended(event.key)
                        note_doubt(connection, row.id, self.name, str(doubt), self.clock())
        self._suppress(bounced)
        self.stopped = self.stopped or self.course.held
        if self.stopped:
            self._release([self._withdraw(key) for key in tuple(self._waiting)])
            to_go.clear()
        for key in to_go:
            self._leaving[key] = self._waiting.pop(key)
            self.transport.let_go(key)
        self._show_progress(sum(event.outcome is not None for event in events))

    def _note(self, connection: Connection, row: Delivery, reply: Reply) -> bool:
        """Whether the reply was noted as the delivery's own."""
        if not self.course.is_its_own(row.id, reply):
            release(connection, row.id, self.name)
            if not self.course.held and self.transport.rest():
                self.course.note_rest(reply)
            return False
        verdict, now = verdict_of(reply), self.clock()
        again = next_try_at(row.attempts + 1, now) if verdict is Verdict.DEFERRED else None
        if verdict is Verdict.DEFERRED and again is None:
            verdict = Verdict.REFUSED  # put off for too long: the server's words say why
        if reply.stage is not Stage.MESSAGE:  # an attempt too, although the message has not left
            note_attempt(connection, row.id, self.name, now)
        return note_reply(connection, row.id, self.name, verdict, reply, at=now, next_try_at=again)

    def _suppress(self, recipients: Sequence[str]) -> None:
        """Where that fails the lane stops, once what has left is answered."""
        try:
            for recipient in recipients:
                suppress(self.press, recipient, SuppressionReason.HARD_BOUNCE, self.clock())
        except PartworkError as error:
            self.stopped = str(error)

    def _ended(self, key: int) -> Delivery:
        return self._leaving.pop(key, None) or self._waiting.pop(key)

    def _withdraw(self, key: int) -> Delivery:
        self.transport.withdraw(key)
        return self._waiting.pop(key)

    def _release(self, rows: Sequence[Delivery]) -> None:
        with self.press.engine.begin() as connection:
            for row in rows:
                release(connection, row.id, self.name)

    def _show_progress(self, more: int) -> None:
        """Outside of every transaction: what is shown may read the database."""
        self._seen += more
        if more:
            self.progress(self._seen, max(self.of_all, self._seen))
