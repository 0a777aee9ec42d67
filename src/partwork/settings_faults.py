"""What is wrong with settings, in words for whoever wrote them."""

import difflib
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from partwork.model.errors import PartworkError

PREFIX = "PARTWORK_"


class SettingsError(PartworkError):
    """Settings that cannot be used; the message names all of them at once, never their values."""


def in_our_words(error: ValidationError) -> SettingsError:
    """All that pydantic has found, on one line."""
    faults = "; ".join(
        f"{PREFIX}{'_'.join(map(str, e['loc'])).upper()} {_fault(e)}" for e in error.errors()
    )
    return SettingsError(f"{faults}. See .env.example for what each setting takes.")


def refuse_unknown(env_file: Path, names: Iterable[str]) -> None:
    """A misspelt setting would be ignored in silence: name it instead. Raises SettingsError."""
    known = {f"{PREFIX}{name.upper()}" for name in names}
    try:
        written: Mapping[str, str | None] = dotenv_values(env_file) if env_file.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{env_file}: cannot be read ({error}); mend or remove it") from None
    for name in sorted(
        n for n in {*written, *os.environ} if n.startswith(PREFIX) and n not in known
    ):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
        place = str(env_file) if name in written else "the environment"
        hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
        raise SettingsError(f"{place} sets {name}, which Partwork does not know; {hint}")


# What pydantic finds, in our words; all else is told in its own.
_FAULTS = {
    "float_parsing": "must be a number",
    "int_parsing": "must be a whole number",
    "bool_parsing": "must be yes or no",
    "finite_number": "must be a finite number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
}


def _fault(error: ErrorDetails) -> str:
    if error["type"] in _FAULTS:
        return _FAULTS[error["type"]].format_map(error.get("ctx", {}))
    return error["msg"].removeprefix("Value error, ")
