"""HTML to blocks, in document order, whatever the page is made of."""

import codecs

from bs4.dammit import EncodingDetector

from partwork.model.article import Block
from partwork.reading.cut_off import cut_off_in
from partwork.reading.decoding import decoded
from partwork.reading.errors import Unreadable
from partwork.reading.flow import Flow
from partwork.reading.hiding import Hidden, hidden_in
from partwork.reading.layout import layout_of
from partwork.reading.metadata import Metadata
from partwork.reading.page import base_of, metadata_of
from partwork.reading.walk import Element, tree_of, walk


def read_html(raw: bytes, name: str, url: str = "") -> tuple[Metadata, tuple[Block, ...]]:
    """What a page says of itself and the blocks of all its text, menus and footers included.

    Scripts, styles, templates and form fields have no text; images without alternative text
    are no blocks; what is not to be seen gives hidden blocks. Relative addresses are completed
    with `url`, where the page was found, or with the address it gives itself. Raises `Unreadable`
    for a page that is cut off or has no text.
    """
    html = decoded_html(raw, name)
    where = cut_off_in(html)
    if where:
        raise Unreadable(name, f"the HTML breaks off {where}; save the page again as a whole")
    tree = tree_of(html)
    said = Metadata()
    blocks: tuple[Block, ...] = ()
    if tree is not None:
        hidden = hidden_in(tree)
        said = metadata_of(tree, hidden.elements, base_of(tree, url))
        blocks = _blocks(tree, hidden, base_of(tree, url or said.url))
    if not blocks:
        raise Unreadable(name, "the HTML has no text; save the page after its scripts have run")
    return said, blocks


def decoded_html(raw: bytes, name: str) -> str:
    """`raw` as text: as `decoded`, but what the page declares beats every guess.

    UTF-8 that is valid needs no declaration, and none of UTF-16 is believed (WHATWG HTML,
    13.2.3.2). Pages that declare Latin-1 or ASCII are Windows-1252 (WHATWG Encoding, 4.2).
    """
    declared = EncodingDetector.find_declared_encoding(raw, is_html=True) or ""
    try:
        codec = codecs.lookup(declared).name
    except (LookupError, ValueError):  # the latter where the name holds a NUL
        return decoded(raw, name)
    if codec in _SEVEN_BITS or (codec in _LEGACY and not _is_utf_8(raw)):
        try:
            return raw.decode(_LEGACY.get(codec, codec))
        except UnicodeDecodeError:
            pass
    return decoded(raw, name)


def blocks_of_fragment(html: str, url: str = "", *, is_list: bool = False) -> tuple[Block, ...]:
    """The blocks of a piece of HTML, such as Markdown may hold; one for a piece that `is_list`."""
    tree = tree_of(html)
    if tree is None:
        return ()
    return _blocks(tree, hidden_in(tree, is_page=False), url, is_list=is_list)


def _blocks(root: Element, hidden: Hidden, url: str, *, is_list: bool = False) -> tuple[Block, ...]:
    flow = Flow(frozenset() if is_list else layout_of(root), hidden, url)
    walk(root, flow)
    return flow.finished()


# Encodings that pages declare (WHATWG Encoding, 4.2) by their names in Python, and what they
# stand for; Python knows others, such as `unicode_escape`, that are none.
_SEVEN_BITS = frozenset({"iso2022_jp", "iso2022_kr"})  # which pass for UTF-8
_WESTERN = ("ascii", "iso8859-1", "iso8859-15", "cp1252", "cp850", "mac-roman")
_EASTERN = ("shift_jis", "cp932", "euc_jp", "gb2312", "gbk", "gb18030", "big5", "euc_kr", "cp949")
_OTHERS = ("koi8-r", "koi8-u", "cp866", "cp874", "tis-620", "mac-cyrillic", "big5hkscs")
_LEGACY = {
    **{name: name for name in (*_WESTERN, *_EASTERN, *_OTHERS)},
    **{f"iso8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 16)},
    **{f"cp{page}": f"cp{page}" for page in range(1250, 1259)},
    **dict.fromkeys(("ascii", "iso8859-1"), "cp1252"),
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
}


def _is_utf_8(raw: bytes) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
