"""Settings: what an operator may choose, each with its type, default, unit and one sentence."""

import difflib
import os
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, SettingsConfigDict

from partwork.model.errors import PartworkError
from partwork.subscribing.networks import Kept

PREFIX = "PARTWORK_"


class SettingsError(PartworkError):
    """Settings that cannot be used; the message names all of them at once, never their values."""


class Settings(BaseSettings):
    """What the environment and the home's `.env` say; the environment wins.

    Raises SettingsError, one line for everything that is wrong.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, extra="ignore", hide_input_in_errors=True, frozen=True
    )

    home: Path = Field(
        default_factory=Path.cwd,
        description="Folder with content/, templates/, flows/ and .partwork/. "
        "Default: the working directory.",
    )
    database_url: SecretStr = Field(
        default=SecretStr(""),
        description="SQLAlchemy URL, e.g. postgresql://user:password@host/partwork. "
        "Default: a SQLite file in the home's .partwork/.",
    )
    smtp_url: SecretStr = Field(
        default=SecretStr(""),
        description="Mail server, smtp://user:password@host:587 or smtps://…; STARTTLS is demanded "
        "off loopback. Default: the outbox, a folder of .eml files.",
    )
    public_url: str = Field(
        default="http://127.0.0.1:8000",
        description="Address at which subscribers reach `partwork web`; links in mails begin "
        "with it. https is demanded off loopback.",
    )
    secret: SecretStr = Field(
        default=SecretStr(""),
        description="Secrets that sign links in mails, comma-separated: the first signs, all "
        "verify. Default: made once, kept in .partwork/keys.env.",
    )
    hash_key: SecretStr = Field(
        default=SecretStr(""),
        description="Key of the suppression list's hashes; never change it. "
        "Default: made once, kept in .partwork/keys.env.",
    )
    suppression_log: Path | None = Field(
        default=None,
        description="File that remembers departures and suppressions outside the database; keep it "
        "on another disk, and back it up. Default: suppression.log in the home's .partwork/.",
    )
    consent_network: Kept = Field(
        default=Kept.TRUNCATED,
        description="How much of a visitor's network address the consent record keeps: full, "
        "truncated (/24, or /48 of IPv6), or none.",
    )
    mails_per_address: int = Field(
        default=3,
        ge=1,
        description="Service mails of one kind, such as confirmations, to one address a day.",
    )
    mails_per_network: int = Field(
        default=30,
        ge=1,
        description="Service mails that visitors of one network may cause an hour.",
    )
    mails_in_all: int = Field(
        default=1000, ge=1, description="Service mails that all visitors may cause an hour."
    )
    fetch_private: bool = Field(
        default=False,
        description="Whether `ingest URL` may fetch from private and loopback addresses, such as "
        "an intranet's. Whoever may start the ingest flow can then read what stands there.",
    )
    chromium: str = Field(
        default="",
        description="Browser that takes the pictures of previews, e.g. /opt/chrome/chrome. "
        "Default: the Chromium or Chrome that is found on the PATH; without one there are none.",
    )
    writer_url: str = Field(
        default="",
        description="OpenAI-compatible address of a language model that rewords what was "
        "composed, e.g. https://api.example.org/v1; https is demanded with a key off loopback. "
        "Default: none, every sentence stands as its source has it.",
    )
    writer_key: SecretStr = Field(
        default=SecretStr(""), description="Key for that address. Default: none is sent."
    )
    writer_model: str = Field(default="", description="Name of the model there; no default.")
    writer_timeout: float = Field(
        default=120,
        gt=0,
        le=3600,
        description="Seconds that one of the model's answers may take in all.",
    )
    writer_price_in: float = Field(
        default=0,
        ge=0,
        allow_inf_nan=False,
        description="Price of a million tokens that go to the model, in the bill's currency.",
    )
    writer_price_out: float = Field(
        default=0,
        ge=0,
        allow_inf_nan=False,
        description="Price of a million tokens that come from the model, in the bill's currency.",
    )
    writer_budget: float = Field(
        default=0,
        ge=0,
        allow_inf_nan=False,
        description="What one `compose` may spend on the model, in the prices' currency; the rest "
        "stands as extracted. Needs prices. Default: 0, no limit.",
    )

    def __init__(self, **values: Any) -> None:
        env_file = (
            Path(values.get("home") or os.environ.get("PARTWORK_HOME") or Path.cwd()) / ".env"
        )
        _refuse_unknown(env_file)
        try:
            super().__init__(_env_file=env_file, **values)
        except ValidationError as error:
            faults = "; ".join(
                f"{PREFIX}{'_'.join(map(str, e['loc'])).upper()} {_fault(e)}"
                for e in error.errors()
            )
            raise SettingsError(
                f"{faults}. See .env.example for what each setting takes."
            ) from None

    @field_validator("home", "suppression_log")
    @classmethod
    def _absolute(cls, path: Path | None) -> Path | None:
        return path and path.expanduser().absolute()

    @field_validator("public_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        parts = urlsplit(url)
        is_plain = url.isascii() and not (parts.query or parts.fragment or "@" in parts.netloc)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not is_plain:
            raise ValueError(
                "must be a web address such as https://news.example.org, without a login, ? or #, "
                "in ASCII (a name in other letters as its xn-- form)"
            )
        return url.rstrip("/")

    @property
    def state(self) -> Path:
        """Folder for what Partwork keeps for itself: database, outbox, previews, keys, logs."""
        return self.home / ".partwork"

    @property
    def engine_url(self) -> str:
        """The database's URL; it may hold a password."""
        url = self.database_url.get_secret_value()
        return url or f"sqlite:///{self.state / 'partwork.sqlite'}"


def packaged_home() -> Path:
    """The home that travels with the package: templates, flows, sample content, prefect.yaml.

    In the wheel it is `partwork/_home`; in a checkout the repository's root.
    """
    installed = Path(str(resources.files("partwork"))) / "_home"
    return installed if installed.is_dir() else Path(__file__).resolve().parents[2]


# What pydantic finds, in our words; all else is told in its own.
_FAULTS = {
    "float_parsing": "must be a number",
    "int_parsing": "must be a whole number",
    "bool_parsing": "must be yes or no",
    "finite_number": "must be a finite number",
    "greater_than": "must be more than {gt:g}",
    "greater_than_equal": "must be {ge:g} or more",
}


def _fault(error: ErrorDetails) -> str:
    if error["type"] in _FAULTS:
        return _FAULTS[error["type"]].format_map(error.get("ctx", {}))
    return error["msg"].removeprefix("Value error, ")


def _refuse_unknown(env_file: Path) -> None:
    """A misspelt setting would be ignored in silence: name it instead."""
    known = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
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
