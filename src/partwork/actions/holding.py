"""One run at a time works on a home's articles."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from partwork.assembly import Clock, Press
from partwork.library import LibraryError
from partwork.store.leases import holder_of, release_lease, take_lease

LEASE = timedelta(minutes=10)  # one source takes seconds; what crashed must not block for long


class AlreadyIngesting(LibraryError):
    """Another run brings articles in."""


@contextmanager
def holding_articles(press: Press, clock: Clock) -> Iterator[Callable[[], None]]:
    """Keeps other runs from the articles; what it yields is called now and then to hold on.

    Raises AlreadyIngesting, at once or when holding on came too late.
    """
    holder = press.new_id()
    _hold(press, holder, clock())
    try:
        yield lambda: _hold(press, holder, clock())
    finally:
        with press.engine.begin() as connection:
            release_lease(connection, "ingest", holder)


def _hold(press: Press, holder: str, now: datetime) -> None:
    with press.engine.begin() as connection:
        if not take_lease(connection, "ingest", holder, now, LEASE):
            other = holder_of(connection, "ingest", now)
            raise AlreadyIngesting(
                f"articles are already being brought in by run {other}; wait for it to end"
            )
