"""What processes and their threads take, as Linux tells it (proc(5))."""

import os
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TICK_SECONDS = os.sysconf("SC_CLK_TCK")
LOOK_SECONDS = 0.1


def family(process: int) -> list[int]:
    """The process and all that it has started, as far as they run."""
    try:
        children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    except OSError:
        return []
    return [process, *(each for child in children for each in family(int(child)))]


def pss_mb(process: int) -> float:
    """What it has of the memory, in MiB: pages that others share count in parts."""
    try:
        rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    except OSError:
        return 0
    found = re.search(r"^Pss: +(\d+) kB", rollup, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0


def cpu_s(process: int, *, with_ended: bool = True) -> float:
    """Of the process, and of its children that have ended."""
    return _of(Path(f"/proc/{process}/stat"), with_ended=with_ended)


@contextmanager
def threads_of_children(parent: int) -> Iterator[Callable[[], list[float]]]:
    """Seconds that each thread of the parent's children has taken meanwhile, the busiest first.

    Each is looked at ten times a second, for what it took is lost when it ends.
    """
    seen: dict[tuple[int, str], float] = {}
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOK_SECONDS):
            for process in family(parent)[1:]:
                with suppress(OSError):
                    for thread in Path(f"/proc/{process}/task").iterdir():
                        seen[process, thread.name] = _of(thread / "stat")

    watching = threading.Thread(target=look)
    watching.start()
    try:
        yield lambda: sorted(seen.values(), reverse=True)
    finally:
        ended.set()
        watching.join()


def _of(stat: Path, *, with_ended: bool = False) -> float:
    """Of what has this file: user and system time, fields 14 to 17."""
    fields = stat.read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11 : 15 if with_ended else 13])) / TICK_SECONDS
