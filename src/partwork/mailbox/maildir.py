"""A Maildir (https://cr.yp.to/proto/maildir.html): looked through by when each mail came in.

Not by the standard library's `mailbox`: before Python 3.13 that writes a mail anew to mark it.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from partwork.mailbox.folder import MailboxUnusable, Step, StoredMail

AT_ONCE = 20
OVERLAP = timedelta(minutes=5)  # also how far the clock of a file server may be behind; a guess


@dataclass(frozen=True, slots=True)
class Maildir:
    """The mails in `new` and `cur`; one that is marked lies in `cur` with the flag S.

    A place in it is an instant, in nanoseconds since 1970, of a file's status change (`st_ctime`):
    delivering is a renaming, and so is moving a mail here from elsewhere, however old it is.
    Marking is one too, so that what was marked is told once more. What came in `overlap` before a
    look is told again by the next, since one look does not see all that comes in meanwhile; what
    lies there for longer is not.
    """

    path: Path
    overlap: timedelta = OVERLAP

    @property
    def key(self) -> str:
        """What a place reached in it is kept under."""
        return f"maildir {self.path}"

    def __enter__(self) -> Self:
        """Raises MailboxUnusable for what is no Maildir."""
        if not all((self.path / folder).is_dir() for folder in _FOLDERS):
            raise MailboxUnusable(self.path, "has no folders new and cur; name a Maildir")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """There is nothing to close."""

    def steps(self, after: int, longest: int) -> Iterator[Step]:
        """What came after that place, as `Folder` has it; the names alone are held at once."""
        newest = time.time_ns() - int(self.overlap.total_seconds() * 1e9)
        try:
            listed = sorted(entry for folder in _FOLDERS for entry in self._listed(folder, after))
        except OSError as error:
            raise MailboxUnusable(self.path, _why(error)) from None
        for start in range(0, len(listed), AT_ONCE):
            several = listed[start : start + AT_ONCE]
            mails, unreadable = [], []
            for _, name, size_bytes in several:
                try:
                    mails.append(StoredMail(name, self._beginning(name, longest), size_bytes))
                except FileNotFoundError:  # moved by somebody: where it is now, it is new
                    continue
                except OSError as error:
                    unreadable.append(f"{name}: {_why(error)}")
            # The next one may have come at the very same tick of the file system's clock. At the
            # end all that came before `newest` has been told.
            is_last = start + AT_ONCE >= len(listed)
            reached = newest if is_last else min(several[-1][0] - 1, newest)
            yield Step(tuple(mails), max(reached, after), tuple(unreadable))

    def count_unread(self) -> int:
        """How many mails are without the flag S. Raises MailboxUnusable."""
        try:
            names = [name for folder in _FOLDERS for _, name, _ in self._listed(folder, 0)]
        except OSError as error:
            raise MailboxUnusable(self.path, _why(error)) from None
        return sum("S" not in name.partition(":2,")[2] for name in names)

    def mark(self, names: Sequence[str]) -> None:
        """Moves them to `cur` with the flag S. Raises MailboxUnusable."""
        for name in names:
            base, _, info = name.partition("/")[2].partition(":")
            flags = "".join(sorted({*info.removeprefix("2,"), "S"}))
            try:
                with suppress(FileNotFoundError):
                    (self.path / name).rename(self.path / "cur" / f"{base}:2,{flags}")
            except OSError as error:
                raise MailboxUnusable(self.path, _why(error)) from None

    def _listed(self, folder: str, after: int) -> Iterator[tuple[int, str, int]]:
        """When each file came in, its name and its size; links and the like are nobody's mail."""
        with os.scandir(self.path / folder) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):
                    if entry.name.startswith(".") or not entry.is_file(follow_symlinks=False):
                        continue
                    found = entry.stat(follow_symlinks=False)
                    if found.st_ctime_ns > after:
                        yield found.st_ctime_ns, f"{folder}/{entry.name}", found.st_size

    def _beginning(self, name: str, longest: int) -> bytes:
        with (self.path / name).open("rb") as file:
            return file.read(longest)


def _why(error: OSError) -> str:
    words = (error.strerror or type(error).__name__).lower()
    return f"{words}; give this user the right to read and write it"


_FOLDERS = ("new", "cur")  # in this order: what somebody reads meanwhile goes from one to the other
