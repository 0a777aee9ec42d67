"""The labelled pages of the cleaning benchmark, as the cleaner reads them.

The benchmark is a folder with `score.py` and `dev/` (see its own README); it is no part of this
project. `PARTWORK_BENCH` or `--bench` says where it is.
"""

import argparse
import hashlib
import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from partwork.model.article import Article
from partwork.reading.raw import read_article

BENCH = Path(os.environ.get("PARTWORK_BENCH", "../shared/bench/cleaning"))
VIEWS = (
    "page/paste",
    "page/plain",
    "page/soup",
    "crop/paste",
    "crop/plain",
    "clean/paste",
    "clean/plain",
    "html",
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A page in one view: its article, and for each block the words and lines of either kind.

    `body`, `other` and `lines` have one entry a block: words that belong to the body, words that
    do not, and lines that count. The page's title counts neither way.
    """

    record: dict[str, Any]
    view: str
    article: Article
    body: tuple[int, ...]
    other: tuple[int, ...]
    lines: tuple[int, ...]

    @property
    def site(self) -> str:
        """The registered domain that the page comes from."""
        return str(self.record["site"])


def add_bench(parser: argparse.ArgumentParser) -> None:
    """The option that says where the benchmark is."""
    parser.add_argument("--bench", type=Path, default=BENCH, help="the benchmark's folder")


@cache
def scorer(bench: Path) -> ModuleType:
    """The benchmark's own `score.py`."""
    spec = importlib.util.spec_from_file_location("score", bench / "score.py")
    if spec is None or spec.loader is None or not (bench / "score.py").exists():
        sys.exit(f"{bench}: holds no score.py; say with --bench where the benchmark is")
    module = importlib.util.module_from_spec(spec)
    sys.modules["score"] = module
    spec.loader.exec_module(module)
    return module


def records(bench: Path) -> list[dict[str, Any]]:
    """All labelled pages; `html` has been added to each."""
    score = scorer(bench)
    pages: list[dict[str, Any]] = score.load(bench / "dev" / "pages.jsonl.gz")
    html = {r["id"]: r["html"] for r in score.load(bench / "dev" / "html.jsonl.gz")}
    return [page | {"html": html[page["id"]]} for page in pages]


def source_of(bench: Path, record: dict[str, Any], view: str) -> tuple[bytes, str]:
    """The raw text of a page in a view, and a file's name for it."""
    if view == "html":
        return record["html"].encode(), "page.html"
    text = scorer(bench).views(record, *view.split("/"))[0]
    return text.encode("utf-8", "replace"), "page.txt"


def labelled(bench: Path, record: dict[str, Any], view: str) -> Labelled:
    """A page in a view, with the labels brought from its lines to its blocks."""
    if view != "html":
        text, _, labels, _ = scorer(bench).views(record, *view.split("/"))
        return labelled_text(bench, record, view, text, labels)
    article = read_article(*source_of(bench, record, view))
    return _counted(record, view, article, _labels_of_html(scorer(bench), record, article))


def labelled_text(
    bench: Path, record: dict[str, Any], view: str, text: str, labels: str
) -> Labelled:
    """A text made of a page; `labels` has one for each line that is not blank, as the scorer's."""
    article = read_article(text.encode("utf-8", "replace"), "page.txt")
    return _counted(record, view, article, _labels_of_text(scorer(bench), text, labels, article))


def _counted(
    record: dict[str, Any], view: str, article: Article, found: Iterable[tuple[int, int, int]]
) -> Labelled:
    counts = list(found)
    body, other, lines = zip(*counts, strict=True) if counts else ((), (), ())
    return Labelled(record, view, article, body, other, lines)


def fold_of(site: str, folds: int, salt: str = "") -> int:
    """The fold that a site belongs to, for good."""
    return int(hashlib.md5((salt + site).encode()).hexdigest(), 16) % folds  # noqa: S324 (no secret)


def _labels_of_text(
    score: ModuleType, text: str, keep: str, article: Article
) -> Iterator[tuple[int, int, int]]:
    lines = text.split("\n")
    numbers = [number for number, line in enumerate(lines, start=1) if line.strip()]
    labels = dict(zip(numbers, keep, strict=True))
    for block in article.blocks:
        span = range(block.first_line, block.last_line + 1)
        words = Counter[str]()
        for number in span:
            if number in labels:
                words[labels[number]] += len(score.tokens(lines[number - 1]))
        counted = sum(labels.get(number, "n") != "n" for number in span)
        yield words["1"], words["0"], counted


def _labels_of_html(
    score: ModuleType, record: dict[str, Any], article: Article
) -> Iterator[tuple[int, int, int]]:
    words, owner = score.line_tokens([block.text for block in article.blocks])
    gold = score.tokens(record["gold"])
    size, found = Counter(owner), Counter(owner[i] for i in score.align(words, gold))
    in_body = {score.key(line) for line in record["gold"].split("\n")}
    titles = {score.key(title) for title in record["titles"]} - in_body
    for i, block in enumerate(article.blocks):
        if score.key(block.text) in titles:
            yield 0, 0, 0
        elif size[i] and 2 * found[i] >= size[i]:
            yield size[i], 0, block.text.count("\n") + 1
        else:
            yield 0, size[i], block.text.count("\n") + 1
