"""Articles composed into the parts of a series."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from partwork.composing.extractive import written
from partwork.composing.material import sections_of
from partwork.composing.passages import LeftOut, Section
from partwork.composing.repeats import without_repeats
from partwork.composing.risk import is_caveat
from partwork.composing.themes import Theme, TooManyParts, one_each, themes_in
from partwork.composing.titles import wording_of
from partwork.model.article import Article
from partwork.model.errors import PartworkError
from partwork.model.series import Division, Instalment

_SHOWN = 70  # characters of an example in a message


@dataclass(frozen=True, slots=True)
class Composition:
    """The parts of a series, what no part could use (one message each), and the articles used.

    `used` are slugs, in the order in which the parts cite them.
    """

    instalments: tuple[Instalment, ...]
    left_out: tuple[str, ...]
    used: tuple[str, ...]


class NothingToCompose(PartworkError):
    """The articles hold no sentence that a series may use; `articles` are their slugs."""

    def __init__(self, articles: Sequence[str], why: str) -> None:
        self.articles = tuple(articles)
        super().__init__(why)


class WrongNumberOfParts(PartworkError):
    """A number of parts that the material does not give; `possible` is the greatest it gives."""

    def __init__(self, asked: int, possible: int, why: str) -> None:
        self.asked, self.possible = asked, possible
        super().__init__(why)


def composed(
    articles: Sequence[Article],
    *,
    language: str,
    division: Division,
    parts: int | None,
    new_id: Callable[[], str],
) -> Composition:
    """The articles as a series of parts, written by extraction: the same input, the same text.

    Without `parts` the themes decide how many there are. Themes, voice and caveats are known in
    English; an article in another language (its own, or `language` where it has none) is used
    whole, grouped by the words its sections share. Raises `NothingToCompose` and
    `WrongNumberOfParts`.
    """
    unique = list({article.slug: article for article in articles}.values())
    if not unique:
        raise NothingToCompose((), "there are no articles to compose from; name at least one")
    if parts is not None and parts < 1:
        raise WrongNumberOfParts(parts, 1, f"a series has at least 1 part, not {parts}")
    sections, left_out = _material(unique, language)
    if not sections:
        raise NothingToCompose([a.slug for a in unique], _why_nothing(unique))
    if division is Division.ARTICLE:
        themes = _by_article(sections, {a.slug: a.title for a in unique}, parts)
    else:
        themes = _by_theme(sections, parts, is_english=_is_english(language))
    wording = wording_of(sections, is_english=_is_english(language))
    instalments: list[Instalment] = []
    for number, theme in enumerate(themes, 1):
        taken = [part.title for part in instalments]
        instalments.append(written(theme, number, new_id(), wording, taken))
    used = tuple(dict.fromkeys(slug for part in instalments for slug in part.articles))
    unused = [a.slug for a in unique if a.slug not in used]
    return Composition(
        tuple(instalments),
        (*_messages(left_out), *(f"{slug}: nothing of it is used" for slug in unused)),
        used,
    )


def _material(articles: Sequence[Article], language: str) -> tuple[list[Section], list[LeftOut]]:
    found: list[Section] = []
    left_out: list[LeftOut] = []
    for article in articles:
        known = language if article.language == "und" else article.language
        sections, left = sections_of(article, is_english=_is_english(known))
        found += sections
        left_out += left
    return list(without_repeats(found)), left_out


def _is_english(language: str) -> bool:
    return language.partition("-")[0].lower() == "en"


def _why_nothing(articles: Sequence[Article]) -> str:
    slugs = ", ".join(a.slug for a in articles)
    blocks = [block for article in articles for block in article.blocks]
    if blocks and all(block.flag is not None for block in blocks):
        return f"{slugs}: every block is flagged, so nothing may enter a series; add an article"
    return f"{slugs}: nothing in it may stand in a series; add an article that reports"


def _by_article(
    sections: Sequence[Section], titles: Mapping[str, str], parts: int | None
) -> tuple[Theme, ...]:
    themes = one_each(sections, titles)
    if parts is not None and parts != len(themes):
        raise WrongNumberOfParts(
            parts,
            len(themes),
            f"one part for each article makes {len(themes)}, not {parts}; "
            "leave the number away or divide by theme",
        )
    return themes


def _by_theme(
    sections: Sequence[Section], parts: int | None, *, is_english: bool
) -> tuple[Theme, ...]:
    try:
        return themes_in(sections, parts, is_english=is_english)
    except TooManyParts as error:
        raise WrongNumberOfParts(
            error.asked,
            error.most,
            f"the articles give {error.most} parts at most, not {error.asked}; "
            "ask for fewer or add articles",
        ) from None


def _messages(left_out: Sequence[LeftOut]) -> Iterator[str]:
    """One message for each caveat that could not be kept, then one for each article and reason."""
    for one in left_out:
        if is_caveat(one.text) and not one.reason.startswith("flagged"):
            yield f"{one.article}: a caveat is left out, {one.reason}: “{one.text}”"
    counts = Counter((one.article, one.reason) for one in left_out)
    for (article, reason), count in counts.items():
        example = next(o.text for o in left_out if (o.article, o.reason) == (article, reason))
        shown = example if len(example) <= _SHOWN else f"{example[:_SHOWN].rsplit(' ', 1)[0]}…"
        yield f"{article}: {count} left out, {reason}, such as “{shown}”"
