"""The tree of a page, and a walk through it in document order."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Protocol, cast

from lxml import etree

Element = etree._Element


class Visitor(Protocol):
    """What a walk tells of a page."""

    def open(self, element: Element, name: str) -> None:
        """An element begins."""

    def text(self, text: str) -> None:
        """Characters between two tags."""

    def close(self, element: Element, name: str) -> None:
        """An element ends."""


def tree_of(html: str) -> Element | None:
    """The tree of a page or a piece of one, without comments; None if there is no element.

    Elements nested more than 512 deep are siblings, as in Chromium.
    """
    # A NUL would end the text for libxml2; browsers ignore it (WHATWG HTML, 13.2.6.4.7).
    raw = html.replace("\0", "").encode("utf-8", "replace")
    # Without `huge_tree` libxml2 drops texts above 10 MB, and with it what is 2,048 deep.
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    try:
        tree = etree.fromstring(raw, parser)
    except etree.XMLSyntaxError:  # raised for a page without content
        return None
    last_error = parser.error_log.last_error
    if last_error is None or last_error.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT:
        return tree
    shallow = _Shallow()
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, target=shallow)  # type: ignore[arg-type] # stubs want bytes too
    return etree.fromstring(raw, parser)


def walk(root: Element, visitor: Visitor) -> None:
    """Tell `visitor` the page in document order, without recursion: pages nest thousands deep."""
    walker = etree.iterwalk(root, events=("start", "end"))
    opened, told, closed = visitor.open, visitor.text, visitor.close
    for event, element in walker:
        name = element.tag
        if event == "start":
            if name in SKIPPED:
                walker.skip_subtree()
                continue
            opened(element, name)
            text = element.text
        else:
            if name not in SKIPPED:
                closed(element, name)
            text = element.tail
        if text:
            told(text)


def elements_with(root: Element, *attributes: str) -> list[Element]:
    """All elements that have one of `attributes` at least, in document order."""
    return cast("list[Element]", _having(attributes)(root))


def text_of(element: Element) -> str:
    """All characters in an element, as they are."""
    return "".join(cast("Iterator[str]", element.itertext()))


@lru_cache
def _having(attributes: tuple[str, ...]) -> etree.XPath:
    # One predicate, since libxml2 joins sets of nodes in quadratic time.
    return etree.XPath(f"//*[{' or '.join('@' + name for name in attributes)}]")


class _Shallow:
    """Builds the tree of a page, its deepest elements side by side."""

    def __init__(self) -> None:
        self._builder = etree.TreeBuilder()
        self._depth = 0
        self._deepest = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        self._depth += 1
        if self._depth >= _DEEPEST:
            self._end_deepest()
            self._deepest = tag
        self._builder.start(tag, dict(attributes))  # type: ignore[arg-type] # the same

    def data(self, text: str) -> None:
        """Characters between two tags."""
        self._builder.data(text)

    def end(self, tag: str) -> None:
        """An element ends."""
        if self._depth >= _DEEPEST:
            self._end_deepest()
        else:
            self._builder.end(tag)
        self._depth -= 1

    def close(self) -> Element:
        """The page's root."""
        return self._builder.close()

    def _end_deepest(self) -> None:
        if self._deepest:
            self._builder.end(self._deepest)
        self._deepest = ""


_DEEPEST = 512

# Elements whose content a reader of the page does not see as text, or could not.
_SKIPPED_NAMES = (
    "head script style title template noscript noframes noembed svg iframe object canvas audio "
    "video progress meter select textarea datalist rp rt annotation annotation-xml"
)
SKIPPED = frozenset(_SKIPPED_NAMES.split())
