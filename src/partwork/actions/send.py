"""An issue's unsent deliveries → the wire, each noted in the ledger before and after."""

import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from partwork.actions.bundles import demand_mailable
from partwork.actions.copies import Copies, copies_of
from partwork.actions.guarding import Held, came_back_in_words
from partwork.actions.heartbeat import beat
from partwork.actions.issue_named import issue_named
from partwork.actions.lane import LEASE, Lane
from partwork.actions.loading import load_newsletter
from partwork.actions.notices import tell_editors
from partwork.actions.stopping import Stopped
from partwork.assembly import Clock, Press, Progress
from partwork.delivering.addresses import UnfitAddress
from partwork.delivering.canary import canary_of, sent_of, tolerated_of, why_held, words_for
from partwork.delivering.course import FIRST, Course
from partwork.delivering.readiness import missing_for_smtp
from partwork.library import LibraryError
from partwork.manuscript.series import parse_series
from partwork.model.delivery import DeliveryState, Reply, Tally
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.newsletter import Newsletter
from partwork.store.clicks import begin_counting
from partwork.store.driving import desk
from partwork.store.engine import StoreError, read_only
from partwork.store.garbage import without_long_pauses
from partwork.store.issues import is_published
from partwork.store.lanes import close_lane, open_lane, sweep
from partwork.store.leases import release_lease, take_lease
from partwork.store.ledger import load_deliveries, tally
from partwork.store.stops import load_stop, stop_against
from partwork.store.workers import this_worker
from partwork.transport.outbox import Outbox


@dataclass(frozen=True, slots=True)
class SendReport:
    """The issue's name, where its deliveries stand, how many were accepted in this run.

    `stopped` says why nothing more is sent now (empty: all that was due was), `canary` how the
    first readers' servers took it, where this run sent to them. `held` are issues that this run
    held. `waited` deliveries were unsent when it began, or on their way.
    """

    issue: str
    tally: Tally
    sent: int
    stopped: str = ""
    canary: str = ""
    held: tuple[Held, ...] = ()
    waited: int = 0


class NotReadyToSend(PartworkError):
    """What the law or the mail server needs is not set."""


def send(
    press: Press,
    issue: str,
    *,
    clock: Clock,
    progress: Progress = lambda _done, _of: None,
    dry_run: bool = False,
    told_to_end: Callable[[], bool] = lambda: False,
) -> SendReport:
    """Sends what the ledger says is unsent; safe to run again, at once or elsewhere.

    A delivery is claimed once, its attempt is committed before the message leaves and its
    reply after; what a crash leaves between the two is in doubt and not sent again. A share of the
    readers goes first, and the others only when their servers took it. Once `told_to_end` says so,
    nothing more leaves, and the replies to what has left are noted. Raises Stopped for an issue
    that is paused, held or cancelled, or draws on an article that was withdrawn; a bundle is as
    its parts are.
    """
    found = issue_named(press, issue)
    with read_only(press.engine) as connection:
        if not is_published(connection, found.content_hash):
            raise LibraryError(
                f"{found.name} is not published; `partwork publish {found.audience.series} --now` "
                "publishes the next part that is approved"
            )
        stop = stop_against(connection, found.content_hash)
        was_stopped = load_stop(connection, found.content_hash) is not None
    newsletter = _ready_newsletter(press, found, dry_run)
    copies = copies_of(press, found, newsletter)
    copies.sample(newsletter.sender.address, clock())  # what is wrong with all must refuse nobody
    if dry_run:
        return _dry_run(press, copies, clock)
    if stop:
        raise Stopped(found.name, stop)
    with press.engine.begin() as connection:
        sweep(connection, clock())
        begin_counting(connection, found.content_hash, copies.counted, clock().date())
    of_all = _tally(press, found).pending
    course = Course(tolerated=tolerated_of(FIRST, press.settings.refused_share))
    with (
        without_long_pauses(),
        press.transport() as transport,
        _lane_name(press, found, clock) as name,
        desk(press.engine) as own,
    ):
        lane = Lane(
            name, press, own, copies, transport, clock, progress, of_all, course, told_to_end
        )
        lane.look()  # a run that was killed may have left something to judge
        canary = "" if lane.stopped else _send_canary(lane, found, was_stopped)
        if not lane.stopped:
            lane.run()
    lane.look()
    tell_editors(press, lane.held, clock)
    standing, sent = _tally(press, found), lane.course.accepted
    if not lane.stopped:
        beat(press)
    return SendReport(
        found.name, standing, sent, lane.stopped, canary, tuple(lane.held), waited=of_all
    )


@contextmanager
def _lane_name(press: Press, issue: Issue, clock: Clock) -> Iterator[str]:
    """A name for one lane alone, under which the ledger knows this process."""
    name = f"{platform.node()}-{press.new_id()}"
    with press.engine.begin() as connection:
        open_lane(connection, name, issue.content_hash, this_worker(), clock())
    try:
        yield name
    finally:
        with suppress(StoreError), press.engine.begin() as connection:
            close_lane(connection, name)


def _send_canary(lane: Lane, issue: Issue, was_stopped: bool) -> str:
    """Sends to the first readers, and holds the issue if too many are refused; in words.

    "": they have all been tried before. Of an issue that `was_stopped` and that a person resumed,
    only what comes now counts: the rest they have seen. One run at a time does it, the others wait
    for its end.
    """
    press, percent = lane.press, lane.press.settings.refused_share
    with _alone(lane, f"canary:{issue.content_hash}"):
        standing = _tally(press, issue)
        size = canary_of(standing.planned - standing.left, press.settings.canary_share)
        if (left := size - sent_of(standing)) <= 0 or lane.is_stopped():
            return ""
        lane.run(at_most=left)
        fared = _tally(press, issue)
        if was_stopped:
            fared = replace(
                fared,
                accepted=fared.accepted - standing.accepted,
                refused=fared.refused - standing.refused,
            )
        if not lane.stopped and (why := why_held(fared, percent)):
            lane.hold(why)
        if not lane.stopped:
            lane.look()
        return f"{words_for(fared)}; {came_back_in_words(press, issue.content_hash)}"


@contextmanager
def _alone(lane: Lane, what: str) -> Iterator[None]:
    """Waits until no other lane does the same; one that was killed elsewhere has it for `LEASE`.

    A process that is told to end does not wait, and its lane is `stopped`.
    """
    engine = lane.press.engine
    while True:
        with engine.begin() as connection:
            if take_lease(connection, what, lane.name, lane.clock(), LEASE):
                break
        lane.heed_end()
        if lane.stopped:
            yield
            return
        time.sleep(0.2)
    try:
        yield
    finally:
        with suppress(StoreError), engine.begin() as connection:
            release_lease(connection, what, lane.name)


def unsent_of(press: Press, issue: str) -> int:
    """How many of its deliveries wait to be sent; none while it is stopped. Raises LibraryError."""
    found = issue_named(press, issue)
    with read_only(press.engine) as connection:
        if stop_against(connection, found.content_hash):
            return 0
        return tally(connection, found.content_hash).pending


def send_test(press: Press, issue: str, address: str, clock: Clock) -> Reply:
    """Sends one copy to an address, outside the ledger; its unsubscribe link does nothing."""
    found = issue_named(press, issue)
    newsletter = _ready_newsletter(press, found, dry_run=False)
    copies = copies_of(press, found, newsletter)
    copy = copies.sample(address, clock())
    with press.transport() as transport:
        return transport.send(copies.envelope(address), copy)


def _ready_newsletter(press: Press, issue: Issue, dry_run: bool) -> Newsletter:
    """The issue's newsletter. Raises NotReadyToSend where a mail server must not get the issue.

    Raises Unmailable for a bundle with a part that may not go out.
    """
    parts = demand_mailable(press, issue)
    newsletter = load_newsletter(press, issue.audience.newsletter)
    if dry_run or not press.has_mail_server:
        return newsletter
    missing = missing_for_smtp(
        replace(newsletter, demo=newsletter.demo or issue.demo),
        press.pages_url,
        press.mail_host,
    )
    if missing:
        raise NotReadyToSend(f"{issue.name} cannot be sent by SMTP yet: {'; '.join(missing)}")
    worn = _as_worn(press, newsletter, (parts or (issue,))[0].audience.series)
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


def standing_of(press: Press, issue: str) -> Tally:
    """Where the issue's deliveries stand. Raises LibraryError."""
    return _tally(press, issue_named(press, issue))


def _tally(press: Press, issue: Issue) -> Tally:
    with read_only(press.engine) as connection:
        return tally(connection, issue.content_hash)
