"""The labelled pages as texts to fit the reading of plain text on: lines, signs and labels."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from partwork.reading.lines import lines_of, unwrapped
from partwork.reading.signs import Signs, signs_of

VIEWS = ("clean", "page")
# As browsers copy; without blank lines and markers; with blank lines and without markers.
LAYOUTS = ("paste", "plain", "bare")


@dataclass(slots=True)
class Text:
    """One page in one layout: its lines' signs, and for each line the page's own labels.

    `keep` is 1 body, 0 boilerplate, n title; `role` h heading, l item, b bold line, other text.
    """

    site: str
    view: str
    layout: str
    signs: list[Signs]
    keep: str
    role: str


def texts_of(page: dict[str, Any]) -> Iterator[Text]:
    """The page in each view (`clean` body alone, `page` all of it) and layout, and fragments."""
    for view in VIEWS:
        for layout in LAYOUTS:
            raw, keep, role = laid_out(page, view, layout)
            lines = unwrapped(lines_of(raw))
            filled = (number for number, line in enumerate(raw.split("\n"), 1) if line.strip())
            at = {number: i for i, number in enumerate(filled)}
            keep = "".join(keep[at[line.first]] for line in lines)
            role = "".join(role[at[line.first]] for line in lines)
            yield Text(page["site"], view, layout, signs_of(lines), keep, role)
            if view == "clean" and lines:
                chance = Random(page["id"] + layout)  # noqa: S311 the same fragments every time
                start = chance.randrange(len(lines))
                part = slice(start, start + chance.randint(*_FRAGMENT))
                signs = signs_of(lines[part])
                yield Text(page["site"], "fragment", layout, signs, keep[part], role[part])


def laid_out(page: dict[str, Any], view: str, layout: str) -> tuple[str, str, str]:
    """The page's text in a layout, and the labels of its lines that are not blank."""
    out: list[str] = []
    keeps, roles = "", ""
    after_blank = False
    number = -1
    for raw in page["paste"].split("\n"):
        if not raw.strip():
            after_blank = True
            continue
        number += 1
        keep, role = page["paste_keep"][number], page["paste_role"][number]
        if view == "page" or keep == "1":
            if layout != "plain" and after_blank and out:
                out.append("")
            bare = raw.strip()
            out.append(raw if layout == "paste" else _MARK.sub("", bare) if role == "l" else bare)
            keeps, roles = keeps + keep, roles + role
            after_blank = False
    return "\n".join(out), keeps, roles


# A few lines, as many people paste.
_FRAGMENT = (1, 10)
_MARK = re.compile(r"^\s*(?:[*\u2022\u2023\u25e6\u00b7+-]|\d{1,3}[.)])\s+")
