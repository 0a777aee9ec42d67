"""The first few readers of an issue, whose servers' replies decide about all others."""

from math import ceil

from partwork.model.delivery import Tally

# So many refused addresses are in any list; of a few readers they are a large share.
ALWAYS_TOLERATED = 4


def canary_of(planned: int, percent: float) -> int:
    """How many readers go first; 0: nobody does."""
    return ceil(planned * percent / 100)


def sent_of(tally: Tally) -> int:
    """How many deliveries have been tried, however that ended."""
    return tally.accepted + tally.deferred + tally.refused + tally.in_doubt


def tolerated_of(answered: int, percent: float) -> int:
    """How many of that many answered deliveries may be refused."""
    return max(ALWAYS_TOLERATED, int(answered * percent / 100))


def why_held(tally: Tally, percent: float) -> str:
    """Why the others must wait, in words; "": they need not."""
    answered = tally.accepted + tally.refused
    if tally.refused <= tolerated_of(answered, percent):
        return ""
    return f"{tally.refused} of the first {answered} answered were refused"


def words_for(tally: Tally) -> str:
    """What the first readers' servers said, for people."""
    return f"{tally.refused} of the first {tally.accepted + tally.refused} answered were refused"
