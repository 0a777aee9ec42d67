"""From files to values: what the library reads, parsed by the manuscript."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.article import parse_article
from partwork.manuscript.instalment import parse_instalment
from partwork.manuscript.newsletter import parse_newsletter
from partwork.manuscript.series import parse_series
from partwork.model.article import Article
from partwork.model.series import Instalment, Newsletter, Series


def load_article(press: Press, slug: str) -> Article:
    """The article of that name. Raises LibraryError or ManuscriptError."""
    file = press.library.article_file(slug)
    if not file.exists():
        raise LibraryError(
            f"there is no article {slug!r} in {press.library.shown(press.library.articles)}; "
            f"there are {_listed(press.library.article_slugs())}"
        )
    return parse_article(press.library.read(file), slug, press.library.shown(file))


def load_articles(press: Press, slugs: Sequence[str]) -> Mapping[str, Article]:
    """Articles by name, in the order asked for."""
    return {slug: load_article(press, slug) for slug in slugs}


def load_newsletter(press: Press, slug: str) -> Newsletter:
    """The newsletter of that name. Raises LibraryError or ManuscriptError."""
    file = press.library.newsletter_file(slug)
    if not file.exists():
        raise LibraryError(
            f"there is no newsletter {slug!r} in {press.library.shown(press.library.newsletters)}; "
            f"there are {_listed(press.library.newsletter_slugs())}"
        )
    return parse_newsletter(press.library.read(file), slug, press.library.shown(file))


def load_series(press: Press, slug: str) -> Series:
    """The series with its parts, by number. Raises LibraryError or ManuscriptError."""
    file = press.library.series_folder(slug) / "series.toml"
    if not file.exists():
        raise LibraryError(
            f"there is no series {slug!r} in {press.library.shown(press.library.all_series)}; "
            f"there are {_listed(press.library.series_slugs())}; "
            f"make one with `partwork compose {slug} ARTICLE …`"
        )
    series = parse_series(press.library.read(file), slug, press.library.shown(file))
    return replace(series, instalments=tuple(part for part, _ in load_parts(press, slug)))


def load_parts(press: Press, series: str) -> tuple[tuple[Instalment, Path], ...]:
    """The parts of a series with their files, by number; two of one number are refused."""
    parts = [
        (parse_instalment(press.library.read(file), press.library.shown(file)), file)
        for file in press.library.instalment_files(series)
    ]
    parts.sort(key=lambda part: (part[0].number, part[1].name))
    for (one, file), (other, twin) in pairwise(parts):
        if one.number == other.number or one.id == other.id:
            raise LibraryError(
                f"{press.library.shown(twin)} has the number or id of {file.name}; "
                "give each part a number and an id of its own"
            )
    return tuple(parts)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) if names else "none yet"
