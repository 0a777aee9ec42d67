"""Nobody but the thread that is there for it waits until something has gone."""

import gc
import threading

from partwork.orchestration.collecting import collecting_aside


class Late:
    """Garbage that goes only once somebody else has got on, as a cursor of a busy connection."""

    def __init__(self) -> None:
        self.itself = self
        self.others: list[threading.Thread] = []
        self.got_on = threading.Event()

    def __del__(self) -> None:
        self.others.append(threading.current_thread())
        self.got_on.wait(10)


def test_what_waits_before_it_goes_holds_up_nobody_else():
    with collecting_aside(every_seconds=0.01):
        late = Late()
        others, got_on = late.others, late.got_on
        del late

        kept = [[number] for number in range(100_000)]  # enough to have it collected at once
        while not others:
            kept.append([])
        got_on.set()

    assert others != [threading.current_thread()]
    assert gc.isenabled()
