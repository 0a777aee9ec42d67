"""The text of a part, made ready to print: one piece for each element of its body."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from partwork.model.picture import Picture
from partwork.model.series import (
    Bullets,
    Code,
    Element,
    Figure,
    Heading,
    Paragraph,
    Quotation,
    Sentence,
    Table,
    cells_in,
    run_of,
)
from partwork.model.text import Mark
from partwork.rendering.inline import as_html, as_text, one_line, safe_url, verbatim, why_no_link
from partwork.rendering.tables import is_wide
from partwork.rendering.words import gap_in


@dataclass(frozen=True, slots=True)
class Passage:
    """One sentence or several, as HTML phrasing content and as plain text.

    A template that prints it gets the one or the other, as its own kind asks for.
    """

    html: Markup
    text: str

    def __html__(self) -> str:
        return self.html

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class PictureFields:
    """A picture, its own size in pixels, and what is said of it."""

    url: str
    alt: str
    credit: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One element of the body.

    `kind` is heading, paragraph, list, quotation, figure, table or code. A list has one passage an
    item, a figure its caption or none, tables and code have none, everything else one. `level` is 2
    or 3 for headings. The `rows` of a table begin with its header; one that `is_wide` cannot be
    read on a phone with its cells side by side. `lines` are those of code.
    """

    kind: str
    passages: tuple[Passage, ...] = ()
    level: int = 0
    ordered: bool = False
    speaker: str = ""
    picture: PictureFields | None = None
    rows: tuple[tuple[Passage, ...], ...] = ()
    is_wide: bool = False
    lines: str = ""
    language: str = ""


def pieces_of(
    body: Iterable[Element], language: str, pictures: Mapping[str, Picture]
) -> tuple[Piece, ...]:
    """The body in `language`. A heading of level 3 with none of level 2 before it moves up to 2.

    `pictures` are looked up by name; a figure of one that is not there is left out.
    """
    return tuple(_pieces(body, language, pictures))


def lost_links(sentences: Iterable[Sentence]) -> Iterator[tuple[int, str]]:
    """Links that are left out of mails and pages, their words staying: line of each, and why."""
    for sentence in sentences:
        for span in sentence.spans:
            if span.mark is Mark.LINK and (why := why_no_link(span.url)):
                words = one_line(sentence.text[span.start : span.end])
                yield sentence.line, f"link “{words[:60]}” {why}; till then it is left out"


def passages_of(sentences: Iterable[Sentence]) -> tuple[Passage, ...]:
    """Each sentence by itself."""
    return tuple(Passage(as_html(s.text, s.spans), as_text(s.text, s.spans)) for s in sentences)


def passage_of(sentences: Sequence[Sentence], language: str) -> Passage:
    """All the sentences as one."""
    gap = gap_in(language)
    items = passages_of(sentences)
    return Passage(escape(gap).join(i.html for i in items), gap.join(i.text for i in items))


def _pieces(
    body: Iterable[Element], language: str, pictures: Mapping[str, Picture]
) -> Iterator[Piece]:
    deepest = 2
    for element in body:
        match element:
            case Heading(text, level):
                deepest = 3 if level == 2 else deepest
                heading = Passage(as_html(text, ()), as_text(text, ()))
                yield Piece("heading", (heading,), level=min(level, deepest))
            case Paragraph(sentences):
                yield Piece("paragraph", (passage_of(sentences, language),))
            case Bullets(items, ordered):
                yield Piece("list", passages_of(items), ordered=ordered)
            case Quotation(sentences, speaker):
                quoted = passage_of(sentences, language)
                yield Piece("quotation", (quoted,), speaker=one_line(speaker))
            case Figure(name, caption):
                if name in pictures:
                    said = passages_of([caption]) if caption else ()
                    yield Piece("figure", said, picture=_shown(pictures[name]))
            case Table():
                yield _table(element)
            case Code(sample, named):
                yield Piece("code", lines=verbatim(sample.text), language=one_line(named))


def _shown(picture: Picture) -> PictureFields:
    note = picture.note
    said = one_line(note.alt), one_line(note.credit)
    return PictureFields(safe_url(picture.url), *said, picture.width, picture.height)


def _table(table: Table) -> Piece:
    rows = (
        tuple(Passage(as_html(text, spans), as_text(text, spans)) for text, spans in cells_in(row))
        for row in run_of(table)
    )
    return Piece("table", rows=tuple(rows), is_wide=is_wide(table))
