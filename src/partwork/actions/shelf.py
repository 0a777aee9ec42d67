"""The articles of a home, while an ingest takes in more."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from partwork.actions.bodies import Bodies
from partwork.actions.clean_again import would_be_cleaner
from partwork.actions.fetch import read_source
from partwork.actions.filing import (
    is_as_made,
    load_record,
    save_head,
    save_record,
    settle_record,
)
from partwork.actions.loading import load_article
from partwork.actions.remembering import Memories
from partwork.assembly import Press
from partwork.cleaning.cleaner import as_read, cleaned
from partwork.library import LibraryError, plain_name
from partwork.manuscript.article import parse_article
from partwork.manuscript.front_matter import with_field
from partwork.manuscript.record import Record
from partwork.model.article import Article, Block, Cleaned, Rights
from partwork.model.errors import PartworkError
from partwork.model.memory import site_of
from partwork.reading.raw import named_by


@dataclass(frozen=True, slots=True)
class Ingested:
    """An article that was made, with what cleaning took out; lines as they stand in the source."""

    cleaned: Cleaned
    lines_kept: int
    lines_removed: int


@dataclass(frozen=True, slots=True)
class Twin:
    """An article that was made and says what `twin_of` says; `raw` is its file in the inbox."""

    article: str
    twin_of: str
    raw: str


class Shelf:
    """The articles of a home while an ingest runs, known by source and by the raw text's hash.

    `moved` are sources by what they were before: see `FetchedPages`. What was made, what was
    there already, what the latter got now, in words, and which say what others say already is
    in `made`, `unchanged`, `given` and `twins`.
    """

    def __init__(
        self, press: Press, rights: Rights, site: str, *, named: bool, moved: Mapping[str, str]
    ) -> None:
        self.press, self.rights, self.named = press, rights, named
        self.site, self.together = site, press.new_id()
        self.moves = {before: source for source, before in moved.items()}
        self.memories = Memories(press)
        in_inbox = press.library.raw_files(press.library.inbox)
        self.in_inbox = {plain_name(file.name) for file in in_inbox}
        self.made: list[Ingested] = []
        self.unchanged: list[str] = []
        self.given: dict[str, list[str]] = {}
        self.twins: list[Twin] = []
        self.given_a_site: list[str] = []
        self.by_hash: dict[str, Article] = {}
        self.by_source: dict[str, str] = {}
        self.unreadable: dict[str, PartworkError] = {}
        self.bodies = Bodies()
        for slug in press.library.article_slugs():
            try:
                article = load_article(press, slug)
                self.by_hash[article.sha256] = article
                self.by_source[article.source] = slug
                self.bodies.learn(article)
                self.memories.learn(article, settle_record(press, slug))
            except PartworkError as error:  # it must not stop others
                self.unreadable[slug] = error
        for before, source in self.moves.items():
            if before in self.by_source:
                self.by_source.setdefault(source, self.by_source[before])

    def would_be_cleaner(self) -> Mapping[str, tuple[str, ...]]:
        """Earlier articles of which a line has turned out to come back, by site."""
        made = {taken.cleaned.article.slug for taken in self.made}
        return would_be_cleaner(
            self.press, self.memories, new={*made, *self.given_a_site}, made=made
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
        given = [
            *self._given_rights(known),
            *self._given_site(known),
            *self._given_source(known),
        ]
        if given:
            self.given.setdefault(known.slug, []).extend(given)
        else:
            self.unchanged.append(known.slug)

    def _make(self, file: Path, label: str, raw: bytes) -> None:
        read = read_source(self.press.library, file, raw, label)
        if read.title_is_made:
            read = named_by(cleaned(read).article.blocks, read)
        article = replace(read, rights=self.rights)
        name = plain_name(file.name)
        if not self._is_in_inbox(file):
            name = self.press.library.keep_raw(name, raw).name
            self.in_inbox.add(name)
        if article.source == label:  # else it is the page's own address
            article = replace(article, source=name)
        article = replace(article, slug=self._slug_for(article, label))
        article = replace(article, withdrawn_on=self._withdrawn_on(article.slug))
        before = self._record_before(article.slug, label)
        site = site_of(article.source) or self.site or before.site
        together = "" if site else self.together
        result = self.memories.clean(
            article, Record(site=site, together=together, decisions=before.decisions)
        )
        self.by_hash[article.sha256] = article
        self.by_source[article.source] = article.slug
        self.made.append(_ingested(result))
        if twin_of := self.bodies.twin_of(result.article):
            self.twins.append(Twin(article.slug, twin_of, name))
        self.bodies.learn(result.article)

    def compare(self) -> None:
        """Cleans again what shares lines with others of its place, now that all are known."""
        made = {taken.cleaned.article.slug: at for at, taken in enumerate(self.made)}
        for slug, counts in self.memories.of_places(made):
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
        name = Path(plain_name(file.name))
        if name.name == source or source not in self.in_inbox:
            return True
        # From elsewhere, `notes.txt` may have been kept as `notes-2.txt`: see `keep_raw`.
        kept_as = f"{re.escape(name.stem)}(-[0-9]+)?{re.escape(name.suffix.lower())}"
        return not self._is_in_inbox(file) and bool(re.fullmatch(kept_as, source))

    def _given_rights(self, article: Article) -> Iterator[str]:
        is_wanted = self.named or article.rights is Rights.UNKNOWN
        if is_wanted and self.rights not in {Rights.UNKNOWN, article.rights}:
            self._give(article, "rights", self.rights)
            yield f"rights are now {self.rights}"

    def _given_site(self, article: Article) -> Iterator[str]:
        slug = article.slug
        is_wanted = self.named and self.site and not site_of(article.source)
        if is_wanted and load_record(self.press, slug).site != self.site:
            self._give_site(article, self.site)
            yield f"site is now {self.site}"

    def _given_source(self, article: Article) -> Iterator[str]:
        source = self.moves.get(article.source)
        if source:
            self._give(article, "source", source)
            self._give_site(replace(article, source=source), site_of(source))
            yield f"source is now {source}"

    def _give(self, article: Article, field: str, value: str) -> None:
        """Changes one line of the front matter and nothing else; a hand edit stays one."""
        library, slug = self.press.library, article.slug
        file = library.article_file(slug)
        new = with_field(library.read(file), field, value)
        shown = library.shown(file)
        if str(getattr(parse_article(new, slug, shown), field)) != value:
            raise LibraryError(f"{shown}: write {field}: {value} into it by hand, on its own line")
        save_head(self.press, slug, new)
        self.by_hash[article.sha256] = parse_article(new, slug, shown)

    def _give_site(self, article: Article, site: str) -> None:
        record = replace(load_record(self.press, article.slug), site=site, together="")
        save_record(self.press, article.slug, record)
        self.memories.learn(article, record)
        self.given_a_site.append(article.slug)

    def _slug_for(self, article: Article, label: str) -> str:
        """A free name. Raises LibraryError where one that cannot be read may be this article."""
        if known := self.by_source.get(article.source):
            return known
        slug, count = article.slug, 1
        while self.press.library.article_file(slug).exists():
            if slug in self.unreadable:
                raise LibraryError(f"{label}: its article may be there: {self.unreadable[slug]}")
            count += 1
            slug = f"{article.slug}-{count}"
        return slug

    def _withdrawn_on(self, slug: str) -> date | None:
        """Since when the article is withdrawn whose text comes in anew: it stays so."""
        if not self.press.library.article_file(slug).exists():
            return None
        return load_article(self.press, slug).withdrawn_on

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


def _lines(blocks: Sequence[Block]) -> int:
    return sum(block.text.count("\n") + 1 for block in blocks)
