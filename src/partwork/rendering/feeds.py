"""What machines read of an archive: Atom, JSON Feed, a sitemap."""

import json
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, SubElement, tostring

from partwork.model.archive import PublishedPart
from partwork.model.newsletter import Newsletter
from partwork.rendering.inline import one_line

_ATOM = "http://www.w3.org/2005/Atom"
_SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)  # a feed needs an instant, also without an entry


def atom(newsletter: Newsletter, parts: Sequence[PublishedPart], site: str) -> bytes:
    """An Atom feed (RFC 4287) of the newsletter's parts, in the order given.

    `site` is the public address; entries are known by their part's address, which stays.
    """
    home = f"{site}/newsletters/{newsletter.slug}"
    feed = Element("feed", {"xmlns": _ATOM, "xml:lang": newsletter.language})
    _add(feed, "id", home)
    _add(feed, "title", newsletter.name)
    if newsletter.description:
        _add(feed, "subtitle", newsletter.description)
    _add(feed, "updated", _latest(parts).isoformat())
    SubElement(feed, "link", rel="self", href=f"{home}/atom.xml", type="application/atom+xml")
    SubElement(feed, "link", rel="alternate", href=home, type="text/html")
    _add(SubElement(feed, "author"), "name", newsletter.sender.name or newsletter.name)
    for part in parts:
        entry = SubElement(feed, "entry")
        url = _url(part, site)
        _add(entry, "id", url)
        _add(entry, "title", part.title)
        _add(entry, "published", part.published_at.isoformat())
        _add(entry, "updated", part.updated_at.isoformat())
        SubElement(entry, "link", rel="alternate", href=url, type="text/html")
        if part.preheader:
            _add(entry, "summary", part.preheader)
    return _bytes(feed)


def json_feed(newsletter: Newsletter, parts: Sequence[PublishedPart], site: str) -> bytes:
    """The same as JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    home = f"{site}/newsletters/{newsletter.slug}"
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": newsletter.name,
        "description": newsletter.description,
        "language": newsletter.language,
        "home_page_url": home,
        "feed_url": f"{home}/feed.json",
        "authors": [{"name": newsletter.sender.name or newsletter.name}],
        "items": [
            {
                "id": _url(part, site),
                "url": _url(part, site),
                "title": part.title,
                "summary": part.preheader,
                # An item has text or HTML; ours is where it links to.
                "content_text": part.preheader or part.title,
                "date_published": part.published_at.isoformat(),
                "date_modified": part.updated_at.isoformat(),
            }
            for part in parts
        ],
    }
    return json.dumps(feed, ensure_ascii=False).encode("utf-8", "replace")


def sitemap(pages: Iterable[tuple[str, datetime | None]]) -> bytes:
    """A sitemap (https://www.sitemaps.org/protocol.html) of addresses and when they changed."""
    urls = Element("urlset", xmlns=_SITEMAP)
    for address, changed_at in pages:
        url = SubElement(urls, "url")
        _add(url, "loc", address)
        if changed_at:
            _add(url, "lastmod", changed_at.isoformat())
    return _bytes(urls)


def _add(parent: Element, name: str, text: str) -> None:
    # Titles come from files: what no XML can hold (XML 1.0, 2.2) is not printable either.
    SubElement(parent, name).text = "".join(c for c in one_line(text) if c.isprintable())


def _bytes(root: Element) -> bytes:
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _url(part: PublishedPart, site: str) -> str:
    return f"{site}/parts/{part.instalment}"


def _latest(parts: Sequence[PublishedPart]) -> datetime:
    return max((part.updated_at for part in parts), default=_LONG_AGO)
