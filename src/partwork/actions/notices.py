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
        try:
            if press.has_mail_server:
                _tell(press, one, clock())
        except (PartworkError, ValueError) as error:
            _log.error(
                "nobody could be mailed that %s is held: %s", one.issue, type(error).__name__
            )


def _tell(press: Press, held: Held, now: datetime) -> None:
    newsletter = load_newsletter(press, held.newsletter)
    if missing_for_smtp(newsletter, press.settings.public_url, press.mail_host):
        return
    to = newsletter.reply_to.address or newsletter.sender.address
    lines = (
        f"{held.issue} is held: {held.why}.",
        f"Nothing more of it is sent. See to it, then let it go on: partwork resume {held.issue}",
    )
    message = service_message_bytes(
        newsletter,
        to,
        subject=f"{held.issue} is held",
        html="".join(f"<p>{escape(line)}</p>" for line in lines),
        text="\n\n".join(lines) + "\n",
        name=f"held {held.issue} {now.isoformat()}",
        date=now,
        demo=newsletter.demo,
    )
    envelope = Envelope(wire_address(newsletter.sender.address), wire_address(to))
    with press.transport() as transport:
        reply = transport.send(envelope, message)
    if verdict_of(reply) is not Verdict.ACCEPTED:
        raise PartworkError("the mail server does not take it")
