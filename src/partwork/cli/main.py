"""The terminal's door: `partwork COMMAND`.

Answers go to stdout, everything else to stderr; status 0 done, 1 something was refused, 2 wrong
use. What a command needs is imported when it runs, so that `--help` answers at once.
"""

import io
import os
import sys
from difflib import get_close_matches
from inspect import Parameter
from pathlib import Path

from cyclopts import (
    CycloptsError,
    MissingArgumentError,
    UnknownCommandError,
    UnusedCliTokensError,
)

# Importing a module of commands adds them to the application.
from partwork.cli import (  # noqa: F401 for their commands
    automating,
    checking,
    cleaning,
    collecting,
    correcting,
    issue_reporting,
    judging,
    keeping,
    missing,
    people,
    previewing,
    pruning,
    reporting,
    running,
    sending,
    stopping,
    writing,
)
from partwork.cli.terminal import (
    DONE,
    INTERRUPTED,
    REFUSED,
    STANDARD_INPUT,
    STANDARD_OUTPUT,
    WRONG_USE,
    WrongUse,
    app,
    err,
    say_refused,
)
from partwork.model.errors import PartworkError

READ_STANDARD_INPUT = frozenset({"clean", "collect-bounces", "ingest"})
WRITE_STANDARD_OUTPUT = frozenset({"issue-report"})

for _name in app:  # the epilogue is for those who do not know a command yet
    if not _name.startswith("-"):
        app[_name].help_epilogue = ""


def main() -> None:
    """Runs the command line and ends the process with its status."""
    _settle_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """The status of one command; what people can mend is one line on stderr."""
    if arguments and arguments[0] in READ_STANDARD_INPUT:
        arguments = [str(STANDARD_INPUT) if a == "-" else a for a in arguments]
    if arguments and arguments[0] in WRITE_STANDARD_OUTPUT:
        arguments = [str(STANDARD_OUTPUT) if a == "-" else a for a in arguments]
    try:
        status = app(arguments, exit_on_error=False, print_error=False)
        sys.stdout.flush()
    except UnknownCommandError as error:
        say_refused(_unknown(error))
        return WRONG_USE
    except CycloptsError as error:
        say_refused(_in_plain_words(error))
        return WRONG_USE
    except WrongUse as error:
        say_refused(error)
        return WRONG_USE
    except PartworkError as error:
        say_refused(error)
        return REFUSED
    except KeyboardInterrupt:
        err.print("partwork: stopped")
        return INTERRUPTED
    except OSError as error:
        if not isinstance(error, BrokenPipeError):  # whoever reads no further knows that
            what = error.filename or "the answer could not be written"
            say_refused(f"{what}: {(error.strerror or str(error)).lower()}")
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    return status if isinstance(status, int) else DONE


def _settle_streams() -> None:
    """Gives each standard stream a place, where a shell has closed it, and letters.

    Files and pipes are UTF-8 unless somebody says otherwise; a letter that a terminal does not
    have is spelled out.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = Path(os.devnull).open(mode)  # noqa: SIM115 it stays open until the end
            setattr(sys, name, stream)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            is_given = stream.isatty() or "PYTHONIOENCODING" in os.environ
            encoding = None if is_given else "utf-8"
            stream.reconfigure(encoding=encoding, errors="backslashreplace")


def _in_plain_words(error: CycloptsError) -> Exception:
    """What the parser says, where that can be said to people who never saw its words."""
    command = " ".join(("partwork", *(error.command_chain or ())))
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        return WrongUse(f"`{command}` takes no {error.unused_tokens[0]!r}; see `{command} --help`")
    if isinstance(error, MissingArgumentError) and error.keyword:
        return WrongUse(f"{error.keyword} needs a value behind it; see `{command} --help`")
    if isinstance(error, MissingArgumentError) and error.argument and not error.argument.tokens:
        name = error.argument.name
        is_option = error.argument.field_info.kind is Parameter.KEYWORD_ONLY
        needed = name if is_option else name.lstrip("-").upper()
        return WrongUse(f"`{command}` needs {needed}; see `{command} --help`")
    return error


def _unknown(error: UnknownCommandError) -> PartworkError:
    """The error in words that name every command there is; the parser's own name eight."""
    word = error.unused_tokens[0] if error.unused_tokens else ""
    names = sorted(name for name in error.app or app if not name.startswith("-"))
    near = get_close_matches(word, names, n=1)
    hint = f"did you mean {near[0]}? " if near else ""
    return PartworkError(f"there is no command {word!r}; {hint}there are {', '.join(names)}")
