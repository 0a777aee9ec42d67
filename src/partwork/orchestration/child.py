"""What each of the launcher's children runs first: `python -m partwork.orchestration.child`.

    child [--held] MODULE FOLDER [ARGUMENT …]

runs MODULE as a program in FOLDER (`.`: where it is). Prefect reads its settings when it is
imported, from the environment and from files of the working directory. A child therefore starts
in a folder that has none, imports Prefect, and only then goes where a command such as `deploy`
has to stand: an `.env` or `prefect.toml` of the user's has no say. One that is held has loaded what
the home's flows need by the time it is let go: half of what deploying takes, while a server starts.
"""

import gc
import os
import runpy
import signal
import sys
import tempfile
import threading
from contextlib import nullcontext, suppress
from pathlib import Path

from partwork.orchestration.collecting import collecting_aside
from partwork.orchestration.engine import MIDDLE, OLD, YOUNG
from partwork.orchestration.environment import temporary_in

WARM = "partwork.orchestration.warm"
NEED_PREFECT = {"prefect", "partwork.orchestration.sound", WARM}


def main() -> None:
    """Signals as a process is born with, an end with the parent, then the module."""
    is_held = sys.argv[1] == "--held"
    module, folder, *arguments = sys.argv[1 + is_held :]
    _reset_signals()
    let_go = threading.Event()
    if module != WARM:  # which has no thread but one, and sees to it itself
        _end_with_parent(let_go)
    if module in NEED_PREFECT:
        import prefect.main  # noqa: F401, PLC0415 reads the settings, here and now
    os.chdir(folder)
    if is_held:
        gc.set_threshold(YOUNG, MIDDLE, OLD)  # it does not live for long
        load_flows()
        let_go.wait()
    sys.argv = [module, *arguments]
    is_server = [module, *arguments[:1]] == ["prefect", "server"]
    if [module, *arguments[:1]] == ["prefect", "worker"]:
        tempfile.tempdir = str(temporary_in(Path(os.environ["PREFECT_HOME"])))
    if is_server:
        from partwork.orchestration.writing import write_in_turn  # noqa: PLC0415 loads the server

        write_in_turn()
    with collecting_aside() if is_server else nullcontext():
        runpy.run_module(module, run_name="__main__", alter_sys=True)


def _reset_signals() -> None:
    """A shell's background job ignores SIGINT and hands that down; Prefect's worker then ignores
    SIGTERM too, which it turns into SIGINT.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end_with_parent(let_go: threading.Event) -> None:
    """Ends this process's group when the launcher is gone, however it went.

    Standard input is a pipe that the launcher holds: it ends with it. What it writes there lets
    one go that is held, which the event says.
    """

    def wait() -> None:
        while os.read(0, 1):
            let_go.set()
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True, name="end-with-parent").start()


def load_flows() -> None:
    """Loads the flows of this folder; what is wrong with one is said by whoever deploys it."""
    from prefect.flows import load_flow_from_entrypoint  # noqa: PLC0415 as in `main`

    for file in sorted(Path("flows").glob("*.py")):
        with suppress(Exception, SystemExit):
            load_flow_from_entrypoint(f"{file}:{file.stem}")


if __name__ == "__main__":
    main()
