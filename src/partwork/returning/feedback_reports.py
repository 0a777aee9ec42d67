"""Feedback reports (RFC 5965): a reader told the mail provider something of a mail of ours."""

import re
from dataclasses import replace
from email.message import Message

from partwork.model.feedback import Feedback, FeedbackKind
from partwork.returning.mail_parts import (
    FEEDBACK_REPORT,
    RETURNED,
    Mail,
    field,
    fields,
    head_of,
)
from partwork.returning.said import addresses_in, typed_address


def reported_feedback(mail: Mail, frame: Feedback) -> tuple[Feedback, ...]:
    """One event for each recipient the report names; `frame` is what all share.

    A report on authentication (RFC 6591) is no reader's word, nor is one that does not say what
    it is: they tell nothing. `not-spam` is a complaint by kind: its type says that it is none.
    """
    part = next(mail.parts_of(frozenset({FEEDBACK_REPORT})), None)
    if part is None:
        return _from_microsoft(mail, frame)
    report = head_of(part.octets.replace(b"\r\n", b"\n").strip())
    feedback_type = field(report, "Feedback-Type").lower()
    if feedback_type in {"", "auth-failure", "dmarc"}:
        return ()
    event = replace(
        frame,
        kind=FeedbackKind.UNSUBSCRIBE if feedback_type in _LEAVING else FeedbackKind.COMPLAINT,
        feedback_type=feedback_type,
        bounce_address=typed_address(field(report, "Original-Mail-From")) or frame.bounce_address,
        words=field(report, "User-Agent"),
    )
    return tuple(replace(event, recipient=r) for r in _recipients(report, mail) or ("",))


def _from_microsoft(mail: Mail, frame: Feedback) -> tuple[Feedback, ...]:
    """Outlook.com's reports have no such part; whom it was for stands in the mail they return.

    https://sendersupport.olc.protection.outlook.com/snds/FAQ.aspx (Junk Mail Reporting Program).
    """
    if not _MICROSOFT.search(field(mail.head, "From")):
        return ()
    returned = (head_of(part.octets) for part in mail.parts_of(RETURNED))
    named = (field(head, "X-HmXmrOriginalRecipient") for head in returned)
    recipient = next((a for words in named for a in addresses_in(words)), "")
    if not recipient:
        return ()
    event = replace(frame, kind=FeedbackKind.COMPLAINT, feedback_type="abuse")
    return (replace(event, recipient=recipient),)


def _recipients(report: Message, mail: Mail) -> tuple[str, ...]:
    """Whom the sender is to remove, else to whom it was sent (RFC 5965, 3.2), each once.

    Where providers leave that out, the To field of what is returned may still say it.
    """
    named = fields(report, "Removal-Recipient") or fields(report, "Original-Rcpt-To")
    found = tuple(dict.fromkeys(a for words in named if (a := typed_address(words))))
    if found:
        return found
    heads = (head_of(part.octets) for part in mail.parts_of(RETURNED))
    to = next((addresses_in(field(head, "To")) for head in heads), ())
    return to if len(to) == 1 else ()


_MICROSOFT = re.compile(r"(?i)\bstaff@hotmail\.")
# Of the drafts before RFC 5965, still written: the reader wants no more of this, or of any list.
_LEAVING = frozenset({"opt-out", "opt-out-list"})
