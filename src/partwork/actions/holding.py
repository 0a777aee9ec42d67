"""One run at a time works on a home's articles."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from partwork.assembly import Press
from partwork.library import LibraryError


class AlreadyIngesting(LibraryError):
    """Another run is at work on the articles."""


@contextmanager
def holding_articles(press: Press, patience: timedelta = timedelta(0)) -> Iterator[None]:
    """Keeps other runs from the home's articles. Raises AlreadyIngesting after `patience`.

    A lock on a file, since what it keeps are files: of a run that was killed nothing is left to
    wait for.
    """
    until = time.monotonic() + patience.total_seconds()
    while True:
        with press.library.locked(press.settings.state / "articles.lock") as is_ours:
            if is_ours:
                yield
                return
        if time.monotonic() >= until:
            raise AlreadyIngesting(
                "another run is at work on this home's articles; wait for it to end"
            )
        time.sleep(0.2)
