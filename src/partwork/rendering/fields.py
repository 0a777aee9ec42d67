"""What templates may ask for: the part, its series and its newsletter, made ready to print."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from partwork.model.article import Article
from partwork.model.correction import Erratum
from partwork.model.newsletter import Newsletter
from partwork.model.picture import Logo, Picture
from partwork.model.series import Instalment, Series
from partwork.rendering.crisis import calls_for_notice
from partwork.rendering.dress import dress_fields
from partwork.rendering.inline import one_line, safe_url
from partwork.rendering.phrases import WORDS
from partwork.rendering.pieces import Passage, Piece, passage_of, passages_of, pieces_of
from partwork.rendering.words import day_in, minutes_to_read, names_in, primary, spoken


@dataclass(frozen=True, slots=True)
class Source:
    """An article that the part cites. `url` is empty where there is none to follow.

    `details` are its byline and date. `language` is set where it is not that of the series.
    """

    title: str
    details: str
    url: str
    language: str


@dataclass(frozen=True, slots=True)
class PartLine:
    """A part as the series' navigation shows it; `teaser` is its preheader.

    `url` is where its web version is read, empty where it is not out yet or there is no web.
    """

    number: int
    title: str
    teaser: str
    url: str


@dataclass(frozen=True, slots=True)
class PartFields:
    """The instalment. `byline` may be empty; `place` is "Part 2 of 4", empty if it stands alone.

    `is_cut` says that the body ends early, and goes on in the web version.
    """

    number: int
    title: str
    preheader: str
    place: str
    byline: str
    reading_time: str
    lead: Passage
    key_points: tuple[Passage, ...]
    body: tuple[Piece, ...]
    is_cut: bool
    cautions: tuple[Passage, ...]
    sources: tuple[Source, ...]
    previous: PartLine | None
    next: PartLine | None


@dataclass(frozen=True, slots=True)
class SeriesFields:
    """The series and all its parts in order. `total` is the highest number of a part."""

    title: str
    parts: tuple[PartLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class ErratumFields:
    """What was wrong in the part as it was published before; `corrected` is "Corrected on …"."""

    corrected: str
    reason: str


@dataclass(frozen=True, slots=True)
class Site:
    """The addresses of pages that an issue links to; each is empty where there is none.

    `parts_url` is what web versions of parts are found under by their ids, `archive_url` lists
    them, and `preferences_url` lets a reader choose what to get. `media_url` is what the addresses
    of our pictures begin with.
    """

    parts_url: str = ""
    archive_url: str = ""
    preferences_url: str = ""
    media_url: str = ""


NO_SITE = Site()


def issue_fields(
    instalment: Instalment,
    series: Series,
    newsletter: Newsletter,
    articles: Mapping[str, Article],
    *,
    site: Site = NO_SITE,
    logo: Logo | None = None,
    pictures: Mapping[str, Picture] | None = None,
    errata: Sequence[Erratum] = (),
    correction: Erratum | None = None,
) -> dict[str, object]:
    """The fields that all templates of an issue share; none of them is personal.

    `newsletter` is as the series shows it, see `Brand.on`. `articles` are looked up by slug; cited
    ones that are not there are no sources. `pictures` go by their files' names; figures of others
    are left out. Parts before this one are out when it is mailed: their web versions are linked.
    Pages tell of `errata`; `correction` is the one that the mail is about, if it is about one.
    Raises ValueError where the series has no part with the instalment's id.
    """
    parts = tuple(_lines(instalment, series, site.parts_url))
    needs_help = calls_for_notice(instalment, series.language)
    crisis = one_line(newsletter.crisis_notice) if needs_help else ""
    return {
        **dress_fields(newsletter, series.language, logo),
        "canonical": safe_url(f"{site.parts_url}/{instalment.id}") if site.parts_url else "",
        "archive": safe_url(site.archive_url),
        "preferences": safe_url(site.preferences_url),
        "crisis": crisis,
        "notices": tuple(filter(None, (crisis, *map(one_line, newsletter.notices)))),
        "errata": tuple(erratum_fields(one, series.language) for one in errata),
        "correction": erratum_fields(correction, series.language) if correction else None,
        "series": SeriesFields(one_line(series.title), parts, parts[-1].number),
        "part": _part_fields(instalment, series, parts, articles, pictures or {}),
    }


def erratum_fields(erratum: Erratum, language: str) -> ErratumFields:
    """An erratum as it is told in that language."""
    day = day_in(language, erratum.on)
    corrected = WORDS[spoken(language)]["corrected"] % {"day": day}
    return ErratumFields(corrected, one_line(erratum.reason))


def _part_fields(
    instalment: Instalment,
    series: Series,
    parts: Sequence[PartLine],
    articles: Mapping[str, Article],
    pictures: Mapping[str, Picture],
) -> PartFields:
    language = series.language
    words = WORDS[spoken(language)]
    sources = [articles[slug] for slug in instalment.articles if slug in articles]
    names = list(dict.fromkeys(filter(None, (one_line(a.byline) for a in sources))))
    place = [line.number for line in parts].index(instalment.number)
    minutes = minutes_to_read("\n".join(s.text for s in instalment.sentences))
    return PartFields(
        number=instalment.number,
        title=one_line(instalment.title),
        preheader=one_line(instalment.preheader),
        place=words["place"] % {"number": instalment.number, "total": parts[-1].number}
        if len(parts) > 1
        else "",
        byline=words["from_texts"] % {"names": names_in(language, names)} if names else "",
        reading_time=words["minutes"] % {"minutes": minutes},
        lead=passage_of(instalment.lead, language),
        key_points=passages_of(instalment.key_points),
        body=pieces_of(instalment.body, language, pictures),
        is_cut=False,
        cautions=passages_of(instalment.cautions),
        sources=tuple(_source(article, language) for article in sources),
        previous=parts[place - 1] if place > 0 else None,
        next=parts[place + 1] if place + 1 < len(parts) else None,
    )


def _lines(instalment: Instalment, series: Series, parts_url: str) -> Iterator[PartLine]:
    """All parts in order, those before the instalment with their links."""
    if all(part.id != instalment.id for part in series.instalments):
        raise ValueError(f"series {series.slug} has no part with the id {instalment.id}")
    for part in sorted(series.instalments, key=lambda part: part.number):
        is_out = bool(parts_url) and part.number < instalment.number
        url = safe_url(f"{parts_url}/{part.id}") if is_out else ""
        yield PartLine(part.number, one_line(part.title), one_line(part.preheader), url)


def _source(article: Article, language: str) -> Source:
    details = [one_line(article.byline)]
    if article.published_on:
        details.append(day_in(language, article.published_on))
    foreign = primary(article.language) not in {primary(language), "und"}
    return Source(
        title=one_line(article.title),
        details=", ".join(filter(None, details)),
        url=safe_url(article.source),
        language=article.language.replace("_", "-") if foreign else "",
    )
