"""Events of Amazon SES, as SNS carries them.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html and, without
a configuration set, https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html.
"""

from dataclasses import replace

from partwork.model.feedback import Feedback, FeedbackKind
from partwork.returning.said import message_id_in
from partwork.returning.status_codes import more_telling
from partwork.returning.webhook_json import Told


def events_in(event: Told) -> tuple[Feedback, ...]:
    """One for each recipient; `source` of the mail is the envelope sender, our bounce address."""
    name = event.text("eventType") or event.text("notificationType")
    mail = event.within("mail")
    frame = Feedback(
        event.source,
        FeedbackKind.UNRELATED,
        bounce_address=mail.address("source"),
        relay_id=mail.text("messageId"),
        message_id=message_id_in(mail.within("commonHeaders").text("messageId")),
        words=name,
    )
    match name:
        case "Bounce":
            return _bounced(event.within("bounce"), frame)
        case "Complaint":
            return _complained(event.within("complaint"), frame)
        case "Delivery":
            return _delivered(event.within("delivery"), frame)
        case "DeliveryDelay":
            return _delayed(event.within("deliveryDelay"), frame)
        case "Reject":
            reason = event.within("reject").text("reason")
            # It found a virus in what we gave it, and tried nothing (RFC 3463, 3.8).
            ours = replace(frame, kind=FeedbackKind.BOUNCE, status="5.7.0", words=reason)
            return _for_each(mail.addresses("destination"), ours)
        case "Subscription":
            return _subscribed(event.within("subscription"), mail, frame)
    return (frame,)


def _bounced(bounce: Told, frame: Feedback) -> tuple[Feedback, ...]:
    kinds = (bounce.text("bounceType"), bounce.text("bounceSubType"))
    shared = replace(
        frame,
        kind=FeedbackKind.BOUNCE,
        event=bounce.text("feedbackId"),
        at=bounce.instant("timestamp"),
    )
    return tuple(
        replace(
            shared,
            recipient=one.address("emailAddress"),
            status=more_telling(one.text("status"), one.text("diagnosticCode"))
            or _STATUS.get(kinds, ""),
            words=one.text("diagnosticCode") or " ".join(kinds),
        )
        for one in bounce.each("bouncedRecipients")
    )


def _complained(complaint: Told, frame: Feedback) -> tuple[Feedback, ...]:
    """Our mails have one recipient, so who may have complained did."""
    shared = replace(
        frame,
        kind=FeedbackKind.COMPLAINT,
        event=complaint.text("feedbackId"),
        feedback_type=complaint.text("complaintFeedbackType").lower(),
        words=complaint.text("userAgent"),
        at=complaint.instant("arrivalDate") or complaint.instant("timestamp"),
    )
    named = (one.address("emailAddress") for one in complaint.each("complainedRecipients"))
    return _for_each(tuple(named), shared)


def _delivered(delivery: Told, frame: Feedback) -> tuple[Feedback, ...]:
    shared = replace(
        frame,
        kind=FeedbackKind.DELIVERED,
        words=delivery.text("smtpResponse"),
        at=delivery.instant("timestamp"),
    )
    return _for_each(delivery.addresses("recipients"), shared)


def _delayed(delay: Told, frame: Feedback) -> tuple[Feedback, ...]:
    at = delay.instant("timestamp")
    return tuple(
        replace(
            frame,
            kind=FeedbackKind.DELAY,
            recipient=one.address("emailAddress"),
            status=more_telling(one.text("status"), one.text("diagnosticCode")),
            words=one.text("diagnosticCode") or delay.text("delayType"),
            at=at,
        )
        for one in delay.each("delayedRecipients")
    )


def _subscribed(subscription: Told, mail: Told, frame: Feedback) -> tuple[Feedback, ...]:
    if not subscription.within("newTopicPreferences").is_true("unsubscribeAll"):
        return (frame,)
    left = replace(frame, kind=FeedbackKind.UNSUBSCRIBE, at=subscription.instant("timestamp"))
    return _for_each(mail.addresses("destination"), left)


def _for_each(recipients: tuple[str, ...], event: Feedback) -> tuple[Feedback, ...]:
    return tuple(replace(event, recipient=recipient) for recipient in recipients)


# What its own classes say where no server's code is told.
_STATUS = {
    ("Permanent", "NoEmail"): "5.1.1",
    ("Transient", "MailboxFull"): "4.2.2",
    ("Transient", "MessageTooLarge"): "5.3.4",
    ("Transient", "ContentRejected"): "5.6.0",
    ("Transient", "AttachmentRejected"): "5.6.0",
}
