"""Notices: a mail to a newsletter's own editors, that something waits for them."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from partwork.actions.guarding import Held
from partwork.actions.loading import load_newsletter
from partwork.assembly import Clock, Press
from partwork.delivering.addresses import wire_address
from partwork.delivering.readiness import missing_for_smtp
from partwork.delivering.replies import verdict_of
from partwork.delivering.service import service_message_bytes
from partwork.model.delivery import Envelope, Verdict
from partwork.model.errors import PartworkError
from partwork.rendering.tables import in_columns

_log = logging.getLogger("partwork.notices")


@dataclass(frozen=True, slots=True)
class Notice:
    """A mail to editors: its lines are plain text and may break.

    Below the first stand `link` and `table`, of plain text too, with its headings.
    The subject is ours, with nothing in it that others typed. `name` is its own among all notices.
    """

    name: str
    subject: str
    lines: tuple[str, ...]
    link: str = ""
    table: tuple[tuple[str, ...], ...] = ()


def tell_editors(press: Press, held: Sequence[Held], clock: Clock) -> None:
    """Mails each newsletter's reply-to address, else its sender, that an issue is held, and why.

    Without a mail server nobody is told but by `status` and the log. A notice that cannot be sent
    is logged and not tried again: the mail server may be why the issue is held.
    """
    for one in held:
        now = clock()
        lines = (
            f"{one.issue} is held: {one.why}.",
            "Nothing more of it is sent. See to it, then let it go on: "
            f"partwork resume {one.issue}",
        )
        name = f"held {one.issue} {now.isoformat()}"
        mail_editors(press, one.newsletter, Notice(name, f"{one.issue} is held", lines), now)


def mail_editors(press: Press, newsletter: str, notice: Notice, now: datetime) -> bool:
    """Mails a notice to a newsletter's reply-to address, else its sender; whether a server took it.

    Without a mail server nobody is mailed. What goes wrong is logged, and stops nothing.
    """
    try:
        return press.has_mail_server and _mailed(press, newsletter, notice, now)
    except (PartworkError, ValueError) as error:
        _log.error("nobody could be mailed “%s”: %s", notice.subject, type(error).__name__)
        return False


def _marked_up(table: Sequence[Sequence[str]]) -> str:
    head, *rows = ([escape(cell) for cell in row] for row in table)
    lines = ["".join(f'<th align="left" scope="col">{cell}</th>' for cell in head)]
    lines += ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    return f'<table cellpadding="4">{"".join(f"<tr>{line}</tr>" for line in lines)}</table>'


def _mailed(press: Press, slug: str, notice: Notice, now: datetime) -> bool:
    newsletter = load_newsletter(press, slug)
    if missing_for_smtp(newsletter, press.pages_url, press.mail_host):
        return False
    to = newsletter.reply_to.address or newsletter.sender.address
    paragraphs = [f"<p>{escape(line).replace(chr(10), '<br>')}</p>" for line in notice.lines]
    words = list(notice.lines)
    if notice.table:
        paragraphs.insert(1, _marked_up(notice.table))
        words.insert(1, in_columns(notice.table))
    if notice.link:
        address = escape(notice.link)
        paragraphs.insert(1, f'<p><a href="{address}">{address}</a></p>')
        words.insert(1, f"<{notice.link}>")
    message = service_message_bytes(
        newsletter,
        to,
        subject=notice.subject,
        html="".join(paragraphs),
        text="\n\n".join(words) + "\n",
        name=notice.name,
        date=now,
        demo=newsletter.demo,
    )
    envelope = Envelope(wire_address(newsletter.sender.address), wire_address(to))
    with press.transport() as transport:
        reply = transport.send(envelope, message)
    if verdict_of(reply) is not Verdict.ACCEPTED:
        raise PartworkError("the mail server does not take it")
    return True
