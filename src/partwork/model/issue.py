"""Issues: instalments made ready to mail, immutable, named by their content hash."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partwork.model.address import Mailbox


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


MERGE_OPEN = "\ue000"
MERGE_CLOSE = "\ue001"


@dataclass(frozen=True, slots=True)
class AudienceRule:
    """Whom an issue is for: the newsletter, the series and a segment (empty: everyone)."""

    newsletter: str
    series: str
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Issue:
    """One instalment made ready to mail; the strings are what is mailed, merge fields open.

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
        """What people and commands call it: series, number and the start of its hash."""
        return f"{self.audience.series}-{self.number:02d}-{self.content_hash[:8]}"


@dataclass(frozen=True, slots=True)
class Approval:
    """An editor's yes to one issue. `reviewer` is as claimed; `channel` is cli or dashboard."""

    content_hash: str
    reviewer: str
    channel: str
    approved_at: datetime
    run_id: str = ""
