"""Cleaning, measured on labelled pages beside its peers in the same run.

    python benchmarks/cleaning.py [--pages N] [--bench FOLDER]

prints a row for each view and system, by the benchmark's own scorer, over the English pages of DEV:
token F1 and recall, line F1, the first and the last for the hand-labelled `zyte` pages alone, F1
of headings and list items where the article alone was given, and speed in CPU time on one core.
Partwork's own weights were fitted on these very pages, so that its rows here only show that
nothing broke; what it does on sites it has not seen, `fit_cleaning.py --folds 5` measures.

`clean_text` and `clean_html` are Partwork as the flows use it, and need nothing but Partwork. The
table needs the benchmark (see `labelled.py`), and the `fit` extra for the peers.
"""

import argparse
import contextlib
import gzip
import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from partwork.actions.clean import clean
from partwork.manuscript.blocks import print_blocks
from partwork.model.article import Article, BlockKind
from partwork.model.errors import PartworkError
from partwork.model.text import Mark

System = Callable[[str], str]


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
        if block.spans
        else block
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


# ---------------------------------------------------------------- the table
# What is given to each system, as the scorer has it, and whether the peers are asked too.
VIEWS = (
    ("crop", "plain", "text", True),
    ("clean", "plain", "text", False),
    ("clean", "paste", "text", False),
    ("page", "paste", "text", True),
    ("page", "soup", "text", False),
    ("page", "paste", "html", True),
)
ROW = "{:12} {:17} {:>8} {:>6} {:>7}  {:>17}  {:>8} {:>5}  {:>8} {:>6}"
HEAD = ("view", "system", "token F1", "recall", "line F1", "zyte token / line", "headings", "items")
# Read once before the clock runs, so that loading weights and stop lists counts for nobody.
WARM_UP = "<html><body><p>A line of a page that nobody wrote for anyone to read.</p></body></html>"


def main() -> None:
    """Prints the table."""
    from labelled import add_bench, scorer  # noqa: PLC0415 only the table needs the benchmark

    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_bench(parser)
    parser.add_argument("--pages", type=int, default=0, help="a sample of so many pages")
    asked = parser.parse_args()
    score = scorer(asked.bench)
    with tempfile.TemporaryDirectory() as folder:
        options = []
        if asked.pages > 0:
            pages = score.load(asked.bench / "dev" / "pages.jsonl.gz")
            options = ["--data", str(sample(pages, asked.pages, Path(folder)))]
        print(ROW.format(*HEAD, "MB/s", "errors"))
        for view, style, given, is_compared in VIEWS:
            for module, system in systems(given, with_peers=is_compared):
                system(WARM_UP)
                call = ["--callable", f"{module}:{system.__name__}", "--structure"]
                place = ["--view", view, "--style", style, "--input", given]
                with contextlib.redirect_stdout(io.StringIO()):
                    found = score.main([*call, *place, *options])
                name = "partwork" if module == "cleaning" else system.__name__
                print(row(given if given == "html" else f"{view}/{style}", name, found), flush=True)


def systems(given: str, *, with_peers: bool) -> Iterator[tuple[str, System]]:
    """Partwork and, where they are asked for and installed, its peers, each with its module."""
    yield "cleaning", clean_html if given == "html" else clean_text
    if not with_peers:
        return
    try:
        import cleaning_peers  # noqa: PLC0415 an extra that may be missing
    except ImportError as error:
        print(f"without the peers: {error}; pip install -e '.[fit]'", file=sys.stderr)
        return
    peers = cleaning_peers.HTML if given == "html" else cleaning_peers.TEXT
    yield from (("cleaning_peers", peer) for peer in peers)


def sample(pages: Sequence[dict[str, Any]], count: int, folder: Path) -> Path:
    """A file with `count` of the English pages, as far apart as they go."""
    english = [page for page in pages if page["lang"] == "en"]
    count = min(count, len(english))
    file = folder / "pages.jsonl.gz"
    with gzip.open(file, "wt", encoding="utf-8") as stream:
        for i in range(count):
            stream.write(json.dumps(english[i * len(english) // count]) + "\n")
    return file


def row(view: str, name: str, found: dict[str, Any]) -> str:
    """One row of the table; a dash stands for what was not measured."""
    zyte = found["by_src"].get("zyte")
    parts = found["structure"] if view.startswith("clean/") else {}
    return ROW.format(
        view,
        name,
        f"{found['tok']['F1']:.3f}",
        f"{found['tok']['R']:.3f}",
        f"{found['line']['F1']:.3f}",
        f"{zyte['tok']:.3f} / {zyte['line']:.3f}" if zyte else "-",
        *(f"{parts[kind]['F']:.3f}" if parts else "-" for kind in ("headings", "list_items")),
        f"{found['MB_per_s']:.2f}",
        found["errors"],
    )


if __name__ == "__main__":
    sys.exit(main())
