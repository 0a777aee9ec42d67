"""What a page's JSON-LD says of the article on it (schema.org)."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from partwork.reading.characters import one_line
from partwork.reading.walk import Element


@dataclass(frozen=True, slots=True)
class LinkedData:
    """Strings as given, empty where nothing is said; `authors` and `sites` are names."""

    title: str = ""
    deck: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    url: str = ""
    language: str = ""
    sites: tuple[str, ...] = ()


def linked_data_in(root: Element) -> LinkedData:
    """What is said of the first article of the page, or of the page where no article is named."""
    things = [thing for found in _documents(root) for thing in _things(found)]
    known = {t["@id"]: t for t in things if isinstance(t.get("@id"), str)}
    for kinds in (_ARTICLES, _PAGES):
        for thing in things:
            if any(_kind(kind).endswith(kinds) for kind in _listed(thing.get("@type"))):
                return _said(thing, known)
    return LinkedData()


_ARTICLES = ("Article", "BlogPosting", "Report", "Review", "Recipe")
_PAGES = ("WebPage",)
# Some systems wrap the data in a comment or a CDATA section, for readers of 1998.
_WRAPPED = re.compile(r"\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\*/)?)")


def _documents(root: Element) -> Iterator[Any]:
    for script in root.iter("script"):
        if "ld+json" not in script.get("type", "").lower():
            continue
        text = script.text or ""
        wrapper = _WRAPPED.match(text)
        if wrapper:
            end = max(text.rfind("}"), text.rfind("]", 0, text.rfind("]]")))
            text = text[wrapper.end() : end + 1]
        try:
            yield json.loads(text, strict=False)
        except (ValueError, RecursionError):  # broken or hostile: it only adds to the page
            continue


def _things(found: Any) -> Iterator[dict[str, Any]]:
    for thing in _listed(found):
        if isinstance(thing, dict):
            yield thing
            yield from (t for t in _listed(thing.get("@graph")) if isinstance(t, dict))
            main = thing.get("mainEntity")
            yield from (t for t in _listed(main) if isinstance(t, dict))


def _said(thing: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> LinkedData:
    page = thing.get("mainEntityOfPage")
    return LinkedData(
        title=_string(thing.get("headline")) or _string(thing.get("name")),
        deck=_string(thing.get("alternativeHeadline")),
        authors=tuple(_names(thing.get("author"), known))
        or tuple(_names(thing.get("creator"), known)),
        published=_string(thing.get("datePublished")) or _string(thing.get("dateCreated")),
        url=_string(thing.get("url"))
        or _string(page.get("@id") if isinstance(page, dict) else page),
        language=_string(thing.get("inLanguage")),
        sites=tuple(
            name
            for key in ("publisher", "isPartOf", "sourceOrganization")
            for name in _names(thing.get(key), known)
        ),
    )


def _names(value: Any, known: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The names of people or organisations, also of those that are told elsewhere by `@id`."""
    for one in _listed(value):
        thing = one
        if isinstance(one, dict) and "name" not in one and isinstance(one.get("@id"), str):
            thing = known.get(one["@id"], one)
        names = thing.get("name") if isinstance(thing, Mapping) else thing
        yield from filter(None, map(_string, _listed(names)))


def _string(value: Any) -> str:
    return one_line(html.unescape(value)) if isinstance(value, str) else ""


def _kind(kind: Any) -> str:
    return kind if isinstance(kind, str) else ""


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]
