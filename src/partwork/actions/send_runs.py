"""Runs that send an issue by the dashboard: what of them is remembered, and what follows.

Who cancels or deletes such a run means that the issue is to wait, and a run may be gone before it
could do anything about that: so that somebody asked for it stands in our own database.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from partwork.actions.issue_named import issue_named
from partwork.actions.turns import Work, who_is_at
from partwork.assembly import Press
from partwork.model.stop import Stop, StopKind
from partwork.store.engine import read_only
from partwork.store.ledger import tally
from partwork.store.send_runs import SendRun, forget_send_run, list_send_runs, save_send_run
from partwork.store.stops import load_stop, save_hold, stop_against

# A guess: a run that no worker has begun by then was lost on its way, and another is asked for.
BEGINS_WITHIN = timedelta(minutes=15)


class Fate(StrEnum):
    """What Prefect's server says of a run."""

    WAITS = "waits"  # for a worker, or for its time
    RUNS = "runs"
    ENDED = "ended"
    CANCELLED = "cancelled"
    DELETED = "deleted"
    UNKNOWN = "unknown"  # with its deployment: Prefect's database is another one by now


def note_send_run(press: Press, issue: str, run: str, deployment: str, now: datetime) -> SendRun:
    """Remembers that a run was asked to send the issue of that name. Raises LibraryError."""
    asked = SendRun(run, deployment, issue_named(press, issue).content_hash, now)
    with press.engine.begin() as connection:
        save_send_run(connection, asked)
    return asked


def send_runs(press: Press) -> tuple[SendRun, ...]:
    """Those of which it is not known that they have ended."""
    with read_only(press.engine) as connection:
        return list_send_runs(connection)


def settle(press: Press, asked: SendRun, fate: Fate, now: datetime) -> bool:
    """Does what follows from a run's fate; whether the issue was paused for it.

    What a person cancelled or deleted in the dashboard pauses the issue, if anything of it is
    unsent: nothing but a person then resumes it. Nothing follows from a Prefect that was set up
    anew.
    """
    if fate in {Fate.WAITS, Fate.RUNS}:
        return False
    with press.engine.begin() as connection:
        forget_send_run(connection, asked.run)
        if fate not in {Fate.CANCELLED, Fate.DELETED}:
            return False
        seen = load_stop(connection, asked.content_hash)
        standing = tally(connection, asked.content_hash)
        if not standing.pending + standing.deferred + standing.gathered:
            return False
        why = f"its run was {fate} in the dashboard"
        paused = Stop(StopKind.PAUSED, why, now)
        return save_hold(connection, asked.content_hash, paused, seen)


def may_be_asked_for(press: Press, issue: str, now: datetime) -> bool:
    """Whether a run is to be asked to send the issue: it is not stopped, nor is one on its way."""
    found = issue_named(press, issue)
    with read_only(press.engine) as connection:
        stop = stop_against(connection, found.content_hash)
        asked = list_send_runs(connection)
    if stop:
        return False
    if who_is_at(press, Work.SENT, found.name, now):
        return False
    since = now - BEGINS_WITHIN
    return not any(a.content_hash == found.content_hash and a.asked_at > since for a in asked)
