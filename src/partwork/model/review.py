"""Reviews: drafts that wait for an editor's word, and what that word may be."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from partwork.model.issue import Approval

MAX_NAME = 80  # characters of a reviewer's name
MAX_NOTES = 4_000  # characters of what they say; about two pages


class Decision(StrEnum):
    """What a reviewer may say about a draft.

    Sent back, it waits to be changed, and may still be approved as it is. Rejected, these words
    are never approved, unless a person takes that back.
    """

    APPROVE = "approve"
    SEND_BACK = "send back"
    REJECT = "reject"


class No(StrEnum):
    """The decisions that are not a yes, as they are kept."""

    SENT_BACK = "sent back"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Objection:
    """A reviewer's no to one issue, and why in their words; both name and notes are as claimed."""

    content_hash: str
    kind: No
    reviewer: str
    role: str
    notes: str
    channel: str
    at: datetime
    run_id: str = ""


@dataclass(frozen=True, slots=True)
class ReviewPart:
    """One draft of a review: how many words it has, and its claims sheet as Markdown."""

    content_hash: str
    words: int
    claims: str


@dataclass(frozen=True, slots=True)
class Review:
    """A question that a run has asked: whether these drafts may be published.

    `key` is the question's own within its run. No answer is taken after `closes_at`.
    """

    run_id: str
    key: str
    series: str
    asked_at: datetime
    closes_at: datetime
    parts: tuple[ReviewPart, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an issue is approved: roles that nobody has spoken for, and whose word has run out.

    `approved_at` is since when all of them have said yes; None while one is wanting.
    """

    missing: tuple[str, ...]
    ran_out: tuple[str, ...]
    approved_at: datetime | None

    @property
    def wanting(self) -> tuple[str, ...]:
        """Every role that has to say yes, for the first time or again."""
        return (*self.missing, *self.ran_out)


def standing(
    approvals: Sequence[Approval], roles: Sequence[str], lasts: timedelta | None, at: datetime
) -> Standing:
    """How far `approvals`, oldest first, satisfy `roles` at that instant.

    One person speaks for one role: the first that they spoke for. `lasts` is how long a yes is
    good for; None: for ever.
    """
    spoke_as: dict[str, str] = {}
    for yes in approvals:
        if yes.role in roles:
            spoke_as.setdefault(folded(yes.reviewer), yes.role)
    missing, ran_out, since = [], [], []
    for role in roles:
        given = [
            yes for yes in approvals if yes.role == role and spoke_as[folded(yes.reviewer)] == role
        ]
        good = [yes.approved_at for yes in given if lasts is None or at < yes.approved_at + lasts]
        if good:
            since.append(min(good))
        elif given:
            ran_out.append(role)
        else:
            missing.append(role)
    is_whole = bool(since) and not missing and not ran_out
    return Standing(tuple(missing), tuple(ran_out), max(since) if is_whole else None)


def folded(name: str) -> str:
    """A name by which its bearer is told from others: case, spaces and forms of letters apart."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
