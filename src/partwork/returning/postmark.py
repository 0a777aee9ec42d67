"""Events of Postmark: https://postmarkapp.com/developer/webhooks/webhooks-overview.

The types of its bounces: https://postmarkapp.com/developer/api/bounce-api#bounce-types.
"""

from dataclasses import replace

from partwork.model.feedback import Feedback, FeedbackKind
from partwork.returning.status_codes import status_in
from partwork.returning.webhook_json import Told


def events_in(event: Told) -> tuple[Feedback, ...]:
    """One. Its `MessageID` is its own name of our mail; ours is not told."""
    name = event.text("RecordType")
    frame = Feedback(
        event.source,
        FeedbackKind.UNRELATED,
        recipient=event.address("Email") or event.address("Recipient"),
        relay_id=event.text("MessageID"),
        words=name,
    )
    match name:
        case "Bounce":
            return (_bounce(event, frame),)
        case "SpamComplaint":
            told = replace(frame, kind=FeedbackKind.COMPLAINT, event=event.text("ID"))
            return (replace(told, feedback_type="abuse", at=event.instant("BouncedAt")),)
        case "Delivery":
            at, words = event.instant("DeliveredAt"), event.text("Details")
            return (replace(frame, kind=FeedbackKind.DELIVERED, words=words, at=at),)
        case "SubscriptionChange" if _has_left(event):
            at = event.instant("ChangedAt")
            return (replace(frame, kind=FeedbackKind.UNSUBSCRIBE, at=at),)
    return (frame,)


def _bounce(event: Told, frame: Feedback) -> Feedback:
    kind, status = _BOUNCES.get(event.text("Type"), (FeedbackKind.BOUNCE, ""))
    words = event.text("Details") or event.text("Description")
    return replace(
        frame,
        kind=kind,
        event=event.text("ID"),
        status=status_in(words) or status,
        words=words or event.text("Type"),
        at=event.instant("BouncedAt"),
        feedback_type="abuse" if kind is FeedbackKind.COMPLAINT else "",
    )


def _has_left(event: Told) -> bool:
    """Whether the reader unsubscribed there; its own suppressions have been told as bounces."""
    reason = event.text("SuppressionReason")
    is_readers = event.text("Origin") == "Recipient" and reason == "ManualSuppression"
    return is_readers and event.is_true("SuppressSending")


# What each type is, and a code for it where it says as much and the server's words hold none. The
# others (HardBounce, SoftBounce, Unknown, ManuallyDeactivated, …) are bounces without.
_BOUNCES = {
    "Transient": (FeedbackKind.DELAY, ""),
    "DnsError": (FeedbackKind.DELAY, ""),  # "temporary"
    "BadEmailAddress": (FeedbackKind.BOUNCE, "5.1.3"),
    "Blocked": (FeedbackKind.BOUNCE, "5.7.1"),
    "SpamNotification": (FeedbackKind.BOUNCE, "5.7.1"),
    "DMARCPolicy": (FeedbackKind.BOUNCE, "5.7.1"),
    "VirusNotification": (FeedbackKind.BOUNCE, "5.7.0"),
    "SMTPApiError": (FeedbackKind.BOUNCE, "5.7.0"),
    "AutoResponder": (FeedbackKind.AUTO_REPLY, ""),
    "AddressChange": (FeedbackKind.AUTO_REPLY, ""),
    "ChallengeVerification": (FeedbackKind.AUTO_REPLY, ""),
    "SpamComplaint": (FeedbackKind.COMPLAINT, ""),
    "Unsubscribe": (FeedbackKind.UNSUBSCRIBE, ""),
    "Subscribe": (FeedbackKind.UNRELATED, ""),
    "OpenRelayTest": (FeedbackKind.UNRELATED, ""),
    "Unconfirmed": (FeedbackKind.UNRELATED, ""),
    "InboundError": (FeedbackKind.UNRELATED, ""),
    "TemplateRenderingFailed": (FeedbackKind.UNRELATED, ""),
}
