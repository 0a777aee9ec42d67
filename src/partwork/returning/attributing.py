"""Of which mail of ours an event speaks, and how surely."""

from dataclasses import dataclass, replace
from datetime import datetime

from partwork.model.feedback import Certainty, Feedback, Source


@dataclass(frozen=True, slots=True)
class Origin:
    """A reader, and the mail to them if it is known: `delivery` and `sent_at` are 0 and None else.

    `delivery` is also 0 for a service message. `sent_at` is aware.
    """

    subscriber: int
    recipient: str
    delivery: int = 0
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What the store has found by each thing that an event names; None: it has none such.

    `is_forged` where the bounce address has our form and a token that we did not make.
    """

    by_bounce_address: Origin | None = None
    by_relay_id: Origin | None = None
    by_message_id: Origin | None = None
    by_address: Origin | None = None
    is_forged: bool = False


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whom and what an event is about, and by what that is known; no `origin`: nothing of ours.

    `is_trial`: a mail of ours to no reader, that `doctor` sent so that it comes back.
    """

    certainty: Certainty
    origin: Origin | None = None
    is_trial: bool = False


def attributed(event: Feedback, found: Found) -> Attribution:
    """The surest of what was found that the event does not contradict.

    A token names a mail whatever recipient is told, since forwarding changes that. A relay uses
    its ids again, and who has a mail of ours can guess at another's ids: there the recipient must
    agree. Of an event that is known by its address alone nobody knows when our mail was sent.
    Forged mail is nobody's.
    """
    if found.is_forged and event.source is Source.MAILBOX:
        return Attribution(Certainty.NONE)
    if found.by_bounce_address:
        return Attribution(Certainty.BOUNCE_ADDRESS, found.by_bounce_address)
    if found.by_relay_id and _agrees(event, found.by_relay_id):
        return Attribution(Certainty.RELAY_ID, found.by_relay_id)
    if found.by_message_id and _agrees(event, found.by_message_id):
        return Attribution(Certainty.MESSAGE_ID, found.by_message_id)
    if found.by_address:
        unknown_mail = replace(found.by_address, delivery=0, sent_at=None)
        return Attribution(Certainty.ADDRESS, unknown_mail)
    return Attribution(Certainty.NONE)


def _agrees(event: Feedback, origin: Origin) -> bool:
    """Whether the event tells that recipient; a service need not. The case of letters changes."""
    if not event.recipient:
        return event.source is not Source.MAILBOX
    return event.recipient.lower() == origin.recipient.lower()
