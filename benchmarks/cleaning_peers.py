"""The peers that cleaning is measured beside, and what was given, unchanged. Needs the `fit` extra.

Each takes a page or a text and gives the body's text; they read nothing but HTML, so that a text
comes to them with each line as a paragraph.
"""

import html
from collections.abc import Callable

import justext as justext_library
import trafilatura as trafilatura_library
from lxml import html as lxml_html
from readability import Document


def trafilatura(page: str) -> str:
    """Trafilatura with its usual settings, as Markdown."""
    return trafilatura_library.extract(page, output_format="markdown") or ""


def readability(page: str) -> str:
    """readability-lxml, and the text of what it found."""
    found = lxml_html.fromstring(Document(page).summary())
    for box in found.iter("p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "pre", "tr", "br"):
        box.tail = "\n" + (box.tail or "")
    return found.text_content()


def justext(page: str) -> str:
    """JusText with its English stop list."""
    found = justext_library.justext(page.encode("utf-8", "replace"), _STOP_LIST)
    return "\n".join(p.text for p in found if not p.is_boilerplate)


def trafilatura_text(raw: str) -> str:
    """Trafilatura on a pasted text."""
    return trafilatura(_paragraphs(raw))


def readability_text(raw: str) -> str:
    """readability-lxml on a pasted text."""
    return readability(_paragraphs(raw))


def justext_text(raw: str) -> str:
    """JusText on a pasted text."""
    return justext(_paragraphs(raw))


def everything(raw: str) -> str:
    """What was given, unchanged: where every cleaner starts from."""
    return raw


HTML: tuple[Callable[[str], str], ...] = (trafilatura, readability, justext)
TEXT = (everything, trafilatura_text, readability_text, justext_text)

_STOP_LIST = justext_library.get_stoplist("English")


def _paragraphs(raw: str) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in raw.split("\n") if line.strip())
    return f"<html><body>{lines}</body></html>"
