"""A stored article → the report of its cleaning: what was removed and why."""

from datetime import datetime, timedelta

from partwork.actions.filing import is_as_made, load_record, read_again
from partwork.actions.loading import load_article
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.record import Record
from partwork.model.article import Article
from partwork.rendering.report import LOST, Report, judged_blocks
from partwork.rendering.report_page import report_page
from partwork.subscribing.page_links import check_report_key, report_key

LINK_LASTS = timedelta(days=14)

EDITED = "The article was edited by hand after it was cleaned; blocks that changed say so."
WORDS_ARE_GONE = (
    "Its raw text is gone from content/inbox, or is read otherwise by now: of blocks that no "
    "longer stand in the article only the numbers are left."
)


def report_on(press: Press, slug: str) -> Report:
    """The report of a stored article.

    Its raw text is read again, for the lines of what stayed and the words of what hands took
    out; where that text is gone, the article's file and its record have all the rest. Raises
    LibraryError or ManuscriptError.
    """
    article = load_article(press, slug)
    record = _record(press, slug)
    edited = not is_as_made(press, slug, record)
    again = read_again(press, article)
    digests = record.blocks or _digests_before(record, article, edited=edited)
    if any(removal.position >= len(digests) for removal in record.removals):
        file = press.library.shown(press.library.removals_file(slug))
        raise ManuscriptError(file, 0, "names a block that was not read; restore it from a backup")
    read = again.blocks if again and tuple(b.digest for b in again.blocks) == digests else None
    blocks = judged_blocks(digests, record.removals, article.blocks, read=read, edited=edited)
    notices = [EDITED] if edited else []
    if any(judged.block is LOST for judged in blocks):
        notices.append(WORDS_ARE_GONE)
    return Report(article, blocks, record.cleaner, tuple(notices))


def report_html(press: Press, report: Report) -> str:
    """The report as the web page that `partwork web` serves. Raises TemplateError."""
    return report_page(report, press.library.templates())


def report_url(press: Press, slug: str, now: datetime) -> str:
    """The signed address of the article's report, good for `LINK_LASTS`."""
    key = report_key(slug, now + LINK_LASTS, press.secrets)
    return f"{press.pages_url}/articles/{slug}/report?key={key}"


def report_behind(press: Press, slug: str, key: str, now: datetime) -> Report:
    """The report that a signed address leads to.

    Raises BadToken or LinkHasRunOut before anything is read, then what `report_on` raises.
    """
    check_report_key(slug, key, now, press.secrets)
    return report_on(press, slug)


def _record(press: Press, slug: str) -> Record:
    file = press.library.removals_file(slug)
    if not file.exists():
        raise LibraryError(
            f"{slug} has no cleaning report: {press.library.shown(file)} is not there; "
            "articles that were written by hand have none"
        )
    return load_record(press, slug)


def _digests_before(record: Record, article: Article, *, edited: bool) -> tuple[str, ...]:
    """The digests of what was read, for a record that was written before these were noted."""
    if edited:
        raise LibraryError(
            f"{article.slug}: it is not on file what was read, and the article was edited by hand "
            "since; remove both of its files and ingest its source again"
        )
    return record.read_with(block.digest for block in article.blocks)
