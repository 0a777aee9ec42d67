"""Raw sources → clean articles."""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from partwork.actions.dropped import note_ingested, stamps_of
from partwork.actions.fetch import FetchedPages
from partwork.actions.holding import holding_articles
from partwork.actions.remembering import demanded_site
from partwork.actions.shelf import Ingested, Shelf, Twin
from partwork.assembly import Press, Progress
from partwork.fetching.errors import shown
from partwork.fetching.web import Web
from partwork.library import LibraryError
from partwork.model.article import Rights
from partwork.model.errors import PartworkError


@dataclass(frozen=True, slots=True)
class Refused:
    """A source that became no article, and why, in one line that names it."""

    source: str
    message: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of each source.

    `unchanged` are the articles that were there already; others were too, and are `given`, in
    words, the rights or the site of this run, or the address that their page was fetched from.
    `would_be_cleaner` are earlier articles, by site, of which a line has turned out to come back:
    `partwork clean --site SITE` cleans them again. `twins` were made and say what another says.
    """

    articles: tuple[Ingested, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    given: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    would_be_cleaner: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    twins: tuple[Twin, ...] = ()

    @property
    def updated(self) -> tuple[str, ...]:
        """The articles that were there already and got something."""
        return tuple(self.given)


def ingest(
    press: Press,
    paths: Sequence[Path],
    *,
    rights: Rights,
    site: str = "",
    urls: Sequence[str] = (),
    web: Web | None = None,
    progress: Progress = lambda _done, _of: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    patience: timedelta = timedelta(0),
) -> IngestReport:
    """Reads, cleans and stores each source; without paths and URLs, all of the inbox.

    Pages at `urls` are fetched first, from the web as the settings allow unless another is given.
    Each is kept in the inbox byte for byte first. One that cannot be read stops no other. An
    article that was edited by hand is not overwritten: its source is refused and says so.
    `rights` that are known also go to articles that are there already: to each whose source is
    named, and without any to those whose rights were unknown. `site` is where the sources come
    from, for those that say no address themselves, and goes to named ones that are there already.
    Raises AlreadyIngesting where another run has not ended within `patience`, LibraryError for
    what names no site, and ManuscriptError where the rules of the sites cannot be read.
    """
    with holding_articles(press, patience):
        named = bool(paths or urls)
        files, refused = _sources(press, paths, named=named)
        pages = FetchedPages(press.library, web or Web(allows_private=press.settings.fetch_private))
        for done, url in enumerate(urls):
            progress(done, len(urls) + len(files))
            try:
                files.append(pages.bring(url, clock()))
            except PartworkError as error:
                refused.append(Refused(shown(url), str(error)))
        files = list({file.absolute(): file for file in files}.values())
        times = Counter(file.name for file in files)
        stamps = stamps_of(press, files)
        shelf = Shelf(press, rights, demanded_site(site), named=named, moved=pages.moved)
        for done, file in enumerate(files):
            progress(done, len(files))
            label = file.name if times[file.name] == 1 else str(file)
            try:
                shelf.take(file, label)
            except PartworkError as error:
                refused.append(Refused(label, str(error)))
        progress(len(files), len(files))
        shelf.compare()
        note_ingested(press, stamps)
        return IngestReport(
            tuple(shelf.made),
            tuple(dict.fromkeys(shelf.unchanged)),
            tuple(refused),
            {slug: tuple(words) for slug, words in shelf.given.items()},
            shelf.would_be_cleaner(),
            tuple(shelf.twins),
        )


def _sources(
    press: Press, paths: Sequence[Path], *, named: bool
) -> tuple[list[Path], list[Refused]]:
    """The files at these paths, or in the inbox where nothing was named, and folders without."""
    found: list[Path] = []
    refused: list[Refused] = []
    for path in paths if named else [press.library.inbox]:
        try:
            files = press.library.raw_files(path)
            if _WEB_ADDRESS.fullmatch(str(path)) and not path.exists():
                raise LibraryError(
                    f"{path}: there is no such file; a web page's address begins with https://"
                )
            if named and not files:
                raise LibraryError(f"{path}: holds no .txt, .md or .html file")
        except PartworkError as error:
            refused.append(Refused(str(path), str(error)))
        else:
            found += files
    return found, refused


# Beginning with a host, and no file's name alone.
_WEB_ADDRESS = re.compile(r"www\..+|(?:[\w-]+\.)+[a-z]{2,}/.*", re.IGNORECASE)
