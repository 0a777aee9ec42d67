"""What a rule says of a block."""

from dataclasses import dataclass

from partwork.model.article import Category


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a block is boilerplate: the rule's name, the category, a reason an editor understands.

    `confidence` is 0 to 1: measured for lines found by their words (see `wording.Pattern`), a
    judgement for everything else.
    """

    rule: str
    category: Category
    reason: str
    confidence: float
