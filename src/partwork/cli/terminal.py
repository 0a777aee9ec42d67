"""What the commands share: the application, the two consoles, and how answers are written."""

import dataclasses
import enum
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Group, Parameter
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from partwork.model.delivery import Tally
from partwork.model.errors import PartworkError

if TYPE_CHECKING:
    from partwork.actions.clean_again import CleanedAgain
    from partwork.assembly import Press
    from partwork.settings import Settings

DONE, REFUSED, WRONG_USE, INTERRUPTED = 0, 1, 2, 130

# What a lone - among the arguments stands for; the parser would take that for an option.
STANDARD_INPUT, STANDARD_OUTPUT = Path("/dev/stdin"), Path("/dev/stdout")


class Terminal(Console):
    """A console on which text from outside, such as titles and names of files, is only text.

    It reads no markup, and what a terminal would obey is a question mark, whoever prints it.
    """

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, soft_wrap=True, markup=False)

    def render(
        self, renderable: RenderableType, options: ConsoleOptions | None = None
    ) -> Iterator[Segment]:
        """The segments to print; only what the console itself has to say moves the terminal."""
        for segment in super().render(renderable, options):
            own = segment.control or segment.text.isprintable()
            yield segment if own else Segment(harmless(segment.text), segment.style)


def harmless(text: str) -> str:
    """`text` with its lines; of all else that a terminal would obey, a question mark."""
    return "".join(_shown_as(c) for c in text)


def _shown_as(character: str) -> str:
    if character.isprintable() or character in _KEPT:
        return character
    return " " if character.isspace() and character not in _CONTROLS else "?"


# Joiners show nothing and do nothing but build letters and emoji.
_KEPT = frozenset("\n\u200c\u200d")
_CONTROLS = frozenset("\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")

out = Terminal()
err = Terminal(stderr=True)


def _default_shown(value: object) -> str | None:
    """A default as help shows it: a choice as it is typed, and nothing for what is empty."""
    if isinstance(value, enum.Enum):
        return value.name.lower().replace("_", "-")
    return str(value) if value else None


WRITING = Group("Writing", sort_key=1)
SENDING = Group("Sending", sort_key=2)
RUNNING = Group("Running", sort_key=3)

app = App(
    name="partwork",
    help="Turns raw articles into a newsletter series and delivers it, once to each subscriber.",
    help_epilogue="Try it: partwork demo. Your own: partwork init my-letter, then partwork ingest.",
    help_format="markdown",
    default_parameter=Parameter(show_default=_default_shown),
    version_flags=["--version"],
    error_console=err,
    result_action="return_value",
    suppress_keyboard_interrupt=False,
)
app.register_install_completion_command(help="Complete commands by Tab in your shell, for good.")
for _flag in ("--help", "--version", "--install-completion"):
    app[_flag].group = RUNNING

AsJson = Annotated[bool, Parameter(name="--json", negative="")]
Flag = Annotated[bool, Parameter(negative="")]
Part = Annotated[int | None, Parameter(name="--part")]


class WrongUse(PartworkError):
    """A command that cannot be meant so; its status is that of what the parser refuses."""


def settings_of_home() -> "Settings":
    """The settings of the home that the environment names; Prefect's secrets are fetched for it.

    Prefect's server is the one that PREFECT_API_URL names, else the one that `partwork up` runs.
    """
    from partwork.orchestration.beside import meet_server
    from partwork.orchestration.secrets import bring_secrets_now
    from partwork.settings import Settings

    meet_server()
    bring_secrets_now()
    return Settings()


@contextmanager
def press_of_home() -> "Iterator[Press]":
    """The press of the home that the settings name."""
    from partwork.assembly import assemble

    with assemble(settings_of_home()) as press:
        yield press


@contextmanager
def progress_bar(doing: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for people; nothing where stderr is a file."""
    if not err.is_terminal:
        yield lambda _done, _of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(doing, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def ask(question: str) -> str:
    """What a person answers; nothing where nobody sits at the terminal."""
    if not sys.stdin.isatty():
        return ""
    try:
        return input(f"{question}: ").strip()
    except EOFError:  # Ctrl-D: no answer
        return ""


def counted(number: int, noun: str) -> str:
    """The number with its noun, which takes an s where it is not one: `1 part`, `2 parts`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def typed_address(words: str) -> str:
    """An address that somebody typed. Raises PartworkError for what no mail can go to."""
    from partwork.delivering.addresses import UnfitAddress, wire_address

    try:
        wire_address(words)
    except UnfitAddress:  # its words do not repeat the address; here they may
        raise PartworkError(f"{words!r} is not an e-mail address") from None
    return words


def utc_now() -> datetime:
    """The clock, for actions that take one."""
    return datetime.now(UTC)


def read_standard_input() -> bytes:
    """All of standard input. Raises LibraryError where that is too much for an article."""
    from partwork.library import read_all

    if sys.stdin.isatty():
        err.print("Paste the text here; Ctrl-D on a line of its own ends it.")
    return read_all(sys.stdin.buffer, "standard input")


def say_refused(what: Exception | str) -> None:
    """One line on stderr: what happened, to what, what to do."""
    err.print(f"partwork: {shown(str(what))}")


def shown(text: str) -> str:
    """`text` from outside on one line; what a terminal would obey is a question mark."""
    return harmless(" ".join(text.split()))


def say_nothing_left(slug: str) -> None:
    """One line on stderr for an article that cleaning took out whole."""
    err.print(
        f"{slug}: nothing is left of it; `partwork report {slug}` shows what was taken out, "
        f"`partwork keep {slug} NUMBER` puts it back"
    )


def say_again(done: "CleanedAgain") -> None:
    """What became of articles that were cleaned again; those that are the same left out."""
    for slug in done.changed:
        out.print(f"{slug}: cleaned again")
    for slug in done.empty:
        say_nothing_left(slug)
    for slug in done.edited:
        err.print(f"{slug}: edited by hand and left as it is; `partwork report {slug}` shows it")
    for slug in done.lost:
        err.print(f"{slug}: left as it is, for its raw text is not in content/inbox any more")


def words_of(tally: Tally) -> str:
    """A tally in words, what is nought left out."""
    counts = dataclasses.asdict(tally)
    told = [f"{count} {_SAID.get(name, name)}" for name, count in counts.items() if count]
    return ", ".join(told) or "nobody yet"


_SAID = {
    "in_doubt": "in doubt",
    "gathered": "waiting for the mail with all parts of the week",
    "bundled": "in such a mail",
}


def print_rows(titles: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns under their titles on stdout, each as wide as it must be: no cell is cut short."""
    lines = [[shown(cell) for cell in row] for row in (titles, *rows)]
    widths = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        padded = (set_cell_size(cell, width) for cell, width in zip(line, widths, strict=True))
        out.print("  ".join(padded).rstrip())


def print_json(value: object) -> None:
    """The value as JSON on stdout; dataclasses become objects, dates ISO strings.

    What is not printable is escaped: a file's name may be no Unicode, or steer the terminal.
    """
    text = json.dumps(value, default=_plain, ensure_ascii=False, indent=1)
    escaped = (c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text)
    sys.stdout.write("".join(escaped) + "\n")


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)
