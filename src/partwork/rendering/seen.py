"""What a reader would see of a mail: links, pictures, headings, and the colours of its words."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from html.parser import HTMLParser

from partwork.rendering.inline import one_line


@dataclass(frozen=True, slots=True)
class Link:
    """A link and the words it is made of, pictures' descriptions among them."""

    url: str
    words: str
    is_hidden: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture. `alt` is None where it has none at all, which is not an empty one."""

    source: str
    alt: str | None


@dataclass(frozen=True, slots=True)
class Title:
    """A heading of level 1 to 6, and where it begins in the HTML, in characters."""

    level: int
    words: str
    offset: int


@dataclass(frozen=True, slots=True)
class Run:
    """Words on end in one ink on one paper, colours as they are written; "" is the reader's own."""

    words: str
    ink: str
    paper: str
    size_px: float
    is_bold: bool
    is_link: bool
    is_code: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail as it is read; `runs` leave out what is hidden from eyes."""

    links: tuple[Link, ...]
    pictures: tuple[Picture, ...]
    titles: tuple[Title, ...]
    runs: tuple[Run, ...]

    @property
    def words(self) -> str:
        """All words that are shown and are not code, on one line."""
        return " ".join(" ".join(run.words for run in self.runs if not run.is_code).split())


@lru_cache(maxsize=16)  # each of a mail's checks looks at the same, and so do publishing's steps
def seen_of(html: str) -> Seen:
    """What is seen of HTML whose rules stand in style attributes, as `html_from` gives it."""
    reader = _Reader(html)
    reader.feed(html)
    reader.close()
    return Seen(
        tuple(Link(link.url, one_line(link.words), link.is_hidden) for link in reader.links),
        tuple(reader.pictures),
        tuple(replace(t, words=one_line(t.words)) for t in reader.titles),
        tuple(reader.runs),
    )


@dataclass(slots=True)
class _OpenLink:
    url: str
    is_hidden: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class _Setting:
    """How words inside of an element are set."""

    tag: str = ""
    ink: str = ""
    paper: str = ""
    size_px: float = 16  # what browsers begin with
    is_bold: bool = False
    is_hidden: bool = False
    is_code: bool = False
    link: _OpenLink | None = None


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: list[_OpenLink] = []
        self.pictures: list[Picture] = []
        self.titles: list[Title] = []
        self.runs: list[Run] = []
        self._open = [_Setting()]
        self._line_starts = [0, *(match.end() for match in re.finditer("\n", html))]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in reversed(attrs)}  # the first of two holds
        now = _inside(tag, given, self._open[-1])
        if tag == "a":
            now = replace(now, link=_OpenLink(given.get("href", "").strip(), now.is_hidden))
            self.links += [now.link] if now.link else []
        elif tag == "img":
            self.pictures.append(Picture(given.get("src", ""), given.get("alt")))
            if now.link:
                now.link.words += given.get("alt", "")
        elif re.fullmatch("h[1-6]", tag) and not now.is_hidden:
            line, column = self.getpos()
            self.titles.append(Title(int(tag[1]), "", self._line_starts[line - 1] + column))
        if tag not in _VOID:
            self._open.append(now)

    def handle_endtag(self, tag: str) -> None:
        if any(setting.tag == tag for setting in self._open):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        now = self._open[-1]
        if now.link:
            now.link.words += data
        if now.is_hidden:
            return
        if any(re.fullmatch("h[1-6]", setting.tag) for setting in self._open):
            last = self.titles[-1]
            self.titles[-1] = replace(last, words=last.words + data)
        is_link = now.link is not None
        look = (now.ink, now.paper, now.size_px, now.is_bold, is_link, now.is_code)
        self.runs.append(Run(data, *look))


# fmt: off
_VOID = frozenset({
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track",
    "wbr",
})
# fmt: on
_UNSEEN = frozenset({"head", "style", "script", "template", "title"})
_BOLD = frozenset({"b", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "th"})
# What browsers make of 16 px where nobody says otherwise (HTML, 15.3.7).
_HEADING_PX = {"h1": 32.0, "h2": 24.0, "h3": 18.7, "h4": 16.0, "h5": 13.3, "h6": 10.7}


def _inside(tag: str, given: Mapping[str, str], around: _Setting) -> _Setting:
    """How words are set inside of an element with those attributes."""
    style = style_of(given.get("style", ""))
    hidden = style.get("display") == "none" or style.get("visibility") == "hidden"
    weight = style.get("font-weight", "bold" if tag in _BOLD else "")
    paper = style.get("background-color", given.get("bgcolor", ""))
    link = None if tag == "a" else around.link
    return _Setting(
        tag=tag,
        ink=_own(style.get("color", given.get("color", ""))) or ("" if tag == "a" else around.ink),
        paper=_own(paper) or around.paper,
        size_px=_pixels(style.get("font-size", ""), _HEADING_PX.get(tag, around.size_px)),
        is_bold=weight in _HEAVY if weight else around.is_bold,
        is_hidden=around.is_hidden or hidden or tag in _UNSEEN or "hidden" in given,
        is_code=around.is_code or tag in {"code", "pre"},
        link=link,
    )


_HEAVY = frozenset({"bold", "bolder", "700", "800", "900"})
_INHERITED = frozenset({"inherit", "transparent", "none", "currentcolor", "unset"})


def style_of(written: str) -> Mapping[str, str]:
    """The declarations of a style attribute in small letters; of two, what browsers would take.

    The colour of a `background` is given as `background-color`.
    """
    taken: dict[str, str] = {}
    binding: set[str] = set()
    for name, value, is_important in _declarations(written):
        if name not in binding or is_important:
            taken[name] = value
            binding |= {name} if is_important else set()
    return taken


def _declarations(written: str) -> Iterator[tuple[str, str, bool]]:
    for declaration in written.lower().split(";"):
        name, _, value = declaration.partition(":")
        plain = value.replace("!important", "").strip()
        if name.strip() == "background":
            name, plain = "background-color", (_COLOUR.search(plain) or [""])[0]
        if plain:
            yield name.strip(), plain, "!important" in value


_COLOUR = re.compile(r"#[0-9a-f]{3,8}\b|\b[a-z]+\([^()]*\)|^[a-z]+$")


def _own(colour: str) -> str:
    return "" if colour in _INHERITED else colour


def _pixels(size: str, otherwise: float) -> float:
    number = re.fullmatch(r"([0-9]*\.?[0-9]+)px", size)
    return float(number[1]) if number else otherwise
