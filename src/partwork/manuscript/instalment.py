"""Instalments as editors edit them: `series/<slug>/NN-<slug>.md`."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from partwork.manuscript.commonmark import (
    RunningText,
    instalment_reader,
    line_at,
    list_items,
    thing,
    top_level,
)
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.inline import print_inline
from partwork.manuscript.instalment_head import head_of, print_head
from partwork.manuscript.merging import conflict_line
from partwork.manuscript.sentences import SentenceReader, one_sentence, print_sentences
from partwork.manuscript.sign_offs import print_sign_offs
from partwork.model.series import (
    Bullets,
    Element,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
)

# The two fenced divs of an instalment.
KEY_POINTS = "key-points"
CAREFUL = "careful"


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

    Paragraphs before the first heading, list, quotation, div or rule (`***`, which may stand
    nowhere else) are its lead. Lines wrapped by hand, any bullet and nested lists (which become
    flat) are read; what an instalment has no element for raises ManuscriptError, which names the
    line, and so does an open conflict.
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
    body = _Body(file, front.body_offset)
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
_DASH = re.compile(r"(?:—|–|--)\s+")
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


def _print_dash(line: str) -> str:
    """A quotation's line whose dash at the start is no speaker's."""
    return f"&#{ord(line[0])};{line[1:]}" if line[0] in "—–" else line


class _Body:
    """What has been read of an instalment's body so far."""

    def __init__(self, file: str, offset: int) -> None:
        self.lead: list[Sentence] = []
        self.divs: dict[str, list[Sentence]] = {KEY_POINTS: [], CAREFUL: []}
        self.elements: list[Element] = []
        self._file, self._offset = file, offset
        self._reader = SentenceReader(file, offset)
        self._div = ""
        self._div_line = 0
        self._is_lead = True

    def read(self, tokens: Sequence[Token]) -> None:
        """Take up one block of Markdown."""
        first = tokens[0]
        match first.type:
            case "div":
                self._open_or_close(first)
            case "paragraph_open":
                self._paragraph(tokens[1])
            case "hr" if self._is_lead and first.markup.startswith("*"):
                self._is_lead = False
            case "bullet_list_open" | "ordered_list_open":
                items = self._items(tokens)
                if self._div:
                    self.divs[self._div] += items
                elif items:
                    self.elements.append(Bullets(items, first.type == "ordered_list_open"))
                self._is_lead = False
            case "heading_open" if not self._div:
                self.elements.append(self._heading(tokens))
                self._is_lead = False
            case "blockquote_open" if not self._div:
                self._quotation(tokens)
                self._is_lead = False
            case _:
                where = f"::: {self._div}" if self._div else "an instalment"
                raise self._error(first, f"{where} cannot hold this {thing(first)}; take it out")

    def close(self) -> None:
        """Raise ManuscriptError if a div is not closed or a sign-off has no sentence."""
        if self._div:
            raise ManuscriptError(
                self._file, self._div_line, f"::: {self._div} is not closed; end it with a line :::"
            )
        self._reader.close()

    def _open_or_close(self, token: Token) -> None:
        name = token.info
        if name and self._div:
            raise self._error(token, f"::: {self._div} is still open; close it with a line :::")
        if not name and not self._div:
            raise self._error(token, "this ::: closes nothing; name what it opens or take it out")
        if name and name not in self.divs:
            raise self._error(
                token, f"::: {name[:40]} is unknown; there are ::: key-points and ::: careful"
            )
        self._div, self._div_line = name, line_at(token, self._offset)
        self._is_lead = False

    def _paragraph(self, inline: Token) -> None:
        sentences = self._reader.sentences([inline])
        if self._div:
            self.divs[self._div] += sentences
        elif self._is_lead:
            self.lead += sentences
        elif sentences:
            self.elements.append(Paragraph(sentences))

    def _items(self, tokens: Sequence[Token]) -> tuple[Sentence, ...]:
        listed = list_items(tokens, self._file, self._offset)
        read = [self._reader.sentences(inlines) for _, inlines in listed]
        return tuple(one_sentence(sentences) for sentences in read if sentences)

    def _heading(self, tokens: Sequence[Token]) -> Heading:
        opening, inline = tokens[0], tokens[1]
        if opening.tag not in {"h2", "h3"}:
            raise self._error(opening, "a heading begins with ## or ###; # is the title above")
        line = line_at(opening, self._offset)
        marks = list(self._reader.marks_before())
        text = RunningText()
        for child in inline.children or []:
            is_comment = child.type == "html_inline" and child.content.startswith("<!--")
            if is_comment and (signed := self._reader.sign_off(child.content, line)):
                marks.append(signed)
            elif not text.read(child):
                raise self._error(
                    opening,
                    "a heading holds words and sign-offs alone; take citations and comments out",
                )
        words, _ = text.taken()
        if not words:
            raise self._error(opening, "this heading is empty; name it or take it out")
        return Heading(words, int(opening.tag[1]), tuple(dict.fromkeys(marks)), line=line)

    def _quotation(self, tokens: Sequence[Token]) -> None:
        inlines = []
        for token in tokens:
            if token.type == "inline":
                inlines.append(token)
            elif token.type not in {
                "blockquote_open",
                "blockquote_close",
                "paragraph_open",
                "paragraph_close",
            }:
                raise self._error(
                    token, f"a quotation cannot hold this {thing(token)}; take it out"
                )
        speaker = _take_speaker(inlines)
        sentences = self._reader.sentences(inlines)
        if sentences:
            self.elements.append(Quotation(sentences, speaker))

    def _error(self, token: Token, message: str) -> ManuscriptError:
        return ManuscriptError(self._file, line_at(token, self._offset), message)


def _take_speaker(inlines: list[Token]) -> str:
    """The name on a quotation's last line `— Name`, which is taken out of `inlines`."""
    if not inlines:
        return ""
    children = inlines[-1].children or []
    breaks = [i for i, child in enumerate(children) if child.type in {"softbreak", "hardbreak"}]
    start = breaks[-1] + 1 if breaks else 0
    is_alone = not breaks and len(inlines) == 1
    last = children[start:]
    if is_alone or not last or last[0].type != "text" or not _DASH.match(last[0].content):
        return ""
    name = RunningText()
    others = [child for child in last if not name.read(child)]
    inlines[-1].children = children[:start] + others
    return _DASH.sub("", name.taken()[0], count=1)
