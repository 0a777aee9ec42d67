"""Kills consumers of the inbox, often: `python tests/endure/feedback.py [EVENTS] [KILLS]`.

The events of `benchmarks/feedback.py`, shuffled and doubled, are judged by two processes at once,
of which one is killed at moments that a seed decides, and another takes its place. Prints a line
of JSON for each database; the exit status is 1 where an event was not judged, or not once.
"""

import json
import os
import random
import signal
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.feedback import JUDGED_AT, PATTERN, told  # noqa: E402 found by the line above
from benchmarks.postgresql import postgresql  # noqa: E402 see above
from benchmarks.sending import import_readers, make_home, settings_of  # noqa: E402 see above
from partwork.actions.feedback import LEASE, judge, take_in  # noqa: E402 see above
from partwork.assembly import Press, assemble  # noqa: E402 see above
from tests.actions.consuming import (  # noqa: E402 see above
    consumer,
    count_noted,
    let_go,
    note_judgements,
    noted,
)
from tests.conftest import wait_until  # noqa: E402 see above

AT_ONCE = 50  # events
A_MOMENT = timedelta(seconds=1)


def main(events: int, kills: int) -> int:
    """Both databases; 1 where not all held."""
    holds = _endures("sqlite", "", events, kills)
    with postgresql() as url:
        return int(not _endures("postgresql", url, events, kills) or not holds)


def _endures(database: str, url: str, events: int, kills: int) -> bool:
    chance = random.Random(7)  # noqa: S311 the same kills each time
    with tempfile.TemporaryDirectory() as folder:
        make_home(Path(folder), "127.0.0.1:25", 1)  # nothing is sent
        settings = settings_of(Path(folder), url).model_copy(update={"bounce_address": PATTERN})
        with assemble(settings) as press:
            import_readers(press, max(events // 10, 1))
            tellings = [one for one in told(press, events) for _ in range(2)]
            chance.shuffle(tellings)
            note_judgements(press)
            take_in(press, tellings, now=JUDGED_AT)
            _kill(press, chance, events, kills)
            times = noted(press)
    found = {
        "database": database,
        "tellings": len(tellings),
        "kills": kills,
        "judged_once": sum(n == 1 for n in times.values()),
        "judged_again": sum(n > 1 for n in times.values()),
    }
    sys.stdout.write(f"{json.dumps(found)}\n")
    return found["judged_once"] == events and not found["judged_again"]


def _kill(press: Press, chance: random.Random, events: int, kills: int) -> None:
    """Two at once, one of whom dies and is replaced; whoever comes finds the leases run out."""
    with consumer(press, JUDGED_AT, AT_ONCE) as living:
        let_go(living)
        for n in range(1, kills + 1):
            with consumer(press, JUDGED_AT + n * (LEASE + A_MOMENT), AT_ONCE) as dying:
                let_go(dying)
                more = chance.randrange(1, max(events // kills // 2, 2))
                some = min(count_noted(press) + more, events)
                wait_until(lambda some=some: count_noted(press) >= some, every_seconds=0.001)
                os.kill(dying.pid, signal.SIGKILL)
        later = JUDGED_AT + (kills + 2) * (LEASE + A_MOMENT)
        judge(press, now=later, limit=events)
        wait_until(lambda: count_noted(press) >= events)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*given, *(100_000, 30)[len(given) :]))
