"""What an HTML page says of itself: JSON-LD, OpenGraph, meta elements, and its own headings."""

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from itertools import chain, islice
from urllib.parse import urlsplit

from partwork.model.article import normalised
from partwork.reading.characters import one_line
from partwork.reading.dates import date_in
from partwork.reading.language import language_tag
from partwork.reading.linked_data import LinkedData, linked_data_in
from partwork.reading.metadata import Metadata, name_in
from partwork.reading.tags import WEB, absolute_url
from partwork.reading.walk import Element, elements_with, text_of


def metadata_of(root: Element, hidden: Collection[Element] = (), base: str = "") -> Metadata:
    """What the page's head and its marked-up elements say; headings in what is `hidden` do not.

    `base` completes the address that the page goes by (see `base_of`).

    The title is the first main heading if any other source agrees with it, since that is what
    readers see; else the first that is given, without the name of the site.
    """
    linked, meta, items = linked_data_in(root), _meta(root), _items(root)
    url = _url(root, linked, meta, base)
    sites = _sites(linked, meta, url)
    titles = [linked.title, meta.get("og:title", ""), meta.get("twitter:title", "")]
    titles += [*_texts(root.iter("title"), 1), *_values(items, "headline")]
    titles = [title for title in titles if 0 < len(title) <= _LONGEST_TITLE]
    shown = (h for h in islice(root.iter("h1"), _HEADINGS) if not _is_in(h, hidden))
    headings = [text for text in _texts(shown, _HEADINGS) if len(text) <= _LONGEST_TITLE]
    return Metadata(
        title=_agreed_title(headings, [_without_site(t, sites) for t in titles], sites),
        deck=linked.deck,
        byline=_byline(root, linked, meta, items, sites),
        published_on=_published(root, linked, meta, items),
        url=url,
        language=_language(root, linked, meta),
    )


def base_of(root: Element, url: str) -> str:
    """What completes the page's relative addresses, where it was published at `url`."""
    said = next((href for base in root.iter("base") if (href := base.get("href"))), "")
    return absolute_url(url, said, WEB) or url


_HEADINGS = 20
# What is longer is no title, and would be slow to look for names in.
_LONGEST_TITLE = 500
_DATE_NAMES = (
    "article:published_time og:article:published_time datepublished date dc.date.issued dc.date "
    "dcterms.created dcterms.date pubdate publishdate publish-date publication_date "
    "parsely-pub-date sailthru.date article.published"
)
_AUTHOR_NAMES = "author article:author parsely-author dc.creator dcterms.creator sailthru.author"
_SEPARATOR = re.compile(r"\s+(?:[|·•»›~:/-]|[–—]|::|\|\|)\s+|\s*\|\s*|:\s+")
# A heading that a title only mentions in passing is the site's name.
_LEAST_SHARE = 0.4

_Items = dict[str, list[Element]]


def _meta(root: Element) -> dict[str, str]:
    """The first content of each meta element, by its name, property or itemprop."""
    found: dict[str, str] = {}
    for element in root.iter("meta"):
        get = element.get
        name = get("property") or get("name") or get("itemprop") or get("http-equiv")
        content = one_line(get("content", ""))
        if name and content:
            found.setdefault(name.lower(), content)
    return found


def _items(root: Element) -> _Items:
    """Elements with microdata by property."""
    found: _Items = {}
    for element in elements_with(root, "itemprop"):
        for name in element.get("itemprop", "").lower().split():
            found.setdefault(name, []).append(element)
    return found


def _values(items: _Items, name: str) -> Iterator[str]:
    """What the first items of one property say, by attribute or by their text."""
    for element in items.get(name, ())[:3]:
        get = element.get
        yield one_line(get("content") or get("datetime") or text_of(element))


def _texts(elements: Iterable[Element], count: int) -> Iterator[str]:
    return (one_line(text_of(e)) for e in islice(elements, count))


def _is_in(element: Element, others: Collection[Element]) -> bool:
    return bool(others) and any(e in others for e in (element, *element.iterancestors()))


def _sites(linked: LinkedData, meta: dict[str, str], url: str) -> frozenset[str]:
    """Names of the site, and its domain's, by their letters."""
    names = [*linked.sites, meta.get("og:site_name", ""), meta.get("application-name", "")]
    labels = (urlsplit(url).hostname or "").removeprefix("www.").split(".")
    names += [".".join(labels), labels[0]]
    return frozenset(map(_letters, names)) - {""}


def _letters(name: str) -> str:
    return "".join(c for c in normalised(name).removeprefix("the ") if c.isalnum())


def _without_site(title: str, sites: Collection[str]) -> str:
    """`title` without the site's name before or behind a sign that parts it."""
    for match in _SEPARATOR.finditer(title):
        before, after = title[: match.start()], title[match.end() :]
        if _letters(after) in sites and before:
            return before
        if _letters(before) in sites and after:
            return _without_site(after, sites)
    return title


def _agreed_title(headings: list[str], titles: list[str], sites: Collection[str]) -> str:
    keys = [normalised(title) for title in titles]
    for heading in headings:
        key = normalised(heading)
        is_site = not key or _letters(heading) in sites
        if not is_site and any(_agrees(key, title) for title in keys):
            return heading
    if not titles and len(headings) == 1:
        return headings[0]
    return titles[0] if titles else ""


def _agrees(heading: str, title: str) -> bool:
    """Whether `heading` is most of `title`, or all of it before a sign that parts it."""
    rest = title.removeprefix(heading)
    begins = len(rest) < len(title) and _SEPARATOR.match(rest) is not None
    return begins or (heading in title and len(heading) >= _LEAST_SHARE * len(title))


def _byline(
    root: Element, linked: LinkedData, meta: dict[str, str], items: _Items, sites: Collection[str]
) -> str:
    authors = [name for author in linked.authors if (name := name_in(author))]
    if authors:
        return ", ".join(dict.fromkeys(authors))
    said = (meta.get(name, "") for name in _AUTHOR_NAMES.split())
    texts = chain(said, _texts(_related_authors(root), 3), _values(items, "author"))
    first = ""
    for text in texts:
        name = name_in(text)
        if name and _letters(name) not in sites:
            return name
        first = first or name
    return first


def _related_authors(root: Element) -> Iterator[Element]:
    """Elements with `rel="author"`; they are looked for only once they are asked for."""
    for element in elements_with(root, "rel"):
        if "author" in element.get("rel", "").lower().split():
            yield element


def _published(
    root: Element, linked: LinkedData, meta: dict[str, str], items: _Items
) -> date | None:
    said = [linked.published, *(meta.get(name, "") for name in _DATE_NAMES.split())]
    said += _values(items, "datepublished")
    times = list(islice(root.iter("time"), 3))
    times.sort(key=lambda time: "publish" not in time.get("class", ""))
    said += [time.get("datetime") or one_line(text_of(time)) for time in times[:1]]
    return next((found for text in said if (found := date_in(text))), None)


def _url(root: Element, linked: LinkedData, meta: dict[str, str], base: str) -> str:
    links = (
        link for link in root.iter("link") if "canonical" in link.get("rel", "").lower().split()
    )
    said = (*(link.get("href", "") for link in links), meta.get("og:url", ""), linked.url)
    return next((url for text in said if text and (url := absolute_url(base, text, WEB))), "")


def _language(root: Element, linked: LinkedData, meta: dict[str, str]) -> str:
    said = [root.get("lang", ""), root.get("{http://www.w3.org/XML/1998/namespace}lang", "")]
    said += [meta.get("content-language", ""), meta.get("og:locale", ""), linked.language]
    return next((tag for text in said if (tag := language_tag(text))), "")
