"""A walk through a page in document order."""

from collections.abc import Iterator
from enum import Enum, auto

from bs4 import Tag
from bs4.element import CData, NavigableString, PageElement


class Event(Enum):
    """What a walk through a page meets."""

    OPEN = auto()
    TEXT = auto()
    CLOSE = auto()


def walked(root: Tag) -> Iterator[tuple[Event, PageElement]]:
    """The page in document order, without recursion: pages are nested thousands deep."""
    stack: list[tuple[Event, PageElement]] = [(Event.OPEN, root)]
    while stack:
        event, node = stack.pop()
        if isinstance(node, Tag):
            if event is Event.OPEN and node.name in _SKIPPED:
                continue
            yield event, node
            if event is Event.OPEN:
                stack.append((Event.CLOSE, node))
                stack += [(Event.OPEN, child) for child in reversed(node.contents)]
        elif type(node) in (NavigableString, CData):  # comments and the like are subclasses
            yield Event.TEXT, node


# Elements whose content a reader of the page does not see as text, or could not.
_SKIPPED_NAMES = (
    "head script style template noscript svg iframe object canvas audio video select textarea "
    "datalist"
)
_SKIPPED = frozenset(_SKIPPED_NAMES.split())
