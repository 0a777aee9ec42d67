"""What crashes have left undone, as the ledger, the inbox of events and that of sources say it."""

from dataclasses import dataclass
from datetime import datetime

from partwork.actions.collect_bounces import judge_waiting
from partwork.actions.dropped import take_dropped
from partwork.actions.feedback import Judged
from partwork.assembly import Clock, Press
from partwork.store.campaigns import unfinished_issues
from partwork.store.lanes import sweep as sweep_lanes


@dataclass(frozen=True, slots=True)
class Swept:
    """What was found, and what is to be started for it.

    `freed` deliveries of dead lanes may be claimed again, `doubted` are in doubt; `unsent` are the
    names of issues with deliveries to claim; `dropped` those of files to ingest.
    """

    freed: int
    doubted: int
    judged: Judged
    unsent: tuple[str, ...]
    dropped: tuple[str, ...]


def sweep(press: Press, clock: Clock, *, hands_on: bool = True) -> Swept:
    """Frees what dead lanes hold, judges events that wait, and tells what else is unfinished.

    Files of the inbox are told where `hands_on` says that somebody is asked to ingest them: each
    is told a few times at most.

    What a person paused or cancelled, or what is held, is none of it. May run at once and
    elsewhere; whoever starts what is unfinished sees to it that it is not started twice. Raises
    StoreError, LogUnusable.
    """
    now: datetime = clock()
    with press.engine.begin() as connection:
        freed, doubted = sweep_lanes(connection, now)
    judged = judge_waiting(press, clock)  # before anything is sent to who is suppressed by it
    with press.engine.begin() as connection:
        unsent = unfinished_issues(connection, now)
    dropped = take_dropped(press, now) if hands_on else ()
    return Swept(freed, doubted, judged, unsent, dropped)


def in_words(swept: Swept) -> str:
    """What was left, in a line for people."""
    counted = (
        (swept.freed, "deliveries freed"),
        (swept.doubted, "in doubt"),
        (swept.judged.judged, "events judged"),
        (len(swept.unsent), "issues to send"),
        (len(swept.dropped), "files to ingest"),
    )
    return ", ".join(f"{n} {words}" for n, words in counted if n) or "nothing was left"
