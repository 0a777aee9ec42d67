"""The relays of a home, and the transport that goes by them."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from partwork.delivering.dkim import Seal, UnfitKey, seal
from partwork.delivering.dressing import dressed
from partwork.delivering.replies import Concern, concern_of, shuts_us_out
from partwork.manuscript.relays import parse_relays
from partwork.model.delivery import Transport
from partwork.model.relay import Profile, Rate, Relay, Signer
from partwork.settings import Settings
from partwork.settings_faults import SettingsError
from partwork.store.engine import StoreError, may_pass
from partwork.store.pacing import Reserved, clock_of, prune_paces, reserve, slow_down
from partwork.transport.pacing import DomainPaces, Pace, Slots
from partwork.transport.relays import Relays, Way
from partwork.transport.smtp import CONNECTIONS, PER_CONNECTION, SmtpServer
from partwork.transport.url import BadSmtpUrl, smtp_address

FILE = "relays.toml"
AT_ONCE = timedelta(seconds=1)  # whose share of slots is reserved at once
LATER = Slots(wait=1.0, apart=0.0, count=0)  # from a database that was locked: ask again then


def relays_of(settings: Settings) -> tuple[Relay, ...]:
    """The relays that `relays.toml` names, in its order, or the one of PARTWORK_SMTP_URL.

    None: mails go to the outbox. Raises SettingsError, ManuscriptError, BadSmtpUrl.
    """
    file = settings.home / FILE
    url = settings.smtp_url.get_secret_value()
    we_sign = settings.dkim_key is not None
    if not file.exists():
        if url:
            smtp_address(url)
        signer = Signer.PARTWORK if we_sign else Signer.NOBODY
        lone = Relay("smtp", Profile.POSTFIX, url, CONNECTIONS, PER_CONNECTION, signer)
        return (lone,) if url else ()
    if url:
        raise SettingsError(
            f"{FILE} and PARTWORK_SMTP_URL both say where mails go; take one of them out"
        )
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{FILE}: cannot be read as UTF-8; mend or remove it") from None
    return parse_relays(
        text, FILE, environment=settings.environment(), we_sign=we_sign, url_problem=_url_problem
    )


def seal_of(settings: Settings) -> Seal | None:
    """How Partwork signs; None: it does not. Raises UnfitKey."""
    if settings.dkim_key is None:
        if settings.dkim_domain or settings.dkim_selector or settings.dkim_second_key:
            raise UnfitKey("PARTWORK_DKIM_KEY", "is not set, and other settings of signing are")
        return None
    first = (settings.dkim_selector, _pem(settings.dkim_key, "PARTWORK_DKIM_KEY"))
    second = None
    if settings.dkim_second_key:
        pem = _pem(settings.dkim_second_key, "PARTWORK_DKIM_SECOND_KEY")
        second = (settings.dkim_second_selector, pem)
    return seal(settings.dkim_domain, first, second)


def transport_of(settings: Settings, relays: tuple[Relay, ...], engine: Engine) -> Transport:
    """All the relays as one transport; slots are shared by way of the database. Raises UnfitKey."""
    ours = seal_of(settings)
    ways = [Way(_server(relay, engine), partial(dressed, relay, ours)) for relay in relays]
    return Relays(ways, shuts_us_out)


@dataclass(frozen=True, slots=True)
class SharedPacer:
    """Hands out a relay's slots from the database; while that is locked, none.

    How long that may last is the lane's affair, whose next commit waits as long as it can. A
    domain that wants less meanwhile is slowed down by the next reply that says so.
    """

    relay: Relay
    engine: Engine

    def reserve(self, domain: str, within: float) -> Slots:
        """See Pacer."""
        try:
            given = self._reserved(domain, within)
        except StoreError as error:
            if not may_pass(error):
                raise
            return LATER
        return _slots(given, f"the warm-up plan of {self.relay.name} has no more for today")

    def slow_down(self, domain: str) -> Slots:
        """See Pacer."""
        rate = self.relay.domain_rate
        usual = rate.apart if rate else timedelta(0)
        try:
            with self.engine.begin() as connection:
                given = slow_down(connection, self._name(domain), usual, clock_of(connection))
        except StoreError as error:
            if not may_pass(error):
                raise
            return LATER
        return _slots(given, "")

    def _reserved(self, domain: str, within: float) -> Reserved:
        rate = self.relay.domain_rate if domain else self.relay.rate
        apart = rate.apart if rate else timedelta(0)
        with self.engine.begin() as connection:
            now = clock_of(connection)
            warm_up = None if domain else self.relay.warm_up
            share = warm_up.share_of(now.date()) if warm_up else None
            count = 1 if rate is None or share is not None else _at_once(rate)
            limit = timedelta(seconds=min(within, timedelta.max.days * 86400))
            name = self._name(domain)
            return reserve(connection, name, apart, count, now, within=limit, share=share)

    def _name(self, domain: str) -> str:
        return f"{self.relay.name} {domain}".rstrip()


def _server(relay: Relay, engine: Engine) -> SmtpServer:
    pacer = SharedPacer(relay, engine)
    paces = None
    if relay.domain_rate:
        paces = DomainPaces(pacer, lambda reply: concern_of(reply) is Concern.RELAY)
        with engine.begin() as connection:
            prune_paces(connection, clock_of(connection))
    return SmtpServer(
        relay.url,
        connections=relay.connections,
        per_connection=relay.messages_per_connection,
        pace=Pace(pacer) if relay.rate or relay.warm_up else None,
        domains=paces,
    )


def _slots(given: Reserved, why: str) -> Slots:
    apart = given.apart.total_seconds()
    return Slots(given.wait.total_seconds(), apart, given.count, why if given.is_spent else "")


def _at_once(rate: Rate) -> int:
    return max(1, AT_ONCE // rate.apart)


def _pem(file: Path, setting: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        why = (error.strerror or "it is no file").lower()
        raise UnfitKey(setting, f"names a file that cannot be read ({why})") from None


def _url_problem(url: str) -> str:
    try:
        smtp_address(url)
    except BadSmtpUrl as error:
        return error.why
    return ""
