"""Raw sources → clean articles."""

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from partwork.actions.clean_again import would_be_cleaner
from partwork.actions.fetch import FetchedPages, read_source
from partwork.actions.filing import is_as_made, load_record, save_edited, save_record, settle_record
from partwork.actions.holding import holding_articles
from partwork.actions.loading import load_article
from partwork.actions.remembering import Memories, site_named
from partwork.assembly import Press, Progress
from partwork.cleaning.cleaner import as_read
from partwork.fetching.errors import shown
from partwork.fetching.web import Web
from partwork.library import LibraryError
from partwork.manuscript.article import parse_article
from partwork.manuscript.record import Record
from partwork.model.article import Article, Block, Cleaned, Rights
from partwork.model.errors import PartworkError
from partwork.model.memory import site_of


@dataclass(frozen=True, slots=True)
class Ingested:
    """An article that was made, with what cleaning took out; lines as they stand in the source."""

    cleaned: Cleaned
    lines_kept: int
    lines_removed: int


@dataclass(frozen=True, slots=True)
class Refused:
    """A source that became no article, and why, in one line that names it."""

    source: str
    message: str


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What became of each source.

    `unchanged` are the articles that were there already; `updated` were too, and got the rights
    or the site that this run was given. `would_be_cleaner` are earlier articles, by site, of
    which a line has turned out to come back: `partwork clean --site SITE` cleans them again.
    """

    articles: tuple[Ingested, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    updated: tuple[str, ...] = ()
    would_be_cleaner: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


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
) -> IngestReport:
    """Reads, cleans and stores each source; without paths and URLs, all of the inbox.

    Pages at `urls` are fetched first, from the web as the settings allow unless another is given.
    Each is kept in the inbox byte for byte first. One that cannot be read stops no other. An
    article that was edited by hand is not overwritten: its source is refused and says so.
    `rights` that are known also go to articles that are there already: to each whose source is
    named, and without any to those whose rights were unknown. `site` is where the sources come
    from, for those that say no address themselves, and goes to named ones that are there already.
    Raises AlreadyIngesting, LibraryError for what names no site, and ManuscriptError where the
    rules of the sites cannot be read.
    """
    with holding_articles(press, clock) as hold_on:
        named = bool(paths or urls)
        files, refused = _sources(press, paths, named=named)
        pages = FetchedPages(press.library, web or Web(allows_private=press.settings.fetch_private))
        for done, url in enumerate(urls):
            progress(done, len(urls) + len(files))
            hold_on()
            try:
                files.append(pages.bring(url, clock()))
            except PartworkError as error:
                refused.append(Refused(shown(url), str(error)))
        files = list({file.absolute(): file for file in files}.values())
        times = Counter(file.name for file in files)
        shelf = _Shelf(press, rights, site_named(site), named=named)
        for done, file in enumerate(files):
            progress(done, len(files))
            hold_on()
            label = file.name if times[file.name] == 1 else str(file)
            try:
                shelf.take(file, label)
            except PartworkError as error:
                refused.append(Refused(label, str(error)))
        progress(len(files), len(files))
        shelf.compare(hold_on)
        return shelf.report(refused)


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


class _Shelf:
    """The articles of a home while an ingest runs, known by source and by the raw text's hash."""

    def __init__(self, press: Press, rights: Rights, site: str, *, named: bool) -> None:
        self.press, self.rights, self.named = press, rights, named
        self.site, self.together = site, press.new_id()
        self.memories = Memories(press)
        self.in_inbox = {file.name for file in press.library.raw_files(press.library.inbox)}
        self.made: list[Ingested] = []
        self.unchanged: list[str] = []
        self.updated: list[str] = []
        self.given_a_site: list[str] = []
        self.by_hash: dict[str, Article] = {}
        self.by_source: dict[str, str] = {}
        for slug in press.library.article_slugs():
            try:
                article = load_article(press, slug)
                self.by_hash[article.sha256] = article
                self.by_source[article.source] = slug
                self.memories.learn(article, settle_record(press, slug))
            except PartworkError:
                continue  # `check` reports it; a broken article must not stop others

    def report(self, refused: Sequence[Refused]) -> IngestReport:
        """What became of all that was taken."""
        made = {taken.cleaned.article.slug for taken in self.made}
        return IngestReport(
            tuple(self.made),
            tuple(dict.fromkeys(self.unchanged)),
            tuple(refused),
            tuple(self.updated),
            would_be_cleaner(self.press, self.memories, new={*made, *self.given_a_site}, made=made),
        )

    def take(self, file: Path, label: str) -> None:
        """Makes an article of the file, or finds the one that it already is.

        `label` is what messages call the file. Raises PartworkError.
        """
        raw = self.press.library.read_raw(file)
        known = self.by_hash.get(hashlib.sha256(raw).hexdigest())
        if known is None:
            self._make(file, label, raw)
            return
        if not self._is_same_source(file, known.source):
            raise LibraryError(
                f"{label}: has the same content as {known.source}, "
                f"which is the article {known.slug}; remove one of them"
            )
        gets_rights, gets_site = self._gets_rights(known), self._gets_site(known)
        if gets_rights:
            self._give_rights(known)
        if gets_site:
            self._give_site(known)
        (self.updated if gets_rights or gets_site else self.unchanged).append(known.slug)

    def _make(self, file: Path, label: str, raw: bytes) -> None:
        read = read_source(self.press.library, file, raw, label)
        article = replace(read, rights=self.rights)
        name = file.name
        if not self._is_in_inbox(file):
            name = self.press.library.keep_raw(name, raw).name
            self.in_inbox.add(name)
        if article.source == label:  # else it is the page's own address
            article = replace(article, source=name)
        article = replace(article, slug=self._slug_for(article))
        before = self._record_before(article.slug, label)
        site = site_of(article.source) or self.site or before.site
        together = "" if site else self.together
        result = self.memories.clean(
            article, Record(site=site, together=together, decisions=before.decisions)
        )
        self.by_hash[article.sha256] = article
        self.by_source[article.source] = article.slug
        self.made.append(_ingested(result))

    def compare(self, hold_on: Callable[[], None]) -> None:
        """Cleans again what shares lines with others of its place, now that all are known."""
        made = {taken.cleaned.article.slug: at for at, taken in enumerate(self.made)}
        for slug, counts in self.memories.of_places(made):
            hold_on()
            before = self.made[made[slug]].cleaned
            article = replace(before.article, blocks=as_read(before))
            result = self.memories.clean(article, load_record(self.press, slug), counts)
            self.made[made[slug]] = _ingested(result)
        self.memories.save_applied()

    def _is_in_inbox(self, file: Path) -> bool:
        return file.parent.resolve() == self.press.library.inbox.resolve()

    def _is_same_source(self, file: Path, source: str) -> bool:
        """Whether the file is what the article was made of, and no second copy of it.

        A source that the inbox no longer has was renamed; one that is an address cannot be told.
        """
        if file.name == source or source not in self.in_inbox:
            return True
        # From elsewhere, `notes.txt` may have been kept as `notes-2.txt`: see `keep_raw`.
        kept_as = f"{re.escape(file.stem)}(-[0-9]+)?{re.escape(file.suffix.lower())}"
        return not self._is_in_inbox(file) and bool(re.fullmatch(kept_as, source))

    def _gets_rights(self, article: Article) -> bool:
        wanted = self.rights not in {Rights.UNKNOWN, article.rights}
        return wanted and (self.named or article.rights is Rights.UNKNOWN)

    def _give_rights(self, article: Article) -> None:
        """Changes the line of the rights and nothing else; what was edited by hand stays so."""
        library, slug = self.press.library, article.slug
        file = library.article_file(slug)
        new = _with_rights(library.read(file), self.rights)
        if parse_article(new, slug, library.shown(file)).rights is not self.rights:
            raise LibraryError(
                f"{library.shown(file)}: write rights: {self.rights} into it by hand, "
                "on a line of its own"
            )
        record = load_record(self.press, slug)
        if is_as_made(self.press, slug, record):
            save_edited(self.press, slug, new, record, as_made=True)
        else:
            library.write(file, new)
        self.by_hash[article.sha256] = replace(article, rights=self.rights)

    def _slug_for(self, article: Article) -> str:
        if known := self.by_source.get(article.source):
            return known
        slug, count = article.slug, 1
        while self.press.library.article_file(slug).exists():
            count += 1
            slug = f"{article.slug}-{count}"
        return slug

    def _gets_site(self, article: Article) -> bool:
        wanted = self.named and self.site and not site_of(article.source)
        return bool(wanted) and load_record(self.press, article.slug).site != self.site

    def _give_site(self, article: Article) -> None:
        record = replace(load_record(self.press, article.slug), site=self.site, together="")
        save_record(self.press, article.slug, record)
        self.memories.learn(article, record)
        self.given_a_site.append(article.slug)

    def _record_before(self, slug: str, source: str) -> Record:
        """What is on file of the article. Raises LibraryError if it was edited by hand."""
        file, record = self.press.library.article_file(slug), load_record(self.press, slug)
        if file.exists() and not is_as_made(self.press, slug, record):
            raise LibraryError(
                f"{source}: changed, but {self.press.library.shown(file)} was edited by hand; "
                "to make the article anew, remove that file first"
            )
        return record


def _ingested(result: Cleaned) -> Ingested:
    return Ingested(
        result,
        lines_kept=_lines(result.article.blocks),
        lines_removed=_lines(tuple(r.block for r in result.removals)),
    )


def _with_rights(text: str, rights: Rights) -> str:
    """An article's text with other rights in its front matter; a comment behind them stays."""
    head = re.match(r"---[ \t]*\r?\n.*?(?=^---[ \t\r]*$)", text, re.DOTALL | re.MULTILINE)
    if head is None:
        return text
    line = f"rights: {rights}"
    changed, count = re.subn(r"(?m)^rights[ \t]*:[ \t]*[^\s#]*", line, head[0])
    if not count:
        changed += line + ("\r\n" if head[0].endswith("\r\n") else "\n")
    return changed + text[head.end() :]


# Beginning with a host, and no file's name alone.
_WEB_ADDRESS = re.compile(r"www\..+|(?:[\w-]+\.)+[a-z]{2,}/.*", re.IGNORECASE)


def _lines(blocks: Sequence[Block]) -> int:
    return sum(block.text.count("\n") + 1 for block in blocks)
