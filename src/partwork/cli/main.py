"""The terminal's door: `partwork COMMAND`.

Answers go to stdout, everything else to stderr; status 0 done, 1 something was refused, 2 wrong
use. What a command needs is imported when it runs, so that `--help` answers at once.
"""

import os
import sys

from cyclopts import CycloptsError

# Importing a module of commands adds them to the application.
from partwork.cli import people, running, sending, writing  # noqa: F401 for their commands
from partwork.cli.terminal import (
    DONE,
    INTERRUPTED,
    REFUSED,
    WRONG_USE,
    app,
    err,
    say_refused,
)
from partwork.model.errors import PartworkError


def main() -> None:
    """Runs the command line and ends the process with its status."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The status of one command; what people can mend is one line on stderr."""
    try:
        status = app(arguments, exit_on_error=False)
    except CycloptsError:
        return WRONG_USE
    except PartworkError as error:
        say_refused(error)
        return REFUSED
    except KeyboardInterrupt:
        err.print("partwork: stopped")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    return status if isinstance(status, int) else DONE
