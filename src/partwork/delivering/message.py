"""An issue → the message one reader gets, as bytes ready for the wire."""

import re
from binascii import b2a_qp
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime
from html import escape

from partwork.delivering.addresses import wire_address
from partwork.delivering.headers import (
    list_id_field,
    mailbox_field,
    one_line,
    text_field,
    token_field,
    url_field,
)
from partwork.model.address import Mailbox
from partwork.model.delivery import Envelope
from partwork.model.errors import PartworkError
from partwork.model.issue import MERGE_CLOSE, MERGE_OPEN, Issue, MergeField
from partwork.model.series import Newsletter


class OpenField(PartworkError):
    """A merge field that nothing was given for, or a mark that is none."""

    def __init__(self, field: str) -> None:
        self.field = field
        known = ", ".join(MergeField)
        super().__init__(
            f"the merge field {field!r} cannot be filled in (known: {known}); "
            "render the issue anew, or mend the template that asks for it"
        )


class WrongReader(PartworkError):
    """The To field and the envelope name different people."""

    def __init__(self) -> None:
        super().__init__(
            "the message is addressed to one reader and its envelope to another; nothing was made"
        )


def message_bytes(
    issue: Issue,
    newsletter: Newsletter,
    envelope: Envelope,
    *,
    to: Mailbox,
    fields: Mapping[MergeField, str],
    message_id: str,
    date: datetime,
    demo: bool,
) -> bytes:
    """The message: CRLF lines, none over 998 octets, those of the bodies at most 76.

    multipart/alternative, text before HTML (RFC 2046, 5.1.4), UTF-8 in quoted-printable; ASCII
    throughout, unless an address has other letters before its @. The parts decode to the
    issue's strings with `fields` filled in, line ends apart. One-click unsubscribing by RFC 8058.
    `to` and the envelope's recipient must be one address: a copy holds links that act for
    its reader. `date` is aware.

    Raises OpenField, WrongReader, UnfitHeader, UnfitAddress; ValueError for a naive date.
    """
    if wire_address(to.address) != wire_address(envelope.recipient):
        raise WrongReader
    if date.tzinfo is None:
        raise ValueError("a message's date is aware")
    subject = filled(issue.subject, {}, html=False)  # no field may be in it: all read the same
    text = _body(filled(issue.text, fields, html=False))
    html = _body(filled(issue.html, fields, html=True))
    boundary = f"=_partwork_{issue.content_hash[:16]}"  # "=_" never occurs in quoted-printable
    head = [
        mailbox_field("From", issue.sender),
        mailbox_field("To", to),
        *([mailbox_field("Reply-To", issue.reply_to)] if issue.reply_to.address else []),
        text_field("Subject", f"[Demo] {subject}" if demo else subject),
        token_field("Date", format_datetime(date)),
        token_field("Message-ID", message_id),
        list_id_field(newsletter.name, newsletter.slug, newsletter.sender.address),
        url_field("List-Unsubscribe", _given(MergeField.UNSUBSCRIBE_URL, fields)),
        token_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        url_field("Archived-At", _given(MergeField.PAGE_URL, fields)),
        token_field("Feedback-ID", _feedback_id(issue)),
        *([token_field("X-Partwork-Demo", "yes")] if demo else []),
        token_field("MIME-Version", "1.0"),
        token_field("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    ]
    delimiter = f"--{boundary}".encode()
    return b"\r\n".join(
        [
            "".join(head).encode(),
            delimiter,
            b"Content-Type: text/plain; charset=utf-8",
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            text,
            delimiter,
            b"Content-Type: text/html; charset=utf-8",
            b"Content-Transfer-Encoding: quoted-printable",
            b"",
            html,
            delimiter + b"--",
            b"",
        ]
    )


def message_id(delivery: int, content_hash: str, sender: str) -> str:
    """The name of one delivery's message, the same for each attempt (RFC 5322, 3.6.4).

    `sender` is the address under whose domain it is unique.
    """
    return f"<{delivery}.{content_hash[:24]}@{wire_address(sender).rpartition('@')[2].lower()}>"


def filled(text: str, fields: Mapping[MergeField, str], *, html: bool) -> str:
    """`text` with each merge field's mark replaced by its value, escaped where `html`.

    A value is never searched for marks again. Raises OpenField for a mark without a value.
    """

    def value(mark: re.Match[str]) -> str:
        name = mark["name"] or ""
        if name not in _NAMES:
            raise OpenField(name)
        plain = _given(MergeField(name), fields)
        return escape(plain) if html else plain

    return _MARK.sub(value, text)


_NAMES = frozenset(MergeField)
_BRACKETS = f"{MERGE_OPEN}{MERGE_CLOSE}"
_MARK = re.compile(f"{MERGE_OPEN}(?P<name>[^{_BRACKETS}]*){MERGE_CLOSE}|[{_BRACKETS}]")
_LINE_END = re.compile(r"\r\n?")


def _given(field: MergeField, fields: Mapping[MergeField, str]) -> str:
    if not fields.get(field):
        raise OpenField(field)
    return fields[field]


def _body(text: str) -> bytes:
    """Quoted-printable (RFC 2045, 6.7): CRLF line ends, lines of at most 76 octets."""
    return b2a_qp(_LINE_END.sub("\n", text).encode()).replace(b"\n", b"\r\n")


def _feedback_id(issue: Issue) -> str:
    """Issue, series, newsletter and sender, for the complaint rates that providers report.

    Four parts, the last one fixed: https://support.google.com/a/answer/6254652.
    """
    rule = issue.audience
    parts = (issue.content_hash[:8], rule.series, rule.newsletter, "partwork")
    return ":".join(one_line(p).replace(":", "-") for p in parts)
