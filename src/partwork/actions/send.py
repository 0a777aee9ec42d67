"""An issue's unsent deliveries → the wire, each noted in the ledger before and after."""

import platform
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from partwork.actions.loading import load_newsletter
from partwork.actions.preview import page_url
from partwork.assembly import Press
from partwork.delivering.addresses import wire_address
from partwork.delivering.message import message_bytes, message_id
from partwork.delivering.readiness import missing_for_smtp
from partwork.delivering.replies import next_try_at, verdict_of
from partwork.library import LibraryError
from partwork.model.address import Mailbox
from partwork.model.delivery import (
    Delivery,
    DeliveryState,
    Envelope,
    LostInDoubt,
    NotSent,
    Reply,
    Tally,
    Transport,
    Verdict,
)
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue, MergeField
from partwork.model.series import Newsletter
from partwork.store.engine import read_only
from partwork.store.issues import find_issues, is_published
from partwork.store.ledger import (
    claim,
    load_deliveries,
    note_attempt,
    note_doubt,
    note_reply,
    release,
    sweep,
    tally,
)
from partwork.subscribing.tokens import Departure, unsubscribe_token
from partwork.transport.outbox import Outbox

LEASE = timedelta(minutes=10)
CLAIM = 64  # rows that are in doubt at most when a lane's machine is lost
NO_MESSAGE = 553  # mailbox name not allowed (RFC 5321, 4.2.2): our own word, nothing was sent

Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class SendReport:
    """The issue's name, where its deliveries stand, how many were accepted in this run.

    `stopped` says why the run ended before its deliveries did (empty: it did not).
    """

    issue: str
    tally: Tally
    sent: int
    stopped: str = ""


class NotReadyToSend(PartworkError):
    """What the law or the mail server needs is not set."""


def send(
    press: Press,
    issue: str,
    *,
    clock: Clock,
    progress: Progress = lambda _done, _of: None,
    dry_run: bool = False,
) -> SendReport:
    """Sends what the ledger says is unsent; safe to run again, at once or elsewhere.

    A delivery is claimed once, its attempt is committed before the message leaves and its
    reply after; what a crash leaves between the two is in doubt and not sent again.
    """
    found = issue_named(press, issue)
    with press.engine.begin() as connection:
        if not is_published(connection, found.content_hash):
            raise LibraryError(
                f"{found.name} is not published; `partwork publish {found.audience.series} --now` "
                "does it"
            )
        sweep(connection, clock())
    newsletter = _ready_newsletter(press, found, dry_run)
    if dry_run:
        return _dry_run(press, found, newsletter, clock)
    copies = _Copies(press, found, newsletter)
    lane = f"{platform.node()}-{press.new_id()}"
    with press.transport() as transport:
        return _Lane(press, found, copies, transport, clock, progress, lane).run()


def send_test(press: Press, issue: str, address: str, clock: Clock) -> Reply:
    """Sends one copy to an address, outside the ledger; its unsubscribe link does nothing."""
    found = issue_named(press, issue)
    newsletter = _ready_newsletter(press, found, dry_run=False)
    copy = _Copies(press, found, newsletter).sample(address, clock())
    with press.transport() as transport:
        return transport.send(Envelope(newsletter.sender.address, address), copy)


def issue_named(press: Press, name: str) -> Issue:
    """The one issue of that name, or whose name begins so. Raises LibraryError."""
    with read_only(press.engine) as connection:
        found = find_issues(connection, name)
    if not found:
        raise LibraryError(f"there is no issue {name!r}; `partwork status` lists them")
    if len(found) > 1:
        names = ", ".join(i.name for i in found[:5])
        raise LibraryError(f"{name!r} could be {names}; write more of its name")
    return found[0]


def _ready_newsletter(press: Press, issue: Issue, dry_run: bool) -> Newsletter:
    newsletter = load_newsletter(press, issue.audience.newsletter)
    url = press.settings.smtp_url.get_secret_value()
    if url and not dry_run:
        host = urlsplit(url).hostname or ""
        missing = missing_for_smtp(newsletter, press.settings.public_url, host)
        if missing:
            raise NotReadyToSend(
                f"{newsletter.slug} cannot be sent by SMTP yet: {'; '.join(missing)}"
            )
    return newsletter


@dataclass(frozen=True, slots=True)
class _Copies:
    """The copies of one issue, each for one reader."""

    press: Press
    issue: Issue
    newsletter: Newsletter

    def of(self, row: Delivery, at: datetime) -> bytes:
        """The message of one delivery: but for its Date the same at each attempt."""
        departure = Departure(row.subscriber, self.newsletter.slug, row.id)
        token = unsubscribe_token(departure, self.press.secrets)
        return self._made(row.recipient, token, row.id, at)

    def sample(self, address: str, at: datetime) -> bytes:
        """A copy outside the ledger, for an editor."""
        return self._made(address, "sample", 0, at)

    def _made(self, recipient: str, token: str, delivery: int, at: datetime) -> bytes:
        sender = self.newsletter.sender.address
        return message_bytes(
            self.issue,
            self.newsletter,
            Envelope(sender, recipient),
            to=Mailbox("", recipient),
            fields={
                MergeField.ADDRESS: recipient,
                MergeField.UNSUBSCRIBE_URL: f"{self.press.settings.public_url}/u/{token}",
                MergeField.PAGE_URL: page_url(self.press, self.issue),
            },
            message_id=message_id(delivery, self.issue.content_hash, sender),
            date=at,
            demo=self.newsletter.demo,
        )


def _dry_run(press: Press, issue: Issue, newsletter: Newsletter, clock: Clock) -> SendReport:
    """Writes every unsent copy to a folder of its own; the ledger stays as it is."""
    copies = _Copies(press, issue, newsletter)
    with read_only(press.engine) as connection:
        rows = load_deliveries(
            connection, issue.content_hash, {DeliveryState.PENDING, DeliveryState.DEFERRED}
        )
        standing = tally(connection, issue.content_hash)
    with Outbox(press.settings.state / "dry-run" / issue.name) as outbox:
        for row in rows:
            outbox.send(Envelope(newsletter.sender.address, row.recipient), copies.of(row, clock()))
    return SendReport(issue.name, standing, len(rows))


@dataclass(slots=True)
class _Lane:
    """One worker's run through a campaign."""

    press: Press
    issue: Issue
    copies: "_Copies"
    transport: Transport
    clock: Clock
    progress: Progress
    name: str
    sent: int = 0
    seen: int = 0

    def run(self) -> SendReport:
        stopped = ""
        total = self._tally().pending
        while not stopped:
            with self.press.engine.begin() as connection:
                rows = claim(
                    connection, self.issue.content_hash, self.name, self.clock(), LEASE, limit=CLAIM
                )
            if not rows:
                break
            for row in rows:
                stopped = self._give_back(row, stopped) if stopped else self._deliver(row)
                self.seen += 1
                self.progress(self.seen, max(total, self.seen))
        return SendReport(self.issue.name, self._tally(), self.sent, stopped)

    def _deliver(self, row: Delivery) -> str:
        """Sends one delivery and notes what became of it; why the lane must stop, if it must."""
        with self.press.engine.begin() as connection:
            if not note_attempt(connection, row.id, self.name, self.clock()):
                return ""
        try:
            envelope = Envelope(self.copies.newsletter.sender.address, wire_address(row.recipient))
            message = self.copies.of(row, self.clock())
        except (PartworkError, ValueError) as error:
            self._note(row, Reply(NO_MESSAGE, f"no message could be made: {error}"))
            return ""
        try:
            reply = self.transport.send(envelope, message)
        except NotSent as error:
            return self._give_back(row, str(error))
        except LostInDoubt as error:
            with self.press.engine.begin() as connection:
                note_doubt(connection, row.id, self.name, str(error), self.clock())
            return ""
        self._note(row, reply)
        return ""

    def _note(self, row: Delivery, reply: Reply) -> None:
        verdict, now = verdict_of(reply), self.clock()
        again = next_try_at(row.attempts + 1, now) if verdict is Verdict.DEFERRED else None
        if verdict is Verdict.DEFERRED and again is None:
            verdict = Verdict.REFUSED  # put off for too long: the server's words say why
        self.sent += verdict is Verdict.ACCEPTED
        with self.press.engine.begin() as connection:
            note_reply(connection, row.id, self.name, verdict, reply, at=now, next_try_at=again)

    def _give_back(self, row: Delivery, why: str) -> str:
        with self.press.engine.begin() as connection:
            release(connection, row.id, self.name)
        return why

    def _tally(self) -> Tally:
        with read_only(self.press.engine) as connection:
            return tally(connection, self.issue.content_hash)
