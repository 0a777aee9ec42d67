"""What asking a language model costs."""

from dataclasses import dataclass

CHARACTERS_A_TOKEN = 3  # of English; a low guess, so that an estimate errs upwards


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one request; `is_estimated` where the server did not count them."""

    tokens_in: int
    tokens_out: int
    is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class Prices:
    """Prices of a million tokens, in whatever currency the bill comes."""

    a_million_in: float = 0.0
    a_million_out: float = 0.0

    def cost(self, usage: Usage) -> float:
        """What a request costs."""
        whole = usage.tokens_in * self.a_million_in + usage.tokens_out * self.a_million_out
        return whole / 1_000_000


FREE = Prices()


@dataclass(frozen=True, slots=True)
class Spending:
    """What the requests of one series came to; `remembered` are answers from the cache, free."""

    requests: int = 0
    remembered: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    is_estimated: bool = False

    def plus(self, usage: Usage, cost: float) -> "Spending":
        """With one request more."""
        return Spending(
            self.requests + 1,
            self.remembered,
            self.tokens_in + usage.tokens_in,
            self.tokens_out + usage.tokens_out,
            self.cost + cost,
            self.is_estimated or usage.is_estimated,
        )

    def __str__(self) -> str:
        about = "about " if self.is_estimated else ""
        price = f", {self.cost:.4f} by the prices set" if self.cost else ""
        return (
            f"{self.requests} requests and {self.remembered} answers from the cache; "
            f"{about}{self.tokens_in:,} tokens in, {self.tokens_out:,} out{price}"
        )


def estimated(asked: str, answered: str) -> Usage:
    """Tokens by length, for a server that does not count."""
    return Usage(
        -(-len(asked) // CHARACTERS_A_TOKEN), -(-len(answered) // CHARACTERS_A_TOKEN), True
    )
