"""An article's two files: the Markdown that editors edit, and the record of its cleaning."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from partwork.actions.fetch import read_source
from partwork.assembly import Press
from partwork.cleaning.cleaner import as_read
from partwork.library import LibraryError
from partwork.manuscript.article import print_article
from partwork.manuscript.record import Record, parse_record, print_record, written_of
from partwork.manuscript.rules import parse_rules, print_rules
from partwork.model.article import Article, Cleaned
from partwork.model.errors import PartworkError
from partwork.model.memory import Decision, SiteRule


def record_of(
    result: Cleaned, *, site: str, together: str, decisions: Sequence[Decision]
) -> Record:
    """What there is to note of a cleaning, before the article has a file."""
    return Record(
        cleaner=result.cleaner,
        site=site,
        together=together,
        blocks=tuple(block.digest for block in as_read(result)),
        decisions=tuple(decisions),
        removals=result.removals,
        written=written_of(result.removals),
    )


def save_cleaned(press: Press, result: Cleaned, record: Record) -> None:
    """Writes both files of an article; the record first, since only it can tell a hand edit."""
    save_edited(press, result.article.slug, print_article(result), record, as_made=True)


def save_edited(press: Press, slug: str, text: str, record: Record, *, as_made: bool) -> None:
    """Writes an article's text and its record. `as_made`: no hand has changed it but by us."""
    if as_made:
        record = replace(record, article_sha256=sha256_of(text))
    save_record(press, slug, record)
    press.library.write(press.library.article_file(slug), text)


def save_record(press: Press, slug: str, record: Record) -> None:
    """Writes an article's record alone."""
    press.library.write(press.library.removals_file(slug), print_record(record))


def load_record(press: Press, slug: str) -> Record:
    """The record of an article; one that has none was written by hand, and its record is empty.

    Raises LibraryError or ManuscriptError.
    """
    file = press.library.removals_file(slug)
    if not file.exists():
        return Record()
    return parse_record(press.library.read(file), press.library.shown(file))


def is_as_made(press: Press, slug: str, record: Record) -> bool:
    """Whether the article's file is as it was last written by us."""
    try:
        text = press.library.read(press.library.article_file(slug))
    except LibraryError:
        return False
    return record.article_sha256 == sha256_of(text)


def read_again(press: Press, article: Article) -> Article | None:
    """The article as its raw text is read now, under the name, source and rights that it has.

    None where the inbox no longer holds that text, byte for byte, or it cannot be read by now.
    """
    files = press.library.raw_files(press.library.inbox)
    for file in sorted(files, key=lambda file: file.name != article.source):
        try:
            raw = press.library.read_raw(file)
            if hashlib.sha256(raw).hexdigest() == article.sha256:
                read = read_source(press.library, file, raw, file.name)
                return replace(
                    read, slug=article.slug, source=article.source, rights=article.rights
                )
        except PartworkError:
            continue
    return None


def load_rules(press: Press) -> tuple[SiteRule, ...]:
    """The rules of all sites. Raises LibraryError, ManuscriptError or FieldsError."""
    file = press.library.rules
    return parse_rules(press.library.read(file), press.library.shown(file)) if file.exists() else ()


def save_rules(press: Press, rules: Sequence[SiteRule]) -> None:
    """Writes the rules; comments in the file stay, and so does the file where nothing changed."""
    file = press.library.rules
    before = press.library.read(file) if file.exists() else ""
    after = print_rules(rules, before, press.library.shown(file))
    if after != before:
        press.library.write(file, after)


def sha256_of(text: str) -> str:
    """The SHA-256 of a text in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
