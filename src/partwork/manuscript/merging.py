"""Three-way merge of a part: what was generated, what an editor made of it, what is new."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# As git writes them, so that editors' tools know them; an instalment that holds one is not read.
OURS, BETWEEN, THEIRS = "<<<<<<< your text", "=======", ">>>>>>> composed anew"


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged text, and the lines in it, counted from 1, on which a conflict begins."""

    text: str
    conflicts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Change:
    """Lines `start` up to `end` of the old text that one side made `lines`."""

    start: int
    end: int
    lines: tuple[str, ...]


def merged(old: str, edited: str, new: str) -> Merged:
    """`old` with what the editor changed and what composing changed, line by line.

    Where both changed the same lines, both versions stand between conflict markers. Every
    line that the editor wrote is in the text. A line is a sentence or a field; its end is no
    part of it, and comes out as LF unless the edited text stays as it is.
    """
    was, mine, theirs = (text.splitlines() for text in (old, edited, new))
    if theirs in (was, mine):
        return Merged(edited)
    if was == mine:
        return Merged(new)
    lines: list[str] = []
    conflicts: list[int] = []
    at = 0
    for ours, others in _collisions(_changes(was, mine), _changes(was, theirs)):
        start = min(change.start for change in (*ours, *others))
        end = max(change.end for change in (*ours, *others))
        lines += was[at:start]
        at = end
        by_us, by_them = _applied(was, start, end, ours), _applied(was, start, end, others)
        if by_us == by_them or not others:
            lines += by_us
        elif not ours:
            lines += by_them
        else:
            conflicts.append(len(lines) + 1)
            lines += [OURS, *by_us, BETWEEN, *by_them, THEIRS]
    lines += was[at:]
    return Merged("\n".join(lines) + "\n", tuple(conflicts))


def conflict_line(text: str) -> int:
    """The line, counted from 1, of the first conflict marker in `text`; 0 where there is none."""
    marks = ("<<<<<<< ", ">>>>>>> ")
    return next((n for n, line in enumerate(text.splitlines(), 1) if line.startswith(marks)), 0)


def _changes(was: Sequence[str], now: Sequence[str]) -> list[_Change]:
    """What makes the one text the other; a comment takes with it the line that it speaks of."""
    codes = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    changes: list[_Change] = []
    for tag, start, end, first, last in codes:
        if tag == "equal":
            continue
        leans = last > first and now[last - 1].startswith("<!--") and end < len(was)
        changes.append(_Change(start, end + leans, tuple(now[first : last + leans])))
    return changes


def _collisions(
    mine: Sequence[_Change], theirs: Sequence[_Change]
) -> Iterator[tuple[list[_Change], list[_Change]]]:
    """The changes of both sides in order, those that touch the same lines together."""
    left, right = list(reversed(mine)), list(reversed(theirs))
    while left or right:
        ours, others = list[_Change](), list[_Change]()
        first = left if not right or (left and _place(left[-1]) <= _place(right[-1])) else right
        (ours if first is left else others).append(first.pop())
        grows = True
        while grows:
            grows = False
            for side, taken, against in ((left, ours, others), (right, others, ours)):
                if side and any(_collide(side[-1], change) for change in against):
                    taken.append(side.pop())
                    grows = True
        yield ours, others


def _place(change: _Change) -> tuple[int, int]:
    return change.start, change.end


def _collide(one: _Change, other: _Change) -> bool:
    """Whether two changes touch the same lines, or put something in at the same place."""
    if _place(one) == _place(other):
        return True
    return max(one.start, other.start) < min(one.end, other.end) or any(
        a.start < b.start == b.end < a.end for a, b in ((one, other), (other, one))
    )


def _applied(was: Sequence[str], start: int, end: int, changes: Sequence[_Change]) -> list[str]:
    """Lines `start` up to `end` of the old text as one side has them."""
    lines: list[str] = []
    for change in changes:
        lines += was[start : change.start]
        lines += change.lines
        start = change.end
    return lines + list(was[start:end])
