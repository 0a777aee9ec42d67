"""The fitted judge: how likely each block is boilerplate, in view of all the others."""

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from partwork.cleaning.chain import likelihoods
from partwork.cleaning.forest import Forest, grown
from partwork.cleaning.neighbourhood import in_neighbourhood
from partwork.cleaning.surroundings import Surroundings
from partwork.cleaning.traits import Looks, Vocabulary, traits_of


@dataclass(frozen=True, slots=True)
class Judge:
    """Everything that was fitted; `docs/cleaning.md` tells how.

    `lean` is added to all log-odds (below 0 it speaks for keeping); `change_cost` is what a
    change of verdict between neighbours costs, in the same unit.
    """

    vocabulary: Vocabulary
    forest: Forest
    lean: float
    change_cost: float

    def doubts(self, page: Surroundings, looks: Looks) -> list[float]:
        """For each block the probability, 0 to 1, that it is boilerplate."""
        if not page.blocks:
            return []
        odds = self.forest.sums(in_neighbourhood(traits_of(page, looks))) + self.lean
        return likelihoods(odds.tolist(), self.change_cost)


@cache
def fitted() -> Judge:
    """The judge in the package, made by `benchmarks/fit_cleaning.py`."""
    folder = files("partwork.cleaning") / "weights"
    said = json.loads((folder / "forest.json").read_text())
    forest = grown(said["trees"])
    words, markup = (
        {term: float(weight) for term, weight in rows}
        for rows in (
            (line.split("\t") for line in (folder / name).read_text().splitlines())
            for name in ("words.tsv", "markup.tsv")
        )
    )
    return Judge(Vocabulary(words, markup), forest, said["lean"], said["change_cost"])
