"""What templates may ask for: the part, its series and its newsletter, made ready to print."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup, escape

from partwork.model.article import Article
from partwork.model.colour import GOOD, WHITE, readable
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
from partwork.rendering.crisis import calls_for_notice
from partwork.rendering.inline import as_html, as_text, one_line, safe_url
from partwork.rendering.words import (
    WORDS,
    day_in,
    direction_of,
    gap_in,
    initials_of,
    minutes_to_read,
    names_in,
    primary,
    spoken,
)

PAPER = {"light": WHITE, "dark": "#17181a"}


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
class NewsletterFields:
    """What the law and good manners ask a mail to say about its sender; URLs may be empty.

    `initials` are one or two letters of its name, none where it has no letters.
    """

    name: str
    initials: str
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
    parts_url: str = "",
) -> dict[str, object]:
    """The fields that all templates of an issue share; none of them is personal.

    `articles` are looked up by slug; cited ones that are not there are no sources. Parts before
    this one are out when it is mailed: their web versions are linked by id under `parts_url`.
    Raises ValueError where the series has no part with the instalment's id.
    """
    parts = tuple(_lines(instalment, series, parts_url))
    needs_help = calls_for_notice(instalment, series.language)
    crisis = one_line(newsletter.crisis_notice) if needs_help else ""
    return {
        **dress_fields(newsletter, series.language),
        "canonical": safe_url(f"{parts_url}/{instalment.id}") if parts_url else "",
        "crisis": crisis,
        "notices": tuple(filter(None, (crisis, *map(one_line, newsletter.notices)))),
        "series": SeriesFields(one_line(series.title), parts, parts[-1].number),
        "part": _part_fields(instalment, series, parts, articles),
    }


def dress_fields(newsletter: Newsletter, language: str) -> dict[str, object]:
    """What every mail and page of a newsletter shares, issue or not, written in `language`."""
    spoken_by_us = spoken(language)
    foreign = "" if spoken_by_us == primary(language) else spoken_by_us
    direction = direction_of(language)
    return {
        "language": language.replace("_", "-"),
        "direction": direction,
        "start": "right" if direction == "rtl" else "left",
        "end": "left" if direction == "rtl" else "right",
        "words": WORDS[spoken_by_us],
        "words_language": foreign,
        # For elements with our own words: dir="auto" sets their full stops right.
        "ours": Markup(' dir="auto" lang="{}"').format(foreign) if foreign else "",
        "accent": {
            "light": readable(newsletter.accent, PAPER["light"]),
            "dark": readable(newsletter.accent, PAPER["dark"], GOOD),
        },
        "paper": PAPER,
        "newsletter": _newsletter_fields(newsletter),
    }


def without_end(part: PartFields, pieces: int) -> PartFields:
    """The part with the first `pieces` pieces of its body, marked as cut.

    A heading that nothing would follow goes as well.
    """
    body = part.body[:pieces]
    while body and body[-1].kind == "heading":
        body = body[:-1]
    return replace(part, body=body, is_cut=True)


def _part_fields(
    instalment: Instalment,
    series: Series,
    parts: Sequence[PartLine],
    articles: Mapping[str, Article],
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
        lead=_passage(instalment.lead, language),
        key_points=_items(instalment.key_points),
        body=_pieces(instalment.body, language),
        is_cut=False,
        cautions=_items(instalment.cautions),
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


def _newsletter_fields(newsletter: Newsletter) -> NewsletterFields:
    return NewsletterFields(
        name=one_line(newsletter.name),
        initials=initials_of(one_line(newsletter.name)),
        postal_lines=tuple(
            filter(None, (one_line(line) for line in newsletter.postal_address.splitlines()))
        ),
        imprint_url=safe_url(newsletter.imprint_url),
        privacy_url=safe_url(newsletter.privacy_url),
        reply_to=one_line(newsletter.reply_to.address),
        reply_url=safe_url(f"mailto:{newsletter.reply_to.address}"),
        demo=newsletter.demo,
    )


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
