"""Mail that asks to leave: what `List-Unsubscribe` has people's programs write (RFC 2369, 3.2)."""

import re

from partwork.returning.auto_replies import is_absence_notice, subject_of
from partwork.returning.mail_parts import field, opened


def asks_to_leave(message: bytes) -> bool:
    """Whether its subject is the one word that our mailto address gives it.

    Gateways may have put a word in brackets before it. A provider's machine may write it for a
    reader (`auto-generated`), but what a machine answers asks for nothing (RFC 3834, 5).
    """
    mail = opened(message)
    submitted = field(mail.head, "Auto-Submitted").lower()
    if submitted.startswith("auto-replied") or is_absence_notice(mail):
        return False
    return bool(_SUBJECT.fullmatch(subject_of(mail)))


# As delivering/leaving_by_mail.py writes it.
_SUBJECT = re.compile(r"(?i)\s*(?:\[[^\[\]]{1,40}\]\s*){0,3}unsubscribe\s*")
