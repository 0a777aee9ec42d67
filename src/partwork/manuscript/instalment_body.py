"""The body of an instalment, read from Markdown block by block."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from partwork.manuscript.commonmark import RunningText, line_at, list_items, thing
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.fences import fenced_text, is_closed
from partwork.manuscript.inline import line_of
from partwork.manuscript.sentences import SentenceReader, one_sentence
from partwork.manuscript.tables import cells_on, table_rows
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
)

# The two fenced divs of an instalment.
KEY_POINTS = "key-points"
CAREFUL = "careful"


class BodyReader:
    """What has been read of an instalment's body so far."""

    def __init__(self, file: str, offset: int, lines: Sequence[str]) -> None:
        """`lines` are the body's, `offset` is the number of those before it in `file`."""
        self.lead: list[Sentence] = []
        self.divs: dict[str, list[Sentence]] = {KEY_POINTS: [], CAREFUL: []}
        self.elements: list[Element] = []
        self._file, self._offset, self._lines = file, offset, lines
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
            case "table_open" if not self._div:
                self.elements.append(self._table(tokens))
                self._is_lead = False
            case "fence" if not self._div:
                self._code(first)
                self._is_lead = False
            case "code_block" if not self._div:
                raise self._error(first, "this is indented; write ``` around code, or undo that")
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
        picture = _lone_picture(inline)
        if picture and not self._div:
            self.elements.append(self._figure(inline, picture))
            self._is_lead = False
            return
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
            if child.type == "link_open":
                raise self._error(opening, "a heading holds no link; move it to the text below")
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

    def _figure(self, inline: Token, picture: Token) -> Figure:
        """A picture in a paragraph of its own, what is said below it between its brackets."""
        name, _ = line_of(str(picture.attrGet("src") or ""))
        if not name:
            raise self._error(inline, "this picture has no file; write ![caption](name.jpg)")
        if picture.attrGet("title"):
            raise self._error(inline, "a picture has no title; write its caption into the [ ]")
        children = inline.children or []
        at = children.index(picture)
        inline.children = [*children[:at], *(picture.children or []), *children[at + 1 :]]
        said = self._reader.sentences([inline])
        return Figure(name, one_sentence(said) if said else None, line_at(inline, self._offset))

    def _table(self, tokens: Sequence[Token]) -> Table:
        rows = table_rows(tokens)
        for row in rows:
            there = cells_on(self._lines[row[0].map[0] if row[0].map else 0])
            if there > len(rows[0]):
                raise self._error(
                    row[0], f"this row has {there} cells, and the header {len(rows[0])}; even them"
                )
        header, *others = (self._reader.row(row) for row in rows)
        if header is None:
            raise self._error(tokens[0], "this table's header is empty; name its columns there")
        worded = tuple(row for row in others if row)
        if not worded:
            raise self._error(tokens[0], "this table has no row below its header; add or remove it")
        return Table(header, worded)

    def _code(self, fence: Token) -> None:
        if not is_closed(fence, self._lines):
            raise self._error(fence, f"this code is not closed; end it with {fence.markup}")
        info = _INFO.fullmatch(fence.info)
        if info is None:
            raise self._error(
                fence,
                f"{fence.markup} is followed by a language and citations alone, such as "
                "sh [@article#7f3a91c2]; write sign-offs on the line before",
            )
        text = fenced_text(fence)
        if text.strip():
            line = line_at(fence, self._offset)
            cited = self._reader.citations_in(info["cited"] or "", line)
            sample = Sentence(text, cited, signed_off=self._reader.marks_before(), line=line)
            self.elements.append(Code(sample, info["language"]))

    def _error(self, token: Token, message: str) -> ManuscriptError:
        return ManuscriptError(self._file, line_at(token, self._offset), message)


_DASH = re.compile(r"(?:—|–|--)\s+")
_INFO = re.compile(r"\s*(?P<language>[\w.#+-]*)\s*(?:\[@(?P<cited>[^\[\]]*)\])?\s*")


def _lone_picture(inline: Token) -> Token | None:
    """The one picture of a paragraph that has no words beside it."""
    children = inline.children or []
    pictures = [child for child in children if child.type == "image"]
    others = (child for child in children if child.type != "image")
    is_alone = all(
        child.type in {"citation", "html_inline", "softbreak", "hardbreak"}
        or (child.type == "text" and not child.content.strip())
        for child in others
    )
    return pictures[0] if len(pictures) == 1 and is_alone else None


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
