"""Fits the weights of `partwork.reading.titles` on DEV and prints them, with a cross-validation.

    python benchmarks/fit_titles.py [--bench FOLDER]

Softmax regression over a page's candidate lines and "no title", on six views of each page: whole
as pasted with and without blank lines, cropped, the article with its title twice, and without.
Views without title weigh 0.3, since people rarely paste a text so. Five folds over sites.
"""

import argparse
from collections import Counter
from collections.abc import Iterator, Sequence
from types import ModuleType
from typing import Any

import numpy as np
from labelled import add_bench, fold_of, records, scorer
from numpy.typing import NDArray
from scipy.optimize import minimize

from partwork.reading import titles
from partwork.reading.text import blocks_of_text
from partwork.reading.top import top_of

VIEWS = ("page/paste", "page/plain", "crop/plain", "titled/paste", "titled/plain", "clean/plain")
WITHOUT_TITLE, RIDGE, FOLDS = 0.3, 1.0, 5

# A page's site and view, the features of its candidate lines, which of them are right, and
# whether its title is in the text at all.
Example = tuple[str, str, NDArray[np.float64], list[int], bool]


def titled(page: dict[str, Any], style: str) -> str:
    """The article and the lines that repeat its title, as the scorer's views are made."""
    lines, blank, labels = [], False, iter(page["paste_keep"])
    for line in page["paste"].split("\n"):
        if line.strip() and next(labels) in "1n":
            lines += [""] * (style == "paste" and blank and bool(lines))
            lines.append(line if style == "paste" else line.strip())
        blank = not line.strip()
    return "\n".join(lines)


def examples(page: dict[str, Any], score: ModuleType) -> Iterator[Example]:
    """One example for each view of a page."""
    gold = {score.key(title) for title in page["titles"]} - {""}
    for view in VIEWS:
        kind, style = view.split("/")
        text = titled(page, style) if kind == "titled" else score.views(page, kind, style)[0]
        blocks = blocks_of_text(text)
        top = top_of(blocks)
        rows = [titles._features(top, i) for i in top.shares]
        seen = np.array(rows, float).reshape(len(rows), len(titles._WEIGHTS))
        right = [n for n, i in enumerate(top.shares) if score.key(blocks[i].text) in gold]
        yield page["site"], view, seen, right, any(score.key(b.text) in gold for b in blocks)


def loss(
    weights: NDArray[np.float64], data: Sequence[Example]
) -> tuple[float, NDArray[np.float64]]:
    """What the weights cost, and its slope."""
    total, slope = 0.0, np.zeros_like(weights)
    for _, _, seen, right, _ in data:
        scores = np.append(seen @ weights[:-1], weights[-1])
        share = np.exp(scores - scores.max())
        share /= share.sum()
        wanted = right or [len(share) - 1]
        weight = 1.0 if right else WITHOUT_TITLE
        total -= weight * np.log(share[wanted].sum())
        off = share.copy()
        off[wanted] -= share[wanted] / share[wanted].sum()
        slope[:-1] += weight * seen.T @ off[:-1]
        slope[-1] += weight * off[-1]
    ridge = np.append(weights[:-1], 0.0)
    return total + RIDGE * (ridge**2).sum(), slope + 2 * RIDGE * ridge


def fitted(data: Sequence[Example]) -> NDArray[np.float64]:
    """The weights that cost least; the last is that of no title."""
    start = np.zeros(len(titles._WEIGHTS) + 1)
    return minimize(loss, start, args=(data,), jac=True, method="L-BFGS-B").x


def outcome(weights: NDArray[np.float64], example: Example) -> str:
    """What the weights make of a page they may not have seen."""
    _, _, seen, right, is_there = example
    best = int(np.append(seen @ weights[:-1], weights[-1]).argmax())
    if best == len(seen):
        return "none" if is_there else "rightly none"
    return "right" if best in right else "other" if is_there else "invented"


def main() -> None:
    """Cross-validates, fits all pages, and prints both."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_bench(parser)
    bench = parser.parse_args().bench
    pages = [page for page in records(bench) if page["lang"] == "en"]
    data = [example for page in pages for example in examples(page, scorer(bench))]
    tally = Counter[tuple[str, str]]()
    for fold in range(FOLDS):
        weights = fitted([e for e in data if fold_of(e[0], FOLDS) != fold])
        held_out = (e for e in data if fold_of(e[0], FOLDS) == fold)
        tally.update((e[1], outcome(weights, e)) for e in held_out)
    for view in VIEWS:
        print(view, {what: n for (of, what), n in sorted(tally.items()) if of == view})
    *each, none = fitted(data)
    print("no title:", round(none, 1))
    print(dict(zip(titles._WEIGHTS, (round(float(w), 1) for w in each), strict=True)))


if __name__ == "__main__":
    main()
