"""What is wrong with an installation, and what to do about it."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.logo import logo_of
from partwork.assembly import Press
from partwork.delivering.readiness import missing_for_smtp
from partwork.fetching.answering import why_silent
from partwork.model.address import Mailbox
from partwork.model.delivery import NotSent
from partwork.model.errors import PartworkError
from partwork.model.host import is_loopback
from partwork.model.newsletter import Newsletter
from partwork.model.series import Instalment, Series
from partwork.rendering.issue import rendered
from partwork.rendering.templates import filled
from partwork.store.migrating import revision_of
from partwork.transport.smtp import SmtpServer

FREE_BYTES = 500_000_000  # a guess: room for a database and an outbox of a few thousand mails


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: whether it is well, and in words what is or what to do."""

    subject: str
    well: bool
    words: str


def doctor(press: Press) -> tuple[Finding, ...]:
    """Looks at the home, the database, the transport and each newsletter and series."""
    return (
        _looked("home", lambda: _home(press)),
        _looked("database", lambda: f"{press.engine.dialect.name}, {revision_of(press.engine)}"),
        _looked("transport", lambda: _transport(press)),
        _looked("templates", lambda: _templates(press)),
        _web(press),
        *(_newsletter(press, slug) for slug in press.library.newsletter_slugs()),
        *(
            _looked(f"series {slug}", lambda slug=slug: _parts(press, slug))  # type: ignore[misc]
            for slug in press.library.series_slugs()
        ),
    )


def _looked(subject: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, True, look())
    except PartworkError as error:
        return Finding(subject, False, str(error))


def _home(press: Press) -> str:
    home = press.settings.home
    if not os.access(press.settings.state, os.W_OK):
        raise PartworkError(f"{press.settings.state} cannot be written; mend its permissions")
    free = shutil.disk_usage(home).free
    if free < FREE_BYTES:
        raise PartworkError(f"only {free // 1_000_000} MB are free on {home}; make room")
    return f"{home}, {free // 1_000_000_000} GB free"


def _transport(press: Press) -> str:
    url = press.settings.smtp_url.get_secret_value()
    if not url:
        return f"outbox, {press.library.shown(press.outbox)} (set PARTWORK_SMTP_URL to send mails)"
    with SmtpServer(url) as server:
        try:
            server.open()
        except NotSent as error:
            why = str(error).removesuffix("; the message has not left")
            mend = "" if "PARTWORK_SMTP_URL" in why else "; check PARTWORK_SMTP_URL"
            raise PartworkError(f"no connection to {why}{mend}") from None
    return f"{urlsplit(url).hostname} answers"


def _templates(press: Press) -> str:
    """All that mails and pages are made from, filled in once with next to nothing."""
    sources = press.library.templates()
    nobody = Mailbox("Nobody", "nobody@example.org")
    part = Instalment("templates", 1, "A title", "A subject", "A preheader")
    series = Series("series", "newsletter", "A series", instalments=(part,))
    rendered(part, series, Newsletter("newsletter", "A newsletter", nobody, nobody), {}, sources)
    filled("web/message.html", sources, {"title": "A title", "text": "A text"})
    return f"{len(sources)} files give mails and pages"


def _web(press: Press) -> Finding:
    """Whether subscribers could reach the pages: https (RFC 8058, 3.1), and somebody answers."""
    url = press.settings.public_url
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


def _newsletter(press: Press, slug: str) -> Finding:
    subject = f"newsletter {slug}"
    try:
        newsletter = load_newsletter(press, slug)
        logo_of(press, newsletter)
    except PartworkError as error:
        return Finding(subject, False, str(error))
    host = urlsplit(press.settings.smtp_url.get_secret_value()).hostname or ""
    missing = missing_for_smtp(newsletter, press.settings.public_url, host)
    if not missing:
        return Finding(subject, True, "ready to be sent")
    if not host:
        return Finding(subject, True, f"fit for the outbox; before SMTP: {'; '.join(missing)}")
    return Finding(subject, False, "; ".join(missing))


def _parts(press: Press, slug: str) -> str:
    count = len(load_series(press, slug).instalments)
    return f"{count} part{'' if count == 1 else 's'}"
