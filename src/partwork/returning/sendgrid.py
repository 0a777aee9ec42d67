"""Events of SendGrid: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event."""

import re

from partwork.model.feedback import Feedback, FeedbackKind
from partwork.returning.said import message_id_in
from partwork.returning.status_codes import more_telling
from partwork.returning.webhook_json import Told


def events_in(event: Told) -> tuple[Feedback, ...]:
    """One. What it calls `smtp-id` is our Message-ID; its own begins `sg_message_id`."""
    kind, words = _kind(event), event.text("reason") or event.text("response")
    told = Feedback(
        event.source,
        kind,
        event=event.text("sg_event_id"),
        recipient=event.address("email"),
        relay_id=_PLACES.sub("", event.text("sg_message_id")),
        message_id=message_id_in(event.text("smtp-id")),
        status=_status(event, words) if kind in {FeedbackKind.BOUNCE, FeedbackKind.DELAY} else "",
        words=words or event.text("event"),
        at=event.instant("timestamp"),
        feedback_type="abuse" if kind is FeedbackKind.COMPLAINT else "",
    )
    return (told,)


def _kind(event: Told) -> FeedbackKind:
    name = event.text("event")
    if name == "dropped":
        return _DROPPED.get(event.text("reason").lower(), FeedbackKind.UNRELATED)
    return _KINDS.get(name, FeedbackKind.UNRELATED)


def _status(event: Told, words: str) -> str:
    """A bounce that it calls blocked is about us or the message, if no code says otherwise."""
    code = more_telling(event.text("status"), words)
    return code or ("5.7.1" if event.text("type") == "blocked" else "")


# Where in SendGrid the message was: X.filter0001.16648.5515E0B88.0, X.recvd-5dd6d8d8f7-abcde-1-….
_PLACES = re.compile(r"\.(?:filter|recvd).*")
_KINDS = {
    "bounce": FeedbackKind.BOUNCE,
    "deferred": FeedbackKind.DELAY,
    "delivered": FeedbackKind.DELIVERED,
    "spamreport": FeedbackKind.COMPLAINT,
    "unsubscribe": FeedbackKind.UNSUBSCRIBE,
    "group_unsubscribe": FeedbackKind.UNSUBSCRIBE,
}
# Not tried, for what came of an earlier mail; other reasons are of the account or the message.
_DROPPED = {
    "bounced address": FeedbackKind.BOUNCE,
    "unsubscribed address": FeedbackKind.UNSUBSCRIBE,
    "spam reporting address": FeedbackKind.COMPLAINT,
}
