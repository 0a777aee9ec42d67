"""Which elements of a page are not shown to its readers."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lxml import etree

from partwork.reading.styles import (
    INHERITED,
    WHITE,
    Colour,
    Sheet,
    Style,
    background_of,
    colour_of,
    declared,
    is_same,
    is_see_through,
    is_too_small,
    says_background,
    sheet_of,
    way_out_of_sight,
)
from partwork.reading.walk import SKIPPED, Element, elements_with


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is not shown: `elements` with all that is in them, and the own text of `texts`.

    The latter show some element inside, such as a cell with letters of no size around a box
    that gives them one.
    """

    elements: frozenset[Element] = frozenset()
    texts: frozenset[Element] = frozenset()


def hidden_in(root: Element) -> Hidden:
    """What a page hides by attribute, by inline style or by a simple rule of its own.

    A way of hiding that would take most of the page's prose hides nothing, nor does an element
    that holds as much: pages are built so until their scripts have run. Takes time in
    proportion to the page.
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
    return survey.hidden()


# Shorter pieces of text are labels and menus.
_PROSE_CHARACTERS = 40
_ATTRIBUTES = ("hidden", "style", "aria-hidden", "bgcolor")
# Articles are also hidden a second time, as Markdown to be copied; of 718 pages one does that.
_MOST = 0.75


def _sheet_in(root: Element) -> Sheet:
    sheet = sheet_of("\n".join(style.text or "" for style in root.iter("style")))
    links = (link.get("rel", "").lower().split() for link in root.iter("link"))
    is_alone = not any("stylesheet" in rels for rels in links)
    return replace(sheet, is_whole=sheet.is_whole and is_alone)


def _styles(root: Element, sheet: Sheet) -> dict[Element, Style]:
    """What is declared for the elements for which anything is."""
    elements: list[Element] = [*elements_with(root, *_ATTRIBUTES), *root.iter("dialog", "font")]
    if sheet.rules:
        elements += [*root.iter("html", "body"), *elements_with(root, "class", "id")]
    styles = ((element, _style(element, sheet)) for element in dict.fromkeys(elements))
    return {element: style for element, style in styles if style}


def _names(element: Element) -> Iterator[str]:
    yield from (f".{name}" for name in element.get("class", "").lower().split())
    if "id" in element.attrib:
        yield f"#{element.get('id', '').strip().lower()}"


def _style(element: Element, sheet: Sheet) -> Style:
    """What the style sheet and the attributes declare, the latter in terms of the former."""
    get = element.get
    style = sheet.style_of((str(element.tag), *_names(element))) if sheet.rules else {}
    if get("bgcolor"):
        style["background-color"] = get("bgcolor", "").lower()
    if element.tag == "font" and get("color"):
        style["color"] = get("color", "").lower()
    style |= declared(get("style", ""))
    is_closed = element.tag == "dialog" and get("open") is None
    if is_closed or get("hidden", _FOUND).lower() != _FOUND:
        style["display"] = "none"
    if get("aria-hidden", "").lower() == "true" and style.get("display") != "none":
        style["display"] = "aria-hidden"
    return style


# Browsers search such text and open it (HTML, 6.1), so it is there for readers.
_FOUND = "until-found"


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
        colour = colour_of(style)
        if "color" not in style and is_known:
            colour = self.colour
        background = background_of(style)
        if background is None and is_known and not says_background(style):
            background = self.background
        is_small = is_too_small(style)
        return _Look(
            style.get("visibility", self.visibility),
            self.is_small if is_small is None else is_small,
            is_see_through(style) if "color" in style else self.is_see_through and is_known,
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

    def hidden(self) -> Hidden:
        """What is hidden in the page, now that all of it is known."""
        most = _MOST * self._prose
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
