"""Files of a home that cannot be read as what they should be, as findings."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from partwork.actions.filing import load_record, load_rules
from partwork.actions.loading import load_article, load_newsletter
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.instalment import parse_instalment
from partwork.manuscript.series import parse_series
from partwork.model.fault import Fault

FORMAT = "format"  # the rule


def unreadable_in_series(press: Press, slug: str) -> tuple[Fault, ...]:
    """What a series is made of and cannot be read: `series.toml`, parts, newsletter, articles.

    What is not there at all is not looked for.
    """
    library = press.library
    found: list[Fault] = []
    for file in library.instalment_files(slug):
        with _noting(press, file, found):
            parse_instalment(library.read(file), library.shown(file))
    toml = library.series_folder(slug) / "series.toml"
    with _noting(press, toml, found):
        series = parse_series(library.read(toml), slug, library.shown(toml))
        there = [name for name in series.articles if library.article_file(name).exists()]
        found += _articles(press, there)
        if library.newsletter_file(series.newsletter).exists():
            load_newsletter(press, series.newsletter)
    return tuple(sorted(found))


def unreadable_in_home(press: Press) -> tuple[Fault, ...]:
    """What else editors keep and cannot be read: newsletters, rules, articles, what cleaning did.

    Nothing is changed, so that a file can be mended by hand.
    """
    library = press.library
    slugs = library.article_slugs()
    found = [*_articles(press, slugs), *_records(press, slugs)]
    for slug in library.newsletter_slugs():
        with _noting(press, library.newsletters / f"{slug}.toml", found):
            load_newsletter(press, slug)
    with _noting(press, library.rules, found):
        load_rules(press)
    return tuple(sorted(found))


def unreadable_records_of(press: Press, series: str) -> tuple[Fault, ...]:
    """The records of cleaning of a series' articles that cannot be read.

    They keep no part from its readers, who have the articles' words: `check` alone names them.
    """
    toml = press.library.series_folder(series) / "series.toml"
    try:
        known = parse_series(press.library.read(toml), series, press.library.shown(toml))
    except (ManuscriptError, LibraryError):  # that it cannot be read is another finding
        return ()
    return tuple(sorted(_records(press, known.articles)))


def _records(press: Press, slugs: Collection[str]) -> list[Fault]:
    found: list[Fault] = []
    for slug in slugs:
        file = press.library.articles / f"{slug}.removals.json"
        with _noting(press, file, found):
            if file.exists():
                load_record(press, slug)
    return found


def _articles(press: Press, slugs: Collection[str]) -> list[Fault]:
    found: list[Fault] = []
    for slug in slugs:
        with _noting(press, press.library.articles / f"{slug}.md", found):
            load_article(press, slug)
    return found


@contextmanager
def _noting(press: Press, file: Path, found: list[Fault]) -> Iterator[None]:
    """What goes wrong inside as a fault of the file, unless the error names another place."""
    shown = press.library.shown(file)
    try:
        yield
    except ManuscriptError as error:
        found.append(Fault(error.file, error.line, FORMAT, error.message))
    except LibraryError as error:
        found.append(Fault(shown, 0, FORMAT, str(error).removeprefix(f"{shown}: ")))
