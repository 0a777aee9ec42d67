"""Fits the weights by which plain text is read: which lines are headings and list items.

    python benchmarks/fit_structure.py BENCH [--folds 4] [--write]

BENCH is the folder of the labelled pages (`pages.jsonl.gz`; their README says what they are).
Prints F1 of headings and list items by cross-validation over sites; with `--write` fits all
pages and writes `src/partwork/reading/line_roles.tsv`. Needs numpy and scipy, which Partwork
itself does not. About ten minutes on one core.

The model is a conditional random field over the lines of a text (Lafferty, McCallum and Pereira
2001) with the features of `partwork.reading.features`, fitted by L-BFGS under an L2 penalty. What
is ours: a line whose label is open (bold ones; items of menus without markers) allows the model
several roles. Each page is read whole, as its body alone and as a fragment of a few lines, in three
layouts. And boilerplate near the body that is taken for an item costs more than other mistakes
(softmax margin, Gimpel and Smith 2010), since cleaning keeps or removes a list as one.
"""

import argparse
import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from partwork.reading import features
from partwork.reading.lines import lines_of, unwrapped
from partwork.reading.signs import Signs, pair_of, signs_of

ROLES = 3  # text, heading, item: the order of partwork.reading.roles.Role
TEXT, HEADING, ITEM = 1, 2, 4  # as sets of roles
PLACES = ("own", "above", "below")
WEIGHTS = Path(__file__).parents[1] / "src" / "partwork" / "reading" / "line_roles.tsv"

PENALTY = 4.0
ITERATIONS = 100
# A feature is taken if this many texts have it; a page is six, two views in three layouts.
MIN_TEXTS, MIN_TEXTS_OPENING = 12, 40
# Boilerplate further than this from the body is left out of the fit: there is more than enough.
REACH = 6
# Hundredths; rows with less in each column are left out of the table.
LEAST = 5
CHUNK = 200  # lines; long texts are cut for speed
# What boilerplate that is taken for an item adds to the loss.
COST = 5.0
# As browsers copy; without blank lines and markers; with blank lines and without markers.
LAYOUTS = ("paste", "plain", "bare")
FRAGMENT = (1, 10)  # lines
_MARK = re.compile(r"^\s*(?:[*\u2022\u2023\u25e6\u00b7+-]|\d{1,3}[.)])\s+")


@dataclass(slots=True)
class Text:
    """One page in one layout: its lines' signs, and for each line the page's own labels.

    `keep` is 1 body, 0 boilerplate, n title; `role` h heading, l item, b bold line, other text.
    """

    site: str
    view: str
    layout: str
    signs: list[Signs]
    keep: str
    role: str


def read_pages(folder: Path) -> list[dict[str, str]]:
    """The records of the labelled pages."""
    with gzip.open(folder / "pages.jsonl.gz", "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def texts_of(page: dict[str, str], views: Sequence[str], layouts: Sequence[str]) -> Iterator[Text]:
    """The page in each view (`clean` body alone, `page` all of it) and layout, and fragments."""
    for view in views:
        for layout in layouts:
            raw, keep, role = laid_out(page, view, layout)
            lines = unwrapped(lines_of(raw))
            at = {
                n: i for i, n in enumerate(n for n, x in enumerate(raw.split("\n"), 1) if x.strip())
            }
            first = [at[line.first] for line in lines]
            keeps, roles = "".join(keep[i] for i in first), "".join(role[i] for i in first)
            yield Text(page["site"], view, layout, signs_of(lines), keeps, roles)
            if view == "clean" and lines:
                chance = Random(page["id"] + layout)  # noqa: S311 (no secret)
                start = chance.randrange(len(lines))
                end = start + chance.randint(*FRAGMENT)
                signs = signs_of(lines[start:end])
                yield Text(
                    page["site"], "fragment", layout, signs, keeps[start:end], roles[start:end]
                )


def laid_out(page: dict[str, str], view: str, layout: str) -> tuple[str, str, str]:
    """The page's text in a layout, and the labels of its lines that are not blank."""
    out: list[str] = []
    keeps, roles = "", ""
    after_blank = False
    number = -1
    for raw in page["paste"].split("\n"):
        if not raw.strip():
            after_blank = True
            continue
        number += 1
        keep, role = page["paste_keep"][number], page["paste_role"][number]
        if view == "page" or keep == "1":
            if layout != "plain" and after_blank and out:
                out.append("")
            bare = raw.strip()
            out.append(raw if layout == "paste" else _MARK.sub("", bare) if role == "l" else bare)
            keeps, roles = keeps + keep, roles + role
            after_blank = False
    return "\n".join(out), keeps, roles


def node_features(text: Text, at: int) -> Iterator[str]:
    """The features of a line: its own and those of the lines above and below."""
    for place, offset in zip(PLACES, (0, -1, 1), strict=True):
        i = at + offset
        if 0 <= i < len(text.signs):
            for name in features.own_features(text.signs[i]):
                if place == "own" or "opens=" not in name:
                    yield f"{place} {name}"
        else:
            yield f"{place} nothing"


def pair_features(above: Signs, below: Signs) -> list[str]:
    """The features of two neighbouring lines."""
    lengths, likeness = pair_of(above, below)
    return [*features.length_features(lengths), *features.likeness_features(likeness)]


@dataclass(slots=True)
class Names:
    """The features that are fitted, by column."""

    nodes: dict[str, int]
    pairs: dict[str, int]

    @property
    def size(self) -> int:
        """The number of weights."""
        return ROLES * len(self.nodes) + ROLES * ROLES * len(self.pairs)


def names_in(texts: Iterable[Text]) -> Names:
    """The features that enough of the texts have."""
    nodes: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for text in texts:
        nodes.update({f for i in range(len(text.signs)) for f in node_features(text, i)})
        pairs.update(
            {
                f
                for a, b in zip(text.signs, text.signs[1:], strict=False)
                for f in pair_features(a, b)
            }
        )
    frequent = (f for f, n in nodes.items() if n >= _least(f))
    paired = (f for f, n in pairs.items() if n >= MIN_TEXTS)
    return Names(
        {f: i for i, f in enumerate(sorted(frequent))},
        {f: i for i, f in enumerate(sorted(paired))},
    )


def _least(feature: str) -> int:
    return MIN_TEXTS_OPENING if "opens=" in feature else MIN_TEXTS


@dataclass(slots=True)
class Chains:
    """Texts as matrices: rows are lines, chunk after chunk; `open_to` masks impossible roles."""

    names: Names
    texts: Sequence[Text]
    is_whole: bool = False
    nodes: csr_matrix = field(init=False)
    pairs: csr_matrix = field(init=False)
    masks: np.ndarray = field(init=False)
    costs: np.ndarray = field(init=False)
    starts: np.ndarray = field(init=False)
    lengths: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        """Compile the texts."""
        node_rows, node_ids, pair_rows, pair_ids = [0], [], [0], []
        masks, costs, chunks = [], [], []
        for text in self.texts:
            for start, end in _chunks(text, is_whole=self.is_whole):
                chunks.append((len(masks), end - start))
                for i in range(start, end):
                    ids = self.names.nodes
                    node_ids += [ids[f] for f in node_features(text, i) if f in ids]
                    node_rows.append(len(node_ids))
                    ids = self.names.pairs
                    if i > start:
                        found = pair_features(text.signs[i - 1], text.signs[i])
                        pair_ids += [ids[f] for f in found if f in ids]
                    pair_rows.append(len(pair_ids))
                    masks.append(_roles_open_to(text, i))
                    costs.append(_costs(text, i))
        chunks.sort(key=lambda chunk: -chunk[1])
        self.nodes = _matrix(node_ids, node_rows, len(self.names.nodes))
        self.pairs = _matrix(pair_ids, pair_rows, len(self.names.pairs))
        bits = np.array(masks)[:, None] >> np.arange(ROLES) & 1
        self.masks = np.where(bits, 0.0, -1e4).astype(np.float32)
        self.costs = np.array(costs, np.float32)
        self.starts, self.lengths = np.array(chunks).T

    def loss(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """Negative log likelihood of the labels with the penalty, and its gradient."""
        scores, steps = self.scores(weights)
        free, each, both = self._expected(scores + self.costs, steps)
        bound, each_bound, both_bound = self._expected(scores + self.masks, steps)
        gradient = np.concatenate(
            [
                (self.nodes.T @ (each - each_bound)).ravel(),
                (self.pairs.T @ (both - both_bound).reshape(-1, ROLES * ROLES)).ravel(),
            ]
        )
        penalty = 0.5 * PENALTY * float(weights @ weights)
        return free - bound + penalty, gradient + PENALTY * weights

    def scores(self, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Of each line and role, and of each line, role above and role."""
        single = weights.astype(np.float32)
        split = ROLES * len(self.names.nodes)
        scores = self.nodes @ single[:split].reshape(-1, ROLES)
        steps = self.pairs @ single[split:].reshape(-1, ROLES * ROLES)
        return scores, steps.reshape(-1, ROLES, ROLES)

    def _expected(
        self, scores: np.ndarray, steps: np.ndarray
    ) -> tuple[float, np.ndarray, np.ndarray]:
        """Log partition function, and the probabilities of roles and pairs of roles."""
        forward, backward = np.zeros_like(scores), np.zeros_like(scores)
        starts, lengths = self.starts, self.lengths
        forward[starts] = scores[starts]
        alive = [int((lengths > t).sum()) for t in range(lengths[0])]
        for t in range(1, lengths[0]):
            at = starts[: alive[t]] + t
            forward[at] = _log_sum(forward[at - 1][:, :, None] + steps[at], 1) + scores[at]
        for t in range(lengths[0] - 1, 0, -1):
            at = starts[: alive[t]] + t
            backward[at - 1] = _log_sum(steps[at] + (scores[at] + backward[at])[:, None, :], 2)
        total = _log_sum(forward[starts + lengths - 1], 1)
        of_line = np.empty(len(scores), np.float32)
        for start, length, value in zip(starts, lengths, total, strict=True):
            of_line[start : start + length] = value
        each = np.exp(forward + backward - of_line[:, None])
        both = np.zeros_like(steps)
        follows = np.ones(len(scores), bool)
        follows[starts] = False
        at = np.nonzero(follows)[0]
        both[at] = np.exp(
            forward[at - 1][:, :, None]
            + steps[at]
            + (scores[at] + backward[at])[:, None, :]
            - of_line[at][:, None, None]
        )
        return float(total.sum(dtype=np.float64)), each, both


def _log_sum(values: np.ndarray, axis: int) -> np.ndarray:
    most = values.max(axis)
    return most + np.log(np.exp(values - np.expand_dims(most, axis)).sum(axis))


def _matrix(ids: list[int], rows: list[int], width: int) -> csr_matrix:
    parts = (np.ones(len(ids), np.float32), np.array(ids, np.int32), np.array(rows, np.int64))
    return csr_matrix(parts, shape=(len(rows) - 1, width))


def _chunks(text: Text, *, is_whole: bool) -> Iterator[tuple[int, int]]:
    """The stretches of lines near the body, none longer than a chunk; or the whole text."""
    if is_whole:
        yield 0, len(text.signs)
        return
    near = np.zeros(len(text.keep), bool)
    for i, keep in enumerate(text.keep):
        if keep == "1":
            near[max(0, i - REACH) : i + REACH + 1] = True
    start = 0
    while start < len(near):
        end = start
        while end < len(near) and near[end] and end - start < CHUNK:
            end += 1
        if end > start:
            yield start, end
        start = max(end, start + 1)


def _roles_open_to(text: Text, at: int) -> int:
    """The set of roles that the labels allow a line."""
    role = {"h": HEADING, "l": ITEM, "b": TEXT | HEADING}.get(text.role[at], TEXT)
    is_open = text.keep[at] != "1" and text.role[at] == "l" and text.signs[at].marker is None
    return role | TEXT if is_open else role


def _costs(text: Text, at: int) -> tuple[float, float, float]:
    """What each role adds to a line's loss if it is wrong."""
    is_wrong = text.role[at] != "l" and text.keep[at] != "1"
    return 0.0, 0.0, COST * is_wrong


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


def folds_of(texts: Sequence[Text], count: int) -> list[int]:
    """The fold of each text; all texts of a site are in one."""
    sites = sorted({text.site for text in texts})
    Random(0).shuffle(sites)  # noqa: S311 (no secret)
    fold = {site: i % count for i, site in enumerate(sites)}
    return [fold[text.site] for text in texts]


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
    """Cross-validate, or fit and write."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("bench", type=Path, help="folder with pages.jsonl.gz")
    parser.add_argument("--folds", type=int, default=4)
    parser.add_argument("--write", action="store_true", help="fit all pages, write the weights")
    given = parser.parse_args()
    texts = [
        text
        for page in read_pages(given.bench)
        if page["lang"] == "en"
        for text in texts_of(page, ("clean", "page"), LAYOUTS)
    ]
    if given.write:
        names = names_in(texts)
        rows = written(names, fitted(texts, names))
        WEIGHTS.write_text("".join(f"{row}\n" for row in rows), "utf-8")
        return
    found: dict[int, str] = {}
    folds = folds_of(texts, given.folds)
    for fold in range(given.folds):
        names = names_in([t for t, f in zip(texts, folds, strict=True) if f != fold])
        weights = fitted([t for t, f in zip(texts, folds, strict=True) if f != fold], names)
        left = [i for i, f in enumerate(folds) if f == fold]
        found |= zip(left, decoded([texts[i] for i in left], names, weights), strict=True)
    report(texts, [found[i] for i in range(len(texts))])


if __name__ == "__main__":
    main()
