"""What services tell by webhooks; which event means what stands in docs/returning.md."""

import json
from dataclasses import replace
from hashlib import sha256

from partwork.model.feedback import Feedback, Source
from partwork.returning import mailgun, postmark, sendgrid, ses
from partwork.returning.webhook_json import UnreadableEvent, told


def events_in(source: Source, body: object) -> tuple[Feedback, ...]:
    """The events in a webhook's parsed JSON, one for each recipient it names.

    Of SES that is the message which SNS carries. What is known to tell nothing about a delivery,
    or not known at all, is UNRELATED. An event without a name of its own is named by its digest:
    told again it has the same. Whether `body` comes from the service is not asked here. Raises
    UnreadableEvent; ValueError for a source that has no webhooks.
    """
    posted = body if source is Source.SENDGRID else [body]
    if not isinstance(posted, list):
        raise UnreadableEvent(source, "", "a list")
    return tuple(event for one in posted for event in _events(source, one))


def _events(source: Source, body: object) -> tuple[Feedback, ...]:
    match source:
        case Source.SES:
            events = ses.events_in(told(source, body))
        case Source.POSTMARK:
            events = postmark.events_in(told(source, body))
        case Source.MAILGUN:
            body = told(source, body).within("event-data").values
            events = mailgun.events_in(told(source, body, "event-data"))
        case Source.SENDGRID:
            events = sendgrid.events_in(told(source, body))
        case _:
            raise ValueError(f"{source} has no webhooks")
    digest = _digest(source, body) if any(not event.event for event in events) else ""
    return tuple(replace(event, event=event.event or digest) for event in events)


def _digest(source: Source, body: object) -> str:
    try:
        return sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    except RecursionError:
        raise UnreadableEvent(source, "", "of the depth that it documents") from None
