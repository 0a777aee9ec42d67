"""Issues: instalments made ready to mail, immutable, named by their content hash."""

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partwork.model.address import Mailbox

MERGE_OPEN = "\ue000"
MERGE_CLOSE = "\ue001"


class MergeField(StrEnum):
    """A place in an issue's strings that is filled in for each recipient."""

    ADDRESS = "address"
    UNSUBSCRIBE_URL = "unsubscribe_url"
    PAGE_URL = "page_url"

    @property
    def mark(self) -> str:
        """How the open field is written in HTML and text.

        The brackets are private-use characters (Unicode 23.5), which rendering removes from
        everything that comes from outside, so that no article can forge a field.
        """
        return f"{MERGE_OPEN}{self.value}{MERGE_CLOSE}"


class Stretch(StrEnum):
    """A stretch of an issue's HTML and text that a bundle of several parts treats by itself.

    A bundle has the `PART` of each issue, and at the end of all but the last what says that there
    is `ALSO` another, which no mail of a part alone has. `TITLE` and `PREHEADER` are made anew.
    """

    PART = "part"
    ALSO = "also"
    TITLE = "title"
    PREHEADER = "preheader"

    @property
    def begin(self) -> str:
        """The mark before the stretch, no more to be forged than a merge field's."""
        return f"{MERGE_OPEN}{self.value}{MERGE_CLOSE}"

    @property
    def end(self) -> str:
        """The mark after it."""
        return f"{MERGE_OPEN}/{self.value}{MERGE_CLOSE}"


@dataclass(frozen=True, slots=True)
class Marked:
    """An issue's HTML and text with the stretches marked, from which its own are made."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class AudienceRule:
    """Whom an issue is for: the newsletter, the series and a segment (empty: everyone).

    A bundle is of no series: whom it is for was planned part by part.
    """

    newsletter: str
    series: str
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """One instalment made ready to mail; the strings are what is mailed, merge fields open.

    A bundle has several, joined: it has no `instalment` of its own, and `number` is the week's. A
    correction's mail has none either, since it is no part of the series that it is about.
    `page` is the web version, made without any personal field. `demo` marks an issue with made-up
    sender or address, which never reaches a real server.
    """

    instalment: str
    number: int
    title: str
    subject: str
    preheader: str
    sender: Mailbox
    reply_to: Mailbox
    html: str
    text: str
    page: str
    audience: AudienceRule
    demo: bool = False

    @property
    def content_hash(self) -> str:
        """SHA-256, hexadecimal, over all that an editor approves, the web page among it.

        Each part is hashed for itself, so that words cannot move from one to the next. Dates,
        members and web links are outside it.
        """
        parts = (
            self.subject,
            self.preheader,
            self.sender.name,
            self.sender.address,
            self.reply_to.name,
            self.reply_to.address,
            self.html,
            self.text,
            self.page,
            "demo" if self.demo else "",
            self.audience.newsletter,
            self.audience.series,
            self.audience.segment,
        )
        digests = [hashlib.sha256(p.encode()).hexdigest() for p in parts]
        return hashlib.sha256(json.dumps(digests).encode()).hexdigest()

    @property
    def name(self) -> str:
        """What people and commands call it: series, number and the start of its hash.

        A bundle goes by its newsletter, and a correction's mail says that it is one.
        """
        of = self.audience.series or self.audience.newsletter
        kind = "-correction" if self.is_correction_mail else ""
        return f"{of}-{self.number:02d}{kind}-{self.content_hash[:8]}"

    @property
    def is_bundle(self) -> bool:
        """Whether it joins several parts for readers who want those of a week in one mail."""
        return not self.instalment and not self.audience.series

    @property
    def is_correction_mail(self) -> bool:
        """Whether it tells those who have a part what was wrong in it."""
        return not self.instalment and bool(self.audience.series)


EDITOR = "editor"  # the role of who approves, where a newsletter names none


@dataclass(frozen=True, slots=True)
class Approval:
    """A yes to one issue, in a role. `reviewer` is as claimed; `channel` is cli or dashboard."""

    content_hash: str
    reviewer: str
    channel: str
    approved_at: datetime
    run_id: str = ""
    role: str = EDITOR


def by_itself(marked: str) -> str:
    """An issue's HTML or text as its own mail has it: what is only for a bundle left out."""
    return without_marks(stretches_of(Stretch.ALSO).sub("", marked))


def without_marks(marked: str) -> str:
    """All that stands in the stretches, their marks left out."""
    return _STRETCH_MARK.sub("", marked)


def stretches_of(stretch: Stretch) -> re.Pattern[str]:
    """What finds these stretches, marks and all."""
    return re.compile(f"{stretch.begin}.*?{stretch.end}", re.DOTALL)


_STRETCH_MARK = re.compile(f"{MERGE_OPEN}/?(?:{'|'.join(Stretch)}){MERGE_CLOSE}")
