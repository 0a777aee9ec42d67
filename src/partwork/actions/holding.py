"""One run at a time works on a home's articles."""

from collections.abc import Iterator
from contextlib import contextmanager

from partwork.assembly import Press
from partwork.library import LibraryError


class AlreadyIngesting(LibraryError):
    """Another run is at work on the articles."""


@contextmanager
def holding_articles(press: Press) -> Iterator[None]:
    """Keeps other runs from the home's articles. Raises AlreadyIngesting at once.

    A lock on a file, since what it keeps are files: of a run that was killed nothing is left to
    wait for.
    """
    with press.library.locked(press.settings.state / "articles.lock") as is_ours:
        if not is_ours:
            raise AlreadyIngesting(
                "another run is at work on this home's articles; wait for it to end"
            )
        yield
