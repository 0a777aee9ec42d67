"""From files to values: what the library reads, parsed by the manuscript."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path

from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.article import parse_article
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.instalment import parse_instalment
from partwork.manuscript.newsletter import parse_newsletter
from partwork.manuscript.series import parse_series
from partwork.model.article import Article
from partwork.model.newsletter import Newsletter
from partwork.model.series import Instalment, Series
from partwork.model.slug import slug_of


def load_article(press: Press, slug: str) -> Article:
    """The article of that name. Raises LibraryError or ManuscriptError."""
    file = press.library.article_file(slug)
    if not file.exists():
        raise LibraryError(
            f"there is no article {slug!r} in {press.library.shown(press.library.articles)}; "
            f"{meant_by(slug, press.library.article_slugs(), 'partwork report')}"
        )
    return parse_article(press.library.read(file), slug, press.library.shown(file))


def load_articles(press: Press, slugs: Sequence[str]) -> Mapping[str, Article]:
    """Articles by name, in the order asked for."""
    return {slug: load_article(press, slug) for slug in slugs}


def load_newsletter(press: Press, slug: str) -> Newsletter:
    """The newsletter of that name.

    Raises LibraryError where there is none, ManuscriptError for a file that cannot be read as one.
    """
    file = demand_newsletter(press, slug)
    shown = press.library.shown(file)
    try:
        text = press.library.read(file)
    except LibraryError as error:
        raise ManuscriptError(shown, 0, str(error).removeprefix(f"{shown}: ")) from None
    return parse_newsletter(text, slug, shown)


def demand_newsletter(press: Press, slug: str) -> Path:
    """The file of that newsletter, whatever is in it. Raises LibraryError where there is none."""
    file = press.library.newsletter_file(slug)
    if not file.exists():
        raise LibraryError(
            f"there is no newsletter {slug!r} in {press.library.shown(press.library.newsletters)}; "
            f"there are {', '.join(press.library.newsletter_slugs()) or 'none yet'}"
        )
    return file


def load_series(press: Press, slug: str) -> Series:
    """The series with its parts, by number. Raises LibraryError or ManuscriptError."""
    file = press.library.series_folder(slug) / "series.toml"
    if not file.exists():
        raise LibraryError(
            f"there is no series {slug!r} in {press.library.shown(press.library.all_series)}; "
            f"{meant_by(slug, press.library.series_slugs(), 'partwork status')}; "
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


def meant_by(name: str, names: Collection[str], listing: str) -> str:
    """What to tell of a name that nothing has; `listing` is the command that lists `names`.

    Meant may be a name like it, else one that holds its words.
    """
    if not names:
        return "there are none yet"
    words = slug_of(name).split("-")
    near = get_close_matches(name, names, n=_MOST_MEANT)
    near = near or [n for n in names if all(word in n for word in words)][:_MOST_MEANT]
    if not near or not any(words):
        return f"`{listing}` lists those there are"
    return f"did you mean {', or '.join(near)}? `{listing}` lists all"


_MOST_MEANT = 3
