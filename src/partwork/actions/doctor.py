"""What is wrong with an installation, and what to do about it."""

import os
import shutil
from urllib.parse import urlsplit

from partwork.actions.finding import Finding, looked
from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.logo import logo_of
from partwork.actions.preview import drafts_of, site_of
from partwork.actions.relaying import FILE, seal_of
from partwork.actions.renew import OFFER, standing_of
from partwork.assembly import Press
from partwork.delivering.dkim import Key
from partwork.delivering.readiness import missing_for_smtp
from partwork.fetching.answering import why_silent
from partwork.model.address import Mailbox, domain_of
from partwork.model.delivery import NotSent
from partwork.model.errors import PartworkError
from partwork.model.host import is_loopback
from partwork.model.newsletter import Newsletter
from partwork.model.relay import Relay, Signer
from partwork.model.series import Instalment, Series
from partwork.rendering.issue import rendered
from partwork.rendering.templates import filled
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts, is_published
from partwork.store.migrating import revision_of
from partwork.transport.names import texts_at
from partwork.transport.smtp import SmtpServer

FREE_BYTES = 500_000_000  # a guess: room for a database and an outbox of a few thousand mails


def doctor(press: Press) -> tuple[Finding, ...]:
    """Looks at the home, the database, the transport and each newsletter and series."""
    return (
        looked("home", lambda: _home(press)),
        looked("database", lambda: f"{press.engine.dialect.name}, {revision_of(press.engine)}"),
        *_transport(press),
        *_signing(press),
        looked("version", lambda: _version(press)),
        looked("templates", lambda: _templates(press)),
        _web(press),
        _dashboard(press),
        *_lanes(press),
        *_webhooks(press),
        *(_newsletter(press, slug) for slug in press.library.newsletter_slugs()),
        *(
            looked(f"series {slug}", lambda slug=slug: _parts(press, slug))  # type: ignore[misc]
            for slug in press.library.series_slugs()
        ),
    )


def _home(press: Press) -> str:
    home = press.settings.home
    if not os.access(press.settings.state, os.W_OK):
        raise PartworkError(f"{press.settings.state} cannot be written; mend its permissions")
    file = home / ".env"
    if file.exists() and file.stat().st_mode & 0o007:
        raise PartworkError(f"{file} is open to all of this machine's users; run chmod 600 {file}")
    free = shutil.disk_usage(home).free
    if free < FREE_BYTES:
        raise PartworkError(f"only {free // 1_000_000} MB are free on {home}; make room")
    return f"{home}, {free // 1_000_000_000} GB free"


def _transport(press: Press) -> tuple[Finding, ...]:
    try:
        relays = press.relays
    except PartworkError as error:
        return (Finding("transport", False, str(error)),)
    if not relays:
        folder = press.library.shown(press.outbox)
        words = f"outbox, {folder} (set PARTWORK_SMTP_URL or write relays.toml to send mails)"
        return (Finding("transport", True, words),)
    where = FILE if (press.settings.home / FILE).exists() else "PARTWORK_SMTP_URL"
    return tuple(
        looked(
            "transport" if where != FILE else f"relay {relay.name}",
            lambda relay=relay: _relay(relay, where),  # type: ignore[misc]
        )
        for relay in relays
    )


def _relay(relay: Relay, where: str) -> str:
    """Whether it answers, and what is known of it."""
    with SmtpServer(relay.url) as server:
        try:
            server.open()
        except NotSent as error:
            why = str(error).removesuffix("; the message has not left")
            raise PartworkError(f"no connection to {why}; check {where}") from None
    signs = {
        Signer.PARTWORK: "Partwork signs",
        Signer.RELAY: "it signs by itself",
        Signer.NOBODY: "nobody is known to sign",
    }[relay.signer]
    rewrites = "" if relay.keeps_message_id else "; it writes its own Message-ID and Date"
    sender = f"; it takes no sender but {relay.envelope_sender}" if relay.envelope_sender else ""
    return f"{urlsplit(relay.url).hostname} answers; {signs}{rewrites}{sender}"


def _signing(press: Press) -> tuple[Finding, ...]:
    """The keys that sign, each with what the DNS says of it; none where none are set."""
    try:
        ours = seal_of(press.settings)
    except PartworkError as error:
        return (Finding("signing", False, str(error)),)
    if ours is None:
        return ()
    return tuple(_published(press, key, ours.domain) for key in ours.keys)


def _published(press: Press, key: Key, domain: str) -> Finding:
    """Whether receivers find the key's public half."""
    name = f"{key.selector}._domainkey.{domain}"
    found = texts_at(name, press.settings.name_servers)
    if found is None:
        words = f"the DNS gave no answer; it must say at {name}: {key.record}"
        return Finding(f"signing by {key.algorithm}", True, words)
    if any(key.is_in(text) for text in found):
        return Finding(f"signing by {key.algorithm}", True, f"the DNS has its key at {name}")
    says = "another key or none" if found else "nothing"
    words = f"the DNS says {says} at {name}; write there: {key.record}"
    return Finding(f"signing by {key.algorithm}", False, words)


def _version(press: Press) -> str:
    """Whether the home's flows, forms and templates fit the Partwork that is installed."""
    standing = standing_of(press.library)
    wrong = []
    if standing.behind:
        first, *others = standing.behind
        more = f" and {len(others)} more" if others else ""
        wrong.append(f"not as this version has it: {first}{more}; run `partwork renew`")
    wrong += [
        f"{name} was edited and {name}{OFFER} is this version's; take over what it has, then "
        "remove it"
        for name in standing.waiting
    ]
    if wrong:
        raise PartworkError("; ".join(wrong))
    edited = f", but for {standing.edited} edited by hand" if standing.edited else ""
    return f"flows, prefect.yaml and templates are as this version has them{edited}"


def _templates(press: Press) -> str:
    """All that mails and pages are made from, filled in once with next to nothing."""
    sources = press.library.templates()
    nobody = Mailbox("Nobody", "nobody@example.org")
    part = Instalment("templates", 1, "A title", "A subject", "A preheader")
    series = Series("series", "newsletter", "A series", instalments=(part,))
    rendered(part, series, Newsletter("newsletter", "A newsletter", nobody, nobody), {}, sources)
    page = {"title": "A title", "text": "A text", "way": ("A way on", "../")}
    filled("web/message.html", sources, page)
    return f"{len(sources)} files give mails and pages"


def _web(press: Press) -> Finding:
    """Whether subscribers could reach the pages: https (RFC 8058, 3.1), and somebody answers."""
    url = press.pages_url
    loopback = is_loopback(urlsplit(url).hostname or "")
    if not url.startswith("https://") and not loopback:
        words = f"{url} is not https; one-click unsubscribing needs it (RFC 8058)"
        return Finding("public address", False, words)
    if silent := why_silent(f"{url}/healthz"):
        words = f"{url} {silent}; `partwork web` serves it"
        if loopback:
            words = f"{url}: nobody serves it now; `partwork web` does"
        return Finding("public address", loopback, words)
    return Finding("public address", True, f"{url}{' (this machine only)' if loopback else ''}")


def _dashboard(press: Press) -> Finding:
    """Whether the Prefect server that the environment names answers."""
    url = press.settings.environment().get("PREFECT_API_URL", "").rstrip("/")
    if not url:
        words = (
            "`partwork up` does not run here, and PREFECT_API_URL names no server: commands work, "
            "nothing runs by itself"
        )
        return Finding("dashboard", True, words)
    if silent := why_silent(f"{url}/health"):
        words = f"{url} {silent}; schedules and forms wait until Prefect's server is up"
        return Finding("dashboard", False, words)
    return Finding("dashboard", True, f"{url} answers")


def _lanes(press: Press) -> tuple[Finding, ...]:
    """Whether further lanes are of use, where any are asked for."""
    if not (lanes := press.settings.lanes):
        return ()
    if press.engine.dialect.name == "sqlite":
        words = (
            f"PARTWORK_LANES asks for {lanes} more, and on SQLite lanes are on one machine and "
            "take turns: name a PostgreSQL in PARTWORK_DATABASE_URL, or leave it at 0"
        )
        return (Finding("lanes", False, words),)
    return (Finding("lanes", True, f"a large send asks for {lanes} beside its own"),)


def _webhooks(press: Press) -> tuple[Finding, ...]:
    """Each service that is listened to, and where it can post; none where none are set."""
    url = press.settings.public_url
    if url.startswith("https://"):
        well, words = True, f"it posts to {url}/hooks/"
    else:
        well, words = False, "it posts to https alone; set PARTWORK_PUBLIC_URL, then give it hooks/"
    return tuple(
        Finding(f"webhooks of {service}", well, f"{words}{service}")
        for service in press.settings.webhooks
    )


def _newsletter(press: Press, slug: str) -> Finding:
    subject = f"newsletter {slug}"
    try:
        newsletter = load_newsletter(press, slug)
        logo_of(press, newsletter)
    except PartworkError as error:
        return Finding(subject, False, str(error))
    try:
        host = press.mail_host
    except PartworkError:  # said of the transport
        host = ""
    missing = missing_for_smtp(newsletter, press.pages_url, host)
    domain, signed = domain_of(newsletter.sender.address), press.settings.dkim_domain
    if signed and domain != signed and not domain.endswith(f".{signed}"):
        words = f"its sender is not of {signed}, for which mails are signed; receivers see no tie"
        missing = (*missing, f"{words} (DMARC, RFC 7489, 3.1.1)")
    if not missing:
        return Finding(subject, True, "ready to be sent")
    if not host:
        return Finding(subject, True, f"fit for the outbox; before SMTP: {'; '.join(missing)}")
    return Finding(subject, False, "; ".join(missing))


def _parts(press: Press, slug: str) -> str:
    series = load_series(press, slug)
    if old := _approved_without_archive(press, series):
        raise PartworkError(
            f"approved before PARTWORK_PUBLIC_URL was what it is: part {', '.join(map(str, old))}; "
            f"its mail does not lead to the archive: `partwork preview {slug}`, and approve anew"
        )
    count = len(series.instalments)
    return f"{count} part{'' if count == 1 else 's'}"


def _approved_without_archive(press: Press, series: Series) -> list[int]:
    """Parts that wait to be sent and would have a link to the archive if rendered now."""
    archive = site_of(press, series.newsletter).archive_url
    if not archive:
        return []
    with read_only(press.engine) as connection:
        waiting = {
            issue.instalment
            for issue in current_drafts(connection, series.slug)
            if archive not in issue.html
            and approvals_of(connection, issue.content_hash)
            and not is_published(connection, issue.content_hash)
        }
    _, now = drafts_of(press, series.slug, None) if waiting else ("", ())
    return [one.number for one in now if one.instalment in waiting and archive in one.html]
