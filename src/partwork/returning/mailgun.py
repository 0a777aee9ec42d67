"""Events of Mailgun.

https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads; their names
and fields: https://documentation.mailgun.com/docs/mailgun/user-manual/events/events.
"""

from partwork.model.feedback import Feedback, FeedbackKind
from partwork.returning.said import message_id_in
from partwork.returning.status_codes import more_telling
from partwork.returning.webhook_json import Told


def events_in(event: Told) -> tuple[Feedback, ...]:
    """One. Its own id is unique within a day only (events, `id`), so it names nothing."""
    name = event.within("message").within("headers").text("message-id")
    status = event.within("delivery-status")
    kind, words = _kind(event), status.text("message") or status.text("description")
    is_failure = kind in {FeedbackKind.BOUNCE, FeedbackKind.DELAY}
    told = Feedback(
        event.source,
        kind,
        recipient=event.address("recipient"),
        bounce_address=event.within("envelope").address("sender"),
        message_id=message_id_in(f"<{name.strip('<>')}>"),
        status=more_telling(status.text("enhanced-code"), words) if is_failure else "",
        words=words or event.text("reason") or event.text("event"),
        at=event.instant("timestamp"),
        feedback_type="abuse" if kind is FeedbackKind.COMPLAINT else "",
    )
    return (told,)


def _kind(event: Told) -> FeedbackKind:
    """A failure that is temporary is tried again. One for an earlier event tells that anew."""
    kind = _KINDS.get(event.text("event"), FeedbackKind.UNRELATED)
    if kind is not FeedbackKind.BOUNCE:
        return kind
    if event.text("severity") == "temporary":
        return FeedbackKind.DELAY
    return _SUPPRESSED_THERE.get(event.text("reason"), kind)


# Not `rejected`: Mailgun itself did not want the message, whoever it was for.
_KINDS = {
    "failed": FeedbackKind.BOUNCE,
    "delivered": FeedbackKind.DELIVERED,
    "complained": FeedbackKind.COMPLAINT,
    "unsubscribed": FeedbackKind.UNSUBSCRIBE,
}
_SUPPRESSED_THERE = {
    "suppress-complaint": FeedbackKind.COMPLAINT,
    "suppress-unsubscribe": FeedbackKind.UNSUBSCRIBE,
}
