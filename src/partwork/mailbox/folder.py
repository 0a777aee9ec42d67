"""A folder of mail, as those who look through it know it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

from partwork.model.errors import PartworkError


@dataclass(frozen=True, slots=True)
class StoredMail:
    """A mail as it lies there: its beginning, and how long it is in all.

    `name` is the folder's own for it and tells nothing of what is in it.
    """

    name: str
    octets: bytes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Step:
    """Some mails of a folder, the oldest first.

    `unreadable` has a line for each that could not be read. Whoever is done with the step goes on
    after `reached`, now or next time.
    """

    mails: tuple[StoredMail, ...]
    reached: int
    unreadable: tuple[str, ...] = ()


class MailboxUnusable(PartworkError):
    """A mailbox that cannot be reached, read or marked. The message holds no login."""

    def __init__(self, place: object, why: str) -> None:
        self.place = str(place)
        super().__init__(f"the mailbox {place}: {why}")


class Folder(Protocol):
    """An IMAP folder or a Maildir. Looking changes nothing, not even who has read what."""

    @property
    def key(self) -> str:
        """What a place reached in it is kept under: another where the old one is worth nothing."""
        ...

    def __enter__(self) -> Self:
        """Raises MailboxUnusable, as all else here."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...

    def steps(self, after: int, longest: int) -> Iterator[Step]:
        """What came after that place (0: all of it), a few mails at a time.

        Of each mail at most `longest` octets. Some may be told that were told before.
        """
        ...

    def count_unread(self) -> int:
        """How many mails nobody has read yet, and we have not marked."""
        ...

    def mark(self, names: Sequence[str]) -> None:
        """Marks these mails of the last step as read; what is gone by now is let be."""
        ...
