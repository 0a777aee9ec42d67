"""Raw sources → clean articles."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from partwork.actions.loading import load_article
from partwork.assembly import Press
from partwork.cleaning.cleaner import cleaned
from partwork.library import LibraryError
from partwork.manuscript.article import print_article, print_removals
from partwork.model.article import Article, Block, Cleaned, Rights
from partwork.model.errors import PartworkError
from partwork.reading.raw import read_article

Progress = Callable[[int, int], None]


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
    """What became of each source. `unchanged` are the articles that were there already."""

    articles: tuple[Ingested, ...] = ()
    unchanged: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()


def ingest(
    press: Press,
    paths: Sequence[Path],
    *,
    rights: Rights,
    progress: Progress = lambda _done, _of: None,
) -> IngestReport:
    """Reads, cleans and stores each source; without paths, all of the inbox.

    Each is kept in the inbox byte for byte first. One that cannot be read stops no other. An
    article that was edited by hand is not overwritten: its source is refused and says so.
    """
    files = [f for p in (paths or [press.library.inbox]) for f in press.library.raw_files(p)]
    shelf = _Shelf(press)
    made: list[Ingested] = []
    unchanged: list[str] = []
    refused: list[Refused] = []
    for done, file in enumerate(files):
        progress(done, len(files))
        try:
            outcome = shelf.take(file, rights)
        except PartworkError as error:
            refused.append(Refused(file.name, str(error)))
        else:
            if isinstance(outcome, Ingested):
                made.append(outcome)
            else:
                unchanged.append(outcome)
    progress(len(files), len(files))
    return IngestReport(tuple(made), tuple(dict.fromkeys(unchanged)), tuple(refused))


def save_paste(press: Press, text: str, title: str, now: datetime) -> Path:
    """The file in the inbox that holds a pasted text; the same text gives the same file."""
    words = _slug(title or text.strip().split("\n", 1)[0]) or f"pasted-{now:%Y-%m-%d}"
    body = f"{title.strip()}\n\n{text}" if title.strip() else text
    suffix = ".html" if text.lstrip()[:1] == "<" else ".txt"
    return press.library.keep_raw(words + suffix, body.encode("utf-8", "replace"))


class _Shelf:
    """The articles of a home while an ingest runs, known by source and by the raw text's hash."""

    def __init__(self, press: Press) -> None:
        self.press = press
        self.by_hash: dict[str, str] = {}
        self.by_source: dict[str, str] = {}
        self.from_here: dict[str, str] = {}
        for slug in press.library.article_slugs():
            try:
                article = load_article(press, slug)
            except PartworkError:
                continue  # `check` reports it; a broken article must not stop others
            self.by_hash[article.sha256] = slug
            self.by_source[article.source] = slug

    def take(self, file: Path, rights: Rights) -> Ingested | str:
        """What was made of the file, or the name of the article that it already is."""
        raw = self.press.library.read_raw(file)
        digest = hashlib.sha256(raw).hexdigest()
        if twin := self.from_here.get(digest):
            raise LibraryError(
                f"{file.name}: has the same content as {twin}, which was taken; remove one of them"
            )
        self.from_here[digest] = file.name
        if slug := self.by_hash.get(digest):
            return slug
        article = replace(read_article(raw, file.name), rights=rights)
        if file.parent.resolve() != self.press.library.inbox.resolve():
            kept = self.press.library.keep_raw(file.name, raw)
            if article.source == file.name:
                article = replace(article, source=kept.name)
        article = replace(article, slug=self._slug_for(article))
        self._refuse_hand_edit(article.slug, file.name)
        result = cleaned(article)
        self._save(result)
        self.by_hash[digest] = self.by_source[article.source] = article.slug
        return Ingested(
            result,
            lines_kept=_lines(result.article.blocks),
            lines_removed=_lines(tuple(r.block for r in result.removals)),
        )

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
            "article_sha256": hashlib.sha256(text.encode()).hexdigest(),
            "cleaner": result.cleaner,
            "removals": json.loads(print_removals(result)),
        }
        library.write(
            library.removals_file(slug), json.dumps(report, ensure_ascii=False, indent=1) + "\n"
        )
        library.write(library.article_file(slug), text)

    def _refuse_hand_edit(self, slug: str, source: str) -> None:
        library = self.press.library
        file = library.article_file(slug)
        if not file.exists():
            return
        report = library.removals_file(slug)
        try:
            made = json.loads(library.read(report))["article_sha256"]
        except (LibraryError, ValueError, KeyError, TypeError):
            made = ""
        if made != hashlib.sha256(library.read(file).encode()).hexdigest():
            raise LibraryError(
                f"{source}: changed, but {library.shown(file)} was edited by hand; "
                "to make the article anew, remove that file first"
            )


def _lines(blocks: Sequence[Block]) -> int:
    return sum(block.text.count("\n") + 1 for block in blocks)


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
