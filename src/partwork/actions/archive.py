"""What everyone may read: newsletters, their series, the parts that were published."""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from partwork.actions.loading import load_newsletter
from partwork.actions.naming import title_of
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.archive import PublishedPart
from partwork.model.errors import PartworkError
from partwork.model.newsletter import Newsletter
from partwork.store.archive import campaigns_so_far, newsletter_of_series, published_parts
from partwork.store.engine import read_only
from partwork.store.sources import withdrawals_so_far

IN_A_FEED = 50  # entries; readers keep what they have seen


@dataclass(frozen=True, slots=True)
class ShelfOfSeries:
    """One series of an archive: its title, and its published parts by number."""

    slug: str
    title: str
    parts: tuple[PublishedPart, ...]


@dataclass(frozen=True, slots=True)
class Archive:
    """A newsletter's published series, the one with the newest part first."""

    newsletter: Newsletter
    series: tuple[ShelfOfSeries, ...]
    newest: tuple[PublishedPart, ...]


def newsletters(press: Press) -> tuple[Newsletter, ...]:
    """All newsletters whose file can be read, by their slugs.

    Raises ManuscriptError where there are some, and not one can be read.
    """
    slugs = press.library.newsletter_slugs()
    return tuple(_readable(press, slugs)) or tuple(load_newsletter(press, s) for s in slugs)


def archive_of(press: Press, newsletter: str) -> Archive:
    """A newsletter's archive. Raises LibraryError where there is none of that name."""
    found = load_newsletter(press, newsletter)
    with read_only(press.engine) as connection:
        newest = published_parts(connection, newsletter)
    shelves = (
        ShelfOfSeries(
            series,
            title_of(press, series),
            tuple(sorted((p for p in newest if p.series == series), key=lambda p: p.number)),
        )
        for series in dict.fromkeys(part.series for part in newest)
    )
    return Archive(found, tuple(shelves), newest)


def series_shown(press: Press, series: str) -> tuple[Newsletter, ShelfOfSeries]:
    """A series of which something was published. Raises LibraryError for any other."""
    with read_only(press.engine) as connection:
        newsletter = newsletter_of_series(connection, series)
    if newsletter is None:
        raise LibraryError(f"nothing of a series {series!r} was published")
    archive = archive_of(press, newsletter)
    for shelf in archive.series:
        if shelf.slug == series:
            return archive.newsletter, shelf
    raise LibraryError(f"nothing of a series {series!r} can be read any more")


def public_pages(press: Press) -> Iterator[tuple[str, datetime | None]]:
    """The path of each page that is to be found, and when it last changed, if that is known."""
    for newsletter in newsletters(press):
        archive = archive_of(press, newsletter.slug)
        yield f"newsletters/{newsletter.slug}", None
        for shelf in archive.series:
            yield f"series/{shelf.slug}", max(part.updated_at for part in shelf.parts)
        for part in archive.newest:
            yield f"parts/{part.instalment}", part.updated_at


def published_state(press: Press) -> Hashable:
    """Changes with every campaign and withdrawal, and with a newsletter's or a series' file.

    Raises StoreError.
    """
    library = press.library
    files = (*library.newsletters.glob("*.toml"), *library.all_series.glob("*/series.toml"))
    with read_only(press.engine) as connection:
        published = campaigns_so_far(connection), withdrawals_so_far(connection)
    return published, frozenset(map(_version, files))


def _version(file: Path) -> tuple[Path, int, int]:
    try:
        known = file.stat()
    except OSError:  # gone this very moment
        return file, 0, 0
    return file, known.st_mtime_ns, known.st_size


def _readable(press: Press, slugs: Iterable[str]) -> Iterator[Newsletter]:
    for slug in slugs:
        try:
            yield load_newsletter(press, slug)
        except PartworkError:
            continue  # `partwork doctor` names it
