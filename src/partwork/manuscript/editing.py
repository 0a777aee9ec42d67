"""Blocks put into an article's file and taken out of it, with all else left as it was typed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import takewhile

from partwork.manuscript.article import FIELDS
from partwork.manuscript.blocks import Placed, placed_blocks
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.front_matter import front_matter_of
from partwork.model.article import Block


@dataclass(frozen=True, slots=True)
class Sheet:
    """The text of an article's file, its lines with their ends, and its blocks where they stand.

    Lines count from 0 in the file.
    """

    file: str
    lines: tuple[str, ...]
    head: int
    blocks: tuple[Placed, ...]

    @property
    def text(self) -> str:
        """The file's text."""
        return "".join(self.lines)

    @property
    def line_end(self) -> str:
        """What ends a line: what ends the first."""
        return self.lines[0][len(self.lines[0].rstrip("\r\n")) :]


def sheet_of(text: str, file: str) -> Sheet:
    """The text of `file` as a sheet. Raises ManuscriptError for what is no article."""
    front = front_matter_of(text, file, FIELDS)
    placed = placed_blocks(front.body, file, front.body_offset)
    lines = tuple(_LINE.findall(text.removeprefix("\ufeff")))
    head = front.body_offset
    blocks = tuple(replace(p, start=p.start + head, end=_end(lines, p, head)) for p in placed)
    return Sheet(file, lines, head, blocks)


def places_of(read: Sequence[str], kept: Sequence[int], sheet: Sheet) -> Mapping[int, int]:
    """Which block of the sheet is which of those that were read, as far as it can be told.

    `read` are the digests of the blocks as they were read, `kept` the positions of those that
    cleaning kept. The answer goes from position to index in `sheet.blocks`; blocks that were
    written, changed or taken out by hand have no place in it.
    """
    were = [read[position] for position in kept]
    are = [placed.block.digest for placed in sheet.blocks]
    alike = list(takewhile(lambda pair: pair[0] == pair[1], zip(were, are, strict=False)))
    head = len(alike)
    ends = zip(reversed(were[head:]), reversed(are[head:]), strict=False)
    tail = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], ends))
    changed = SequenceMatcher(
        None, were[head : len(were) - tail], are[head : len(are) - tail], autojunk=False
    )
    places = {kept[i]: i for i in range(head)}
    for a, b, size in changed.get_matching_blocks():
        places |= {kept[head + a + i]: head + b + i for i in range(size)}
    return places | {kept[-i]: len(are) - i for i in range(tail, 0, -1)}


def taken_out(sheet: Sheet, index: int) -> tuple[Sheet, str]:
    """The sheet without a block, and the Markdown that is gone, flag and all.

    Raises ManuscriptError where the block stands in one piece with others.
    """
    block = sheet.blocks[index]
    if any(b.start == block.start for i, b in enumerate(sheet.blocks) if i != index):
        raise ManuscriptError(
            sheet.file, block.start + 1, "shares its lines with another block; edit it by hand"
        )
    start, end = block.start, block.end
    if index == 0 and len(sheet.blocks) > 1:  # the blank line above the first is the head's
        while end < len(sheet.lines) and not sheet.lines[end].strip():
            end += 1
    else:
        while start > sheet.head and not sheet.lines[start - 1].strip():
            start -= 1
    wanted = [p.block for i, p in enumerate(sheet.blocks) if i != index]
    fence = f"{sheet.line_end}{_FENCE}{sheet.line_end}"
    written = "".join(sheet.lines[block.start : block.end])
    return _changed(sheet, start, end, ("", fence), wanted), written.rstrip("\r\n")


def put_in(sheet: Sheet, written: str, places: Mapping[int, int], position: int) -> Sheet:
    """The sheet with the Markdown `written` in it, where the block at `position` was read.

    `places` are those of the other blocks (see `places_of`): it goes below the nearest that
    stood above it, or above the nearest that stood below. Raises ManuscriptError where none of
    them stands in the sheet any more, or where it would not stay what it is.
    """
    index, at = _gap(sheet, places, position)
    new = [placed.block for placed in placed_blocks(written, sheet.file, 0)]
    wanted = [placed.block for placed in sheet.blocks]
    wanted[index:index] = new
    nl = sheet.line_end
    last = sheet.lines[at - 1]
    before = "" if not last.strip() else nl if last.endswith(("\r", "\n")) else nl + nl
    after = nl if at < len(sheet.lines) and sheet.lines[at].strip() else ""
    lines = _LINE_END.sub(lambda _: nl, written) + nl
    fenced = f"{_FENCE}{nl}{nl}{lines}{nl}{_FENCE}{nl}"
    choices = (before + lines + after, before + fenced + after)
    return _changed(sheet, at, at, choices, wanted)


def unflagged(sheet: Sheet, index: int) -> Sheet:
    """The sheet with the flag of a block, and of those that share its lines, taken off."""
    start, end = sheet.blocks[index].start, sheet.blocks[index].end
    last = next(line for line in range(start, end) if "-->" in sheet.lines[line])
    wanted = [replace(p.block, flag=None) if p.start == start else p.block for p in sheet.blocks]
    return _changed(sheet, start, last + 1, ("",), wanted)


_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
# A comment between two lists keeps them from becoming one.
_FENCE = "<!-- -->"


def _end(lines: Sequence[str], placed: Placed, head: int) -> int:
    """The line after the block's last; a list's lines go on to the next block for the parser."""
    end = placed.end + head
    while not lines[end - 1].strip():
        end -= 1
    return end


def _gap(sheet: Sheet, places: Mapping[int, int], position: int) -> tuple[int, int]:
    """Where a block belongs: its index among the sheet's blocks, and the line to begin on."""
    above = max((at for at in places if at < position), default=None)
    below = min((at for at in places if at > position), default=None)
    if above is not None and (below is None or position - above <= below - position):
        index = places[above] + 1
        return index, sheet.blocks[index - 1].end
    if below is not None:
        return places[below], sheet.blocks[places[below]].start
    if sheet.blocks:
        raise ManuscriptError(
            sheet.file,
            0,
            f"nothing that stood around block {position + 1} is there any more; "
            "write the block in by hand",
        )
    return 0, len(sheet.lines)


def _changed(
    sheet: Sheet, start: int, end: int, choices: Sequence[str], wanted: Sequence[Block]
) -> Sheet:
    """The sheet with lines replaced by the first choice that makes it read as `wanted`."""
    above, below = "".join(sheet.lines[:start]), "".join(sheet.lines[end:])
    for choice in choices:
        try:
            changed = sheet_of(above + choice + below, sheet.file)
        except ManuscriptError:
            continue
        if [placed.block for placed in changed.blocks] == list(wanted):
            return changed
    raise ManuscriptError(
        sheet.file, start + 1, "the lines around would not stay what they are; edit it by hand"
    )
