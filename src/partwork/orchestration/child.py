"""What each of the launcher's children runs first: `python -m partwork.orchestration.child`.

    child MODULE FOLDER [ARGUMENT …]

runs MODULE as a program in FOLDER (`.`: where it is). Prefect reads its settings when it is
imported, from the environment and from files of the working directory. A child therefore starts
in a folder that has none, imports Prefect, and only then goes where a command such as `deploy`
has to stand: an `.env` or `prefect.toml` of the user's has no say.
"""

import os
import runpy
import signal
import sys
import threading
from contextlib import nullcontext

from partwork.orchestration.collecting import collecting_aside

NEED_PREFECT = {"prefect", "partwork.orchestration.sound"}


def main() -> None:
    """Signals as a process is born with, an end with the parent, then the module."""
    _, module, folder, *arguments = sys.argv
    _reset_signals()
    _end_with_parent()
    if module in NEED_PREFECT:
        import prefect.main  # noqa: F401, PLC0415 reads the settings, here and now
    os.chdir(folder)
    sys.argv = [module, *arguments]
    is_server = [module, *arguments[:1]] == ["prefect", "server"]
    with collecting_aside() if is_server else nullcontext():
        runpy.run_module(module, run_name="__main__", alter_sys=True)


def _reset_signals() -> None:
    """A shell's background job ignores SIGINT and hands that down; Prefect's worker then ignores
    SIGTERM too, which it turns into SIGINT.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _end_with_parent() -> None:
    """Ends this process's group when the launcher is gone, however it went.

    Standard input is a pipe that the launcher holds and never writes to: it ends with it.
    """

    def wait() -> None:
        os.read(0, 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, daemon=True, name="end-with-parent").start()


if __name__ == "__main__":
    main()
