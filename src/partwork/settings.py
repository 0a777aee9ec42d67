"""Settings: what an operator may choose, each with its type, default, unit and one sentence."""

import os
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from partwork.delivering.bounces import UnfitPattern, checked_pattern
from partwork.mailbox.address import BadMailboxUrl, ImapAddress, mailbox_address
from partwork.model.feedback import Source
from partwork.returning.signatures.known import known_by
from partwork.settings_faults import PREFIX, Days, in_our_words, refuse_unknown
from partwork.settings_of_review import ReviewSettings
from partwork.settings_of_writer import WriterSettings
from partwork.subscribing.networks import Kept
from partwork.subscribing.refusing import refusing


class Settings(BaseSettings, WriterSettings, ReviewSettings):
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
    bounce_address: str = Field(
        default="",
        description="Envelope sender, to which mails that cannot be delivered come back, e.g. "
        "bounces+{token}@example.org: {token} then names the mail. Default: the newsletter's "
        "sender.",
    )
    bounce_mailbox: SecretStr = Field(
        default=SecretStr(""),
        description="Where what comes back is read, e.g. imaps://user:password@host/INBOX or "
        "maildir:/var/mail/bounces; TLS is demanded off loopback. Default: none is read.",
    )
    trust_message_id: bool = Field(
        default=False,
        description="Whether a report by mail that names ours by its Message-ID alone is believed; "
        "for relays that allow no bounce addresses, with a mailbox that strangers cannot write to.",
    )
    ses_topics: SecretStr = Field(
        default=SecretStr(""),
        description="ARNs of the SNS topics that tell of SES at /hooks/ses, comma-separated.",
    )
    postmark_logins: SecretStr = Field(
        default=SecretStr(""),
        description="Logins, name:password, that Postmark's webhooks have at /hooks/postmark.",
    )
    mailgun_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Signing keys of Mailgun's webhooks at /hooks/mailgun, comma-separated.",
    )
    sendgrid_keys: SecretStr = Field(
        default=SecretStr(""),
        description="Public keys of SendGrid's webhooks at /hooks/sendgrid, comma-separated.",
    )
    dkim_domain: str = Field(
        default="",
        description="Domain for which Partwork signs with DKIM, e.g. example.org; senders are of "
        "it or below it. Needs a key and its selector.",
    )
    dkim_selector: str = Field(
        default="",
        description="Selector of the key: its public half stands in the DNS at "
        "SELECTOR._domainkey.DOMAIN; `doctor` shows what to write there.",
    )
    dkim_key: Path | None = Field(
        default=None,
        description="PEM file of the RSA key, 2048 to 4096 bits. Default: no mail is signed here.",
    )
    dkim_second_selector: str = Field(
        default="", description="Selector of the second key, as for the first."
    )
    dkim_second_key: Path | None = Field(
        default=None,
        description="PEM file of an Ed25519 key for a second signature (RFC 8463), which not all "
        "receivers know. Default: none.",
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
    refuse_disposable: bool = Field(
        default=False,
        description="Whether the sign-up form refuses addresses of throw-away mailboxes, by the "
        "list of the project disposable-email-domains.",
    )
    disposable_domains: str = Field(
        default="",
        description="Further domains of throw-away mailboxes, refused with all below them, "
        "comma-separated; one after a minus is none, whatever the list says. Default: none.",
    )
    refuse_roles: bool = Field(
        default=False,
        description="Whether the sign-up form refuses mailboxes of a domain's own services, such "
        "as abuse@ and postmaster@ (RFC 2142, 4 to 6); info@ and sales@ are taken.",
    )
    refuse_without_mx: bool = Field(
        default=False,
        description="Whether the sign-up form refuses domains of which DNS answers within two "
        "seconds that nobody takes mail for them.",
    )
    dns_servers: str = Field(
        default="",
        description="Name servers that are asked for that, and for DKIM's record by `doctor`; "
        "comma-separated IP addresses, with :port if it is not 53. Default: the system's.",
    )
    mails_per_address: int = Field(
        default=3,
        ge=1,
        description="Service mails of one kind, such as confirmations, to one mailbox a day.",
    )
    mails_per_network: int = Field(
        default=30,
        ge=1,
        description="Service mails that visitors of one network may cause an hour.",
    )
    mails_in_all: int = Field(
        default=1000, ge=1, description="Service mails that all visitors may cause an hour."
    )
    canary_share: float = Field(
        default=5,
        ge=0,
        le=100,
        description="Percent of an issue's readers who get it first; the others get it when not "
        "too many of those were refused. 0: all go at once.",
    )
    refused_share: float = Field(
        default=2,
        ge=0,
        le=100,
        description="Percent of deliveries that may be refused; more, and more than four, hold "
        "the issue until `partwork resume`.",
    )
    bounced_share: float = Field(
        default=5,
        ge=0,
        le=100,
        description="Percent of what was accepted that may bounce; more, and more than four, hold "
        "the issue.",
    )
    complained_share: float = Field(
        default=0.3,
        ge=0,
        le=100,
        description="Percent of what was accepted that may be reported as spam; more, and more "
        "than two, hold the issue.",
    )
    fold_after: Days = Field(
        default=90,
        ge=14,
        description="Days after which accepted deliveries are kept in short: who got which issue "
        "and when, without the server's words.",
    )
    forget_pending: Days = Field(
        default=30,
        ge=8,
        description="Days after which a sign-up that nobody confirmed is forgotten, and whoever "
        "has nothing else with it; confirmation links are good for 7.",
    )
    forget_events: Days = Field(
        default=90,
        ge=1,
        description="Days after which what came back, and was judged, loses its words and "
        "addresses; kinds, codes, instants and judgements stay.",
    )
    forget_set_aside: Days = Field(
        default=180,
        ge=1,
        description="Days after which an event that could not be judged is removed.",
    )
    forget_files: Days = Field(
        default=90,
        ge=1,
        description="Days after which previews, copies of dry runs, logs and lists of rows that an "
        "import refused are removed from the home.",
    )
    forget_ledger: int = Field(
        default=0,
        ge=0,
        le=100,
        description="Years after which who got which issue is forgotten; counts stay. "
        "Default: 0, never.",
    )
    forget_runs: Days = Field(
        default=90,
        ge=1,
        description="Days after which Prefect's record of a run that has ended is removed: the "
        "run, its logs and its reports.",
    )
    count_clicks: bool = Field(
        default=False,
        description="Whether links in mails lead by way of `partwork web`, which counts how often "
        "each is followed, of the issue as a whole; nothing tells by whom.",
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

    def __init__(self, **values: Any) -> None:
        env_file = (
            Path(values.get("home") or os.environ.get("PARTWORK_HOME") or Path.cwd()) / ".env"
        )
        refuse_unknown(env_file, type(self).model_fields)
        try:
            super().__init__(_env_file=env_file, **values)
        except ValidationError as error:
            raise in_our_words(error) from None

    @field_validator("home", "suppression_log", "dkim_key", "dkim_second_key")
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

    @field_validator("bounce_address")
    @classmethod
    def _bounces(cls, pattern: str) -> str:
        try:
            return checked_pattern(pattern) if pattern else ""
        except UnfitPattern as error:
            raise ValueError(f"cannot be used: {error}") from None

    @field_validator("bounce_mailbox")
    @classmethod
    def _mailbox(cls, url: SecretStr) -> SecretStr:
        try:
            _mailbox_at(url)
        except BadMailboxUrl as error:
            raise ValueError(f"cannot be used: {error}") from None
        return url

    @field_validator("ses_topics", "postmark_logins", "mailgun_keys", "sendgrid_keys")
    @classmethod
    def _known(cls, words: SecretStr, field: ValidationInfo) -> SecretStr:
        service = (field.field_name or "").partition("_")[0]
        known_by(Source(service), words.get_secret_value())  # raises ValueError
        return words

    @field_validator("disposable_domains")
    @classmethod
    def _domains(cls, domains: str) -> str:
        refusing(listed=False, domains=domains, roles=False)  # raises ValueError
        return domains

    @field_validator("dns_servers")
    @classmethod
    def _name_servers(cls, servers: str) -> str:
        for server in _listed(servers):
            try:
                parts = urlsplit(f"//{server}")
                ip_address(parts.hostname or "")
                _ = parts.port
            except ValueError:
                raise ValueError(
                    "must be IP addresses such as 192.0.2.53 or [2001:db8::53]:5353"
                ) from None
        return servers

    def environment(self) -> Mapping[str, str]:
        """What a file of the home may refer to by name; the environment wins over `.env`."""
        file = self.home / ".env"
        written = dotenv_values(file) if file.is_file() else {}
        return {name: value for name, value in written.items() if value} | dict(os.environ)

    @property
    def mailbox(self) -> ImapAddress | Path | None:
        """Where what comes back is read: a folder on a server, a Maildir, or nowhere."""
        return _mailbox_at(self.bounce_mailbox)

    @property
    def webhooks(self) -> Mapping[Source, tuple[str, ...]]:
        """By each connected service the topics, logins or keys that its webhooks are known by."""
        given = {
            Source.SES: self.ses_topics,
            Source.POSTMARK: self.postmark_logins,
            Source.MAILGUN: self.mailgun_keys,
            Source.SENDGRID: self.sendgrid_keys,
        }
        known = {source: known_by(source, w.get_secret_value()) for source, w in given.items()}
        return {source: words for source, words in known.items() if words}

    @property
    def name_servers(self) -> tuple[str, ...]:
        """Each of `dns_servers`; none: the system's."""
        return _listed(self.dns_servers)

    @property
    def state(self) -> Path:
        """Folder for what Partwork keeps for itself: database, outbox, previews, keys, logs."""
        return self.home / ".partwork"

    @property
    def engine_url(self) -> str:
        """The database's URL; it may hold a password."""
        url = self.database_url.get_secret_value()
        return url or f"sqlite:///{self.state / 'partwork.sqlite'}"


def _mailbox_at(url: SecretStr) -> ImapAddress | Path | None:
    written = url.get_secret_value()
    return mailbox_address(written) if written else None


def _listed(words: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, words.split(","))))
