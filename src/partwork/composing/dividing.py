"""The themes of a series: as they stood, with what is new, or as the material gives them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from partwork.composing.filling import filled
from partwork.composing.passages import Section
from partwork.composing.retelling import told_once, without_retold
from partwork.composing.standing import Standing, going_on, is_among, parted, statements_in
from partwork.composing.themes import Theme, TooManyParts, one_each, themes_grown, themes_in
from partwork.composing.titles import Wording
from partwork.model.errors import PartworkError
from partwork.model.plan import Plan
from partwork.model.series import Division

# Shares from which a theme may have an article's title: of the article's words, and of its own.
# Guesses, tried on the demo.
_MOST_OF_IT, _LITTLE_ELSE = 0.6, 0.8

# A theme, and the part that it goes on as.
Going: TypeAlias = tuple[Theme, Standing | None]


class WrongNumberOfParts(PartworkError):
    """A number of parts that the material does not give; `possible` is the greatest it gives."""

    def __init__(self, asked: int, possible: int, why: str) -> None:
        self.asked, self.possible = asked, possible
        super().__init__(why)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: `parts` of which so many are `settled`, or as many as there are themes."""

    division: Division
    parts: int | None
    settled: int
    is_english: bool


def grown_themes(
    sections: Sequence[Section], standing: Sequence[Standing], plan: Plan | None, wanted: Wanted
) -> list[Going]:
    """The themes as they stood, with what is new; none where they do not fit what is wanted."""
    if plan is None or plan.division is not wanted.division:
        return []
    known, new = parted(sections, plan, standing)
    going = [(one, theme) for one, theme in zip(standing, known, strict=True) if theme]
    if wanted.division is Division.ARTICLE or not going:
        return []
    themes = themes_grown([theme for _, theme in going], new, is_english=wanted.is_english)
    fresh = statements_in(new)
    themes = without_retold(themes, lambda passage: is_among(passage, fresh))
    if wanted.parts is not None and wanted.parts != len(themes) + wanted.settled:
        return []
    stood = [one for one, _ in going]
    others = themes[len(stood) :]
    found = going_on(others, [one for one in standing if one not in stood])
    return [
        *zip(themes, stood, strict=False),
        *((theme, found.get(place)) for place, theme in enumerate(others)),
    ]


def free_themes(
    sections: Sequence[Section],
    standing: Sequence[Standing],
    titles: Mapping[str, str],
    wanted: Wanted,
    wording: Wording,
) -> list[Going]:
    """The themes that the sections give by themselves, whatever stood."""
    if wanted.division is Division.ARTICLE:
        themes = _by_article(sections, titles, wanted)
    else:
        themes = _by_theme(sections, wanted)
        if wanted.parts is None:
            themes = filled(themes, wording)
        slugs = {section.article for section in sections}
        if len(themes) == len(slugs) == 1:
            themes = (replace(themes[0], title=titles[slugs.pop()]),)
    found = going_on(themes, standing)
    return [(theme, found.get(place)) for place, theme in enumerate(themes)]


def titled(
    themes: Sequence[Going], sections: Sequence[Section], titles: Mapping[str, str]
) -> list[Going]:
    """The themes, each that is most of one article and little else with its title."""
    words = Counter[str]()
    for section in sections:
        words[section.article] += section.words
    found: list[Going] = []
    for theme, standing in themes:
        own = Counter[str]()
        for section in theme.sections:
            own[section.article] += section.words
        ((slug, most),) = own.most_common(1)
        is_article = most >= max(_LITTLE_ELSE * theme.words, _MOST_OF_IT * words[slug])
        found.append((replace(theme, article_title=titles[slug] if is_article else ""), standing))
    return found


def _by_article(
    sections: Sequence[Section], titles: Mapping[str, str], wanted: Wanted
) -> tuple[Theme, ...]:
    themes = one_each(sections, titles)
    found = len(themes) + wanted.settled
    if wanted.parts not in {None, found}:
        raise WrongNumberOfParts(
            wanted.parts or 0,
            found,
            f"one part for each article makes {found}, not {wanted.parts}; "
            "leave the number away or divide by theme",
        )
    return themes


def _by_theme(sections: Sequence[Section], wanted: Wanted) -> tuple[Theme, ...]:
    if not sections:
        return ()
    if wanted.parts is not None and wanted.parts <= wanted.settled:
        raise WrongNumberOfParts(
            wanted.parts,
            wanted.settled,
            f"{wanted.settled} parts are published or written by hand and stay, and more is to be "
            f"said; ask for more than {wanted.settled}",
        )
    parts = wanted.parts and wanted.parts - wanted.settled
    try:
        themes = told_once(themes_in(sections, parts, is_english=wanted.is_english))
    except TooManyParts as error:
        most = error.most + wanted.settled
        raise WrongNumberOfParts(
            wanted.parts or 0,
            most,
            f"the articles give {most} parts at most, not {wanted.parts}; "
            "ask for fewer or add articles",
        ) from None
    return tuple(theme for theme in themes if theme.sections)
