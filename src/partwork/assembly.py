"""Where the parts are joined: the one place that reads settings, clock, chance and keys."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from dotenv import dotenv_values
from sqlalchemy import Engine

from partwork.actions.relaying import relays_of, transport_of
from partwork.delivering.bounces import SentMail, bounce_address
from partwork.launched import launched
from partwork.library import Library, LibraryError
from partwork.model.delivery import Transport
from partwork.model.errors import PartworkError
from partwork.model.host import is_loopback
from partwork.model.relay import Relay
from partwork.packaged import packaged_home
from partwork.settings import Settings
from partwork.settings_faults import SettingsError
from partwork.store.engine import open_engine
from partwork.store.facts import load_fact, save_fact
from partwork.store.migrating import migrate
from partwork.store.rekeying import Keys, rekey
from partwork.store.replaying import replay
from partwork.store.service_messages import Caps
from partwork.subscribing.addresses import RULE, address_key
from partwork.subscribing.suppression import fingerprint, suppression_key
from partwork.transport.outbox import Outbox
from partwork.transport.url import smtp_address

if TYPE_CHECKING:
    from partwork.language_model.model import LanguageModel

# What actions take from a door: the time of day, and whom to tell how many of how many are done.
Clock = Callable[[], datetime]
Progress = Callable[[int, int], None]

HASH_KEY_FACT = "hash key fingerprint"
SUPPRESSION_LOG = "suppression.log"


class WrongHashKey(PartworkError):
    """The suppression list was made under another key: with this one it would protect nobody."""


@dataclass(frozen=True, slots=True)
class Press:
    """Everything an action needs, put together once by a door.

    `secrets` sign and verify links, the first signs; `hash_key` is the suppression list's.
    """

    settings: Settings
    library: Library
    engine: Engine
    secrets: tuple[str, ...] = field(repr=False)
    hash_key: bytes = field(repr=False)

    @property
    def caps(self) -> Caps:
        """How many service mails visitors may cause."""
        given = self.settings
        return Caps(given.mails_per_address, given.mails_per_network, given.mails_in_all)

    @property
    def outbox(self) -> Path:
        """The folder that stands in for a mail server."""
        return self.settings.state / "outbox"

    @property
    def suppression_log(self) -> Path:
        """Who must not be written to, outside the database: see `store.suppression_log`."""
        return self.settings.suppression_log or self.settings.state / SUPPRESSION_LOG

    @property
    def previews(self) -> Path:
        """Where `preview` writes, `<series>/<NN>/`."""
        return self.settings.state / "previews"

    @property
    def pages_url(self) -> str:
        """Where the web pages are reached now: links that are in nothing approved begin with it.

        As the settings say; else where `partwork up` has them, which may be another port each time.
        """
        return self._pages or self.settings.public_url

    @property
    def has_pages(self) -> bool:
        """Whether it is known where the web pages are; else links would lead to any port."""
        return self.has_public_url or bool(self._pages)

    @property
    def has_public_url(self) -> bool:
        """Whether the settings say where the web pages are reached: it is part of what is mailed
        and approved then.
        """
        return "public_url" in self.settings.model_fields_set

    @property
    def _pages(self) -> str:
        found = None if self.has_public_url else launched(self.settings.state)
        return found.pages if found else ""

    @property
    def relays(self) -> tuple[Relay, ...]:
        """Where mails go, by `relays.toml` or the settings; none: to the outbox.

        Raises SettingsError, ManuscriptError, BadSmtpUrl.
        """
        return relays_of(self.settings)

    @property
    def has_mail_server(self) -> bool:
        """Whether mails leave this machine's folders. Raises as `relays` does."""
        return bool(self.relays)

    @property
    def mail_host(self) -> str:
        """The host of a relay, one elsewhere if there is any; "" for the outbox."""
        hosts = [smtp_address(relay.url).host for relay in self.relays]
        return next((host for host in hosts if not is_loopback(host)), "".join(hosts[:1]))

    def transport(self) -> Transport:
        """The relays, the first that can be had; the outbox where there are none.

        Raises as `relays` does, and UnfitKey.
        """
        relays = self.relays
        return transport_of(self.settings, relays, self.engine) if relays else Outbox(self.outbox)

    def sender_for(self, mail: SentMail, otherwise: str) -> str:
        """The envelope sender of one mail: its bounce address, where the settings have one."""
        pattern = self.settings.bounce_address
        return bounce_address(pattern, mail, self.secrets) if pattern else otherwise

    def writer(self) -> "LanguageModel | None":
        """A language model for one series, as the settings have it; None where they name none.

        Raises Unusable for settings that cannot be.
        """
        given = self.settings
        if not given.writer_url:
            return None
        # Here, for whoever asks no model should not wait for the library that does.
        from partwork.language_model.cache import Cache  # noqa: PLC0415
        from partwork.language_model.endpoint import Endpoint  # noqa: PLC0415
        from partwork.language_model.model import LanguageModel  # noqa: PLC0415
        from partwork.language_model.spending import Prices  # noqa: PLC0415

        return LanguageModel(
            Endpoint(given.writer_url, given.writer_key.get_secret_value()),
            given.writer_model,
            Cache(given.state / "answers"),
            patience=timedelta(seconds=given.writer_timeout),
            prices=Prices(given.writer_price_in, given.writer_price_out),
            budget=given.writer_budget,
        )

    def new_id(self) -> str:
        """Eight random characters of [a-z0-9], for the identity of a new part."""
        return "".join(secrets.choice("abcdefghijklmnopqrstuvwxyz0123456789") for _ in range(8))


@contextmanager
def assemble(settings: Settings) -> Iterator[Press]:
    """A press for these settings: the database is migrated, the keys are there and fit it."""
    library = Library(settings.home, packaged_home())
    library.demand_home()
    _close_to_others(settings.state)
    secret, hash_key = _keys(settings)
    signing = tuple(s.strip() for s in secret.split(",") if s.strip())
    if not signing:
        raise SettingsError("PARTWORK_SECRET holds only commas; set a secret, or leave it out")
    engine = open_engine(settings.engine_url)
    try:
        migrate(engine)
        _check_hash_key(engine, hash_key.encode())
        rekey(engine, RULE, lambda address: keys_of(address, hash_key.encode()))
        replay(engine, settings.suppression_log or settings.state / SUPPRESSION_LOG)
        yield Press(
            settings,
            library,
            engine,
            signing,
            hash_key.encode(),
        )
    finally:
        engine.dispose()


def _close_to_others(state: Path) -> None:
    """Readers' addresses and mails lie there, and a machine may have other accounts.

    A group may be let in. What cannot be made or changed now is said by whoever needs it.
    """
    with suppress(OSError):
        state.mkdir(mode=0o700, exist_ok=True)
        mode = state.stat().st_mode
        if mode & 0o007:
            state.chmod(mode & 0o770)


def keys_of(address: str, hash_key: bytes) -> Keys:
    """What the address is known by. Raises ValueError where it is none."""
    return Keys(address_key(address), suppression_key(address, hash_key))


def _keys(settings: Settings) -> tuple[str, str]:
    """The secret and the hash key: the settings', else the home's own, made on first need."""
    secret = settings.secret.get_secret_value()
    hash_key = settings.hash_key.get_secret_value()
    if secret and hash_key:
        return secret, hash_key
    file = settings.state / "keys.env"
    if not file.exists():
        _make_keys(file)
    kept = dotenv_values(file)
    secret = secret or kept.get("PARTWORK_SECRET") or ""
    hash_key = hash_key or kept.get("PARTWORK_HASH_KEY") or ""
    if not secret or not hash_key:
        raise LibraryError(
            f"{file} lacks PARTWORK_SECRET or PARTWORK_HASH_KEY; restore it from a backup"
        )
    return secret, hash_key


def _make_keys(file: Path) -> None:
    """Two processes may start at once on a new home: the first whole file wins."""
    lines = (
        "# Made by Partwork on its first start. Part of every backup: without the hash key the\n"
        "# suppression list is lost, without the secret the links in mails already sent are dead.\n"
        f"PARTWORK_SECRET={secrets.token_urlsafe(32)}\n"
        f"PARTWORK_HASH_KEY={secrets.token_urlsafe(32)}\n"
    )
    own = file.with_name(f".keys-{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(lines)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            os.link(own, file)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    except OSError as error:
        raise LibraryError(
            f"{file}: cannot be written ({(error.strerror or 'error').lower()}); "
            "make the home writable, or choose another by PARTWORK_HOME"
        ) from None


def _check_hash_key(engine: Engine, hash_key: bytes) -> None:
    with engine.begin() as connection:
        known = load_fact(connection, HASH_KEY_FACT)
        if known is None:
            save_fact(connection, HASH_KEY_FACT, fingerprint(hash_key))
        elif known != fingerprint(hash_key):
            raise WrongHashKey(
                "PARTWORK_HASH_KEY is not the key under which this database's suppression list "
                "was made; set the one from your backup (.partwork/keys.env), then start again"
            )
