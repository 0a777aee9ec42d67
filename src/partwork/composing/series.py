"""Articles composed into the parts of a series."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from partwork.composing.differences import Difference, differences
from partwork.composing.dividing import (
    Going,
    Wanted,
    WrongNumberOfParts,
    free_themes,
    grown_themes,
    titled,
)
from partwork.composing.extractive import written
from partwork.composing.material import sections_of
from partwork.composing.passages import LeftOut, Section
from partwork.composing.repeats import without_repeats
from partwork.composing.risk import is_caveat
from partwork.composing.standing import (
    Standing,
    ground_of,
    statements_in,
    without_said,
)
from partwork.composing.titles import Wording, wording_of
from partwork.model.article import Article
from partwork.model.errors import PartworkError
from partwork.model.plan import Ground, Plan
from partwork.model.series import Division, Instalment

_CRUMBS = 125  # words; half of the least that a part has (DESIGN 6)
_SHOWN = 70  # characters of an example in a message


@dataclass(frozen=True, slots=True)
class Composition:
    """The parts of a series, what an editor should know, and the articles used.

    `left_out` has a message for each caveat that no part could use, for each pair of sources
    that differ in a figure, and for whatever else is left out.
    `used` are slugs, in the order in which the parts cite them. Of a series composed again,
    settled parts are not among `instalments`; `unchanged` are the ids of those that say what they
    said. `grounds` (by id) and `passed_over` belong into the next `Plan`.
    """

    instalments: tuple[Instalment, ...]
    left_out: tuple[str, ...]
    used: tuple[str, ...]
    unchanged: frozenset[str] = frozenset()
    grounds: Mapping[str, Ground] = field(default_factory=dict)
    passed_over: tuple[str, ...] = ()

    def under(self, ids: Mapping[str, str]) -> "Composition":
        """The same with other ids for some parts, by those they have."""
        return replace(
            self,
            instalments=tuple(replace(p, id=ids.get(p.id, p.id)) for p in self.instalments),
            grounds={ids.get(id_, id_): ground for id_, ground in self.grounds.items()},
        )


class NothingToCompose(PartworkError):
    """The articles hold no sentence that a series may use; `articles` are their slugs."""

    def __init__(self, articles: Sequence[str], why: str) -> None:
        self.articles = tuple(articles)
        super().__init__(why)


def composed(
    articles: Sequence[Article],
    *,
    language: str,
    division: Division,
    parts: int | None,
    new_id: Callable[[], str],
    standing: Sequence[Standing] = (),
    plan: Plan | None = None,
    anew: bool = False,
) -> Composition:
    """The articles as a series of parts, written by extraction: the same input, the same text.

    Without `parts` the themes decide how many there are. Themes, voice and caveats are known in
    English; another language is grouped by the words its sections share. An article that is in
    another language than the series is left out. Raises `NothingToCompose` and
    `WrongNumberOfParts`.

    Composed again, a part keeps its id under whatever number and title. `standing` are the parts
    that are there; of those that are settled nothing is said again. By the `plan` of the last
    time, if it fits what is asked for, themes stay as they were: what is new joins one or makes
    more, and a part that gets nothing new is unchanged. `anew` finds and writes all themes anew.
    """
    unique = list({article.slug: article for article in articles}.values())
    if not unique:
        raise NothingToCompose((), "there are no articles to compose from; name at least one")
    if parts is not None and parts < 1:
        raise WrongNumberOfParts(parts, 1, f"a series has at least 1 part, not {parts}")
    ours = [article for article in unique if _is_in(article, language)]
    foreign = [
        f"{a.slug}: is in {a.language}, the series in {language}" for a in unique if a not in ours
    ]
    settled = [one.part for one in standing if one.is_settled]
    open_ = [one for one in standing if not one.is_settled]
    material, left_out, differing = _material(ours, language)
    sections = without_said(material, settled, plan or Plan(division))
    if not sections and not settled:
        raise NothingToCompose([a.slug for a in unique], _why_nothing(ours, foreign, left_out))
    wanted = Wanted(division, parts, len(settled), _is_english(language))
    titles = {a.slug: a.title for a in ours}
    wording = wording_of(sections, is_english=wanted.is_english)
    kept = None if anew else plan
    themes = grown_themes(sections, open_, kept, wanted) or free_themes(
        sections, open_, titles, wanted, wording
    )
    themes = titled(themes, sections, titles)
    if parts is None:
        unrecorded = [part for part in settled if not plan or part.id not in plan.grounds]
        mostly_told = _mostly_told(unrecorded, material, sections)
        themes, crumbs = _without_crumbs(themes, settled, mostly_told)
    else:
        crumbs = ()
    made = _written(themes, standing, kept, wording, new_id)
    instalments = tuple(part for part, _, _ in made)
    said = {d for _, ground, _ in made for d in ground.statements}
    used = tuple(dict.fromkeys(slug for part in (*settled, *instalments) for slug in part.articles))
    unused = [f"{a.slug}: nothing of it is used" for a in ours if a.slug not in used]
    return Composition(
        instalments,
        (*foreign, *_messages(left_out, differing), *crumbs, *unused),
        used,
        frozenset(part.id for part, _, is_unchanged in made if is_unchanged),
        {part.id: ground for part, ground, _ in made},
        tuple(digest for digest in statements_in(sections) if digest not in said),
    )


def _mostly_told(
    parts: Sequence[Instalment], material: Sequence[Section], left: Sequence[Section]
) -> frozenset[str]:
    """The articles of which these parts tell, and of which less than half is `left`."""
    words = Counter[str]()
    for section in material:
        words[section.article] -= section.words
    for section in left:
        words[section.article] += 2 * section.words
    return frozenset(slug for part in parts for slug in part.articles if words[slug] < 0)


def _without_crumbs(
    themes: Sequence[Going], settled: Sequence[Instalment], mostly_told: frozenset[str]
) -> tuple[list[Going], tuple[str, ...]]:
    """The themes without what is too little for a part, and what to say of that.

    Only what warns of nothing and is left over of articles that settled parts tell already, such
    as a sentence that was mended after its part was published, and all that is left over of
    those `mostly_told` by parts of which no record says what they passed over.
    """
    told = {slug for part in settled for slug in part.articles}
    kept: list[Going] = []
    messages: list[str] = []
    for theme, standing in themes:
        slugs = dict.fromkeys(section.article for section in theme.sections)
        warns = any(p.has_caveat for section in theme.sections for p in section.passages)
        is_much = theme.words >= _CRUMBS and not mostly_told.issuperset(slugs)
        if standing or warns or is_much or not told.issuperset(slugs):
            kept.append((theme, standing))
        else:
            messages.append(
                f"{', '.join(slugs)}: {theme.words} words of it that no part has are too few for "
                "a part, or were passed over; write them into one, or ask for one more with --parts"
            )
    return kept, tuple(messages)


def _written(
    themes: Sequence[Going],
    standing: Sequence[Standing],
    plan: Plan | None,
    wording: Wording,
    new_id: Callable[[], str],
) -> list[tuple[Instalment, Ground, bool]]:
    """Each theme as a part, with its ground, and whether it says what it said before."""
    known = plan.grounds if plan else {}
    grounds = [ground_of(theme) for theme, _ in themes]
    same = [
        one if one and one.part.id in known and known[one.part.id].digest == ground.digest else None
        for (_, one), ground in zip(themes, grounds, strict=True)
    ]
    going = [one for _, one in themes if one]
    kept = [one for one in standing if one.is_settled or (one.stays and one not in going)]
    titles = [one.part.title for one in (*kept, *filter(None, same))]
    numbers = _numbers(kept, going)
    made: list[tuple[Instalment, Ground, bool]] = []
    for (theme, one), ground, unchanged in zip(themes, grounds, same, strict=True):
        number = one.part.number if one and one.keeps_number else next(numbers)
        if unchanged:
            part = replace(unchanged.part, number=number)
        else:
            title = one.part.title if one and plan else ""
            id_ = one.part.id if one else new_id()
            part = written(theme, number, id_, wording, titles, known=title)
            titles.append(part.title)
        made.append((part, ground, unchanged is not None))
    return made


def _numbers(kept: Sequence[Standing], going: Sequence[Standing]) -> Iterator[int]:
    """The numbers from 1 that no other part has."""
    taken = {one.part.number for one in (*kept, *(one for one in going if one.keeps_number))}
    return (number for number in count(1) if number not in taken)


def _material(
    articles: Sequence[Article], language: str
) -> tuple[list[Section], list[LeftOut], tuple[Difference, ...]]:
    found: list[Section] = []
    left_out: list[LeftOut] = []
    for article in articles:
        known = language if article.language == "und" else article.language
        sections, left = sections_of(article, is_english=_is_english(known))
        found += sections
        left_out += left
    return list(without_repeats(found)), left_out, differences(found)


def _is_in(article: Article, language: str) -> bool:
    """Whether the article is in the language, in whichever country's form, as far as is known."""
    known = article.language.partition("-")[0].lower()
    return known in {"und", "", language.partition("-")[0].lower()}


def _is_english(language: str) -> bool:
    return language.partition("-")[0].lower() == "en"


def _why_nothing(
    articles: Sequence[Article], foreign: Sequence[str], left_out: Sequence[LeftOut]
) -> str:
    if not articles:
        return f"{'; '.join(foreign)}; name articles in one language"
    slugs = ", ".join(a.slug for a in articles)
    blocks = [block for article in articles for block in article.blocks]
    if blocks and all(block.flag is not None for block in blocks):
        return f"{slugs}: every block is flagged, so nothing may enter a series; add an article"
    reasons = "; ".join(dict.fromkeys(one.reason for one in left_out))
    why = f" ({reasons})" if reasons else ""
    return f"{slugs}: nothing in it may stand in a series{why}; add an article that reports"


def _messages(left_out: Sequence[LeftOut], differing: Sequence[Difference]) -> Iterator[str]:
    """Caveats that could not be kept, sources that differ, then each article and reason."""
    for one in left_out:
        if is_caveat(one.text) and not one.reason.startswith("flagged"):
            yield f"{one.article}: a caveat is left out, {one.reason}: “{one.text}”"
    for two in differing:
        yield (
            f"{two.article} and {two.other} differ in a figure, “{two.text}” and "
            f"“{two.other_text}”; see which holds"
        )
    counts = Counter((one.article, one.reason) for one in left_out)
    for (article, reason), times in counts.items():
        example = next(o.text for o in left_out if (o.article, o.reason) == (article, reason))
        shown = example if len(example) <= _SHOWN else f"{example[:_SHOWN].rsplit(' ', 1)[0]}…"
        yield f"{article}: {times} left out, {reason}, such as “{shown}”"
