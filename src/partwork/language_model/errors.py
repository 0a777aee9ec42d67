"""What a language model's endpoint refuses, said without its key and without its own words."""

from partwork.model.errors import PartworkError


class Unusable(PartworkError):
    """Settings with which no language model can be asked."""


class NoAnswer(PartworkError):
    """A request that brought no answer; `why` says so in words that hold no secret.

    A server's own message is left out: it may repeat the key, or be anything at all.
    """

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"the language model gives no answer: {why}")


class BudgetSpent(NoAnswer):
    """The series has cost what it may."""

    def __init__(self, spent: float, budget: float) -> None:
        self.spent, self.budget = spent, budget
        super().__init__(f"{spent:.4f} of a budget of {budget:g} are spent; raise it to go on")
