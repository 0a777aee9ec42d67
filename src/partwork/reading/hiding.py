"""Which elements of a page are not shown to its readers."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import cast

from lxml import etree

from partwork.reading.selectors import names_of
from partwork.reading.sheets import Sheet, is_on_every_screen, sheet_of
from partwork.reading.styles import (
    INHERITED,
    WHITE,
    Colour,
    Declared,
    Style,
    background_of,
    colour_of,
    declared,
    is_same,
    is_see_through,
    is_too_small,
    says_background,
    way_out_of_sight,
)
from partwork.reading.walk import SKIPPED, Element


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is not shown: `elements` with all that is in them, and the own text of `texts`.

    The latter show some element inside, such as a cell with letters of no size around a box
    that gives them one.
    """

    elements: frozenset[Element] = frozenset()
    texts: frozenset[Element] = frozenset()


def hidden_in(root: Element, *, is_page: bool = True) -> Hidden:
    """What a page hides by attribute, by inline style or by a rule of its own style sheets.

    A way of hiding that would take an article's length and most of the page's prose hides
    nothing, nor does an element that holds as much, nor does anything hide all of the text:
    pages are built so until their scripts have run. Of a piece of something larger all may be
    hidden. Takes time in proportion to the page.
    """
    sheet = _sheet_in(root)
    styles = _styles(root, sheet)
    if not styles:
        return Hidden()
    survey = _Survey(styles, sheet)
    # What only boxes declare concerns no element inside them.
    is_inherited = any(not INHERITED.isdisjoint(style) for style in styles.values())
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        is_told = is_inherited or element in styles
        if event == "start":
            if is_told:
                survey.open(element)
            if element.tag in SKIPPED:
                walker.skip_subtree()
                continue
            text = element.text
        else:
            if is_told:
                survey.close()
            text = element.tail
        if text and len(text) >= _PROSE_CHARACTERS:
            survey.text(text)
    hidden = survey.hidden(_ARTICLE_CHARACTERS)
    return hidden if not is_page or _leaves_text(root, hidden) else survey.hidden()


# Shorter pieces of text are labels and menus.
_PROSE_CHARACTERS = 40
_ATTRIBUTES = frozenset({"hidden", "style", "aria-hidden", "bgcolor", "popover"})
_HIDING_TAGS = ("dialog", "font", "body")
# The attribute that colours letters (HTML, 15.3).
_COLOURING = {"font": "color", "body": "text"}
# Articles are also hidden a second time, as Markdown to be copied; of 718 pages one does that.
_MOST = 0.75
# What hides less is no article that waits for its scripts (a guess).
_ARTICLE_CHARACTERS = 1_000


def _leaves_text(root: Element, hidden: Hidden) -> bool:
    """Whether a page shows anything besides what is hidden."""
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        text = element.tail
        if event == "start":
            is_passed_over = element.tag in SKIPPED or element in hidden.elements
            text = "" if is_passed_over or element in hidden.texts else element.text
            if is_passed_over:
                walker.skip_subtree()
        if text and not text.isspace():
            return True
    return False


def _sheet_in(root: Element) -> Sheet:
    """The rules of the page's own style sheets, those aside that hold without scripts alone."""
    sheets = [
        (style.text or "", is_on_every_screen(style.get("media", "")))
        for style in cast("list[Element]", _SHEETS(root))
    ]
    if not sheets:
        return Sheet(is_whole=_is_alone(root))
    sheet = sheet_of(sheets, {name for element in root.iter() for name in names_of(element)})
    return replace(sheet, is_whole=sheet.is_whole and _is_alone(root))


def _is_alone(root: Element) -> bool:
    links = (link.get("rel", "").lower().split() for link in root.iter("link"))
    return not any("stylesheet" in rels for rels in links)


def _styles(root: Element, sheet: Sheet) -> dict[Element, Style]:
    """What is declared for the elements for which anything is."""
    said = dict(sheet.styles_in(root))
    styles: dict[Element, Style] = {}
    for element in root.iter():  # several times as quick as XPath
        if element in said or _says_anything(element):
            style = _style(element, said.get(element, _NOTHING), sheet)
            if style:
                styles[element] = style
    return styles


def _says_anything(element: Element) -> bool:
    """Whether an element may be hidden, or what is in it shown again, by what it says itself."""
    get, tag, names = element.get, element.tag, element.keys()
    if not names:
        return tag == "dialog"
    if not _ATTRIBUTES.isdisjoint(names) or tag in _HIDING_TAGS:
        return True
    if "class" in names and not _NAMES_FOR_EARS.isdisjoint(get("class", "").split()):
        return True
    return tag == "img" and (_is_dot(get("width", "")) or _is_dot(get("height", "")))


def _is_dot(size: str) -> bool:
    try:
        return float(size) <= 1
    except ValueError:
        return False


def _style(element: Element, said: Declared, sheet: Sheet) -> Style:
    """What attributes and the style sheet declare together (CSS Cascade 4, 6.1)."""
    get = element.get
    style: dict[str, str] = {}
    if get("bgcolor"):
        style["background-color"] = get("bgcolor", "").lower()
    if element.tag in _COLOURING and get(_COLOURING[element.tag]):
        style["color"] = get(_COLOURING[element.tag], "").lower()
    if element.tag == "img":  # which shows nothing outside its box
        sizes = {name: get(name, "").strip() for name in ("width", "height")}
        style |= {name: size for name, size in sizes.items() if size} | {"overflow": "hidden"}
    if not said.style and not _NAMES_FOR_EARS.isdisjoint(get("class", "").split()):
        style["display"] = "aria-hidden"  # by a sheet elsewhere; it is out of sight all the same
    own = declared(get("style", ""), sheet.variables)
    is_closed = element.tag == "dialog" and get("open") is None
    if is_closed or get("popover") is not None or get("hidden", _FOUND).lower() != _FOUND:
        style["display"] = "none"
    style |= said.style | own.style | said.important | own.important
    if get("aria-hidden", "").lower() == "true" and style.get("display") != "none":
        style["display"] = "aria-hidden"
    return style


_SHEETS = etree.XPath("//style[not(ancestor::noscript or ancestor::template)]")
# What Bootstrap, Tailwind, WordPress and HTML5 Boilerplate call text for screen readers alone.
_NAMES_FOR_EARS = frozenset({"sr-only", "visually-hidden", "screen-reader-text", "visuallyhidden"})
_NOTHING = Declared({}, {})
# Browsers search such text and open it (HTML, 6.1), so it is there for readers.
_FOUND = "until-found"


_INHERITING = ("inherit", "unset", "currentcolor")


@dataclass(frozen=True, slots=True)
class _Look:
    """How text looks; None stands for a colour that other sheets may decide."""

    visibility: str = "visible"
    is_small: bool = False
    is_see_through: bool = False
    colour: Colour | None = (0, 0, 0)
    background: Colour | None = WHITE

    def hiding(self) -> str:
        """The property that hides text which looks so, or nothing."""
        if self.visibility in ("hidden", "collapse"):
            return "visibility"
        if self.is_small:
            return "font-size"
        if self.is_see_through:
            return "color"
        is_camouflaged = self.colour and self.background and is_same(self.colour, self.background)
        return "color" if is_camouflaged else ""

    def changed(self, style: Style, *, is_known: bool) -> "_Look":
        """The look of an element; one that is not `is_known` may have any colours."""
        says_colour = style.get("color", "inherit") not in _INHERITING
        colour = self.colour if is_known and not says_colour else colour_of(style)
        background = background_of(style)
        if background is None and is_known and not says_background(style):
            background = self.background
        is_small = is_too_small(style)
        visibility = style.get("visibility", "inherit")
        return _Look(
            self.visibility if visibility in _INHERITING else visibility,
            self.is_small if is_small is None else is_small,
            is_see_through(style) if says_colour else self.is_see_through and is_known,
            colour,
            background,
        )


@dataclass(frozen=True, slots=True)
class _Find:
    """Something hidden by property `way`; `start` and `end` count the page's prose around it."""

    element: Element
    way: str
    start: int
    end: int


@dataclass(slots=True)
class _Open:
    """An open element: the prose before it, and whether something inside it is shown again."""

    element: Element
    style: Style
    look: _Look
    way: str
    prose: int
    shows: bool = False


@dataclass(slots=True)
class _Survey:
    """Collects from a walk through a page what hides text."""

    styles: Mapping[Element, Style]
    sheet: Sheet
    _open: list[_Open] = field(default_factory=list)
    _prose: int = 0
    _finds: list[_Find] = field(default_factory=list)
    _texts: list[tuple[str, Element]] = field(default_factory=list)

    def open(self, element: Element) -> None:
        """An element begins."""
        look, way = (self._open[-1].look, self._open[-1].way) if self._open else (_Look(), "")
        style = self.styles.get(element, _NO_STYLE)
        is_known = self.sheet.is_whole or not (element.get("class") or element.get("id"))
        if style or not is_known:
            look = look.changed(style, is_known=is_known)
            way = look.hiding()
        self._open.append(_Open(element, style, look, way, self._prose))

    def text(self, text: str) -> None:
        """Characters between two tags, enough of them to be prose."""
        if not text.isspace():
            self._prose += len(text)

    def close(self) -> None:
        """The innermost element ends."""
        closed = self._open.pop()
        if closed.way and closed.shows:
            self._texts.append((closed.way, closed.element))
        elif closed.way:
            self._find(closed, closed.way)
        if self._open and (closed.shows or not closed.way):
            self._open[-1].shows = True
        if closed.style and (way := way_out_of_sight(closed.style)):
            self._find(closed, way)

    def hidden(self, least: int = 0) -> Hidden:
        """What is hidden in the page, now that all of it is known; `least` is believed anyway."""
        most = max(least, _MOST * self._prose)
        finds = [find for find in self._finds if find.end - find.start <= most]
        sums: Counter[str] = Counter()
        ends: Counter[str] = Counter()
        for find in sorted(finds, key=lambda find: (find.start, -find.end)):
            sums[find.way] += max(0, find.end - max(find.start, ends[find.way]))
            ends[find.way] = max(find.end, ends[find.way])
        disbelieved = {way for way, prose in sums.items() if prose > most}
        return Hidden(
            frozenset(find.element for find in finds if find.way not in disbelieved),
            frozenset(element for way, element in self._texts if way not in disbelieved),
        )

    def _find(self, closed: _Open, way: str) -> None:
        self._finds.append(_Find(closed.element, way, closed.prose, self._prose))


_NO_STYLE: Style = {}
