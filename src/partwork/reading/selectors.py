"""CSS selectors (Selectors Level 3), all of a page's matched in one walk through it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from partwork.reading.selector_lists import LONGEST, listed
from partwork.reading.walk import Element


@dataclass(frozen=True, slots=True)
class Compound:
    """What one element must be, and where it stands to the one of the compound before.

    `needs` are a tag, `.class`, `#id`, `[attribute]`, `[attribute=value]`, and `:first-child` and
    its like, in lower case, and so is what it must not be, `without`; `combinator` is a space
    (inside that one), `>`, `+`, `~`, or nothing in the first.
    """

    needs: tuple[str, ...]
    combinator: str = ""
    without: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Its needs but for the tag: what scripts change."""
        return tuple(need for need in self.needs if need[0] in ".#[")


Selector = tuple[Compound, ...]


def selector_of(text: str) -> Selector | None:
    """The selector in `text`, which is in lower case; None where it is more than names.

    That is the state of an element or its place among many: `:hover`, `:nth-child(2)`; and
    `:not(.open)`, which scripts will end. The first, last and only child are understood.
    """
    text = text.strip()
    if not 0 < len(text) <= LONGEST:
        return None
    needs: list[list[str]] = [[]]
    without: list[list[str]] = [[]]
    combinators = [""]
    at = 0
    while at < len(text):
        part = _PART.match(text, at)
        if part is None:
            return None
        at = part.end()
        if part["combinator"]:
            needs.append([])
            without.append([])
            combinators.append(part["combinator"].strip() or " ")
        elif part["not"]:
            names = [_PART.fullmatch(name.strip()) for name in listed(part["not"])]
            if any(name is None or not _may_be_without(name) for name in names):
                return None
            without[-1] += [_need(name) for name in names if name is not None]
        elif part["name"] != "*":
            needs[-1].append(_need(part))
    if max(map(len, needs)) > _MOST_NEEDS:
        return None
    parts = zip(needs, combinators, without, strict=True)
    return tuple(Compound(tuple(found), sign, tuple(less)) for found, sign, less in parts)


def keys_of(text: str) -> frozenset[str]:
    """The class names and ids of the last compound in any selector's text, or else its tag."""
    last = _COMBINED.split(_ATTRIBUTE.sub("", _NOT.sub("", text.strip())))[-1]
    tag = _TAG.match(last)
    return frozenset(map(unescaped, _NAMES.findall(last) or ([tag[0]] if tag else [])))


def names_of(element: Element) -> Iterator[str]:
    """An element's tag, `.class` names and `#id`, in lower case."""
    yield str(element.tag)
    yield from (f".{name}" for name in element.get("class", "").lower().split())
    if "id" in element.attrib:
        yield f"#{element.get('id', '').strip().lower()}"


def weight_of(selector: Selector) -> tuple[int, int, int]:
    """What decides between two selectors: their ids, then classes and attributes, then tags."""
    needs = [need for compound in selector for need in (*compound.needs, *compound.without)]
    ids = sum(need[0] == "#" for need in needs)
    classes = sum(need[0] in ".[:" for need in needs)
    return ids, classes, len(needs) - ids - classes


def unescaped(css: str) -> str:
    """`css` with its escapes undone (CSS Syntax 3, 4.3.7)."""
    if "\\" not in css:
        return css
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16) % 0x110000) if m[1] else m[2], css)


class Matcher:
    """Selectors side by side, each of their compounds a bit of one long number.

    The bits of an element are those compounds that speak of it. They follow from its names and
    the bits of those around it by a few operations, however many selectors there are: a page
    takes time in proportion to its size, and to its size times the selectors only over 64.
    """

    def __init__(self, selectors: Sequence[Selector]) -> None:
        self.ends: list[int] = []
        self._needed: list[dict[str, int]] = [{} for _ in range(_MOST_NEEDS)]
        self._enough = [0] * _MOST_NEEDS
        self._barred: dict[str, int] = {}
        self._standing = dict.fromkeys(("", " ", ">", "+", "~"), 0)
        self._tests: dict[str, list[tuple[str, str, str]]] = {}
        self._asks_for_places = False
        bit = 1
        for selector in selectors:
            for compound in selector:
                self._standing[compound.combinator] |= bit
                for i in range(_MOST_NEEDS):
                    if i < len(compound.needs):
                        need = compound.needs[i]
                        self._needed[i][need] = self._needed[i].get(need, 0) | bit
                    else:
                        self._enough[i] |= bit
                for name in compound.without:
                    self._barred[name] = self._barred.get(name, 0) | bit
                bit <<= 1
            self.ends.append(bit >> 1)
        self._learn_tests()

    def matches(self, root: Element) -> Iterator[tuple[Element, int]]:
        """Each element of a page and the bits of all compounds that speak of it.

        A selector speaks of the element if the bit of its last compound, in `ends`, is set.
        """
        levels = [_Level()]
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if event == "end":
                levels.pop()
                continue
            around = levels[-1]
            standing = self._standing
            allowed = (
                standing[""]
                | (around.inside << 1 & standing[" "])
                | (around.bits << 1 & standing[">"])
                | (around.last << 1 & standing["+"])
                | (around.before << 1 & standing["~"])
            )
            bits = self._alone(element) & allowed
            around.last = bits
            around.before |= bits
            levels.append(_Level(bits, around.inside | bits))
            yield element, bits

    def _learn_tests(self) -> None:
        tables = (*self._needed, self._barred)
        known = dict.fromkeys(need for needed in tables for need in needed)
        self._asks_for_places = any(need[0] == ":" for need in known)
        for need in known:
            test = _TEST.fullmatch(need)
            if test is not None:
                found = self._tests.setdefault(test["attribute"], [])
                if test["test"] not in ("", "=") and len(found) < _MOST_TESTS:
                    found.append((test["test"], test["value"], need))

    def _alone(self, element: Element) -> int:
        """The compounds whose needs the element meets, wherever it stands."""
        names = set(self._names(element))
        bits = -1
        for needed, enough in zip(self._needed, self._enough, strict=True):
            found = enough
            for name in names:
                if name in needed:
                    found |= needed[name]
            bits &= found
            if bits == 0:
                return 0
        for name in names & self._barred.keys() if self._barred else ():
            bits &= ~self._barred[name]
        return bits

    def _names(self, element: Element) -> Iterator[str]:
        yield from names_of(element)
        if self._asks_for_places:
            is_first, is_last = element.getprevious() is None, element.getnext() is None
            yield from (":first-child",) if is_first else ()
            yield from (":last-child",) if is_last else ()
            yield from (":only-child",) if is_first and is_last else ()
        if not self._tests:
            return
        for attribute in self._tests.keys() & map(str, element.keys()):
            value = element.get(attribute, "").lower()
            yield f"[{attribute}]"
            yield f"[{attribute}={value}]"
            tests = self._tests[attribute]
            yield from (need for test, part, need in tests if _holds(test, part, value))


@dataclass(slots=True)
class _Level:
    """The bits of an element, of it and all around it, and of its last child and all before."""

    bits: int = 0
    inside: int = 0
    last: int = 0
    before: int = 0


# No style sheet that we have seen asks for more needs of one element.
_MOST_NEEDS = 6
# So many other tests of one attribute than for its value, since each is made by itself.
_MOST_TESTS = 64

_NAME = r"(?:[\w-]|[^\x00-\x7f]|\\[0-9a-f]{1,6}\s?|\\[^\n])++"
_PART = re.compile(
    rf"""
    (?P<combinator>\s*[>+~]\s*|\s+)
    | \[\s*(?P<attribute>{_NAME})\s*
        (?:(?P<test>[~|^$*]?=)\s*(?P<value>"[^"]*"|'[^']*'|{_NAME})\s*(?:[is]\s*)?)?\]
    | (?P<sign>[.#]?)(?P<name>{_NAME}|\*)
    | :root
    | (?P<place>:(?:first|last|only)-child)
    | :not\((?P<not>[^()]*)\)
    """,
    re.VERBOSE,
)
_NOT = re.compile(r":not\([^()]*\)")
# What scripts add when something is opened or has been loaded.
_STATE_NAME = re.compile(
    r"(?:^|[_-])(?:js|is|has|open\w*|show\w*|activ\w*|visible|expand\w*|load\w*|ready|current"
    r"|select\w*|on|in|enabled?|checked|focus\w*|hover\w*|display\w*|reveal\w*|animat\w*)(?:[_-]|$)"
)
_NAMES = re.compile(rf"[.#]{_NAME}")
_TAG = re.compile(r"[\w-]+")
_COMBINED = re.compile(r"[\s>+~]+")
_ATTRIBUTE = re.compile(r"\[[^\[\]]*\]")
_TEST = re.compile(r"\[(?P<attribute>[^=~|^$*\]]+)(?P<test>[~|^$*]?=)?(?P<value>.*)\]", re.DOTALL)
_ESCAPED = re.compile(r"\\([0-9a-fA-F]{1,6})\s?|\\(.)", re.DOTALL)


def _need(part: re.Match[str]) -> str:
    if part["place"]:
        return part["place"]
    if not part["attribute"]:
        return (part["sign"] or "") + unescaped(part["name"] or "html")
    value = unescaped((part["value"] or "").strip("\"'"))
    test = f"{part['test']}{value}" if part["test"] else ""
    return f"[{unescaped(part['attribute'])}{test}]"


def _may_be_without(part: re.Match[str]) -> bool:
    """Whether an element that does not have one name or attribute will hardly get it."""
    is_simple = not (part["combinator"] or part["not"] or part["place"] or part["name"] == "*")
    name = part["attribute"] or part["name"] or ""
    return is_simple and _STATE_NAME.search(name) is None


def _holds(test: str, part: str, value: str) -> bool:
    """Whether an attribute's value passes a test that is not for all of it."""
    match test:
        case "^=":
            return bool(part) and value.startswith(part)
        case "$=":
            return bool(part) and value.endswith(part)
        case "*=":
            return bool(part) and part in value
        case "~=":
            return part in value.split()
    return value == part or value.startswith(f"{part}-")
