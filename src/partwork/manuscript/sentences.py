"""Sentences with their citations and sign-offs, as an instalment's Markdown has them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from markdown_it.token import Token

from partwork.manuscript.commonmark import RunningText, line_at, thing
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.inline import line_of, print_inline
from partwork.manuscript.sign_offs import print_sign_offs, sign_off_in
from partwork.model.series import Citation, Sentence, SignOff, cells_in

Thing = TypeVar("Thing")


def print_sentences(sentences: Sequence[Sentence]) -> list[str]:
    """One line a sentence: its text, its citations `[@article#7f3a91c2; …]`, its sign-offs.

    A sentence that cites nothing and is not the last ends in `[@]`, without which it would be
    one with the next. Sentences without words are left out.
    """
    worded = [s for s in sentences if s.text.strip()]
    lines = []
    for index, sentence in enumerate(worded):
        marks = print_marks(sentence)
        if not marks and index + 1 < len(worded):
            marks.append("[@]")
        lines.append(" ".join([print_inline(sentence.text, sentence.spans), *marks]))
    return lines


def print_marks(sentence: Sentence) -> list[str]:
    """What stands after a sentence's text: its citations in one bracket, and each sign-off."""
    signed = print_sign_offs(sentence.signed_off)
    return [print_citations(sentence.citations), *signed] if sentence.citations else signed


def print_citations(citations: Sequence[Citation]) -> str:
    """Citations in one bracket."""
    return f"[{'; '.join(f'@{c.article}#{c.block}' for c in citations)}]"


def print_row(row: Sentence) -> list[str]:
    """The cells of a table's row; the last that has words has its citations and sign-offs."""
    cells = [print_inline(text, spans) for text, spans in cells_in(row)]
    last = max(place for place, cell in enumerate(cells) if cell)
    cells[last] = " ".join([cells[last], *print_marks(row)])
    return cells


def one_sentence(sentences: Sequence[Sentence]) -> Sentence:
    """Sentences that stand in one bullet, as one."""
    return _joined(sentences, " ")


def _joined(sentences: Sequence[Sentence], separator: str) -> Sentence:
    """Sentences as one; `separator` is one character."""
    first, *others = sentences
    for other in others:
        by = len(first.text) + 1
        moved = (replace(s, start=s.start + by, end=s.end + by) for s in other.spans)
        first = replace(
            first,
            text=f"{first.text}{separator}{other.text}",
            citations=_once((*first.citations, *other.citations)),
            spans=(*first.spans, *moved),
            signed_off=_once((*first.signed_off, *other.signed_off)),
        )
    return first


class SentenceReader:
    """Reads the running text of one instalment, paragraph by paragraph, into sentences.

    A sentence ends in its citations, in a sign-off, or with its paragraph. A sign-off
    `<!-- ok: rule, who, why -->` that begins a line speaks of the sentence or heading that comes
    next, be it in the next paragraph or bullet; one that follows text, of the sentence before it.
    Other comments are for editors and are passed over.
    """

    def __init__(self, file: str, offset: int) -> None:
        """`offset` is the number of lines before the instalment's body in `file`."""
        self._file, self._offset = file, offset
        self._line = 0
        self._ahead: list[SignOff] = []  # what is signed off in the next sentence or heading
        self._done: list[Sentence] = []
        self._text = RunningText()
        self._citations: tuple[Citation, ...] = ()
        self._is_cited = False
        self._start = 0  # the line on which the sentence at hand begins

    def sentences(self, inlines: Sequence[Token]) -> tuple[Sentence, ...]:
        """The sentences of one paragraph, bullet or quotation, which may be of several parts."""
        self._done = []
        for inline in inlines:
            self._line = line_at(inline, self._offset)
            starts_line = True
            if _has_wordless_link(inline):
                raise self._error("a link has no words; write them between its [ and ]")
            for token in inline.children or []:
                self._read(token, starts_line=starts_line)
                starts_line = token.type in {"softbreak", "hardbreak"}
                self._line += starts_line + token.content.count("\n")
            self._finish()
        return tuple(self._done)

    def row(self, cells: Sequence[Token]) -> Sentence | None:
        """The cells of a table's row as one sentence, parted by tabs; None if none has words.

        What one cell cites, or is signed off for, speaks of them all.
        """
        read: list[Sentence] = []
        for cell in cells:
            children = cell.children or []
            self._line = line_at(cell, self._offset)
            cited = [c for child in children for c in self._cited_in(child)]
            cell.children = [child for child in children if child.type != "citation"]
            found = self.sentences([cell]) or (Sentence("", line=self._line),)
            one = one_sentence(found)
            read.append(replace(one, text=one.text.replace("\t", " "), citations=_once(cited)))
        row = _joined(read, "\t")
        if not row.text.strip():
            return None
        return replace(row, signed_off=_once((*row.signed_off, *self.marks_before())))

    def citations_in(self, text: str, line: int) -> tuple[Citation, ...]:
        """Those that stand between the brackets of `[@…]`. Raises ManuscriptError for others."""
        self._line = line
        return _once(self._citations_in(text))

    def marks_before(self) -> tuple[SignOff, ...]:
        """The sign-offs that wait for what comes next, which is a heading."""
        waiting, self._ahead = _once(self._ahead), []
        return waiting

    def sign_off(self, comment: str, line: int) -> SignOff | None:
        """The mark that a comment is. Raises ManuscriptError for one without a rule."""
        signed = sign_off_in(comment, line)
        if signed and not signed.rule:
            raise ManuscriptError(
                self._file, line, "a sign-off names its rule; write <!-- ok: rule, who, why -->"
            )
        return signed

    def close(self) -> None:
        """Raise ManuscriptError if a sign-off waits for a sentence that does not come."""
        if self._ahead:
            raise ManuscriptError(
                self._file,
                self._ahead[-1].line,
                "no sentence follows this sign-off; write it on the line of its sentence",
            )

    def _read(self, token: Token, *, starts_line: bool) -> None:
        match token.type:
            case "citation":
                self._cite(token)
            case "html_inline":
                self._comment(token, starts_line=starts_line)
            case "em_close" | "strong_close" | "link_close":
                self._text.read(token)
            case "text":
                if "<!--" in token.content:
                    raise self._error("this comment does not end in its paragraph; close it: -->")
                self._read_text(token)
            case _:
                if self._is_cited:
                    self._finish()
                self._mark_start(token)
                if not self._text.read(token):
                    what = thing(token)
                    raise self._error(
                        f"this {what} stands in running text; give it a paragraph of its own"
                    )

    def _read_text(self, token: Token) -> None:
        """Text, of which the punctuation that follows a citation still belongs to its sentence."""
        content = token.content
        if self._is_cited:
            closing = _CLOSING.match(content)
            if closing is not None:
                self._text.add_close(closing.group())
                content = content[closing.end() :]
                self._is_cited = closing.group()[-1] not in ",;:"
            if content and self._is_cited:
                self._finish()
        if content.strip() and not self._text:
            self._start = self._line
        self._text.add(content)

    def _mark_start(self, token: Token) -> None:
        if not self._text and token.content.strip():
            self._start = self._line

    def _cite(self, token: Token) -> None:
        found = self._citations_in(token.content)
        if self._text:
            self._citations += found
            self._is_cited = True
        elif self._done:
            last = self._done[-1]
            self._done[-1] = replace(last, citations=_once((*last.citations, *found)))
        else:
            raise self._error("no sentence stands before this citation; write [@…] after it")

    def _cited_in(self, token: Token) -> tuple[Citation, ...]:
        return self._citations_in(token.content) if token.type == "citation" else ()

    def _citations_in(self, content: str) -> tuple[Citation, ...]:
        pieces = [piece.strip() for piece in content.split(";")]
        found = []
        for piece in filter(None, pieces):
            match = _CITATION.fullmatch(piece)
            if match is None:
                raise self._error(
                    f"{line_of(f'[@{content}]'[:60])[0]} is no citation; "
                    "write [@article#7f3a91c2], or \\[@ for plain text"
                )
            found.append(Citation(match["article"], match["block"]))
        return tuple(found)

    def _comment(self, token: Token, *, starts_line: bool) -> None:
        if not token.content.startswith("<!--"):
            raise self._error(f"{token.content[:40]!r}: HTML is not read here; write \\< for <")
        signed = self.sign_off(token.content, self._line)
        if signed is None:
            return
        self._finish()
        if self._done and not starts_line:
            last = self._done[-1]
            self._done[-1] = replace(last, signed_off=_once((*last.signed_off, signed)))
        else:
            self._ahead.append(signed)

    def _finish(self) -> None:
        """Take up the sentence gathered so far, if it has words."""
        text, spans = self._text.taken()
        if text:
            marks = self.marks_before()
            self._done.append(
                Sentence(text, _once(self._citations), spans, marks, line=self._start)
            )
        self._citations, self._is_cited = (), False

    def _error(self, message: str) -> ManuscriptError:
        return ManuscriptError(self._file, self._line, message)


_CITATION = re.compile(r"@?(?P<article>[a-z0-9][a-z0-9-]*)#(?P<block>[0-9a-f]{8})")
_CLOSING = re.compile(r"[.,;:!?…)\]”’»\"']+")


def _once(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """`things` without repeats, in the order in which they first come."""
    return tuple(dict.fromkeys(things))


def _has_wordless_link(inline: Token) -> bool:
    """Whether nothing to read stands within a link, so that nobody would ever see it."""
    words: list[str] | None = None
    for token in inline.children or []:
        if token.type == "link_open":
            words = []
        elif token.type == "link_close" and words is not None:
            if not "".join(words).strip():
                return True
            words = None
        elif words is not None:
            words.append(token.content)
    return False
