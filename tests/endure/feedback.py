"""Kills consumers of the inbox, often: `python tests/endure/feedback.py [EVENTS] [KILLS]`.

The events of `benchmarks/feedback.py`, shuffled and doubled, are judged by two processes at once,
of which either is killed at moments that a seed decides, and another takes its place. Prints in
Markdown how often they were judged; the exit status is 1 where one was not judged, or not once.
"""

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks.feedback import JUDGED_AT, PATTERN, told  # noqa: E402 found by the line above
from benchmarks.occasion import occasion  # noqa: E402 see above
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
HEAD = """
## Judges that are killed

`tests/endure/feedback.py` tells events of all kinds, shuffled and each twice. Two processes judge
them at once; one or the other is killed and replaced, again and again, at moments and in an order
that a seed decides. The database itself notes how often each event became judged.

{occasion}; {events:,} events, {kills} kills.
"""
TABLE = (
    "| database | judged once | judged again | not judged | minutes |",
    "|---|---|---|---|---|",
)
A_MOMENT = timedelta(seconds=1)


def main(events: int, kills: int) -> int:
    """Both databases; 1 where not all held."""
    _print(HEAD.format(occasion=occasion(), events=events, kills=kills), *TABLE)
    holds = _endures("SQLite", "", events, kills)
    with postgresql() as url:
        return int(not _endures("PostgreSQL", url, events, kills) or not holds)


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def _endures(database: str, url: str, events: int, kills: int) -> bool:
    """Prints a line of the table; whether each event was judged once."""
    began = time.monotonic()
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
    once, again = sum(n == 1 for n in times.values()), sum(n > 1 for n in times.values())
    minutes = (time.monotonic() - began) / 60
    _print(f"| {database} | {once:,} | {again:,} | {events - len(times):,} | {minutes:.0f} |")
    return (once, again) == (events, 0)


def _kill(press: Press, chance: random.Random, events: int, kills: int) -> None:
    """Two at once, of whom either dies and is replaced by one for whom all leases have run out."""
    with ExitStack() as running:

        def begun(number: int) -> subprocess.Popen[str]:
            at = JUDGED_AT + number * (LEASE + A_MOMENT)
            begun = running.enter_context(consumer(press, at, AT_ONCE))
            let_go(begun)
            return begun

        two = [begun(0), begun(0)]
        for number in range(1, kills + 1):
            more = chance.randrange(1, max(events // kills, 2))
            some = min(count_noted(press) + more, events)
            wait_until(lambda some=some: count_noted(press) >= some, every_seconds=0.001)
            which = chance.randrange(2)
            os.kill(two[which].pid, signal.SIGKILL)
            two[which] = begun(number)
        judge(press, now=JUDGED_AT + (kills + 2) * (LEASE + A_MOMENT), limit=events)
        wait_until(lambda: count_noted(press) >= events)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    sys.exit(main(*given, *(100_000, 30)[len(given) :]))
