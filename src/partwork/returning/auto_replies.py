"""Automatic replies (RFC 3834): absence notices, receipts, requests to prove one is a person."""

import re
from email.errors import MessageError
from email.header import decode_header

from partwork.returning.mail_parts import DISPOSITION, Mail, field


def is_auto_reply(mail: Mail) -> bool:
    """Whether a machine wrote the mail in answer to one of ours."""
    if next(mail.parts_of(DISPOSITION), None) or is_absence_notice(mail):
        return True
    submitted = field(mail.head, "Auto-Submitted").lower()
    if submitted and not submitted.startswith("no"):
        return True  # RFC 3834, 5
    if field(mail.head, "List-Id"):
        return False  # other people's newsletters are no answers
    return field(mail.head, "Precedence").lower() in _PRECEDENCE


def is_absence_notice(mail: Mail) -> bool:
    """Whether it names itself one, by a field or by its subject: such mail is never a bounce."""
    return any(name in mail.head for name in _FIELDS) or bool(_SUBJECT.match(subject_of(mail)))


def subject_of(mail: Mail) -> str:
    """The subject, its encoded words (RFC 2047) read as UTF-8."""
    written = field(mail.head, "Subject")
    try:
        pieces = decode_header(written)
    except (MessageError, ValueError):  # base64 that is none
        return written
    return " ".join(p.decode("utf-8", "replace") if isinstance(p, bytes) else p for p, _ in pieces)


# None is a standard's; what answers ordinary mail writes them, what reports on delivery does not.
_FIELDS = (
    "X-Autoreply",
    "X-Autorespond",
    "X-Autoresponder",
    "X-Auto-Reply-From",
    "X-Vacation",
    "X-List-Administrivia",  # Mailman's own words, such as that a moderator is waited for
)
_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "junk", "bulk"})
# What the usual programs write in front of the subject they answer; é may be in another encoding.
_SUBJECT = re.compile(
    r"""(?ix) (?:
        auto(?:matic|matische)? [ -]? (?:reply|response|antwort|svar) \b
      | auto(?:mated)? [ ] (?:reply|response) \b
      | out [ ] of [ ] (?:the [ ])? office \b | on [ ] (?:vacation|holiday|leave) \b | vacation \b
      | away [ ] from [ ] (?:my|the) \b
      | abwesenheit | automatische [ ] antwort | nicht [ ] im [ ] b.ro
      | r.{1,2}ponse [ ] automatique | absence [ ] du [ ] bureau
      | respuesta [ ] autom | fuera [ ] de [ ] (?:la [ ])? oficina
      | risposta [ ] automatica | fuori [ ] (?:sede|ufficio)
      | automatisch [ ] antwoord | afwezig | resposta [ ] autom | autosvar | fr.{1,2}nvaro
      | automatyczna [ ] odpowied | 自動(?:返信|応答) | 自动(?:回复|答复)
    )"""
)
