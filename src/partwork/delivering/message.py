"""An issue → the message each reader gets, as bytes ready for the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from partwork.delivering.addresses import wire_address
from partwork.delivering.headers import (
    list_id_field,
    mailbox_field,
    one_line,
    text_field,
    token_field,
    url_field,
)
from partwork.delivering.segments import Segments, body_segments, filled, value_of
from partwork.model.address import Mailbox, domain_of
from partwork.model.delivery import Envelope, WireReady
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue, MergeField
from partwork.model.newsletter import Newsletter


class WrongReader(PartworkError):
    """The To field and the envelope name different people."""

    def __init__(self) -> None:
        super().__init__(
            "the message is addressed to one reader and its envelope to another; nothing was made"
        )


@dataclass(frozen=True, slots=True)
class PreparedIssue:
    """All that the copies of an issue share, encoded; what a reader's copy adds takes microseconds.

    A copy has CRLF lines, none over 998 octets, those of the bodies at most 76, and none that
    begins with a dot: DATA carries it as it is. multipart/alternative, text before HTML (RFC 2046,
    5.1.4), UTF-8 in quoted-printable; ASCII throughout, unless an address has other letters
    before its @. One-click unsubscribing by RFC 8058.
    """

    author: str
    shared: Segments
    archived_at: str = ""

    def on_page(self, url: str) -> "PreparedIssue":
        """The same where all read it at one address, which copies need no longer be told.

        Raises UnfitHeader.
        """
        known = {MergeField.PAGE_URL: url}
        return PreparedIssue(self.author, self.shared.given(known), url_field("Archived-At", url))

    def copy(
        self,
        to: Mailbox,
        fields: Mapping[MergeField, str],
        *,
        message_id: str,
        date: datetime,
        mailto: str = "",
    ) -> WireReady:
        """One reader's message; the parts decode to the issue's strings with `fields` filled in.

        Who writes to `mailto` leaves ("": by the link alone). `date` is aware. Raises OpenField,
        UnfitHeader, UnfitAddress; ValueError for a naive date.
        """
        head = (
            self.author,
            mailbox_field("To", to),
            date_field(date),
            token_field("Message-ID", message_id),
            url_field("List-Unsubscribe", value_of(MergeField.UNSUBSCRIBE_URL, fields), mailto),
            self.archived_at or url_field("Archived-At", value_of(MergeField.PAGE_URL, fields)),
        )
        return WireReady(self.shared.filled(fields, head="".join(head).encode()))


def prepared(
    issue: Issue, newsletter: Newsletter, *, demo: bool, html: str = "", archive: str = ""
) -> PreparedIssue:
    """The issue's strings and headers as bytes. Raises OpenField, UnfitHeader, UnfitAddress.

    `html` takes the place of its own, under the name of the issue that was approved; `archive` is
    the page that lists all issues ("": there is none that readers reach).
    """
    subject = filled(issue.subject, {}, html=False)  # no field may be in it: all read the same
    author = mailbox_field("From", issue.sender)
    head = [
        *([mailbox_field("Reply-To", issue.reply_to)] if issue.reply_to.address else []),
        text_field("Subject", f"[Demo] {subject}" if demo else subject),
        list_id_field(newsletter.name, newsletter.slug, newsletter.sender.address),
        token_field("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        *([url_field("List-Archive", archive)] if archive else []),
        token_field("Feedback-ID", _feedback_id(issue)),
        *([token_field("X-Partwork-Demo", "yes")] if demo else []),
    ]
    text = body_segments(issue.text, html=False)
    body = body_segments(html or issue.html, html=True)
    return PreparedIssue(author, alternative(head, text, body, issue.content_hash))


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
    archive: str = "",
    mailto: str = "",
) -> bytes:
    """One copy of the issue, as `prepared` and `PreparedIssue.copy` have it.

    `to` and the envelope's recipient must be one address: a copy holds links that act for
    its reader. Raises WrongReader, OpenField, UnfitHeader, UnfitAddress; ValueError for a naive
    date.
    """
    if wire_address(to.address) != wire_address(envelope.recipient):
        raise WrongReader
    shared = prepared(issue, newsletter, demo=demo, archive=archive)
    return shared.copy(to, fields, message_id=message_id, date=date, mailto=mailto)


def alternative(head: Sequence[str], text: Segments, html: Segments, seed: str) -> Segments:
    """The header's fields, those of MIME, then text and HTML as `body_segments` has them.

    `seed` is hexadecimal and names the boundary, the same for the same message; its "=_" never
    occurs in quoted-printable.
    """
    boundary = f"=_partwork_{seed[:16]}"
    fields = (
        *head,
        token_field("MIME-Version", "1.0"),
        token_field("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
    )
    return (
        _piece("".join(fields), _part_head(boundary, "plain"))
        + text
        + _piece(_part_head(boundary, "html"))
        + html
        + _piece(f"\r\n--{boundary}--\r\n")
    )


def message_id(delivery: int, content_hash: str, sender: str) -> str:
    """The name of one delivery's message, the same for each attempt (RFC 5322, 3.6.4).

    `sender` is the address under whose domain it is unique.
    """
    return f"<{delivery}.{content_hash[:24]}@{_domain_of(sender)}>"


def date_field(date: datetime) -> str:
    """When the message was made (RFC 5322, 3.6.1). Raises ValueError for a naive date."""
    if date.tzinfo is None:
        raise ValueError("a message's date is aware")
    return _date_field(date.replace(microsecond=0))


@lru_cache(maxsize=4)  # all copies of an issue have one sender
def _domain_of(sender: str) -> str:
    return domain_of(wire_address(sender))


@lru_cache(maxsize=4)  # many copies are made in one second, and writing its date is slow
def _date_field(date: datetime) -> str:
    return token_field("Date", format_datetime(date))


def _piece(*text: str) -> Segments:
    return Segments(("".join(text).encode(),))


def _part_head(boundary: str, subtype: str) -> str:
    return (
        f"\r\n--{boundary}\r\n"
        f"Content-Type: text/{subtype}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    )


def _feedback_id(issue: Issue) -> str:
    """Issue, series, newsletter and sender, for the complaint rates that providers report.

    Four parts, the last one fixed: https://support.google.com/a/answer/6254652.
    """
    rule = issue.audience
    parts = (issue.content_hash[:8], rule.series, rule.newsletter, "partwork")
    return ":".join(one_line(p).replace(":", "-") for p in parts)
