"""Deliveries in doubt → an operator's decision."""

from datetime import datetime

from partwork.actions.issue_named import issue_named
from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.records import DeliveryRecord, doubtful, settle_doubts


def doubts_of(press: Press, issue: str) -> tuple[str, tuple[DeliveryRecord, ...]]:
    """The issue's name, and its deliveries of which nobody knows. Raises LibraryError."""
    found = issue_named(press, issue)
    with read_only(press.engine) as connection:
        return found.name, doubtful(connection, found.content_hash)


def resend_doubts(press: Press, issue: str, now: datetime) -> int:
    """Has them sent again: some readers may get a second copy. How many.

    They leave with the next `send`, unless their readers have gone. Raises LibraryError.
    """
    return _settle(press, issue, is_to_resend=True, now=now)


def accept_doubts(press: Press, issue: str, now: datetime) -> int:
    """Takes them for sent: some readers may have got none. How many. Raises LibraryError."""
    return _settle(press, issue, is_to_resend=False, now=now)


def _settle(press: Press, issue: str, *, is_to_resend: bool, now: datetime) -> int:
    found = issue_named(press, issue)
    why = "to be sent again" if is_to_resend else "taken for sent"
    with press.engine.begin() as connection:
        return settle_doubts(
            connection,
            found.content_hash,
            is_to_resend=is_to_resend,
            why=f"was in doubt; {why} by an operator's word",
            now=now,
        )
