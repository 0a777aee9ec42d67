"""A mail that came to a bounce address, a feedback address or any other → what it tells of ours."""

import re
from collections.abc import Iterable
from dataclasses import replace
from email.message import Message
from hashlib import sha256

from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.returning.auto_replies import is_auto_reply
from partwork.returning.delivery_status import reported_deliveries
from partwork.returning.feedback_reports import reported_feedback
from partwork.returning.mail_parts import RETURNED, Mail, field, fields, head_of, opened
from partwork.returning.said import addresses_in, instant_of, message_id_in
from partwork.returning.unstructured import told_in_words


def read_mail(message: bytes) -> tuple[Feedback, ...]:
    """What the mail tells, one event for each recipient; at least one, and never an error.

    Reports made for machines come first (RFC 3464, RFC 5965), then what old servers tell in
    words, then automatic replies (RFC 3834). All else is UNRELATED. Of a long mail the first
    `READ_BYTES` are looked at. Anybody may have written it: the events are claims.
    """
    mail = opened(message)
    frame = _frame(mail, message)
    for events in (reported_deliveries, reported_feedback, told_in_words):
        if told := events(mail, frame):
            return told
    if is_auto_reply(mail):
        return (replace(frame, kind=FeedbackKind.AUTO_REPLY),)
    return (frame,)


def _frame(mail: Mail, message: bytes) -> Feedback:
    """What all events of the mail share: its name, and which mail of ours it speaks of."""
    returned = [head_of(part.octets) for part in mail.parts_of(RETURNED)]
    message_id = _message_id(mail, returned)
    return Feedback(
        source=Source.MAILBOX,
        kind=FeedbackKind.UNRELATED,
        event=message_id_in(field(mail.head, "Message-ID")) or sha256(message).hexdigest(),
        bounce_address=_bounce_address(mail.head, returned),
        relay_id=_relay_id(returned, message_id),
        message_id=message_id,
        at=instant_of(field(mail.head, "Date")),
    )


def _message_id(mail: Mail, returned: list[Message]) -> str:
    """Of what is returned, as a part or within the words; else of what the mail answers."""
    quoted = (_QUOTED_ID.search(part.text) for part in mail.parts if part.kind == "text/plain")
    said = [
        *(field(head, "Message-ID") for head in returned),
        *(found[0] for found in quoted if found),
        field(mail.head, "In-Reply-To"),
        field(mail.head, "References"),
    ]
    return next((name for words in said if (name := message_id_in(words))), "")


def _bounce_address(head: Message, returned: list[Message]) -> str:
    """Of the addresses it came to the one that begins longest: a token makes ours long.

    Which field has it depends on the servers before the mailbox: aliases rewrite Delivered-To,
    and Postfix then keeps the first address in X-Original-To. Feedback loops have an address of
    their own; there the envelope sender of our mail counts, which forwarders may have rewritten.
    """
    came_to = _begins_longest(words for name in _CAME_TO for words in fields(head, name))
    if came_to.rfind("@") >= _TOKEN:
        return came_to
    return _begins_longest(field(original, "Return-Path") for original in returned) or came_to


def _begins_longest(told: Iterable[str]) -> str:
    found = (address for words in told for address in addresses_in(words))
    return max(found, key=lambda address: address.rfind("@"), default="")


def _relay_id(returned: list[Message], message_id: str) -> str:
    """The name that the first server gave our mail: ours is the lowest Received field.

    Amazon SES makes its name the Message-ID.
    """
    if found := _AMAZON.fullmatch(message_id):
        return found["id"]
    hops = next((hops for head in returned if (hops := fields(head, "Received"))), ("",))
    queued = _QUEUE_ID.search(hops[-1])
    return queued["id"] if queued else ""


_CAME_TO = ("X-Original-To", "Envelope-To", "X-Envelope-To", "Delivered-To", "To")
_TOKEN = 25  # characters of the shortest token of ours: delivering/bounces.py
_QUOTED_ID = re.compile(r"(?im)^[ \t>]*message-id:\s*<[^<>\s@]{1,250}@[^<>\s@]{1,250}>")
_AMAZON = re.compile(r"<(?P<id>[0-9a-f]{16}-[0-9a-f-]{20,60})@[a-z0-9.-]*amazonses\.com>")
# Not the version of a program, which Exchange writes there.
_QUEUE_ID = re.compile(r"\sid\s+(?![0-9.]+\s)(?P<id>[A-Za-z0-9][A-Za-z0-9._-]{5,127})(?![\w@])")
