"""An IMAP folder (RFC 3501, 9051): looked through in order, marked mail by mail."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from types import TracebackType
from typing import Self

from partwork.mailbox.address import ImapAddress
from partwork.mailbox.folder import MailboxUnusable, Step, StoredMail
from partwork.mailbox.imap_answers import Fetched, mails_in
from partwork.mailbox.imap_session import Lost, Refused, Session

AT_ONCE = 20  # with 256 kB of each: 5 MB
LOSSES = 10  # connections lost in one look: five mails that a server cannot read; a guess


class ImapFolder:
    """A connection to one folder; TLS with a verified certificate, but on loopback (RFC 8314).

    A place in it is a UID. `silence` is how long the server may say nothing. Mails are asked for by
    their numbers, which cannot change while they are fetched (RFC 9051, 7.5.1), and marked by UID.
    """

    def __init__(self, address: ImapAddress, silence: timedelta = timedelta(minutes=1)) -> None:
        self._address, self._silence_s = address, silence.total_seconds()
        self._next = 1

    @property
    def key(self) -> str:
        """With the UIDVALIDITY: where that is another, UIDs are given anew (RFC 9051, 2.3.1.1)."""
        return f"imap {self._address.user} {self._address} {self._session.uid_validity}"

    def __enter__(self) -> Self:
        """Connects, logs in and opens the folder. Raises MailboxUnusable."""
        try:
            self._session = Session(self._address, self._silence_s)
        except (Lost, Refused) as error:
            raise MailboxUnusable(self._address, str(error)) from None
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Says goodbye, where the connection still stands."""
        self._session.end(politely=error is None)

    def steps(self, after: int, longest: int) -> Iterator[Step]:
        """What came after that UID, as `Folder` has it. Raises MailboxUnusable."""
        if after + 1 >= self._session.uid_next > 0:
            return
        try:
            self._next = self._first_after(after) if after else 1
            yield from self._steps(after, longest)
        except Lost as lost:
            raise MailboxUnusable(self._address, str(lost)) from None

    def count_unread(self) -> int:
        r"""How many mails are without the flag \Seen. Raises MailboxUnusable."""
        try:
            return self._session.count_unseen()
        except (Lost, Refused) as error:
            raise MailboxUnusable(self._address, str(error)) from None

    def mark(self, names: Sequence[str]) -> None:
        r"""Gives them the flag \Seen. Raises MailboxUnusable."""
        if not names:
            return
        try:
            self._session.mark(names)
        except (Lost, Refused) as error:
            raise MailboxUnusable(self._address, str(error)) from None

    def _steps(self, after: int, longest: int) -> Iterator[Step]:
        """Where the connection is lost, a new one asks for one mail, then for more again.

        A mail over which it is lost again is left out: Dovecot hangs up on one it cannot read.
        """
        losses, width = 0, AT_ONCE
        while self._next <= self._session.mails:
            first, last = self._next, min(self._next + width - 1, self._session.mails)
            try:
                step = self._step(first, last, longest, after)
            except Lost as lost:
                losses += 1
                if losses > LOSSES:
                    raise
                self._open_again(after)
                if width > 1:
                    width = 1
                    continue
                first = last = self._next
                step = self._left_out(first, after, lost)
            self._next, width = last + 1, min(2 * width, AT_ONCE)
            yield step
            after = step.reached
            self._renumber()

    def _open_again(self, after: int) -> None:
        known = self._session.uid_validity
        self._session.end(politely=False)
        try:
            self._session = Session(self._address, self._silence_s)
        except Refused as refused:
            raise Lost(str(refused)) from None
        if self._session.uid_validity != known:
            raise Lost("its mails were numbered anew meanwhile; try again")
        self._next = self._first_after(after)

    def _renumber(self) -> None:
        """What others have removed lowers the numbers of all behind it (RFC 9051, 7.5.1)."""
        for number in self._session.gone():
            self._session.mails -= 1
            self._next -= number < self._next

    def _first_after(self, uid: int) -> int:
        """The number of the first mail with a higher UID, since UIDs ascend with the numbers.

        One that is gone by now counts as higher: then a few are looked at again.
        """
        low, high = 1, self._session.mails + 1
        while low < high:
            middle = (low + high) // 2
            found = self._uid_of(middle)
            if found is not None and found <= uid:
                low = middle + 1
            else:
                high = middle
        return low

    def _step(self, first: int, last: int, longest: int, after: int) -> Step:
        try:
            fetched = self._fetch(first, last, f"(UID RFC822.SIZE BODY.PEEK[]<0.{longest}>)")
        except Refused as refused:
            if first < last:
                return self._one_by_one(first, last, longest, after)
            return self._left_out(first, after, refused)
        mails = (
            StoredMail(str(f.uid), f.octets[:longest], f.size_bytes)
            for f in fetched
            if f.octets is not None and f.uid > after
        )
        return Step(tuple(mails), max([after, *(f.uid for f in fetched)]))

    def _left_out(self, number: int, after: int, why: Exception) -> Step:
        uid = self._uid_of(number)
        name = f"UID {uid}" if uid else f"mail {number}"
        words = f"{name}: the server does not hand it out ({why})"
        return Step((), max(after, uid or 0), (words,))

    def _one_by_one(self, first: int, last: int, longest: int, after: int) -> Step:
        steps = [self._step(number, number, longest, after) for number in range(first, last + 1)]
        return Step(
            tuple(mail for step in steps for mail in step.mails),
            max(step.reached for step in steps),
            tuple(line for step in steps for line in step.unreadable),
        )

    def _uid_of(self, number: int) -> int | None:
        try:
            fetched = self._fetch(number, number, "(UID)")
        except Refused:
            return None
        return next((f.uid for f in fetched), None)

    def _fetch(self, first: int, last: int, items: str) -> list[Fetched]:
        return list(mails_in(self._session.fetch(first, last, items)))
