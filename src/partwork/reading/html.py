"""HTML to blocks, in document order, whatever the page is made of."""

from functools import partial

from bs4 import BeautifulSoup, Tag
from bs4.dammit import EncodingDetector
from lxml import etree

from partwork.model.article import Block
from partwork.reading.cut_off import cut_off_in
from partwork.reading.decoding import decoded
from partwork.reading.errors import Unreadable
from partwork.reading.flow import Flow
from partwork.reading.layout import layout_of
from partwork.reading.metadata import Metadata
from partwork.reading.page import metadata_of
from partwork.reading.walk import Event, walked


def read_html(raw: bytes, name: str) -> tuple[Metadata, tuple[Block, ...]]:
    """What a page says of itself and the blocks of all its text, menus and footers included.

    Scripts, styles, templates and form fields have no text; images without alternative text
    are no blocks; what is marked as not to be shown gives hidden blocks. Raises `Unreadable`
    for a page that is cut off or has no text.
    """
    html = decoded_html(raw, name)
    where = cut_off_in(html)
    if where:
        raise Unreadable(name, f"the HTML breaks off {where}; save the page again as a whole")
    soup = _parsed(html)
    said = metadata_of(soup)
    blocks = blocks_of_html(soup, said.url)
    if not blocks:
        raise Unreadable(name, "the HTML has no text; save the page after its scripts have run")
    return said, blocks


def decoded_html(raw: bytes, name: str) -> str:
    """`raw` as text: as `decoded`, but what the page declares beats every guess.

    Pages that declare Latin-1 or ASCII are Windows-1252 (WHATWG Encoding, 4.2).
    """
    declared = EncodingDetector.find_declared_encoding(raw, is_html=True) or ""
    try:
        raw.decode("utf-8")
        is_legacy = declared.startswith("iso-2022")  # seven bits, so it passes for UTF-8
    except UnicodeDecodeError:
        is_legacy = declared not in ("", "utf-8", "utf8", "utf-16", "utf-16le", "utf-16be")
    if is_legacy and b"\0" not in raw:
        encoding = "cp1252" if declared in ("iso-8859-1", "latin-1", "us-ascii") else declared
        try:
            return raw.decode(encoding)
        except (LookupError, UnicodeDecodeError):
            pass
    return decoded(raw, name)


def blocks_of_html(soup: BeautifulSoup, url: str = "") -> tuple[Block, ...]:
    """The blocks of a parsed page; relative addresses are completed with its `url`."""
    flow = Flow(layout_of(soup), url)
    for event, node in walked(soup):
        if event is Event.TEXT:
            flow.text(str(node))
        elif isinstance(node, Tag):
            (flow.open if event is Event.OPEN else flow.close)(node)
    return flow.finished()


def blocks_of_fragment(html: str) -> tuple[Block, ...]:
    """The blocks of a piece of HTML, such as Markdown may hold."""
    return blocks_of_html(_parsed(html))


def _parsed(html: str) -> BeautifulSoup:
    """The tree of `html`. Without `huge_tree` lxml drops what is nested more than 256 deep."""
    # A NUL would end the text for libxml2; browsers read U+FFFD (WHATWG HTML, 13.2.5).
    parser = partial(etree.HTMLParser, huge_tree=True)
    return BeautifulSoup(html.replace("\0", "\ufffd"), "lxml", parser=parser)
