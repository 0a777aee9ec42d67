"""What came back and is not judged yet: how much, why, and once more."""

from dataclasses import dataclass

from partwork.actions.collect_bounces import judge_waiting
from partwork.actions.feedback import AT_ONCE, Judged
from partwork.assembly import Clock, Press
from partwork.store.engine import read_only
from partwork.store.events import SetAside, count_unjudged, judge_again, list_set_aside

LISTS = "`partwork collect-bounces --set-aside` lists them, `--again` has them judged once more"


@dataclass(frozen=True, slots=True)
class Inbox:
    """How many events wait to be judged, and how many were set aside, for they cannot be."""

    waiting: int
    set_aside: int


def inbox_of(press: Press) -> Inbox:
    """How the inbox stands."""
    with read_only(press.engine) as connection:
        return Inbox(*count_unjudged(connection))


def words_for(inbox: Inbox) -> tuple[str, ...]:
    """A line for each that there is any of, and what to do."""
    lines = []
    if inbox.waiting:
        are = "event waits" if inbox.waiting == 1 else "events wait"
        lines.append(f"{inbox.waiting} {are} to be judged; `partwork collect-bounces` does it")
    if inbox.set_aside:
        are = "event is" if inbox.set_aside == 1 else "events are"
        lines.append(f"{inbox.set_aside} {are} set aside, for judging failed; {LISTS}")
    return tuple(lines)


def set_aside_events(press: Press) -> tuple[SetAside, ...]:
    """The events that were set aside, the oldest first."""
    with read_only(press.engine) as connection:
        return list_set_aside(connection)


def judge_set_aside(press: Press, clock: Clock) -> Judged:
    """Has all of them judged once more, and what waits; what fails again is set aside again.

    Raises StoreError, LogUnusable.
    """
    while True:
        with press.engine.begin() as connection:
            if judge_again(connection, clock(), AT_ONCE) < AT_ONCE:
                break
    return judge_waiting(press, clock)
