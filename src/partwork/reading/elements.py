"""What the elements of a page do with the text in them, by their names."""

from typing import NamedTuple

from partwork.model.article import BlockKind
from partwork.model.text import Mark
from partwork.reading.layout import LISTS


class Role(NamedTuple):
    """What elements of one name do; every owner is a box."""

    is_box: bool
    owns: BlockKind | None
    is_inline: bool


_BOX_NAMES = (
    "html body main article section header footer nav aside search hgroup address "
    "div p h1 h2 h3 h4 h5 h6 ul ol menu li dl dt dd table caption thead tbody tfoot tr td th pre "
    "blockquote figure figcaption details summary dialog form fieldset legend button hr center "
    "option"
)
BOXES = frozenset(_BOX_NAMES.split())
_OWNERS = {
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), BlockKind.HEADING),
    **dict.fromkeys(LISTS, BlockKind.LIST),
    "table": BlockKind.TABLE,
    "pre": BlockKind.CODE,
}
MARKS = {
    **dict.fromkeys(("em", "i", "cite", "dfn"), Mark.EMPHASIS),
    **dict.fromkeys(("strong", "b"), Mark.STRONG),
    **dict.fromkeys(("code", "kbd", "samp", "tt"), Mark.CODE),
    "a": Mark.LINK,
}
# Elements that do more than hold text or part it.
_INLINE = frozenset({*MARKS, "br", "img", "blockquote", "q", "sup"})

ROLES = {name: Role(name in BOXES, _OWNERS.get(name), name in _INLINE) for name in BOXES | _INLINE}
