"""The link in a notice by which an editor stops what is about to be sent."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from partwork.actions.issue_named import issue_named
from partwork.actions.stopping import Stopped, pause, why_stopped
from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.ledger import tally
from partwork.store.stops import load_stop
from partwork.subscribing.page_links import check_stop_key

REASON = "stopped by the link in the notice that it starts"


@dataclass(frozen=True, slots=True)
class StopView:
    """What the page shows of an issue; `stopped` is why nothing of it leaves ("": it may).

    `reached` of `planned` readers have it already.
    """

    issue: str
    subject: str
    stopped: str
    reached: int
    planned: int


def stop_behind(press: Press, issue: str, key: str, now: datetime) -> StopView:
    """What a link is about, and changes nothing. Raises BadToken, LinkHasRunOut, LibraryError."""
    check_stop_key(issue, key, now, press.secrets)
    found = issue_named(press, issue)
    with read_only(press.engine) as connection:
        standing = tally(connection, found.content_hash)
    stopped = why_stopped(press, found)
    return StopView(found.name, found.subject, stopped, standing.accepted, standing.planned)


def stop(press: Press, issue: str, key: str, now: datetime) -> StopView:
    """Pauses the issue, and may be repeated. Raises as `stop_behind` does.

    One that is stopped already is this person's too from now on: what stopped it, such as an
    article that was withdrawn, may pass without them.
    """
    view = stop_behind(press, issue, key, now)
    with read_only(press.engine) as connection:
        before = load_stop(connection, issue_named(press, issue).content_hash)
    earlier = before.reason if before and before.is_on else ""
    if not earlier.startswith(REASON):
        with suppress(Stopped):  # cancelled: nothing more of it leaves anyhow
            pause(press, view.issue, "; ".join(filter(None, (REASON, earlier))), now)
    return stop_behind(press, issue, key, now)
