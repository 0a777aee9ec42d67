"""An issue's sending: paused, resumed, cancelled by a person."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from partwork.actions.bundles import take_apart
from partwork.actions.issue_named import issue_named
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.correction import Withdrawal
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.model.stop import Stop, StopKind
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, is_published
from partwork.store.sources import withdrawal_behind
from partwork.store.stops import load_stop, save_stop, stop_against

BY_HAND = "paused by hand"


class Stopped(PartworkError):
    """An issue of which nothing may be sent now; `stop` says since when and why."""

    def __init__(self, issue: str, stop: Stop) -> None:
        self.issue, self.stop = issue, stop
        super().__init__(f"{issue} {words_for(issue, stop)}")


def words_for(issue: str, stop: Stop) -> str:
    """What stands against sending, since when, why, and what to do."""
    if stop.part:
        said = words_for(stop.part, replace(stop, part=""))
        return f"waits: {stop.part}, one of its parts, {said}"
    since = f"since {stop.at:%Y-%m-%d %H:%M} UTC"
    why = f" ({stop.reason})" if stop.reason else ""
    if stop.article:
        back = f"`partwork withdraw {stop.article} --undo` brings back what it draws on"
        return f"is {stop.kind} {since}{why}; {back}, `partwork cancel {issue}` ends it"
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
        stop = stop_against(connection, issue.content_hash)
    return words_for(issue.name, stop) if stop else ""


def pause(press: Press, issue: str, reason: str, now: datetime) -> Issue:
    """Ends claiming, until `resume`: what has been claimed and has not left waits too.

    Lanes see it before their next message, or within a second. What is approved and not published
    yet is not published before `resume`. Raises LibraryError, Stopped for what is cancelled.
    """
    return _say(press, issue, Stop(StopKind.PAUSED, reason, now))


def cancel(press: Press, issue: str, reason: str, now: datetime) -> Issue:
    """Ends claiming for good, and takes unsent mails of a week apart that have it as a part.

    Raises LibraryError, Stopped for what is cancelled.
    """
    found = _say(press, issue, Stop(StopKind.CANCELLED, reason, now))
    take_apart(press, found.audience.newsletter, found.content_hash)
    return found


def resume(press: Press, issue: str, now: datetime) -> Issue:
    """Lifts a pause or a hold; `send`, or the next tick, goes on.

    Not while the issue, or a part of it, draws on an article that was withdrawn. Raises
    LibraryError, Stopped.
    """
    found = issue_named(press, issue)
    with press.engine.begin() as connection:
        _demand_sent(connection, found, or_to_come=True)
        before = load_stop(connection, found.content_hash)
        was_on = before is not None and before.is_on
        is_lifted = save_stop(connection, found.content_hash, Stop(StopKind.RESUMED, "", now))
        still = stop_against(connection, found.content_hash)
        if still and (still.article or not (was_on and is_lifted)):
            raise Stopped(found.name, still)
        if not was_on:
            raise LibraryError(f"{found.name} is neither paused nor held")
    return found


def _say(press: Press, issue: str, stop: Stop) -> Issue:
    found = issue_named(press, issue)
    with press.engine.begin() as connection:
        _demand_sent(connection, found, or_to_come=stop.kind is not StopKind.CANCELLED)
        before = load_stop(connection, found.content_hash)
        if not stop.reason and before and before.is_on:
            behind = withdrawal_behind(connection, found.content_hash)
            is_pause = stop.kind is StopKind.PAUSED
            stop = replace(stop, reason=_as_theirs(before.reason, behind if is_pause else None))
        is_said = save_stop(connection, found.content_hash, stop)
    if before and not is_said:
        raise Stopped(found.name, before)
    return found


def _demand_sent(connection: Connection, issue: Issue, *, or_to_come: bool) -> None:
    if is_published(connection, issue.content_hash):
        return
    if not (or_to_come and approvals_of(connection, issue.content_hash)):
        raise LibraryError(f"{issue.name} is not published: nothing of it is sent")


def _as_theirs(reason: str, behind: Withdrawal | None) -> str:
    """The reason that stands where a person gives none, who takes none back.

    What an article's withdrawal paused is theirs too from now on: it does not go on with that.
    """
    if behind is None or reason.startswith(BY_HAND):
        return reason
    return f"{BY_HAND}; {reason}" if reason else BY_HAND
