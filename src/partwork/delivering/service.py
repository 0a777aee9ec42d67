"""A service mail → the message that one person gets, as bytes ready for the wire."""

import re
from datetime import datetime
from hashlib import sha256

from partwork.delivering.addresses import wire_address
from partwork.delivering.headers import mailbox_field, text_field, token_field
from partwork.delivering.message import alternative, date_field
from partwork.delivering.segments import Segments, quoted_printable
from partwork.model.address import Mailbox, domain_of
from partwork.model.newsletter import Newsletter


def service_message_bytes(
    newsletter: Newsletter,
    recipient: str,
    *,
    subject: str,
    html: str,
    text: str,
    name: str,
    date: datetime,
    demo: bool,
) -> bytes:
    """The message, from the newsletter's sender; of the same form as an issue's.

    It says that no person wrote it, so that no machine answers (RFC 3834, 5), and belongs to no
    list. `name` is its own among all service mails; each attempt has the same Message-ID.
    `date` is aware. Raises UnfitAddress, UnfitHeader; ValueError for a naive date.
    """
    digest = sha256(name.encode()).hexdigest()
    head = [
        mailbox_field("From", newsletter.sender),
        mailbox_field("To", Mailbox("", recipient)),
        *([mailbox_field("Reply-To", newsletter.reply_to)] if newsletter.reply_to.address else []),
        text_field("Subject", f"[Demo] {subject}" if demo else subject),
        date_field(date),
        token_field("Message-ID", service_message_id(newsletter, name)),
        token_field("Auto-Submitted", "auto-generated"),
        *([token_field("X-Partwork-Demo", "yes")] if demo else []),
    ]
    plain, marked_up = (Segments((quoted_printable(part),)) for part in (text, html))
    return alternative(head, plain, marked_up, digest).filled({})


def service_message_id(newsletter: Newsletter, name: str) -> str:
    """The Message-ID of the mail of that name. Raises UnfitAddress."""
    domain = domain_of(wire_address(newsletter.sender.address))
    return f"<service.{sha256(name.encode()).hexdigest()[:32]}@{domain}>"


def is_service_message_id(name: str) -> bool:
    """Whether a message of that name may be a service mail of ours."""
    return bool(_OURS.fullmatch(name))


_OURS = re.compile(r"<service\.[0-9a-f]{32}@[^<>\s@]+>")
