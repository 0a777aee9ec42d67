"""Notices: a mail to a newsletter's own editors, that something waits for them."""

import logging
from collections.abc import Sequence
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

_log = logging.getLogger("partwork.notices")


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
        mail_editors(press, one.newsletter, f"{one.issue} is held", lines, name=name, now=now)


def mail_editors(
    press: Press, newsletter: str, subject: str, lines: Sequence[str], *, name: str, now: datetime
) -> bool:
    """Mails these paragraphs to the newsletter's reply-to address, else its sender; whether it did.

    The subject is ours, with nothing in it that others typed; lines may have any text and line
    breaks. `name` is the mail's own. Without a mail server nobody is mailed; where it does not take
    the mail, that is logged.
    """
    try:
        return press.has_mail_server and _mailed(
            press, newsletter, subject, lines, name=name, now=now
        )
    except (PartworkError, ValueError) as error:
        _log.error("nobody could be mailed “%s”: %s", subject, type(error).__name__)
        return False


def _mailed(
    press: Press, slug: str, subject: str, lines: Sequence[str], *, name: str, now: datetime
) -> bool:
    newsletter = load_newsletter(press, slug)
    if missing_for_smtp(newsletter, press.settings.public_url, press.mail_host):
        return False
    to = newsletter.reply_to.address or newsletter.sender.address
    message = service_message_bytes(
        newsletter,
        to,
        subject=subject,
        html="".join(f"<p>{escape(line).replace(chr(10), '<br>')}</p>" for line in lines),
        text="\n\n".join(lines) + "\n",
        name=name,
        date=now,
        demo=newsletter.demo,
    )
    envelope = Envelope(wire_address(newsletter.sender.address), wire_address(to))
    with press.transport() as transport:
        reply = transport.send(envelope, message)
    if verdict_of(reply) is not Verdict.ACCEPTED:
        raise PartworkError("the mail server does not take it")
    return True
