"""The link in a notice by which an editor stops what is about to be sent."""

from dataclasses import dataclass
from datetime import datetime

from partwork.actions.issue_named import issue_named
from partwork.actions.stopping import pause, words_for
from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.stops import load_stop
from partwork.subscribing.page_links import check_stop_key

REASON = "stopped by the link in the notice that it starts"


@dataclass(frozen=True, slots=True)
class StopView:
    """What the page shows of an issue; `stopped` is why nothing of it leaves ("": it may)."""

    issue: str
    subject: str
    stopped: str


def stop_behind(press: Press, issue: str, key: str, now: datetime) -> StopView:
    """What a link is about, and changes nothing. Raises BadToken, LinkHasRunOut, LibraryError."""
    check_stop_key(issue, key, now, press.secrets)
    found = issue_named(press, issue)
    with read_only(press.engine) as connection:
        stop = load_stop(connection, found.content_hash)
    stopped = words_for(found.name, stop) if stop and stop.is_on else ""
    return StopView(found.name, found.subject, stopped)


def stop(press: Press, issue: str, key: str, now: datetime) -> StopView:
    """Pauses the issue, and may be repeated. Raises as `stop_behind` does."""
    view = stop_behind(press, issue, key, now)
    if not view.stopped:
        pause(press, issue, REASON, now)
    return stop_behind(press, issue, key, now)
