"""Delivery status notifications (RFC 3464): one event for each recipient they tell of."""

import re
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from itertools import islice

from partwork.model.feedback import Feedback, FeedbackKind
from partwork.returning.mail_parts import DELIVERY_STATUS, Mail, Part, field, head_of
from partwork.returning.said import instant_of, typed_address, without_xtext
from partwork.returning.status_codes import more_telling


def reported_deliveries(mail: Mail, frame: Feedback) -> tuple[Feedback, ...]:
    """What the mail's status parts tell of each recipient, in order; `frame` is what all share.

    Where an alias let one recipient have several fates the best one counts: the mail arrived.
    """
    told: dict[str, Feedback] = {}
    for part in mail.parts_of(DELIVERY_STATUS):
        for event in _events_in(part, frame):
            known = told.get(event.recipient, event)
            told[event.recipient] = min(known, event, key=lambda e: _BEST_FIRST.index(e.kind))
    return tuple(told.values())


def _events_in(part: Part, frame: Feedback) -> Iterator[Feedback]:
    """The first block speaks of the message, each further one of a recipient (RFC 3464, 2.1)."""
    blocks = _blocks(part)
    queued = (_QUEUE_ID.fullmatch(field(block, "X-Postfix-Queue-ID")) for block in blocks)
    relay_id = frame.relay_id or next((found[0] for found in queued if found), "")
    for block in blocks:
        kind = _kind_of(block)
        if kind is not None:
            yield _event(block, replace(frame, kind=kind, relay_id=relay_id))


def _blocks(part: Part) -> list[Message]:
    lines = part.octets.replace(b"\r\n", b"\n").strip()
    return [head_of(block) for block in islice(_EMPTY_LINES.split(lines), _BLOCKS)]


def _kind_of(block: Message) -> FeedbackKind | None:
    """By the action (RFC 3464, 2.3.3), else by the class of the status; None: no recipient's block.

    Some add words to the action, and OpenSMTPD says `error` for failed.
    """
    action = field(block, "Action").lower()
    by_action = (kind for start, kind in _ACTIONS.items() if action.startswith(start))
    return next(by_action, _CLASSES.get(field(block, "Status")[:1]))


def _event(block: Message, frame: Feedback) -> Feedback:
    diagnostic = _TYPE.sub("", field(block, "Diagnostic-Code"))
    own = _STATUS.match(field(block, "Status"))
    date = instant_of(field(block, "Last-Attempt-Date"))
    return replace(
        frame,
        recipient=_recipient(block),
        status=more_telling(own[0] if own else "", diagnostic),
        words=diagnostic,
        at=date or frame.at,
    )


def _recipient(block: Message) -> str:
    """As we named it, if the report says so, else as the reporting server knows it.

    An original recipient should be free of the encoding of ORCPT (RFC 3461, 6.3 b), and is not
    where servers hand it on as it was; one that has the final one's very letters is.
    """
    final = typed_address(field(block, "Final-Recipient"))
    original = typed_address(field(block, "Original-Recipient"))
    return original if original == final else without_xtext(original) or final


_BLOCKS = 1_001  # a thousand recipients
_EMPTY_LINES = re.compile(rb"\n(?:[ \t]*\n)+")
_ACTIONS = {
    "fail": FeedbackKind.BOUNCE,
    "error": FeedbackKind.BOUNCE,
    "delay": FeedbackKind.DELAY,
    "deliver": FeedbackKind.DELIVERED,
    "relay": FeedbackKind.DELAY,  # no more than accepted: to where nobody reports delivery
    "expand": FeedbackKind.DELIVERED,
}
_CLASSES = {"5": FeedbackKind.BOUNCE, "4": FeedbackKind.DELAY, "2": FeedbackKind.DELIVERED}
_BEST_FIRST = (FeedbackKind.DELIVERED, FeedbackKind.DELAY, FeedbackKind.BOUNCE)
_STATUS = re.compile(r"[245]\.[0-9]{1,3}\.[0-9]{1,3}")
_QUEUE_ID = re.compile(r"[A-Za-z0-9]{6,40}")
_TYPE = re.compile(r"^[A-Za-z0-9-]{1,40}\s*;\s*")
