"""Fits the judge of `partwork.cleaning` on labelled pages.

    python benchmarks/fit_cleaning.py                  fits on all pages and writes the weights
    python benchmarks/fit_cleaning.py --folds 5        fits on all sites but a fifth of them, cleans
                                                       the pages of these, and prints the scores

Needs the `fit` extra and the benchmark (see `labelled.py`). `docs/cleaning.md` tells what is
fitted and why. The same pages give the same weights.
"""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np
from cleaning import body_of
from disturbed import disturbed
from labelled import (
    VIEWS,
    Labelled,
    add_bench,
    fold_of,
    labelled,
    records,
    scorer,
    source_of,
)
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from partwork.cleaning.cleaner import cleaned
from partwork.cleaning.forest import LEAF, Forest, Node, grown
from partwork.cleaning.judge import Judge
from partwork.cleaning.neighbourhood import in_neighbourhood
from partwork.cleaning.surroundings import surroundings_in
from partwork.cleaning.traits import Vocabulary, looks_of, traits_of
from partwork.cleaning.vocabulary import markup_terms_of, terms_of
from partwork.reading.raw import read_article

WEIGHTS = Path(__file__).parents[1] / "src" / "partwork" / "cleaning" / "weights"

# How much each view counts; those that people paste count most.
VIEW_WEIGHTS = {
    "page/paste": 1.0,
    "page/soup": 0.6,
    "crop/plain": 1.3,
    "crop/paste": 0.4,
    "clean/plain": 2.0,
    "html": 1.0,
}
# And pages made harder (see `disturbed.py`).
DISTURBED_WEIGHTS = {"broken": 0.35, "moved": 0.35}
# Short texts are pasted too, and the pages are long: stretches of them, as views of their own.
SHORT_VIEWS = ("page/paste", "crop/plain")
SHORT_WEIGHT, SHORTEST, LONGEST, STRETCHES = 0.3, 4, 24, 2
# Views that the vocabularies are learned from: each page's words once as text, once as HTML.
WORD_VIEWS = ("page/paste", "html")
INNER_FOLDS = 3  # vocabularies must not have seen the page whose traits they give
MOST_WORDS, MOST_MARKUP = 4000, 800
SITES_NEEDED = 6  # a term of fewer sites tells of those sites alone
WORD_PENALTY = 0.3  # scikit-learn's C
OTHER_BLOCKS = 80  # of a page's boilerplate at most so many blocks are looked at, drawn at random
ROUNDS = 200
FOREST = {
    "objective": "binary",
    "learning_rate": 0.07,
    "num_leaves": 31,
    "max_depth": 8,
    "min_data_in_leaf": 80,
    "feature_fraction": 0.35,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "use_missing": False,
    "deterministic": True,
    "force_row_wise": True,
    "num_threads": 2,
    "seed": 1,
    "verbose": -1,
}
LEAN, CHANGE_COST = -0.1, 0.5


def main() -> None:
    """Fits and writes, or cross-validates."""
    parser = argparse.ArgumentParser(description=__doc__)
    add_bench(parser)
    parser.add_argument("--folds", type=int, default=0, help="cross-validate over so many folds")
    parser.add_argument("--only", type=int, nargs="*", help="of these folds alone")
    asked = parser.parse_args()
    pages = records(asked.bench)
    with ProcessPoolExecutor() as pool:
        jobs = [(record, view) for view in VIEW_WEIGHTS for record in pages]
        documents = list(pool.map(partial(_read, asked.bench), jobs, chunksize=16))
        for harder in pool.map(partial(_read_disturbed, asked.bench), pages, chunksize=16):
            documents += harder
    print(f"{len(documents)} views of {len(pages)} pages are read", file=sys.stderr)
    if not asked.folds:
        write(fit(documents), WEIGHTS)
        return
    scores: list[dict[str, Any]] = []
    for fold in asked.only or range(asked.folds):
        is_held = partial(_is_in, fold, asked.folds)
        judge = fit([d for d in documents if not is_held(d.site)])
        held = [page for page in pages if is_held(page["site"])]
        with ProcessPoolExecutor() as pool:
            for found in pool.map(partial(scored, asked.bench, judge), held, chunksize=4):
                scores += found
        print(f"fold {fold}", file=sys.stderr)
    show(scores)


def _read(bench: Path, job: tuple[dict[str, Any], str]) -> Labelled:
    return labelled(bench, *job)


def _read_disturbed(bench: Path, record: dict[str, Any]) -> list[Labelled]:
    return list(disturbed(bench, record))


def _is_in(fold: int, folds: int, site: str) -> bool:
    return fold_of(site, folds) == fold


# -------------------------------------------------------------------- fitting
def fit(documents: Sequence[Labelled]) -> Judge:
    """The judge that these pages teach."""
    parts = [[d for d in documents if _is_in(i, INNER_FOLDS, d.site)] for i in range(INNER_FOLDS)]
    rows: list[NDArray[np.float32]] = []
    labels: list[NDArray[np.bool_]] = []
    weights: list[NDArray[np.float64]] = []
    draw = np.random.default_rng(1)
    weight_of_view = VIEW_WEIGHTS | DISTURBED_WEIGHTS
    for part in parts:
        others = [d for other in parts if other is not part for d in other]
        vocabulary = fit_vocabulary(others)
        short = [s for d in part if d.view in SHORT_VIEWS for s in _stretches(d, draw)]
        for document in part + short:
            chosen, is_other, weight = _examples(document, draw)
            rows.append(_traits(document, vocabulary)[chosen])
            labels.append(is_other)
            weights.append(weight * weight_of_view.get(document.view, SHORT_WEIGHT))
    data = lightgbm.Dataset(
        np.concatenate(rows), np.concatenate(labels), weight=np.concatenate(weights)
    )
    booster = lightgbm.train(FOREST, data, ROUNDS)
    return Judge(fit_vocabulary(documents), forest_of(booster), LEAN, CHANGE_COST)


def fit_vocabulary(documents: Sequence[Labelled]) -> Vocabulary:
    """Terms that tell boilerplate from text: two logistic regressions, of words and of markup."""
    words = [d for d in documents if d.view in WORD_VIEWS]
    marked = [d for d in documents if d.view == "html"]
    return Vocabulary(
        _term_weights(words, _words_of, MOST_WORDS), _term_weights(marked, _markup_of, MOST_MARKUP)
    )


def _words_of(document: Labelled) -> list[list[str]]:
    page = surroundings_in(document.article)
    return [terms_of(tokens) for tokens in page.tokens]


def _markup_of(document: Labelled) -> list[list[str]]:
    return [markup_terms_of(b.markup) if b.markup else [] for b in document.article.blocks]


def _term_weights(
    documents: Sequence[Labelled], terms: Callable[[Labelled], list[list[str]]], most: int
) -> Mapping[str, float]:
    """The weights of the `most` telling terms; above 0 is boilerplate."""
    found = [(d, [set(block) for block in terms(d)]) for d in documents]
    sites: defaultdict[str, set[str]] = defaultdict(set)
    for document, blocks in found:
        for block in blocks:
            for term in block:
                sites[term].add(document.site)
    known = sorted(term for term, where in sites.items() if len(where) >= SITES_NEEDED)
    column = {term: i for i, term in enumerate(known)}
    rows: list[int] = []
    columns: list[int] = []
    labels: list[bool] = []
    weights: list[float] = []
    for document, blocks in found:
        weight = 100 / max(1, sum(map(bool, document.lines)))
        for i, block in enumerate(blocks):
            if document.lines[i] and document.body[i] + document.other[i]:
                inside = [column[term] for term in block if term in column]
                rows += [len(labels)] * len(inside)
                columns += inside
                labels.append(document.body[i] < document.other[i])
                weights.append(weight)
    shape = (len(labels), len(known))
    table = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape)
    model = LogisticRegression(C=WORD_PENALTY, solver="liblinear", random_state=1)
    model.fit(table, labels, sample_weight=weights)
    order = np.argsort(-np.abs(model.coef_[0]), kind="stable")[:most]
    return {known[i]: round(float(model.coef_[0][i]), 3) for i in sorted(order)}


def _stretches(document: Labelled, draw: np.random.Generator) -> Iterator[Labelled]:
    """Stretches of an article where its body begins or ends, drawn at random."""
    count = len(document.article.blocks)
    kinds = [body >= other for body, other in zip(document.body, document.other, strict=True)]
    edges = [i for i in range(1, count) if kinds[i] != kinds[i - 1]]
    for _ in range(STRETCHES if edges else 0):
        size = int(draw.integers(SHORTEST, LONGEST + 1))
        middle = edges[int(draw.integers(len(edges)))]
        start = max(0, middle - int(draw.integers(0, size + 1)))
        part = slice(start, start + size)
        yield Labelled(
            document.record,
            "stretch",
            replace(document.article, blocks=document.article.blocks[part]),
            document.body[part],
            document.other[part],
            document.lines[part],
        )


def _traits(document: Labelled, vocabulary: Vocabulary) -> NDArray[np.float32]:
    page = surroundings_in(document.article)
    return in_neighbourhood(traits_of(page, looks_of(page, vocabulary)))


def _examples(
    document: Labelled, draw: np.random.Generator
) -> tuple[NDArray[np.intp], NDArray[np.bool_], NDArray[np.float64]]:
    """Which blocks to learn from, which of them are boilerplate, and how much each counts.

    Every page counts alike: half by its lines and half by its words, as it will be scored. Its
    boilerplate counts at most one and a half times as much as its body.
    """
    body, other = np.array(document.body), np.array(document.other)
    lines = np.array(document.lines, float)
    is_other = body < other
    counts = (lines > 0) & (body + other > 0)
    all_lines = max(1.0, lines[~is_other].sum())
    weight = 0.5 * lines / all_lines + 0.5 * (body + other) / max(1, body.sum())
    weight = np.minimum(weight, 0.5)
    outside = np.flatnonzero(counts & is_other)
    total = weight[outside].sum()
    if total > 1.5:
        weight[outside] *= 1.5 / total
    if len(outside) > OTHER_BLOCKS:
        dropped = draw.choice(outside, len(outside) - OTHER_BLOCKS, replace=False)
        weight[outside] *= len(outside) / OTHER_BLOCKS
        counts[dropped] = False
    chosen = np.flatnonzero(counts)
    return chosen, is_other[chosen], 20 * weight[chosen]


# -------------------------------------------------------------------- the forest as arrays
def forest_of(booster: lightgbm.Booster) -> Forest:
    """The trees of a fitted booster, with rounded thresholds and leaves."""
    trees = [_nodes(tree["tree_structure"]) for tree in booster.dump_model()["tree_info"]]
    return grown([[_node(node) for node in nodes] for nodes in trees])


def _node(node: dict[str, Any]) -> Node:
    if "leaf_value" in node:
        return LEAF, round(node["leaf_value"], 4), 0
    return node["split_feature"], float(f"{node['threshold']:.6g}"), node["left"]


def _nodes(root: dict[str, Any]) -> list[dict[str, Any]]:
    """The nodes of a tree, root first, the two below a node side by side."""
    nodes = [dict(root)]
    for node in nodes:
        if "left_child" in node:
            node["left"] = len(nodes)
            nodes += [dict(node["left_child"]), dict(node["right_child"])]
    return nodes


def write(judge: Judge, folder: Path) -> None:
    """Writes the weights as the package reads them."""
    folder.mkdir(exist_ok=True)
    trees = ",\n  ".join(
        json.dumps(tree, separators=(",", ":")) for tree in judge.forest.as_trees()
    )
    (folder / "forest.json").write_text(
        f'{{\n "lean": {judge.lean},\n "change_cost": {judge.change_cost},\n'
        f' "trees": [\n  {trees}\n ]\n}}\n'
    )
    for name, weights in (("words", judge.vocabulary.words), ("markup", judge.vocabulary.markup)):
        (folder / f"{name}.tsv").write_text(
            "".join(f"{term}\t{weight:g}\n" for term, weight in weights.items())
        )
    print(f"wrote {folder}", file=sys.stderr)


# -------------------------------------------------------------------- scoring
def scored(bench: Path, judge: Judge, record: dict[str, Any]) -> list[dict[str, Any]]:
    """The scores of one page in all views."""
    score = scorer(bench)
    found = []
    for view in VIEWS:
        shown = "page/paste" if view == "html" else view
        _, lines, keep, role = score.views(record, *shown.split("/"))
        article = read_article(*source_of(bench, record, view))
        out = body_of(cleaned(article, judge=judge).article)
        tokens, by_line, _ = score.score_page(record, out, lines, keep, shown.split("/")[0])
        kinds = score.structure(record, out, lines, keep, role) if role else {}
        about = {"view": view, "src": record["src"], "lang": record["lang"], "id": record["id"]}
        found.append({**about, "tokens": tokens, "lines": by_line, "structure": kinds})
    return found


def show(scores: Iterable[Mapping[str, Any]]) -> None:
    """The means of all English pages, in a view each, and by source."""
    english = [s for s in scores if s["lang"] == "en"]
    print(
        f"{'view':12} {'pages':>5}  token P     R     F1   line F1   zyte tok/line  wcxb tok/line"
    )
    for view in VIEWS:
        of_view = [s for s in english if s["view"] == view]
        means = [np.mean([s["tokens"][i] for s in of_view]) for i in range(3)]
        line = np.mean([s["lines"][2] for s in of_view])
        parts = []
        for source in ("zyte", "wcxb"):
            some = [s for s in of_view if s["src"] == source]
            pair = (np.mean([s["tokens"][2] for s in some]), np.mean([s["lines"][2] for s in some]))
            parts.append(f"{pair[0]:.3f} {pair[1]:.3f}")
        numbers = "  ".join(f"{mean:.3f}" for mean in means)
        print(f"{view:12} {len(of_view):5}  {numbers}  {line:.3f}     {'    '.join(parts)}")
        print(f"{'':20} structure: {_kinds(of_view)}")


def _kinds(scores: Sequence[Mapping[str, Any]]) -> str:
    words = []
    for kind, name in (("h", "headings"), ("l", "list items")):
        counts = np.sum([s["structure"].get(kind, [0, 0, 0]) for s in scores], axis=0)
        right, wrong, missed = counts
        f1 = 2 * right / max(1, 2 * right + wrong + missed)
        words.append(f"{name} {f1:.3f}")
    return ", ".join(words)


if __name__ == "__main__":
    main()
