"""The front matter of an instalment, with what is signed off in its lines."""

import json
from collections.abc import Mapping

from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.front_matter import FrontMatter, front_matter_of, print_front_matter
from partwork.manuscript.sign_offs import marks_at_end, print_sign_offs
from partwork.model.series import FrontSignOffs, Instalment, SignOff

FIELDS = ("id", "number", "title", "subject", "preheader")


def print_head(instalment: Instalment) -> str:
    """The front matter; a sign-off stands at the end of the line that it speaks of."""
    marks = {name: getattr(instalment.signed_off, name) for name in _SIGNABLE}
    lines = ["---"]
    for name in FIELDS:
        value = getattr(instalment, name)
        *first, last = print_front_matter({name: value}).splitlines()[1:-1]
        if marks_at_end(last, 0)[1]:  # words that would be taken for a mark
            first, last = [], f"{name}: {json.dumps(value, ensure_ascii=False)}"
        lines += [*first, " ".join([last, *print_sign_offs(marks.get(name, ()))])]
    return "\n".join([*lines, "---", ""])


def head_of(text: str, file: str) -> tuple[FrontMatter, FrontSignOffs]:
    """The front matter of the text of `file`, and its sign-offs. Raises ManuscriptError."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    end = next((n for n, line in enumerate(lines) if n and line.rstrip() == "---"), 0)
    marks: dict[int, tuple[SignOff, ...]] = {}
    for n in range(1, end):
        lines[n], found = marks_at_end(lines[n], n + 1)
        if found:
            marks[n + 1] = found
    front = front_matter_of("\n".join(lines), file, FIELDS)
    return front, _sign_offs(front, marks)


_SIGNABLE = ("title", "subject", "preheader")


def _sign_offs(front: FrontMatter, marks: Mapping[int, tuple[SignOff, ...]]) -> FrontSignOffs:
    """The sign-offs by the fields in which they stand; `marks` has them by line."""
    found: dict[str, tuple[SignOff, ...]] = dict.fromkeys(_SIGNABLE, ())
    for line, those in marks.items():
        above = [(e.line, name) for name, e in front.entries.items() if e.line <= line]
        _, name = max(above, default=(0, ""))
        if name not in found:
            raise ManuscriptError(
                front.file,
                line,
                f"nothing is checked here that could be signed off; write <!-- ok: … --> at the "
                f"end of {', '.join(_SIGNABLE)} or of a sentence",
            )
        found[name] = tuple(dict.fromkeys((*found[name], *those)))
    return FrontSignOffs(**found)
