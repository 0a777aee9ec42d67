"""Instalments as editors edit them: `series/<slug>/NN-<slug>.md`."""

import re
from collections.abc import Sequence

from partwork.manuscript.commonmark import instalment_reader, top_level
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.fences import print_fenced
from partwork.manuscript.inline import destination_of, print_inline
from partwork.manuscript.instalment_body import CAREFUL, KEY_POINTS, BodyReader
from partwork.manuscript.instalment_head import head_of, print_head
from partwork.manuscript.merging import conflict_line
from partwork.manuscript.sentences import (
    print_citations,
    print_marks,
    print_row,
    print_sentences,
)
from partwork.manuscript.sign_offs import print_sign_offs
from partwork.manuscript.tables import print_table
from partwork.model.series import (
    Bullets,
    Code,
    Element,
    Figure,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
    Table,
)


def print_instalment(instalment: Instalment) -> str:
    """The instalment as Markdown under front matter, one sentence a line.

    Read back it is the same instalment, but for marks that Markdown cannot express (see
    `manuscript.inline.line_of`) and elements without words, which are left out.
    """
    head = print_head(instalment)
    body = _print_body(instalment.body)
    parts = ["\n".join(print_sentences(instalment.lead))]
    opens_with_text = bool(body) and isinstance(body[0][0], Paragraph)
    if any(s.text.strip() for s in instalment.key_points):
        parts.append(_print_div(KEY_POINTS, instalment.key_points))
    elif opens_with_text:
        parts.append(_RULE)
    parts += (text for _, text in body)
    if any(s.text.strip() for s in instalment.cautions):
        parts.append(_print_div(CAREFUL, instalment.cautions))
    return "\n\n".join([head.rstrip("\n"), *filter(None, parts)]) + "\n"


def parse_instalment(text: str, file: str) -> Instalment:
    """The instalment in the text of `file`.

    Paragraphs before the first heading, list, quotation, picture, table, code, div or rule
    (`***`, which may stand nowhere else) are its lead. Lines wrapped by hand, any bullet and nested
    lists (which become flat) are read; what an instalment has no element for raises
    ManuscriptError, which names the line, and so does an open conflict.
    """
    if line := conflict_line(text):
        raise ManuscriptError(
            file, line, "a conflict is open; keep what holds and take the lines <<<, ===, >>> out"
        )
    front, signed_off = head_of(text, file)
    identity = front.required("id")
    if not _ID.fullmatch(identity):
        raise front.error("id", "an id has eight characters of a-z and 0-9 and never changes")
    title = front.required("title").strip()
    if not title:
        raise front.error("title", "an instalment needs a title")
    number = front.number("number")
    subject, preheader = front.required("subject"), front.required("preheader")
    body = BodyReader(file, front.body_offset, front.body.split("\n"))
    for tokens in top_level(_READER.parse(front.body), file, front.body_offset):
        body.read(tokens)
    body.close()
    return Instalment(
        id=identity,
        number=number,
        title=title,
        subject=subject,
        preheader=preheader,
        lead=tuple(body.lead),
        key_points=tuple(body.divs[KEY_POINTS]),
        body=tuple(body.elements),
        cautions=tuple(body.divs[CAREFUL]),
        signed_off=signed_off,
    )


_ID = re.compile(r"[a-z0-9]{8}")
_READER = instalment_reader()
_RULE = "***"  # parts the lead from a body that opens with a paragraph; dashes make headings


def _print_body(body: Sequence[Element]) -> list[tuple[Element, str]]:
    """The elements that have words, each with its Markdown."""
    printed: list[tuple[Element, str]] = []
    other_marker = False
    for element in body:
        before = printed[-1][0] if printed else None
        other = (
            isinstance(element, Bullets)
            and isinstance(before, Bullets)
            and before.ordered is element.ordered
            and not other_marker
        )
        text = _print_element(element, other_marker=other)
        if text:
            printed.append((element, text))
            other_marker = other
    return printed


def _print_element(element: Element, *, other_marker: bool) -> str:
    """One element; `other_marker` keeps a list from joining the one before it."""
    match element:
        case Heading(text, level, signed_off):
            # An unescaped # at the end would be taken for the heading's closing mark.
            title = re.sub(r"(?<!\\)#$", r"\\#", print_inline(text))
            marked = " ".join([title, *print_sign_offs(signed_off)])
            return f"{'###' if level > 2 else '##'} {marked}" if title else ""
        case Paragraph(sentences):
            return "\n".join(print_sentences(sentences))
        case Quotation(sentences, speaker):
            lines = [_print_dash(line) for line in print_sentences(sentences)]
            if lines and speaker.strip():
                lines += ["", f"— {print_inline(speaker)}"]
            return "\n".join(f"> {line}".rstrip() for line in lines)
        case Bullets(items, ordered):
            return _print_items(items, ordered=ordered, other_marker=other_marker)
        case Figure():
            return _print_figure(element)
        case Table(header, rows):
            worded = [print_row(row) for row in (header, *rows) if row.text.strip()]
            return print_table(worded) if len(worded) > 1 else ""
        case Code(sample, language):
            return _print_code(sample, language)


def _print_items(
    items: Sequence[Sentence], *, ordered: bool = False, other_marker: bool = False
) -> str:
    lines = [line for item in items for line in print_sentences([item])]
    if ordered:
        mark = ")" if other_marker else "."
        return "\n".join(f"{number}{mark} {line}" for number, line in enumerate(lines, 1))
    return "\n".join(f"{'*' if other_marker else '-'} {line}" for line in lines)


def _print_div(name: str, items: Sequence[Sentence]) -> str:
    return "\n".join(filter(None, [f"::: {name}", _print_items(items), ":::"]))


def _print_figure(figure: Figure) -> str:
    said, name = figure.caption, destination_of(figure.name)
    if said is None or not said.text.strip():
        return f"![]({name})"
    return " ".join([f"![{print_inline(said.text, said.spans)}]({name})", *print_marks(said)])


def _print_code(sample: Sentence, language: str) -> str:
    """The sign-offs stand on the line before: nothing may follow a fence."""
    if not sample.text.strip():
        return ""
    cited = print_citations(sample.citations) if sample.citations else ""
    info = " ".join(filter(None, (language, cited)))
    signed = " ".join(print_sign_offs(sample.signed_off))
    return "\n".join(filter(None, (signed, print_fenced(sample.text, info))))


def _print_dash(line: str) -> str:
    """A quotation's line whose dash at the start is no speaker's."""
    return f"&#{ord(line[0])};{line[1:]}" if line[0] in "—–" else line
