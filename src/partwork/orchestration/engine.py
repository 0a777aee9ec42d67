"""What a worker starts for each run: Prefect's engine, `python -m partwork.orchestration.engine`.

Half of a short run's time is imports, and a tenth of theirs is Python's looking for garbage among
what they have just made, where there is none: 450 times, by its own thresholds. With these it
looks nine times.
"""

import gc
import runpy

YOUNG, MIDDLE, OLD = 200_000, 50, 50  # objects; collections of the generation before


def main() -> None:
    """Runs Prefect's engine in this process."""
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    runpy.run_module("prefect.engine", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
