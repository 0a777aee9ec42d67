"""Web pages → the inbox, each with what the web said of it."""

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import unquote, urlsplit

from partwork.fetching.canonical import canonical_url
from partwork.fetching.charset import with_charset
from partwork.fetching.errors import NotFetched
from partwork.fetching.walls import wall_in
from partwork.fetching.web import Page, Web
from partwork.library import Library, LibraryError, plain_name
from partwork.model.article import Article, normalised
from partwork.model.slug import slug_of
from partwork.reading.errors import Unreadable
from partwork.reading.raw import read_article


@dataclass(frozen=True, slots=True)
class Origin:
    """What the web said of a raw file that was fetched; in `<file>.fetched.json` beside it.

    `url` is where the page was, `source` the address its article goes by, `charset` what the
    Content-Type named. It speaks of the bytes with this `sha256` alone.
    """

    url: str
    source: str
    charset: str
    sha256: str
    fetched_at: str


def read_source(library: Library, file: Path, raw: bytes, name: str) -> Article:
    """The article in the bytes of a file, read with what the web said of them, if it did.

    `name` is what messages call the file. Raises Unreadable.
    """
    origin = _origin_of(library, file)
    if origin is None or origin.sha256 != _sha256(raw):
        return read_article(raw, name)
    article = read_article(with_charset(raw, origin.charset), name, origin.url)
    return replace(article, source=origin.source, sha256=origin.sha256)


class FetchedPages:
    """The pages of a home's inbox that came from the web, while a run brings in more.

    `moved` are the addresses that articles go by since, and by what they went before: another
    address, or the name of a file that somebody had put into the inbox.
    """

    def __init__(self, library: Library, web: Web) -> None:
        self.library, self.web = library, web
        self.moved: dict[str, str] = {}

    def bring(self, url: str, now: datetime) -> Path:
        """The file of the inbox that holds the page at `url`.

        It stays as it was where the page's words do: pages change their bytes at each visit.
        The page's own word for its address is taken over, unless another page goes by it.
        Raises NotFetched, also for a page that is no article but stands before one, and
        LibraryError for a file that was changed by hand.
        """
        page = self.web.fetch(url)
        article = _read(page, url)
        source = canonical_url(article.source, page.url)
        file = self._file_of(page.url, source, page.suffix, article.title)
        taken = any(o.source == source for f, o in self._origins.items() if f != file)
        if file is None:
            source = page.url if taken else source
            file = self._twin(page.raw)
            if file in self._origins:
                return file
            if file is not None:
                self.moved[source] = plain_name(file.name)
            else:
                file = self.library.keep_raw(_file_stem(page.url) + page.suffix, page.raw)
            self._keep(file, page, source, now)
            return file
        before, is_held = self._origins[file], self._holds(file, article)
        is_named = not taken and source not in {page.url, before.source}
        if is_named:
            self.moved[source] = before.source
        now_by = source if is_named else before.source
        if not is_held:
            self._keep(file, page, now_by, now)
        elif is_named:
            self._note(file, replace(before, source=now_by))
        return file

    @cached_property
    def _origins(self) -> dict[Path, Origin]:
        """What is there, by raw file."""
        files = self.library.raw_files(self.library.inbox) if self.library.inbox.is_dir() else ()
        found = ((file, _origin_of(self.library, file)) for file in files)
        return {file: origin for file, origin in found if origin}

    def _file_of(self, url: str, source: str, suffix: str, title: str) -> Path | None:
        """The file that the page was kept in before: by its address, or by the one it goes by.

        The latter counts for pages of one title alone. On some sites all pages name the same
        address; each would take the place of the one before.
        """
        known = {file: o for file, o in self._origins.items() if file.suffix == suffix}
        for file, origin in known.items():
            if origin.url == url:
                return file
        for file, origin in known.items():
            before = self._article_in(file) if origin.source == source else None
            if before and normalised(before.title) == normalised(title):
                return file
        return None

    def _twin(self, raw: bytes) -> Path | None:
        """The file of the inbox that has these very bytes, however they came there."""
        for file in self.library.raw_files(self.library.inbox):
            if file.stat().st_size == len(raw) and self.library.read_raw(file) == raw:
                return file
        return None

    def _holds(self, file: Path, article: Article) -> bool:
        """Whether the file has the article's words already."""
        origin, raw = self._origins[file], self.library.read_raw(file)
        if origin.sha256 != _sha256(raw):
            raise LibraryError(
                f"{self.library.shown(file)}: was changed by hand since {origin.url} was fetched; "
                "remove it to fetch the page anew"
            )
        before = self._article_in(file)
        return before is not None and _words(before) == _words(article)

    def _article_in(self, file: Path) -> Article | None:
        try:
            return read_source(self.library, file, self.library.read_raw(file), file.name)
        except Unreadable:  # a later version may read otherwise than the one that fetched it
            return None

    def _keep(self, file: Path, page: Page, source: str, now: datetime) -> None:
        at = now.astimezone(UTC).isoformat(timespec="seconds")
        self.library.write(file, page.raw)
        self._note(file, Origin(page.url, source, page.charset, _sha256(page.raw), at))

    def _note(self, file: Path, origin: Origin) -> None:
        text = json.dumps(dataclasses.asdict(origin), ensure_ascii=False, indent=1) + "\n"
        self.library.write(_origin_file(file), text)
        self._origins[file] = origin


def _read(page: Page, asked: str) -> Article:
    """The article of a page. Raises NotFetched where there is none."""
    try:
        article = read_article(with_charset(page.raw, page.charset), f"page{page.suffix}", page.url)
    except Unreadable as error:
        raise NotFetched(asked, error.why.partition(";")[0]) from None
    text = "\n".join((article.title, *(block.text for block in article.blocks)))
    if wall := wall_in(page.raw, text):
        raise NotFetched(asked, wall)
    return article


def _words(article: Article) -> tuple[str, list[tuple[str, str]]]:
    return article.title, [(block.kind, block.text) for block in article.blocks]


def _origin_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.fetched.json")


def _origin_of(library: Library, file: Path) -> Origin | None:
    """What was noted when the file was fetched; nothing for one that came otherwise."""
    noted = _origin_file(file)
    try:
        if not noted.is_file():
            return None
        origin = Origin(**json.loads(library.read(noted)))
    except (LibraryError, ValueError, TypeError):  # edited by hand: then it is a file like others
        return None
    except OSError:  # the name is as long as a name may be, and was never fetched
        return None
    return origin if all(isinstance(v, str) for v in dataclasses.astuple(origin)) else None


def _file_stem(url: str) -> str:
    """The address in ASCII words joined by hyphens: `example-org-stories-the-heap`."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    path = re.sub(r"\.(?:x?html?|php|aspx?|md|markdown|txt)$", "", unquote(parts.path))
    return slug_of(f"{host} {path} {unquote(parts.query)}") or "page"


def _sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
