"""An issue's unsent deliveries → the wire, each noted in the ledger before and after."""

import platform
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from partwork.actions.loading import load_newsletter
from partwork.actions.preview import page_url
from partwork.assembly import Clock, Press, Progress
from partwork.delivering.addresses import UnfitAddress, wire_address
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
CLAIM = 64  # rows that wait for the lease to end when a lane is killed
NO_MESSAGE = 553  # mailbox name not allowed (RFC 5321, 4.2.2): our own word, nothing was sent


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
    with read_only(press.engine) as connection:
        if not is_published(connection, found.content_hash):
            raise LibraryError(
                f"{found.name} is not published; `partwork publish {found.audience.series} --now` "
                "publishes the next part that is approved"
            )
    newsletter = _ready_newsletter(press, found, dry_run)
    copies = _Copies(press, found, newsletter)
    copies.sample(newsletter.sender.address, clock())  # what is wrong with all must refuse nobody
    if dry_run:
        return _dry_run(press, copies, clock)
    with press.engine.begin() as connection:
        sweep(connection, clock())
    lane = f"{platform.node()}-{press.new_id()}"
    with press.transport() as transport:
        return _Lane(press, found, copies, transport, clock, progress, lane).run()


def send_test(press: Press, issue: str, address: str, clock: Clock) -> Reply:
    """Sends one copy to an address, outside the ledger; its unsubscribe link does nothing."""
    found = issue_named(press, issue)
    newsletter = _ready_newsletter(press, found, dry_run=False)
    copy = _Copies(press, found, newsletter).sample(address, clock())
    with press.transport() as transport:
        return transport.send(_envelope(found, address), copy)


def issue_named(press: Press, name: str) -> Issue:
    """The one issue of that name, or whose name begins so. Raises LibraryError.

    Of several the one that is published is meant: `series-01` goes on to name what was mailed
    when the part has been rendered anew.
    """
    if not name:
        raise LibraryError("no issue was named; `partwork status` lists them")
    with read_only(press.engine) as connection:
        found = find_issues(connection, name)
        mailed = [issue for issue in found if is_published(connection, issue.content_hash)]
    if not found:
        raise LibraryError(f"there is no issue {name!r}; `partwork status` lists them")
    if len(found) > 1 and len(mailed) != 1:
        some = ", ".join(issue.name for issue in found[:5])
        more = f" and {len(found) - 5} more" if len(found) > 5 else ""
        raise LibraryError(f"{name!r} could be {some}{more}; write more of its name")
    return mailed[0] if mailed else found[0]


def _ready_newsletter(press: Press, issue: Issue, dry_run: bool) -> Newsletter:
    """The issue's newsletter. Raises NotReadyToSend where a mail server must not get the issue."""
    newsletter = load_newsletter(press, issue.audience.newsletter)
    if dry_run or not press.has_mail_server:
        return newsletter
    host = urlsplit(press.settings.smtp_url.get_secret_value()).hostname or ""
    missing = missing_for_smtp(
        replace(newsletter, demo=newsletter.demo or issue.demo), press.settings.public_url, host
    )
    if missing:
        raise NotReadyToSend(f"{issue.name} cannot be sent by SMTP yet: {'; '.join(missing)}")
    if (newsletter.sender.address, newsletter.reply_to.address) != (
        issue.sender.address,
        issue.reply_to.address,
    ):
        raise NotReadyToSend(
            f"{issue.name} was approved with the sender {issue.sender.address}, and "
            f"{newsletter.slug} has another now; put it back to send this issue"
        )
    return newsletter


def _envelope(issue: Issue, recipient: str) -> Envelope:
    """Raises UnfitAddress."""
    return Envelope(wire_address(issue.sender.address), wire_address(recipient))


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
        return message_bytes(
            self.issue,
            self.newsletter,
            _envelope(self.issue, recipient),
            to=Mailbox("", recipient),
            fields={
                MergeField.ADDRESS: recipient,
                MergeField.UNSUBSCRIBE_URL: f"{self.press.settings.public_url}/u/{token}",
                MergeField.PAGE_URL: page_url(self.press, self.issue),
            },
            message_id=message_id(delivery, self.issue.content_hash, self.issue.sender.address),
            date=at,
            demo=self.issue.demo or not self.press.has_mail_server,
        )


def _dry_run(press: Press, copies: _Copies, clock: Clock) -> SendReport:
    """Writes every unsent copy to a folder of its own; the ledger stays as it is."""
    issue = copies.issue
    with read_only(press.engine) as connection:
        rows = load_deliveries(
            connection, issue.content_hash, {DeliveryState.PENDING, DeliveryState.DEFERRED}
        )
        standing = tally(connection, issue.content_hash)
    written = 0
    with Outbox(press.settings.state / "dry-run" / issue.name) as outbox:
        for row in rows:
            try:
                outbox.send(_envelope(issue, row.recipient), copies.of(row, clock()))
            except UnfitAddress:
                continue  # sending would refuse this one, and so does not write it either
            written += 1
    return SendReport(issue.name, standing, written)


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
