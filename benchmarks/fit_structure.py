"""Fits the weights by which plain text is read: which lines are headings and list items.

    python benchmarks/fit_structure.py [--bench FOLDER] [--folds 4] [--write]

Prints F1 of headings and list items by cross-validation over sites; with `--write` fits all
pages and writes `src/partwork/reading/line_roles.tsv`. The model is that of `line_chains.py`; each
page is read whole, as its body alone and as a fragment of a few lines, in three layouts. Needs the
`fit` extra and the benchmark (see `labelled.py`). About ten minutes on one core.
"""

import argparse
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from labelled import add_bench, fold_of, records
from labelled_lines import Text, texts_of
from line_chains import PLACES, ROLES, Chains, Names, names_in
from scipy.optimize import minimize

WEIGHTS = Path(__file__).parents[1] / "src" / "partwork" / "reading" / "line_roles.tsv"
ITERATIONS = 100
# Hundredths; rows with less in each column are left out of the table.
LEAST = 5


def fitted(texts: Sequence[Text], names: Names) -> np.ndarray:
    """The weights that fit the texts' labels best."""
    chains = Chains(names, texts)
    options = {"maxiter": ITERATIONS, "maxcor": 6}
    start = np.zeros(names.size)
    found = minimize(chains.loss, start, jac=True, method="L-BFGS-B", options=options)
    print(f"{chains.nodes.shape[0]} lines, {names.size} weights, loss {found.fun:.0f}", flush=True)
    return found.x


def decoded(texts: Sequence[Text], names: Names, weights: np.ndarray) -> Iterator[str]:
    """For each text the roles of its lines, `phl`, by Viterbi."""
    chains = Chains(names, texts, is_whole=True)
    scores, steps = chains.scores(weights)
    start = 0
    for text in texts:
        end = start + len(text.signs)
        yield "".join("phl"[role] for role in _best(scores[start:end], steps[start:end]))
        start = end


def _best(scores: np.ndarray, steps: np.ndarray) -> list[int]:
    best = scores[0]
    back = []
    for t in range(1, len(scores)):
        paths = best[:, None] + steps[t]
        back.append(paths.argmax(0))
        best = paths.max(0) + scores[t]
    path = [int(best.argmax())]
    for origin in reversed(back):
        path.append(int(origin[path[-1]]))
    return path[::-1]


def report(texts: Sequence[Text], found: Sequence[str]) -> None:
    """Print precision, recall and F1 of the body's headings and items, view by view.

    As the benchmark counts them: a bold line or a row of a table is no false heading or item.
    Then the lists that hold both body and boilerplate, and how many lines of body are in them.
    """
    for view, layout in sorted({(text.view, text.layout) for text in texts}):
        chosen = [
            (t, f)
            for t, f in zip(texts, found, strict=True)
            if (t.view, t.layout) == (view, layout)
        ]
        parts = []
        for role in "hl":
            right = wrong = missed = 0
            for text, roles in chosen:
                for keep, label, given in zip(text.keep, text.role, roles, strict=True):
                    right += keep == "1" and label == given == role
                    wrong += keep == "1" and given == role != label and label not in "bt"
                    missed += keep == "1" and label == role != given
            f1 = 2 * right / max(1, 2 * right + wrong + missed)
            p, r = right / max(1, right + wrong), right / max(1, right + missed)
            parts.append(f"{role} P {p:.3f} R {r:.3f} F1 {f1:.4f}")
        runs = [
            text.keep[run.start() : run.end()]
            for text, roles in chosen
            for run in re.finditer("l+", roles)
        ]
        mixed = [run for run in runs if "0" in run and "1" in run]
        lines = sum(run.count("1") for run in mixed)
        print(
            f"{view}/{layout}: {'  '.join(parts)}  lists {len(runs)}, mixed {len(mixed)}"
            f" ({lines} lines of body)",
            flush=True,
        )


def written(names: Names, weights: np.ndarray) -> Iterator[str]:
    """The rows of the package's table: a name, then weights in hundredths.

    Six of a look (heading and item, of the line itself, the one below, the one above), nine of a
    pair (three roles after three roles). What all roles share changes no path and is taken out;
    rows that round to next to nothing are left out.
    """
    split = ROLES * len(names.nodes)
    nodes = weights[:split].reshape(-1, ROLES)
    nodes = np.rint(100 * (nodes - nodes[:, :1])).astype(int)
    looks = sorted({name.split(" ", 1)[1] for name in names.nodes})
    for look_name in looks:
        ids = [names.nodes.get(f"{place} {look_name}") for place in PLACES]
        row = [int(x) for i in ids for x in ([0, 0] if i is None else nodes[i, 1:])]
        if max(map(abs, row)) >= LEAST:
            yield "\t".join([look_name, *map(str, row)])
    steps = weights[split:].reshape(-1, ROLES * ROLES)
    steps = np.rint(100 * (steps - steps[:, :1])).astype(int)
    for name, i in names.pairs.items():
        if abs(steps[i]).max() >= LEAST:
            yield "\t".join([name, *map(str, steps[i])])


def main() -> None:
    """Cross-validates, or fits and writes."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    add_bench(parser)
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--write", action="store_true", help="fit all pages, write the weights")
    given = parser.parse_args()
    english = (page for page in records(given.bench) if page["lang"] == "en")
    texts = [text for page in english for text in texts_of(page)]
    if given.write:
        names = names_in(texts)
        rows = written(names, fitted(texts, names))
        WEIGHTS.write_text("".join(f"{row}\n" for row in rows), "utf-8")
        return
    found: dict[int, str] = {}
    for fold in range(given.folds):
        left = [i for i, text in enumerate(texts) if fold_of(text.site, given.folds) == fold]
        others = [text for text in texts if fold_of(text.site, given.folds) != fold]
        names = names_in(others)
        weights = fitted(others, names)
        found |= zip(left, decoded([texts[i] for i in left], names, weights), strict=True)
    report(texts, [found[i] for i in range(len(texts))])


if __name__ == "__main__":
    main()
