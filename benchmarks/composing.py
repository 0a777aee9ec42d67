"""Composing, measured beside the lead baseline and LexRank in the same run.

    python benchmarks/composing.py [--limit N] [--bench FOLDER]

prints a row for each set and system, the composite of each, what Partwork gains on lead, and
themes with and without headings. `summarise` and `themes` go by the code that a series is composed
with: `selection.selected` chooses a part's passages, `grouping.Grouping` brings sections together.

Needs `rouge-score` and `sumy` (the `fit` extra), and the benchmark, a folder with `score.py` and
`dev/` that is no part of this project: `PARTWORK_SUMMARY_BENCH` or `--bench` says where it is.
"""

import argparse
import importlib.util
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import zip_longest
from pathlib import Path
from statistics import fmean
from types import ModuleType
from typing import Any

from partwork.composing.grouping import Grouping
from partwork.composing.passages import Passage, PassageKind, Section, Statement
from partwork.composing.selection import Candidate, selected
from partwork.composing.sentences import sentences_in
from partwork.composing.voice import leans

BENCH = Path(os.environ.get("PARTWORK_SUMMARY_BENCH", "../shared/bench/summary"))
LEANING = -0.1  # what a sentence loses that leans on the one before it, since that may be missing

Summariser = Callable[..., list[str]]


def summarise(docs: list[str], budget: int, topic: str | None = None) -> list[str]:
    """The sentences to keep of all documents, in order, of `budget` words in all at most."""
    candidates = [
        Candidate(sentence, str(number), place, LEANING if leans(sentence) else 0.0)
        for number, doc in enumerate(docs)
        for place, sentence in enumerate(_sentences(doc))
    ]
    return [candidates[n].text for n in selected(candidates, budget, topic=topic or "")]


def themes(articles: list[dict[str, Any]], n: int) -> list[list[int]]:
    """For each section of each article the number, from 0, of the part that it goes to."""
    sections = [
        [
            _section(str(number), section, place / max(1, len(article["sections"]) - 1))
            for place, section in enumerate(article["sections"])
        ]
        for number, article in enumerate(articles)
    ]
    grouping = Grouping([section for own in sections for section in own])
    grouping.join(n)
    number_of = {
        id(section): number
        for number, group in enumerate(grouping.groups.values())
        for section in group.sections
    }
    return [[number_of[id(section)] for section in own] for own in sections]


def _section(article: str, section: dict[str, str], position: float) -> Section:
    statement = Statement(section["text"], ())
    passage = Passage(PassageKind.PROSE, (statement,), block=0)
    return Section(article, section["heading"], position, (passage,))


def _sentences(doc: str) -> Iterator[str]:
    for line in doc.splitlines():
        yield from sentences_in(line)


# -------------------------------------------------------------------- peers
def lead(docs: list[str], budget: int) -> list[str]:
    """The first sentence of each document, then the second of each, until the budget is spent."""
    ranks = zip_longest(*map(_sentences, docs))
    return _first((text for rank in ranks for text in rank if text), budget)


def _first(texts: Iterable[str], budget: int) -> list[str]:
    """Texts up to the one that reaches the budget, which the scorer cuts."""
    found: list[str] = []
    for text in texts:
        found.append(text)
        budget -= len(text.split())
        if budget <= 0:
            break
    return found


# -------------------------------------------------------------------- running
def main() -> None:
    """Score each system on each set and print the table."""
    from lexrank import ranked  # noqa: PLC0415  # sumy is for measuring alone

    def lexrank(docs: list[str], budget: int) -> list[str]:
        texts = [text for doc in docs for text in _sentences(doc)]
        return sorted(_first(ranked(texts), budget), key=texts.index)

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, default=BENCH, help="the benchmark's folder")
    parser.add_argument("--limit", type=int, default=0, help="records of each set; 0: all")
    options = parser.parse_args()
    score = _scorer(options.bench)
    systems: dict[str, Summariser] = {"partwork": summarise, "lead": lead, "lexrank": lexrank}
    results = {}
    for name, system in systems.items():
        print(f"\n{name}\n{score.HEAD}")
        results[name] = score.evaluate(system, limit=options.limit, quiet=True)
        for set_name, result in results[name].items():
            print(score.line(set_name, result["summary"]))
        print(f"composite {score.composite(results[name]):.2f}")
    print("\npartwork - lead, paired, with the 95 % interval")
    for set_name in score.SETS:
        rows = [results[name][set_name]["rows"] for name in ("lead", "partwork")]
        gains = [100 * (ours["r2"] - theirs["r2"]) for theirs, ours in zip(*rows, strict=True)]
        low, high = score.boot_ci(gains)
        print(f"{set_name:16} ROUGE-2 {fmean(gains):+.2f} [{low:+.2f}, {high:+.2f}]")
    for headings in (True, False):
        found = score.evaluate_themes(themes, headings=headings, limit=options.limit)["summary"]
        print(f"\nthemes {'with' if headings else 'without'} headings: {found}")


def _scorer(bench: Path) -> ModuleType:
    """The benchmark's `score.py`."""
    spec = importlib.util.spec_from_file_location("score", bench / "score.py")
    if spec is None or spec.loader is None or not (bench / "score.py").exists():
        raise SystemExit(f"{bench}: no score.py; say with --bench where the benchmark is")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main()
