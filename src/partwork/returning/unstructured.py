"""Bounces told in words alone, as old servers write them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from email.message import Message

from flufl.bounce import all_failures

from partwork.model.feedback import Feedback, FeedbackKind
from partwork.returning.auto_replies import is_absence_notice
from partwork.returning.mail_parts import Mail, Part, field, one_line
from partwork.returning.said import addresses_in
from partwork.returning.status_codes import status_in


def told_in_words(mail: Mail, frame: Feedback) -> tuple[Feedback, ...]:
    """One event for each recipient that flufl.bounce finds; `frame` is what all share.

    Only in mail of a mail server's own: people quote bounces, and absence notices name colleagues.
    Where it finds no one, an enhanced status code still tells what became of the mail, and the
    bounce address which one it was.
    """
    if not _is_from_server(mail.head) or is_absence_notice(mail):
        return ()
    delayed, failed = (_readers(found, frame) for found in all_failures(_plain(mail)))
    paragraphs = _paragraphs(mail, [*failed, *delayed])
    if not failed and not delayed:
        return _without_recipient(paragraphs, frame)
    if _is_warning(paragraphs):
        delayed, failed = [*failed, *delayed], []
    told = [(FeedbackKind.BOUNCE, a) for a in failed] + [(FeedbackKind.DELAY, a) for a in delayed]
    return tuple(
        replace(frame, kind=kind, recipient=address, words=words, status=status_in(words))
        for kind, address in told
        for words in [_words_on(address, paragraphs, is_alone=len(told) == 1)]
    )


def _is_from_server(head: Message) -> bool:
    """By who writes, or by an empty envelope sender (RFC 5321, 4.5.5), which replies have too."""
    if "X-Failed-Recipients" in head or _SERVERS.search(field(head, "From")):
        return True
    return field(head, "Return-Path") == "<>" and "Auto-Submitted" not in head


def _readers(found: Iterable[bytes], frame: Feedback) -> list[str]:
    """The addresses that may be readers': not ours, and not those of the people to ask."""
    told = (addresses_in(address.decode("ascii", "replace")) for address in sorted(found))
    readers = [one for address in told for one in address[:1]]
    ours = frame.bounce_address.lower()
    return [one for one in readers if one.lower() != ours and not _SERVERS.match(one)]


def _without_recipient(paragraphs: Sequence[str], frame: Feedback) -> tuple[Feedback, ...]:
    words = next((p for p in paragraphs if status_in(p)), "")
    status = status_in(words)
    if not status:
        return ()
    is_final = status.startswith("5") and not _is_warning(paragraphs)
    kind = FeedbackKind.BOUNCE if is_final else FeedbackKind.DELAY
    return (replace(frame, kind=kind, words=words, status=status),)


def _is_warning(paragraphs: Sequence[str]) -> bool:
    """Whether the mail is still being tried: Exim's warning has the words of its bounce in it."""
    return any(_WARNING.search(paragraph) for paragraph in paragraphs)


def _words_on(address: str, paragraphs: Sequence[str], *, is_alone: bool) -> str:
    """What is said of that recipient, with a status code if there is one."""
    place = re.compile(rf"(?i)(?<![\w.+-]){re.escape(address)}")
    about = [paragraph for paragraph in paragraphs if place.search(paragraph)]
    coded = (words for words in (*about, *(paragraphs if is_alone else ())) if status_in(words))
    return next(coded, next(iter(about), ""))


def _paragraphs(mail: Mail, addresses: Sequence[str]) -> list[str]:
    """What the server says, up to the copy of our mail, each paragraph on one line.

    A line that begins with one of the `addresses` begins a paragraph too.
    """
    said = "\n\n".join(_lines(part) for part in mail.parts if part.kind == "text/plain")
    copy = _COPY.search(said)
    named = "|".join(re.escape(address) for address in addresses) or "(?!)"
    paragraphs = re.split(
        rf"(?i)\n(?:[ \t]*\n)+|\n(?=[ \t]*<?(?:{named})(?:[>:\s]|$))",
        said[: copy.start()] if copy else said,
    )
    return [one_line(p.encode()) for p in paragraphs if p.strip()]


def _plain(mail: Mail) -> Message:
    """As flufl.bounce can bear it: few fields, short lines, ASCII, nothing of what is returned.

    It decodes no part, and stumbles over fields with other letters and a From without an address;
    some of its patterns need time by the third power of a line's length, and `email.utils` a stack
    as deep as the parentheses in a field of addresses.
    """
    plain = Message()
    plain["From"] = next(iter(addresses_in(_ascii(field(mail.head, "From")))), _NOBODY)
    plain["X-Mailer"] = _ascii(field(mail.head, "X-Mailer"))
    if failed := addresses_in(_ascii(field(mail.head, "X-Failed-Recipients"))):
        plain["X-Failed-Recipients"] = ", ".join(failed)
    if not mail.head.is_multipart():
        plain.set_payload("".join(_ascii(_lines(part)) for part in mail.parts))
        return plain
    plain["Content-Type"] = mail.head.get_content_type()
    for part in mail.parts[:_PARTS]:
        leaf = Message()
        leaf["Content-Type"] = part.kind if part.kind == "text/plain" else "application/x-left-out"
        leaf["Content-Description"] = _ascii(part.description)
        leaf.set_payload(_ascii(_lines(part)) if part.kind == "text/plain" else "")
        plain.attach(leaf)
    return plain


def _lines(part: Part) -> str:
    lines = part.text[:_LONGEST].replace("\r\n", "\n").split("\n")
    return "\n".join(line[:_LINE] for line in lines)


def _ascii(words: str) -> str:
    return words.encode("ascii", "replace").decode()


_LONGEST = 16_000  # characters of a part: a server's words come before the copy of our mail
_LINE = 200
_PARTS = 8
_NOBODY = "nobody@invalid"  # RFC 2606, 2
_SERVERS = re.compile(
    r"(?i)mailer[-_. ]?daemon|post-?master|mail ?(?:er)?[- ]?(?:delivery|administrator|system)"
    r"|system administrator|mdaemon|internet mail"
)
_WARNING = re.compile(
    r"(?i)not yet been delivered|no action is required|warning message only|will be retried"
    r"|will keep trying|attempts will continue"
)
# How the copy begins: by words, or by the fields that servers write on top.
_COPY = re.compile(
    r"""(?imx) ^ [-\t *=>]* (?:
        (?:below|this) [ ] (?:this [ ] line|the [ ] next [ ] line|is [ ] a [ ] copy)
      | (?:begin|start)? [ ]? (?:of [ ])? (?:original|returned|unsent|forwarded) [ ]
        (?:message|mail) (?! [ ] was)
      | (?:a|included [ ] is [ ] a) [ ] copy [ ] of
      | (?:message [ ])? (?:text|headers?) [ ] follows?
      | (?:return-path|received|message-id|dkim-signature) :
    )"""
)
