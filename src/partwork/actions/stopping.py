"""An issue's sending: paused, resumed, cancelled by a person."""

from dataclasses import replace
from datetime import datetime

from partwork.actions.issue_named import issue_named
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.stop import Stop, StopKind
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, is_published
from partwork.store.stops import load_stop, save_stop


class Stopped(PartworkError):
    """An issue of which nothing may be sent now; `stop` says since when and why."""

    def __init__(self, issue: str, stop: Stop) -> None:
        self.issue, self.stop = issue, stop
        super().__init__(f"{issue} {words_for(issue, stop)}")


def words_for(issue: str, stop: Stop) -> str:
    """What stands against sending, since when, why, and what to do."""
    since = f"since {stop.at:%Y-%m-%d %H:%M} UTC"
    why = f" ({stop.reason})" if stop.reason else ""
    match stop.kind:
        case StopKind.CANCELLED:
            return f"is cancelled {since}{why}; nothing more of it is sent"
        case StopKind.PAUSED:
            return f"is paused {since}{why}; `partwork resume {issue}` goes on"
        case StopKind.HELD:
            return f"is held {since}{why}; see to it, then `partwork resume {issue}` goes on"
    return f"was resumed at {stop.at:%Y-%m-%d %H:%M} UTC{why}"


def why_stopped(press: Press, issue: Issue) -> str:
    """What stands against sending an issue, published or not, as a clause; "": nothing does."""
    with read_only(press.engine) as connection:
        stop = load_stop(connection, issue.content_hash)
    return words_for(issue.name, stop) if stop and stop.is_on else ""


def pause(press: Press, issue: str, reason: str, now: datetime) -> Issue:
    """Ends claiming, until `resume`: what has been claimed and has not left waits too.

    Lanes see it before their next message, or within a second. What is approved and not published
    yet is not published before `resume`. Raises LibraryError, Stopped for what is cancelled.
    """
    return _say(press, issue, Stop(StopKind.PAUSED, reason, now))


def cancel(press: Press, issue: str, reason: str, now: datetime) -> Issue:
    """Ends claiming for good. Raises LibraryError."""
    return _say(press, issue, Stop(StopKind.CANCELLED, reason, now))


def resume(press: Press, issue: str, now: datetime) -> Issue:
    """Lifts a pause or a hold; `send`, or the next tick, goes on. Raises LibraryError, Stopped."""
    return _say(press, issue, Stop(StopKind.RESUMED, "", now))


def _say(press: Press, issue: str, stop: Stop) -> Issue:
    found = issue_named(press, issue)
    with press.engine.begin() as connection:
        is_to_come = stop.kind is not StopKind.CANCELLED and bool(
            approvals_of(connection, found.content_hash)
        )
        if not is_published(connection, found.content_hash) and not is_to_come:
            raise LibraryError(f"{found.name} is not published: nothing of it is sent")
        before = load_stop(connection, found.content_hash)
        if stop.is_on and not stop.reason and before and before.is_on:
            stop = replace(stop, reason=before.reason)  # who gives none does not take one back
        if stop.kind is StopKind.RESUMED and (before is None or not before.is_on):
            raise LibraryError(f"{found.name} is neither paused nor held")
        is_said = save_stop(connection, found.content_hash, stop)
    if before and not is_said:
        raise Stopped(found.name, before)
    return found
