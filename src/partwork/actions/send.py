"""An issue's unsent deliveries → the wire, each noted in the ledger before and after."""

import platform
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from partwork.actions.copies import Copies, copies_of
from partwork.actions.lane import Lane
from partwork.actions.loading import load_newsletter
from partwork.assembly import Clock, Press, Progress
from partwork.delivering.addresses import UnfitAddress
from partwork.delivering.readiness import missing_for_smtp
from partwork.library import LibraryError
from partwork.manuscript.series import parse_series
from partwork.model.delivery import DeliveryState, Reply, Tally
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.newsletter import Newsletter
from partwork.store.engine import read_only
from partwork.store.issues import find_issues, is_published
from partwork.store.ledger import load_deliveries, sweep, tally
from partwork.transport.outbox import Outbox


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
    copies = copies_of(press, found, newsletter)
    copies.sample(newsletter.sender.address, clock())  # what is wrong with all must refuse nobody
    if dry_run:
        return _dry_run(press, copies, clock)
    with press.engine.begin() as connection:
        sweep(connection, clock())
    name = f"{platform.node()}-{press.new_id()}"
    with press.transport() as transport:
        of_all = _tally(press, found).pending
        lane = Lane(name, press, copies, transport, clock, progress, of_all)
        lane.run()
    return SendReport(found.name, _tally(press, found), lane.course.accepted, lane.stopped)


def send_test(press: Press, issue: str, address: str, clock: Clock) -> Reply:
    """Sends one copy to an address, outside the ledger; its unsubscribe link does nothing."""
    found = issue_named(press, issue)
    newsletter = _ready_newsletter(press, found, dry_run=False)
    copies = copies_of(press, found, newsletter)
    copy = copies.sample(address, clock())
    with press.transport() as transport:
        return transport.send(copies.envelope(address), copy)


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
    worn = _as_worn(press, newsletter, issue.audience.series)
    if (worn.sender.address, worn.reply_to.address) != (
        issue.sender.address,
        issue.reply_to.address,
    ):
        raise NotReadyToSend(
            f"{issue.name} was approved to come from {issue.sender.address}, with answers to "
            f"{issue.reply_to.address}; put both back to send it"
        )
    return newsletter


def _as_worn(press: Press, newsletter: Newsletter, series: str) -> Newsletter:
    """The newsletter as that series shows it, as long as the series is there."""
    file = press.library.series_folder(series) / "series.toml"
    if not file.exists():
        return newsletter
    brand = parse_series(press.library.read(file), series, press.library.shown(file)).brand
    return brand.on(newsletter)


def _dry_run(press: Press, copies: Copies, clock: Clock) -> SendReport:
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
                outbox.send(copies.envelope(row.recipient), copies.of(row, clock()))
            except UnfitAddress:
                continue  # sending would refuse this one, and so does not write it either
            written += 1
    return SendReport(issue.name, standing, written)


def _tally(press: Press, issue: Issue) -> Tally:
    with read_only(press.engine) as connection:
        return tally(connection, issue.content_hash)
