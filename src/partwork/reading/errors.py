"""What reading refuses."""

from partwork.model.errors import PartworkError


class Unreadable(PartworkError):
    """A raw text that cannot become an article; `why` says so and what to do about it."""

    def __init__(self, name: str, why: str) -> None:
        self.name, self.why = name, why
        super().__init__(f"{name}: {why}")
