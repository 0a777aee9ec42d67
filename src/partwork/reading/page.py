"""What an HTML page says of itself: JSON-LD, OpenGraph, meta elements, and its own headings."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

from bs4 import BeautifulSoup, Tag

from partwork.model.article import normalised
from partwork.reading.characters import one_line
from partwork.reading.language import language_tag
from partwork.reading.metadata import Metadata, date_in
from partwork.reading.tags import absolute_url, value_of


def metadata_of(soup: BeautifulSoup) -> Metadata:
    """What the page's head and its marked-up elements say.

    The title is the first main heading if any other source agrees with it, since that is what
    readers see; else the first that is given.
    """
    linked = _linked_data(soup)
    meta = _meta(soup)
    titles = [linked.get("headline", ""), meta.get("og:title", ""), _text(soup.title)]
    return Metadata(
        title=_agreed_title([_text(h) for h in soup.find_all("h1", limit=20)], titles),
        deck=linked.get("alternativeHeadline", ""),
        byline=linked.get("author", "") or _byline(soup, meta),
        published_on=_published(soup, linked, meta),
        url=_url(soup, meta),
        language=language_tag(value_of(soup.html, "lang") if soup.html else ""),
    )


_ARTICLES = ("Article", "BlogPosting", "Report", "WebPage")


def _linked_data(soup: BeautifulSoup) -> dict[str, str]:
    """Strings of the first article in the page's JSON-LD (schema.org), by property."""
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            found = json.loads(script.string or "")
        except (ValueError, RecursionError):  # broken or hostile: it only adds to the page
            continue
        for thing in _things(found):
            kinds = thing.get("@type")
            if any(str(kind).endswith(_ARTICLES) for kind in _listed(kinds)):
                return _strings(thing)
    return {}


def _things(found: Any) -> Iterator[dict[str, Any]]:
    for thing in _listed(found):
        if isinstance(thing, dict):
            yield thing
            yield from (t for t in _listed(thing.get("@graph")) if isinstance(t, dict))


def _strings(thing: dict[str, Any]) -> dict[str, str]:
    names = (a.get("name") if isinstance(a, dict) else a for a in _listed(thing.get("author")))
    people = [one_line(name) for name in names if isinstance(name, str)]
    keys = ("headline", "alternativeHeadline", "datePublished")
    found = {key: one_line(v) for key in keys if isinstance(v := thing.get(key), str)}
    return {**found, "author": ", ".join(p for p in people if _is_name(p))}


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return value
    return [] if value is None else [value]


def _meta(soup: BeautifulSoup) -> dict[str, str]:
    """The first content of each meta element, by its name, property or itemprop."""
    found: dict[str, str] = {}
    for tag in soup.find_all("meta"):
        name = value_of(tag, "property") or value_of(tag, "name") or value_of(tag, "itemprop")
        content = one_line(value_of(tag, "content"))
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _agreed_title(headings: list[str], titles: list[str]) -> str:
    given = [title for title in titles if title]
    for heading in filter(None, headings):
        key = normalised(heading)
        if any(key in normalised(title) for title in given) or (not given and len(headings) == 1):
            return heading
    return given[0] if given else ""


def _byline(soup: BeautifulSoup, meta: dict[str, str]) -> str:
    for name in ("author", "article:author", "parsely-author", "dc.creator"):
        if _is_name(meta.get(name, "")):
            return meta[name]
    for tag in [*soup.find_all(rel="author", limit=3), *soup.find_all(itemprop="author", limit=3)]:
        if _is_name(_text(tag)):
            return _text(tag)
    return ""


def _is_name(text: str) -> bool:
    """Whether `text` can be the name of authors: neither a profile's URL nor a biography."""
    return 0 < len(text) <= 100 and "://" not in text and text.lower() != "admin"


def _published(soup: BeautifulSoup, linked: dict[str, str], meta: dict[str, str]) -> date | None:
    said = [linked.get("datePublished", "")]
    said += [meta.get(n, "") for n in ("article:published_time", "datepublished", "date")]
    said += [value_of(time, "datetime") for time in soup.find_all("time", limit=1)]
    return next((found for text in said if (found := date_in(text))), None)


def _url(soup: BeautifulSoup, meta: dict[str, str]) -> str:
    link = soup.find("link", rel="canonical")
    said = value_of(link, "href") if isinstance(link, Tag) else ""
    return absolute_url("", said or meta.get("og:url", ""), ("http", "https"))


def _text(tag: Tag | None) -> str:
    return one_line(tag.get_text()) if tag is not None else ""
