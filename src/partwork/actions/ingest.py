"""Raw sources → clean articles."""

import hashlib
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from partwork.actions.loading import load_article
from partwork.assembly import Press, Progress
from partwork.cleaning.cleaner import cleaned
from partwork.library import LibraryError
from partwork.manuscript.article import parse_article, print_article, print_removals
from partwork.model.article import Article, Block, Cleaned, Rights
from partwork.model.errors import PartworkError
from partwork.reading.raw import read_article
from partwork.store.leases import holder_of, release_lease, take_lease

LEASE = timedelta(minutes=10)  # one source takes seconds; what crashed must not block for long


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
    that this run was given.
    """

    articles: tuple[Ingested, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    updated: tuple[str, ...] = ()


class AlreadyIngesting(LibraryError):
    """Another run brings articles in."""


def ingest(
    press: Press,
    paths: Sequence[Path],
    *,
    rights: Rights,
    progress: Progress = lambda _done, _of: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> IngestReport:
    """Reads, cleans and stores each source; without paths, all of the inbox.

    Each is kept in the inbox byte for byte first. One that cannot be read stops no other. An
    article that was edited by hand is not overwritten: its source is refused and says so.
    `rights` that are known also go to articles that are there already: to each whose source is
    named, and without paths to those whose rights were unknown. Raises AlreadyIngesting.
    """
    holder = press.new_id()
    _hold(press, holder, clock())
    try:
        files, refused = _sources(press, paths)
        times = Counter(file.name for file in files)
        shelf = _Shelf(press, rights, named=bool(paths))
        for done, file in enumerate(files):
            progress(done, len(files))
            _hold(press, holder, clock())
            label = file.name if times[file.name] == 1 else str(file)
            try:
                shelf.take(file, label)
            except PartworkError as error:
                refused.append(Refused(label, str(error)))
        progress(len(files), len(files))
        return shelf.report(refused)
    finally:
        with press.engine.begin() as connection:
            release_lease(connection, "ingest", holder)


def save_paste(press: Press, text: str, title: str, now: datetime) -> Path:
    """The file in the inbox that holds a pasted text; the same text gives the same file."""
    words = _slug(title or text.strip().split("\n", 1)[0]) or f"pasted-{now:%Y-%m-%d}"
    body = f"{title.strip()}\n\n{text}" if title.strip() else text
    suffix = ".html" if text.lstrip()[:1] == "<" else ".txt"
    return press.library.keep_raw(words + suffix, body.encode("utf-8", "replace"))


def save_piped(press: Press, raw: bytes, now: datetime) -> Path:
    """The file in the inbox that holds what came by standard input; the same bytes, the same file.

    Raises LibraryError where nothing came.
    """
    if not raw.strip():
        raise LibraryError("standard input: nothing came; pipe an article's text into it")
    for file in press.library.raw_files(press.library.inbox):
        if file.stat().st_size == len(raw) and press.library.read_raw(file) == raw:
            return file
    suffix = ".html" if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" else ".txt"
    return press.library.keep_raw(f"pasted-{now:%Y-%m-%d}{suffix}", raw)


def _hold(press: Press, holder: str, now: datetime) -> None:
    """Takes the lease, or holds it for longer."""
    with press.engine.begin() as connection:
        if not take_lease(connection, "ingest", holder, now, LEASE):
            other = holder_of(connection, "ingest", now)
            raise AlreadyIngesting(
                f"articles are already being brought in by run {other}; wait for it to end"
            )


def _sources(press: Press, paths: Sequence[Path]) -> tuple[list[Path], list[Refused]]:
    """The files at these paths, each once, and the folders that have none."""
    found: list[Path] = []
    refused: list[Refused] = []
    for path in paths or [press.library.inbox]:
        try:
            files = press.library.raw_files(path)
            if paths and not files:
                raise LibraryError(f"{path}: holds no .txt, .md or .html file")
        except PartworkError as error:
            refused.append(Refused(str(path), str(error)))
        else:
            found += files
    return list({file.absolute(): file for file in found}.values()), refused


class _Shelf:
    """The articles of a home while an ingest runs, known by source and by the raw text's hash."""

    def __init__(self, press: Press, rights: Rights, *, named: bool) -> None:
        self.press, self.rights, self.named = press, rights, named
        self.made: list[Ingested] = []
        self.unchanged: list[str] = []
        self.updated: list[str] = []
        self.by_hash: dict[str, Article] = {}
        self.by_source: dict[str, str] = {}
        for slug in press.library.article_slugs():
            try:
                article = load_article(press, slug)
            except PartworkError:
                continue  # `check` reports it; a broken article must not stop others
            self.by_hash[article.sha256] = article
            self.by_source[article.source] = slug

    def report(self, refused: Sequence[Refused]) -> IngestReport:
        """What became of all that was taken."""
        unchanged = tuple(dict.fromkeys(self.unchanged))
        return IngestReport(tuple(self.made), unchanged, tuple(refused), tuple(self.updated))

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
        if self._gets_rights(known):
            self._give_rights(known)
            self.updated.append(known.slug)
        else:
            self.unchanged.append(known.slug)

    def _make(self, file: Path, label: str, raw: bytes) -> None:
        article = replace(read_article(raw, label), rights=self.rights)
        name = file.name
        if not self._is_in_inbox(file):
            name = self.press.library.keep_raw(name, raw).name
        if article.source == label:  # else it is the page's own address
            article = replace(article, source=name)
        article = replace(article, slug=self._slug_for(article))
        self._refuse_hand_edit(article.slug, label)
        result = cleaned(article)
        self._save(result)
        self.by_hash[article.sha256] = article
        self.by_source[article.source] = article.slug
        self.made.append(
            Ingested(
                result,
                lines_kept=_lines(result.article.blocks),
                lines_removed=_lines(tuple(r.block for r in result.removals)),
            )
        )

    def _is_in_inbox(self, file: Path) -> bool:
        return file.parent.resolve() == self.press.library.inbox.resolve()

    def _is_same_source(self, file: Path, source: str) -> bool:
        """Whether the file is what the article was made of, and no second copy of it.

        A source that the inbox no longer has was renamed; one that is an address cannot be told.
        """
        inbox = self.press.library.raw_files(self.press.library.inbox)
        if file.name == source or source not in {kept.name for kept in inbox}:
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
        file, removals = library.article_file(slug), library.removals_file(slug)
        old = library.read(file)
        new = _with_rights(old, self.rights)
        if parse_article(new, slug, library.shown(file)).rights is not self.rights:
            raise LibraryError(
                f"{library.shown(file)}: write rights: {self.rights} into it by hand, "
                "on a line of its own"
            )
        if self._is_as_made(slug):
            report = json.loads(library.read(removals)) | {"article_sha256": _sha256(new)}
            library.write(removals, _report_text(report))
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

    def _save(self, result: Cleaned) -> None:
        library, slug = self.press.library, result.article.slug
        text = print_article(result)
        report = {
            "article_sha256": _sha256(text),
            "cleaner": result.cleaner,
            "removals": json.loads(print_removals(result)),
        }
        library.write(library.removals_file(slug), _report_text(report))
        library.write(library.article_file(slug), text)

    def _refuse_hand_edit(self, slug: str, source: str) -> None:
        file = self.press.library.article_file(slug)
        if file.exists() and not self._is_as_made(slug):
            raise LibraryError(
                f"{source}: changed, but {self.press.library.shown(file)} was edited by hand; "
                "to make the article anew, remove that file first"
            )

    def _is_as_made(self, slug: str) -> bool:
        """Whether the article's file is as it was generated."""
        library = self.press.library
        try:
            made = json.loads(library.read(library.removals_file(slug)))["article_sha256"]
        except (LibraryError, ValueError, KeyError, TypeError):
            return False
        return bool(made == _sha256(library.read(library.article_file(slug))))


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


def _report_text(report: object) -> str:
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _lines(blocks: Sequence[Block]) -> int:
    return sum(block.text.count("\n") + 1 for block in blocks)


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
