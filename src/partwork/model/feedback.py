"""What comes back about our mail, as any source tells it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Source(StrEnum):
    """Who tells us.

    MAILBOX is mail, which anybody may write. SMTP is a reply in a session of ours; the others are
    services that carry our mail, whose webhooks are signed.
    """

    MAILBOX = "mailbox"
    SMTP = "smtp"
    SES = "ses"
    POSTMARK = "postmark"
    MAILGUN = "mailgun"
    SENDGRID = "sendgrid"


class FeedbackKind(StrEnum):
    """What an event says.

    BOUNCE: the mail was given up; DELAY: it is still tried. DELIVERED is the word of the
    recipient's own server, more than accepted by a relay. UNRELATED tells nothing of our mail.
    """

    BOUNCE = "bounce"
    DELAY = "delay"
    DELIVERED = "delivered"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    AUTO_REPLY = "auto-reply"
    UNRELATED = "unrelated"


class Certainty(StrEnum):
    """By what an event was put down to a mail or a reader of ours, the surest first."""

    BOUNCE_ADDRESS = "bounce address"
    RELAY_ID = "relay's id"
    MESSAGE_ID = "Message-ID"
    ADDRESS = "address"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Feedback:
    """One event about one recipient; what the source does not tell is "" or None.

    `event` is the source's own name of it: source, event and recipient together are told once.
    `recipient` is the address the mail went to, as told. `bounce_address` is where the report
    came to, or the envelope sender that it says our mail had. `relay_id` and `message_id` are our
    mail's, `message_id` with its angle brackets. `status` is an enhanced status code (RFC 3463),
    `words` what a server or the source said, one line. `at` is aware, and as good as the source's
    clock. `feedback_type` is a complaint's (RFC 5965, 7.3), in small letters.
    """

    source: Source
    kind: FeedbackKind
    event: str = ""
    recipient: str = ""
    bounce_address: str = ""
    relay_id: str = ""
    message_id: str = ""
    status: str = ""
    words: str = ""
    at: datetime | None = None
    feedback_type: str = ""
