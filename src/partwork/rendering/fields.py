"""What templates may ask for: the part, its series and its newsletter, made ready to print."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from partwork.model.article import Article
from partwork.model.series import (
    Bullets,
    Element,
    Heading,
    Instalment,
    Newsletter,
    Paragraph,
    Quotation,
    Sentence,
    Series,
)
from partwork.rendering.colour import GOOD, readable
from partwork.rendering.crisis import calls_for_notice
from partwork.rendering.inline import as_html, as_text, one_line, safe_url
from partwork.rendering.words import (
    WORDS,
    day_in,
    direction_of,
    gap_in,
    minutes_to_read,
    names_in,
    primary,
    spoken,
)

PAPER = {"light": "#ffffff", "dark": "#17181a"}


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence or several, as HTML phrasing content and as plain text."""

    html: Markup
    text: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of the body. `kind` is heading, paragraph, list or quotation.

    A list has one passage an item, everything else one. `level` is 2 or 3 for headings.
    """

    kind: str
    passages: tuple[Passage, ...]
    level: int = 0
    ordered: bool = False
    speaker: str = ""


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
    """A part as the series' navigation shows it; `teaser` is its preheader."""

    number: int
    title: str
    teaser: str


@dataclass(frozen=True, slots=True)
class PartFields:
    """The instalment. `byline` may be empty; `place` is "Part 2 of 4", empty if it stands alone."""

    number: int
    title: str
    preheader: str
    place: str
    byline: str
    reading_time: str
    lead: Passage
    key_points: tuple[Passage, ...]
    body: tuple[Piece, ...]
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
class NewsletterFields:
    """What the law and good manners ask a mail to say about its sender; URLs may be empty."""

    name: str
    postal_lines: tuple[str, ...]
    imprint_url: str
    privacy_url: str
    reply_to: str
    reply_url: str
    demo: bool


def issue_fields(
    instalment: Instalment,
    series: Series,
    newsletter: Newsletter,
    articles: Mapping[str, Article],
) -> dict[str, object]:
    """The fields that all templates of an issue share; none of them is personal.

    `articles` are looked up by slug; cited ones that are not there are no sources.
    Raises ValueError where the series has no part with the instalment's id.
    """
    ours = spoken(series.language)
    direction = direction_of(series.language)
    return {
        "language": series.language.replace("_", "-"),
        "direction": direction,
        "start": "right" if direction == "rtl" else "left",
        "words": WORDS[ours],
        "words_language": "" if ours == primary(series.language) else ours,
        "accent": {
            "light": readable(newsletter.accent, PAPER["light"]),
            "dark": readable(newsletter.accent, PAPER["dark"], GOOD),
        },
        "paper": PAPER,
        "notices": _notices(instalment, series, newsletter),
        "newsletter": _newsletter_fields(newsletter),
        "series": _series_fields(series),
        "part": _part_fields(instalment, series, articles),
    }


def _part_fields(
    instalment: Instalment, series: Series, articles: Mapping[str, Article]
) -> PartFields:
    language = series.language
    words = WORDS[spoken(language)]
    sources = [articles[slug] for slug in instalment.articles if slug in articles]
    names = list(dict.fromkeys(filter(None, (one_line(a.byline) for a in sources))))
    lines = _series_fields(series)
    before, after = _neighbours(instalment, series)
    minutes = minutes_to_read("\n".join(s.text for s in instalment.sentences))
    return PartFields(
        number=instalment.number,
        title=one_line(instalment.title),
        preheader=one_line(instalment.preheader),
        place=words["place"] % {"number": instalment.number, "total": lines.total}
        if len(lines.parts) > 1
        else "",
        byline=words["from_texts"] % {"names": names_in(language, names)} if names else "",
        reading_time=words["minutes"] % {"minutes": minutes},
        lead=_passage(instalment.lead, language),
        key_points=_items(instalment.key_points),
        body=_pieces(instalment.body, language),
        cautions=_items(instalment.cautions),
        sources=tuple(_source(article, language) for article in sources),
        previous=_line(before) if before else None,
        next=_line(after) if after else None,
    )


def _series_fields(series: Series) -> SeriesFields:
    parts = sorted(series.instalments, key=lambda part: part.number)
    return SeriesFields(
        title=one_line(series.title),
        parts=tuple(_line(part) for part in parts),
        total=max((part.number for part in parts), default=0),
    )


def _newsletter_fields(newsletter: Newsletter) -> NewsletterFields:
    return NewsletterFields(
        name=one_line(newsletter.name),
        postal_lines=tuple(
            filter(None, (one_line(line) for line in newsletter.postal_address.splitlines()))
        ),
        imprint_url=safe_url(newsletter.imprint_url),
        privacy_url=safe_url(newsletter.privacy_url),
        reply_to=one_line(newsletter.reply_to.address),
        reply_url=safe_url(f"mailto:{newsletter.reply_to.address}"),
        demo=newsletter.demo,
    )


def _notices(instalment: Instalment, series: Series, newsletter: Newsletter) -> tuple[str, ...]:
    """The crisis notice first, where it is called for, then the fixed ones."""
    texts = [
        *([newsletter.crisis_notice] if calls_for_notice(instalment, series.language) else ()),
        *newsletter.notices,
    ]
    return tuple(filter(None, (one_line(text) for text in texts)))


def _neighbours(
    instalment: Instalment, series: Series
) -> tuple[Instalment | None, Instalment | None]:
    parts = sorted(series.instalments, key=lambda part: part.number)
    places = [place for place, part in enumerate(parts) if part.id == instalment.id]
    if not places:
        raise ValueError(f"series {series.slug} has no part with the id {instalment.id}")
    place = places[0]
    return (
        parts[place - 1] if place > 0 else None,
        parts[place + 1] if place + 1 < len(parts) else None,
    )


def _line(part: Instalment) -> PartLine:
    return PartLine(part.number, one_line(part.title), one_line(part.preheader))


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


def _pieces(body: Iterable[Element], language: str) -> tuple[Piece, ...]:
    """The body. A heading of level 3 with none of level 2 before it moves up to 2."""
    pieces: list[Piece] = []
    deepest = 2
    for element in body:
        match element:
            case Heading(text, level):
                deepest = 3 if level == 2 else deepest
                heading = Passage(as_html(text, ()), as_text(text, ()))
                pieces.append(Piece("heading", (heading,), level=min(level, deepest)))
            case Paragraph(sentences):
                pieces.append(Piece("paragraph", (_passage(sentences, language),)))
            case Bullets(items, ordered):
                pieces.append(Piece("list", _items(items), ordered=ordered))
            case Quotation(sentences, speaker):
                quoted = _passage(sentences, language)
                pieces.append(Piece("quotation", (quoted,), speaker=one_line(speaker)))
    return tuple(pieces)


def _items(sentences: Iterable[Sentence]) -> tuple[Passage, ...]:
    return tuple(Passage(as_html(s.text, s.spans), as_text(s.text, s.spans)) for s in sentences)


def _passage(sentences: Sequence[Sentence], language: str) -> Passage:
    gap = gap_in(language)
    items = _items(sentences)
    return Passage(escape(gap).join(i.html for i in items), gap.join(i.text for i in items))
