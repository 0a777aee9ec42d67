"""What is wrong with settings, in words for whoever wrote them."""

import difflib
import os
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_core import ErrorDetails

from partwork.model.errors import PartworkError

PREFIX = "PARTWORK_"
KEPT_BY_PREFECT = "prefect-secret:"  # begins a value that names a Secret block: doors read those


def _web_address(url: SecretStr) -> SecretStr:
    written = url.get_secret_value()
    parts = urlsplit(written)
    is_plain = written.isascii() and written.isprintable() and " " not in written
    if written and (parts.scheme not in {"http", "https"} or not parts.hostname or not is_plain):
        raise ValueError("must be a web address such as https://example.org/hooks/abc")
    return url


# A web address that is asked for, and may hold a secret; "" for none.
SecretUrl = Annotated[SecretStr, AfterValidator(_web_address)]
Days = Annotated[int, Field(le=36_500)]  # a hundred years, of which every calendar knows


class SettingsError(PartworkError):
    """Settings that cannot be used; the message names all of them at once, never their values."""


def refused(unknown: Sequence[str], error: ValidationError | None) -> SettingsError:
    """All that is wrong, on one line: names that nobody knows, and what pydantic has found."""
    faults = [
        f"{PREFIX}{'_'.join(map(str, e['loc'])).upper()} {_fault(e)}"
        for e in (error.errors() if error else ())
    ]
    where = " See .env.example for what each setting takes." if faults else ""
    return SettingsError(f"{'; '.join((*unknown, *faults))}{'.' if faults else ''}{where}")


def unknown_in(env_file: Path, names: Iterable[str]) -> tuple[str, ...]:
    """A misspelt setting would be ignored in silence: each that nobody knows, in words.

    Raises SettingsError for a file that cannot be read.
    """
    known = {f"{PREFIX}{name.upper()}" for name in names}
    try:
        written: Mapping[str, str | None] = dotenv_values(env_file) if env_file.is_file() else {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{env_file}: cannot be read ({error}); mend or remove it") from None
    found = sorted(n for n in {*written, *os.environ} if n.startswith(PREFIX) and n not in known)
    return tuple(
        _unknown(n, str(env_file) if n in written else "the environment", known) for n in found
    )


def _unknown(name: str, place: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else f"known are {', '.join(sorted(known))}"
    return f"{place} sets {name}, which Partwork does not know; {hint}"


def refuse_unread(value: object) -> object:
    """The value, unless it still names a Secret block: as a key it would be anybody's guess.

    Raises ValueError.
    """
    if isinstance(value, str) and value.startswith(KEPT_BY_PREFECT):
        raise ValueError(
            "names a Secret block of Prefect that could not be read: is there one of that name, "
            "is its value a text, and does `partwork up` run here, or PREFECT_API_URL name the "
            "server?"
        )
    return value


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
