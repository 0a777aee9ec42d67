"""Cleaning, measured on labelled pages beside its peers in the same run.

    python benchmarks/cleaning.py [--limit N] [--bench FOLDER]

prints a row for each view and system: token F1 and line F1 over the English pages of DEV, and
speed in CPU time. Partwork's own weights were fitted on these very pages, so that its rows here
only show that nothing broke; what it does on sites it has not seen, `fit_cleaning.py --folds 5`
measures. `clean_text` and `clean_html` are Partwork as the flows use it.

Needs the `fit` extra and the benchmark (see `labelled.py`).
"""

import argparse
import contextlib
import html
import io
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import justext as justext_library
import trafilatura as trafilatura_library
from labelled import add_bench, scorer
from lxml import html as lxml_html
from readability import Document

from partwork.actions.clean import clean
from partwork.manuscript.blocks import print_blocks
from partwork.model.article import Article, BlockKind
from partwork.model.errors import PartworkError
from partwork.model.text import Mark


def clean_text(raw: str) -> str:
    """The Markdown body of a pasted text; empty for what cannot be read."""
    return _cleaned(raw, "paste.txt")


def clean_html(page: str) -> str:
    """The Markdown body of a page's HTML; empty for what cannot be read."""
    return _cleaned(page, "page.html")


def body_of(article: Article) -> str:
    """The article's Markdown without the addresses of its links, which no label knows."""
    blocks = (
        replace(block, spans=tuple(s for s in block.spans if s.mark is not Mark.LINK))
        for block in article.blocks
        if block.kind is not BlockKind.IMAGE
    )
    return print_blocks(tuple(blocks))


def _cleaned(text: str, name: str) -> str:
    try:
        result = clean(text.encode("utf-8", "replace"), name).result
    except PartworkError:
        return ""
    return body_of(result.article)


# -------------------------------------------------------------------- peers
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
    found = justext_library.justext(page.encode(), justext_library.get_stoplist("English"))
    return "\n".join(p.text for p in found if not p.is_boilerplate)


def paragraphs(raw: str) -> str:
    """A text as HTML, each line a paragraph: the peers read nothing else."""
    lines = "".join(f"<p>{html.escape(line)}</p>\n" for line in raw.split("\n") if line.strip())
    return f"<html><body>{lines}</body></html>"


def trafilatura_text(raw: str) -> str:
    """Trafilatura on a pasted text."""
    return trafilatura(paragraphs(raw))


def readability_text(raw: str) -> str:
    """readability-lxml on a pasted text."""
    return readability(paragraphs(raw))


def justext_text(raw: str) -> str:
    """JusText on a pasted text."""
    return justext(paragraphs(raw))


def everything(raw: str) -> str:
    """What was given, unchanged: where every cleaner starts from."""
    return raw


TEXT: tuple[Callable[[str], str], ...] = (
    clean_text,
    everything,
    trafilatura_text,
    readability_text,
    justext_text,
)
HTML: tuple[Callable[[str], str], ...] = (clean_html, trafilatura, readability, justext)
ROWS = (
    ("crop", "plain", "text", TEXT),
    ("clean", "plain", "text", TEXT[:1]),
    ("clean", "paste", "text", TEXT[:1]),
    ("page", "paste", "text", TEXT),
    ("page", "soup", "text", TEXT[:1]),
    ("page", "paste", "html", HTML),
)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_bench(parser)
    parser.add_argument("--limit", type=int, default=0, help="only so many pages")
    asked = parser.parse_args()
    print("view           system             token F1  recall  line F1  zyte tok/line   MB/s")
    for view, style, given, systems in ROWS:
        for system in systems:
            found = measured(asked, view, style, given, system)
            zyte = found["by_src"].get("zyte", {"tok": 0, "line": 0})
            name = "partwork" if system in (clean_text, clean_html) else system.__name__
            print(
                f"{'html' if given == 'html' else f'{view}/{style}':14} {name:18} "
                f"{found['tok']['F1']:.3f}     {found['tok']['R']:.3f}   {found['line']['F1']:.3f}"
                f"    {zyte['tok']:.3f} {zyte['line']:.3f}     {found['MB_per_s']:.2f}",
                flush=True,
            )
            for kind, counts in found.get("structure", {}).items():
                print(f"{'':14} {kind.replace('_', ' '):18} {counts['F']:.3f}")


def measured(
    asked: argparse.Namespace, view: str, style: str, given: str, system: Callable[[str], str]
) -> dict[str, Any]:
    """What the benchmark's own scorer says of a system."""
    score = scorer(asked.bench)
    call = ["--callable", f"{__spec__.name if __spec__ else 'cleaning'}:{system.__name__}"]
    options = ["--view", view, "--style", style, "--input", given, "--limit", str(asked.limit)]
    structure = ["--structure"] if view == "clean" else []
    with contextlib.redirect_stdout(io.StringIO()):
        found: dict[str, Any] = score.main([*call, *options, *structure])
    return found


if __name__ == "__main__":
    sys.exit(main())
