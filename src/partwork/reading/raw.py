"""Raw texts to articles."""

import hashlib
import re
from dataclasses import replace
from pathlib import PurePosixPath
from textwrap import dedent

from partwork.model.article import Article, Block
from partwork.model.slug import slug_of
from partwork.reading.decoding import decoded
from partwork.reading.errors import Unreadable
from partwork.reading.headline import lifted, made_title
from partwork.reading.html import read_html
from partwork.reading.language import language_of
from partwork.reading.markdown import read_markdown
from partwork.reading.metadata import Metadata
from partwork.reading.tags import WEB, absolute_url
from partwork.reading.text import blocks_of_text

MAX_BYTES = 10_000_000


def read_article(raw: bytes, name: str, url: str = "") -> Article:
    """The article in a raw text; its blocks are all of the text but title and deck.

    The name's ending decides for Markdown and HTML, else the content does: what plainly is HTML
    is read as such, everything else as plain text. A line leaves the blocks only if `title` or
    `deck` holds its words exactly. `url` is where the text was fetched, if it was: it completes
    relative addresses, and is the source unless the page names another. Raises `Unreadable` for
    what is empty, binary, larger than `MAX_BYTES`, or HTML that is cut off or without text.
    """
    if len(raw) > MAX_BYTES:
        sizes = f"{len(raw) / 1e6:.1f} MB, the limit is {MAX_BYTES / 1e6:.0f} MB"
        raise Unreadable(name, f"is too large ({sizes}); save the article alone")
    url = absolute_url("", url, WEB)
    said, found = _read(raw, name, url)
    if not found:
        raise Unreadable(name, "is empty; put the article's text into it")
    said, blocks = lifted(found, said)
    title = said.title or made_title(found)
    sha256 = hashlib.sha256(raw).hexdigest()
    return Article(
        slug=slug_of(title) or f"article-{sha256[:8]}",
        title=title,
        blocks=blocks,
        deck=said.deck,
        byline=said.byline,
        published_on=said.published_on,
        source=said.url or url or name,
        language=said.language or language_of("\n".join(block.text for block in found)),
        sha256=sha256,
        title_is_made=said.title_is_made or not said.title,
    )


def named_by(kept: tuple[Block, ...], article: Article) -> Article:
    """`article` called by the blocks that cleaning keeps of it, if its title was made.

    Reading makes one of what looks like the text's beginning, which may turn out to be the page's.
    """
    if not article.title_is_made or not kept:
        return article
    title = made_title(kept, is_clean=True)
    return replace(article, title=title, slug=slug_of(title) or article.slug)


_MARKDOWN = (".md", ".markdown")
_HTML = (".html", ".htm", ".xhtml")
_LOOKS_LIKE_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|(?:html|head|body|title|meta|article"
    r"|section|main|header|div|table|h[1-6]|p|ul|ol|blockquote|figure)\b[^<>]*>)",
    re.IGNORECASE | re.DOTALL,
)


def _read(raw: bytes, name: str, url: str) -> tuple[Metadata, tuple[Block, ...]]:
    ending = PurePosixPath(name).suffix.lower()
    if not raw.strip():
        return Metadata(), ()
    if ending in _HTML:
        return read_html(raw, name, url)
    text = decoded(raw, name)
    if ending in _MARKDOWN:
        return read_markdown(text, url)
    if _LOOKS_LIKE_HTML.match(text[:10_000]):
        return read_html(raw, name, url)
    return Metadata(), blocks_of_text(dedent(text.replace("\r\n", "\n")))
