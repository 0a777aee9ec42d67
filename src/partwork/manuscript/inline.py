"""Running text and its marks, as CommonMark is written."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from partwork.model.text import Mark, Span


def print_inline(text: str, spans: Sequence[Span] = ()) -> str:
    """One line of CommonMark that reads back as `line_of(text, spans)`.

    It may stand at the start of a line: what there would open a heading, list, quotation,
    fence, table or fenced div is escaped.
    """
    line, marks = line_of(text, spans)
    written = _marked(line, marks) if marks else _SPECIAL.sub(r"\\\g<0>", line)
    return _LINE_START.sub(_escaped_start, written)


def line_of(text: str, spans: Iterable[Span] = ()) -> tuple[str, tuple[Span, ...]]:
    """`text` and `spans` as far as one line of CommonMark can carry them.

    White space that breaks lines becomes a space, the edges are trimmed, and see
    `without_controls`. No mark begins or ends in white space or stands within its like;
    neighbours that are alike are one; links hold no links; code holds no marks and gives way to
    them. Spans that overlap by halves, which the model forbids, are cut where the earlier ends.
    """
    unbroken = text if text.isprintable() else without_controls(_BREAKS.sub(" ", text))
    indent = len(unbroken) - len(unbroken.lstrip())
    line = unbroken.strip()
    now = tuple(spans)
    if not now:
        return line, now
    if indent:
        now = tuple(replace(s, start=s.start - indent, end=s.end - indent) for s in now)
    while True:
        before, now = now, _settled(line, now)
        if now == before:
            return line, now


def without_controls(text: str) -> str:
    """`text` with U+FFFD for each character that no text file should hold.

    Those are control characters that are no white space, lone surrogates and noncharacters.
    """
    # All of them are unprintable, and so are line breaks: most text needs no closer look.
    return text if text.isprintable() else _CONTROLS.sub("\ufffd", text)


def destination_of(url: str) -> str:
    """`url` as a link's or image's destination (CommonMark 0.31, 6.3)."""
    clean, _ = line_of(url)
    escaped = re.sub(r"[\\<>]|&(?=#?\w+;)", r"\\\g<0>", clean)
    return escaped if re.fullmatch(r"[^\s()<>]+", clean) else f"<{escaped}>"


# In order: of two spans with the same ends the first stands outside.
_RANKS = {Mark.LINK: 0, Mark.EMPHASIS: 1, Mark.STRONG: 2, Mark.CODE: 3}
_DELIMITERS = {Mark.EMPHASIS: "_", Mark.STRONG: "**"}

_BREAKS = re.compile(r"[\n\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))
    + "]"
)
# One set of signs, so that the search is quick; those of HTML only where they open something.
_SPECIAL = re.compile(r"[\\`*_\[\]<&](?<!<(?![A-Za-z/!?]))(?<!&(?!#?\w+;))")
_LINE_START = re.compile(r"^(?:[>#=~|:]|[-+](?![0-9A-Za-z])|\d{1,9}(?=[.)](?:\s|$)))")


@dataclass(frozen=True, slots=True)
class _Atom:
    """A piece of the line: text still to be escaped, a delimiter (open, close) or markup."""

    role: str
    text: str


_EDGE = _Atom("edge", "")


def _order(span: Span) -> tuple[int, int, int]:
    return (span.start, -span.end, _RANKS[span.mark])


def _settled(text: str, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The spans after one pass over them; what it joins or drops can call for another."""
    kept: list[Span] = []
    dropped: set[int] = set()
    around: list[int] = []  # indexes in `kept` of the spans that are open, outermost first
    for candidate in sorted((_trimmed(text, s) for s in spans), key=_order):
        span, sibling = candidate, None
        while around and kept[around[-1]].end <= span.start:
            sibling = around.pop()
        if around and span.end > kept[around[-1]].end:
            span = replace(span, end=kept[around[-1]].end)
        if span.start >= span.end or any(kept[i].mark is span.mark for i in around):
            continue
        if sibling is not None and _are_one(kept[sibling], span):
            kept[sibling] = replace(kept[sibling], end=span.end)
            around.append(sibling)
            continue
        if around and kept[around[-1]].mark is Mark.CODE:
            dropped.add(around[-1])
        around.append(len(kept))
        kept.append(span)
    return tuple(sorted((s for i, s in enumerate(kept) if i not in dropped), key=_order))


def _are_one(left: Span, right: Span) -> bool:
    return left.mark is right.mark is not Mark.LINK and left.end == right.start


def _trimmed(text: str, span: Span) -> Span:
    start, end = max(span.start, 0), min(span.end, len(text))
    inside = text[start:end]
    end -= len(inside) - len(inside.rstrip())
    start += len(inside) - len(inside.lstrip())
    if (start, end) == (span.start, span.end):
        return span
    return replace(span, start=start, end=max(start, end))


def _atoms(text: str, spans: Sequence[Span]) -> list[_Atom]:
    """Text, delimiters and markup in the order in which they are written."""
    atoms: list[_Atom] = []
    around: list[Span] = []
    at = 0

    def text_up_to(end: int) -> None:
        nonlocal at
        if end > at:
            atoms.append(_Atom("text", text[at:end]))
            at = end

    def close_up_to(start: int) -> None:
        while around and around[-1].end <= start:
            span = around.pop()
            text_up_to(span.end)
            if span.mark is Mark.LINK:
                atoms.append(_Atom("markup", f"]({destination_of(span.url)})"))
            else:
                atoms.append(_Atom("close", _DELIMITERS[span.mark]))

    for span in spans:
        close_up_to(span.start)
        text_up_to(span.start)
        if span.mark is Mark.CODE:
            atoms.append(_Atom("markup", _code(text[span.start : span.end])))
            at = span.end
        elif span.mark is Mark.LINK:
            atoms.append(_Atom("markup", "["))
            around.append(span)
        else:
            atoms.append(_Atom("open", _DELIMITERS[span.mark]))
            around.append(span)
    close_up_to(len(text))
    text_up_to(len(text))
    return atoms


def _marked(line: str, marks: Sequence[Span]) -> str:
    """A line with its marks, as CommonMark but for what would open a block."""
    atoms = _atoms(line, marks)
    written = []
    for index, atom in enumerate(atoms):
        if atom.role != "text":
            written.append(atom.text)
            continue
        before = atoms[index - 1] if index else _EDGE
        after = atoms[index + 1] if index + 1 < len(atoms) else _EDGE
        inner_before = atoms[index - 2] if index > 1 else _EDGE
        inner_after = atoms[index + 2] if index + 2 < len(atoms) else _EDGE
        written.append(
            _escaped(
                atom.text,
                first_armoured=before.role == "close"
                and _needs_armour(atom.text[0], before, inner_before.text[-2:]),
                last_armoured=after.role == "open"
                and _needs_armour(atom.text[-1], after, inner_after.text[:2]),
                before_link=after.text == "[",
                opens_link=before.text == "[",
            )
        )
    return "".join(written)


def _code(text: str) -> str:
    """A code span (CommonMark 0.31, 6.1): fenced by more backticks than it holds."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{padding}{text}{padding}{fence}"


def _needs_armour(outer: str, delimiter: _Atom, inner: str) -> bool:
    """Whether `outer` would keep `delimiter` from working, so that it goes as an entity.

    A delimiter next to a word inside and out, or next to punctuation inside and a word outside,
    is no delimiter or not the one we mean (CommonMark 0.31, 6.2); an entity is punctuation.
    `inner` is up to two characters, as a single one may itself have become an entity.
    """
    if outer.isspace() or unicodedata.category(outer).startswith("P"):
        return False
    return delimiter.text == _DELIMITERS[Mark.EMPHASIS] or not (len(inner) > 1 and inner.isalnum())


def _escaped(
    text: str, *, first_armoured: bool, last_armoured: bool, before_link: bool, opens_link: bool
) -> str:
    """A stretch of text; what stands before a link is no image, a link's text no citation."""
    first = last = ""
    if opens_link and text.startswith("@"):
        first, text = "\\@", text[1:]
    if first_armoured:
        first, text = f"&#{ord(text[0])};", text[1:]
    if last_armoured and text:
        last, text = f"&#{ord(text[-1])};", text[:-1]
    elif before_link and text.endswith("!"):
        last, text = "\\!", text[:-1]
    return first + _SPECIAL.sub(r"\\\g<0>", text) + last


def _escaped_start(match: re.Match[str]) -> str:
    opener = match.group()
    return f"{opener}\\" if opener.isdecimal() else f"\\{opener}"
