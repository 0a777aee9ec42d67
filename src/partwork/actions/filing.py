"""An article's two files: the Markdown that editors edit, and the record of its cleaning."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.article import print_article
from partwork.manuscript.record import Earlier, Record, parse_record, print_record, written_of
from partwork.manuscript.rules import parse_rules, print_rules
from partwork.model.article import Article, Cleaned
from partwork.model.errors import PartworkError
from partwork.model.memory import Decision, SiteRule


def record_of(
    result: Cleaned, *, site: str, together: str, decisions: Sequence[Decision]
) -> Record:
    """What there is to note of a cleaning, before the article has a file."""
    from partwork.cleaning.cleaner import as_read  # noqa: PLC0415 as in `read_again`

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
    """Writes both files of an article, as `save_edited` does."""
    save_edited(press, result.article.slug, print_article(result), record, as_made=True)


def save_edited(press: Press, slug: str, text: str, record: Record, *, as_made: bool) -> None:
    """Writes an article's text and its record. `as_made`: no hand has changed it but by us.

    The record goes first, for only it can tell a hand edit, and takes what was on file with it:
    where the text cannot be written, or the machine stops, the article is as it was before. See
    `load_record`.
    """
    if as_made:
        record = replace(record, article_sha256=sha256_of(text))
    file = press.library.article_file(slug)
    before = press.library.read(file) if file.exists() else None
    if before is not None and before != text:
        earlier = Earlier(sha256_of(text), load_record(press, slug))
        save_record(press, slug, replace(record, earlier=earlier))
        press.library.write(file, text)
    save_record(press, slug, record)
    if before is None:
        press.library.write(file, text)


def save_record(press: Press, slug: str, record: Record) -> None:
    """Writes an article's record alone."""
    press.library.write(press.library.removals_file(slug), print_record(record))


def load_record(press: Press, slug: str) -> Record:
    """The record of an article; one that has none was written by hand, and its record is empty.

    Where a text was never written that a record was written for, it is the record before that.
    Raises LibraryError or ManuscriptError.
    """
    return _in_force(press, slug, _record_on_file(press, slug))


def settle_record(press: Press, slug: str) -> Record:
    """What `load_record` gives, written down where a stop left that open; else nothing is written.

    For those who hold the articles alone.
    """
    on_file = _record_on_file(press, slug)
    record = _in_force(press, slug, on_file)
    if on_file.earlier is not None:
        save_record(press, slug, record)
    return record


def is_as_made(press: Press, slug: str, record: Record) -> bool:
    """Whether the article's file is as it was last written by us."""
    return _has_text(press, slug, record.article_sha256)


def save_head(press: Press, slug: str, text: str) -> None:
    """Writes an article of which only the head was changed by us; a hand edit stays one."""
    record = load_record(press, slug)
    if is_as_made(press, slug, record):
        save_edited(press, slug, text, record, as_made=True)
    else:
        press.library.write(press.library.article_file(slug), text)


def read_again(
    press: Press, article: Article, inbox: Mapping[str, Path] | None = None
) -> Article | None:
    """The article as its raw text is read now, under the name, source and rights that it has.

    What was withdrawn stays so.

    None where the inbox no longer holds that text, byte for byte, or it cannot be read by now.
    Whoever reads many gives `inbox`, as `inbox_by_hash` has it.
    """
    # Here, for reading takes libraries that cost whoever only looks at records a quarter second.
    from partwork.actions.fetch import read_source  # noqa: PLC0415

    file = _raw_of(press, article) if inbox is None else inbox.get(article.sha256)
    if file is None:
        return None
    try:
        read = read_source(press.library, file, press.library.read_raw(file), file.name)
    except PartworkError:
        return None
    return replace(
        read,
        slug=article.slug,
        source=article.source,
        rights=article.rights,
        withdrawn_on=article.withdrawn_on,
    )


def inbox_by_hash(press: Press) -> Mapping[str, Path]:
    """The files of the inbox by the SHA-256 of their bytes; those that cannot be read left out."""
    return dict(_hashed(press, press.library.raw_files(press.library.inbox)))


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


def _record_on_file(press: Press, slug: str) -> Record:
    file = press.library.removals_file(slug)
    if not file.exists():
        return Record()
    return parse_record(press.library.read(file), press.library.shown(file))


def _in_force(press: Press, slug: str, record: Record) -> Record:
    earlier = record.earlier
    if earlier is not None and not _has_text(press, slug, earlier.until_sha256):
        return earlier.record
    return replace(record, earlier=None)


def _has_text(press: Press, slug: str, sha256: str) -> bool:
    """Whether the article's file can be read and holds the text of this hash."""
    try:
        return sha256_of(press.library.read(press.library.article_file(slug))) == sha256
    except LibraryError:
        return False


def _raw_of(press: Press, article: Article) -> Path | None:
    """The file of the inbox that the article was made of: mostly the one that it names."""
    files = press.library.raw_files(press.library.inbox)
    by_name = sorted(files, key=lambda file: file.name != article.source)
    found = (file for sha256, file in _hashed(press, by_name) if sha256 == article.sha256)
    return next(found, None)


def _hashed(press: Press, files: Iterable[Path]) -> Iterator[tuple[str, Path]]:
    for file in files:
        with suppress(PartworkError):
            yield hashlib.sha256(press.library.read_raw(file)).hexdigest(), file
