"""The login of a home's dashboard: made on first need, kept where only the owner reads it."""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from partwork.model.errors import PartworkError
from partwork.orchestration.environment import prefect_state
from partwork.settings_of_running import is_login

NAME = "partwork"


class BadLogin(PartworkError):
    """The file that keeps the login holds none, or cannot be read or written."""

    def __init__(self, file: Path, why: str) -> None:
        self.file = file
        super().__init__(f"{file}: {why}; remove it, and a new login is made")


def login_file(home: Path) -> Path:
    """Where the login of a home's dashboard is kept."""
    return prefect_state(home) / "login"


def login_of(home: Path) -> str:
    """The login, `name:password`. Raises BadLogin.

    Of two processes that make one at once, the first whole file wins.
    """
    file = login_file(home)
    try:
        if not file.exists():
            made = f"{NAME}:{secrets.token_urlsafe(24)}"
            _keep(file, made)
        words = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadLogin(file, str(getattr(error, "strerror", None) or error).lower()) from None
    if not is_login(words):
        raise BadLogin(file, "holds no login")
    return words


def _keep(file: Path, login: str) -> None:
    own = file.with_name(f".login-{os.getpid()}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
        stream.write(f"{login}\n")
    with suppress(FileExistsError):
        os.link(own, file)
    own.unlink()
