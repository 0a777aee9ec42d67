"""The web links of a mail's HTML, by number, and the HTML with other addresses in their place."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from html.parser import HTMLParser
from urllib.parse import urlsplit

from partwork.rendering.inline import safe_url


@dataclass(frozen=True, slots=True)
class Redirected:
    """A mail's HTML as it leaves, and the numbers of the links that lead elsewhere in it."""

    html: str
    links: tuple[int, ...] = ()


def web_links(html: str) -> tuple[str, ...]:
    """The addresses that links of the HTML go to on the web, each once, in their order.

    The n-th is link number n: the numbers depend on nothing but the HTML.
    """
    urls = (anchor.url for anchor in _anchors(html))
    return tuple(dict.fromkeys(url for url in urls if _is_on_the_web(url)))


def redirected(
    html: str, redirect: Callable[[int], str], is_kept: Callable[[str], bool]
) -> Redirected:
    """The HTML with `redirect` of its number in place of each web link's address.

    Links that `is_kept` stay, and those whose words are an address: one that goes elsewhere than
    it says is taken for fraud. All other bytes stay as they are.
    """
    numbers = {url: number for number, url in enumerate(web_links(html), start=1)}
    pieces: list[str] = []
    found: set[int] = set()
    begun = 0
    for anchor in _anchors(html):
        number = numbers.get(anchor.url)
        if number is None or is_kept(anchor.url) or _ADDRESS.search(anchor.words.strip()):
            continue
        pieces += (html[begun : anchor.start], f'"{escape(redirect(number))}"')
        begun = anchor.end
        found.add(number)
    return Redirected("".join((*pieces, html[begun:])), tuple(sorted(found)))


def is_below(url: str, base: str) -> bool:
    """Whether an address is that of a site or of a page below it."""
    one, site = urlsplit(url), urlsplit(base)
    path = site.path.rstrip("/")
    is_there = one.path == path or one.path.startswith(f"{path}/")
    return one.netloc.lower() == site.netloc.lower() and is_there


_ADDRESS = re.compile(r"(?i)https?://|\bwww\.|^\S+\.[a-z]{2,}(?:/\S*)?$")
_ATTRIBUTE = re.compile(r"""([^\s"'>/=]+)\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")


@dataclass(slots=True)
class _Anchor:
    """A link, its words, and where its address stands in the HTML, quotation marks and all."""

    url: str
    start: int
    end: int
    words: str = ""


def _is_on_the_web(url: str) -> bool:
    """An address as rendering writes it: nothing in it needs encoding, no merge field is open."""
    return url == safe_url(url) and urlsplit(url).scheme in {"http", "https"}


def _anchors(html: str) -> Iterator[_Anchor]:
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    yield from reader.anchors


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.anchors: list[_Anchor] = []
        self._is_inside = False
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", html))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" and self._is_inside:
            self.anchors[-1].words += dict(attrs).get("alt") or ""
        if tag != "a":
            return
        written = self.get_starttag_text() or ""
        line, column = self.getpos()
        begun = self._line_starts[line - 1] + column
        url = next((value or "" for name, value in attrs if name == "href"), "").strip()
        where = (a.span(2) for a in _ATTRIBUTE.finditer(written) if a[1].lower() == "href")
        start, end = next(where, (0, 0))  # of two the first holds
        self._is_inside = bool(end)
        if end:
            self.anchors.append(_Anchor(url, begun + start, begun + end))

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = self._is_inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.anchors[-1].words += data
