"""When what comes back forbids to go on sending."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from partwork.model.feedback import FeedbackKind
from partwork.returning.judging import Judgement, Limits, is_proof
from partwork.returning.rules import Rule


class Scope(StrEnum):
    """Which deliveries are counted together."""

    CAMPAIGN = "campaign"
    DOMAIN = "recipients' domain"
    SIGN_UP = "sign-up source"


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the deliveries of one campaign, or of one domain or sign-up source in it.

    `accepted` counts also those that bounced or were complained about later.
    """

    scope: Scope
    name: str
    accepted: int
    refused: int = 0
    bounced: int = 0
    complained: int = 0


@dataclass(frozen=True, slots=True)
class Ceiling:
    """Too many are more than `percent` and no fewer than `at_least`: one of three is an accident.

    Raises ValueError for a share that is none, and for fewer than one.
    """

    percent: float
    at_least: int

    def __post_init__(self) -> None:
        if not 0 <= self.percent <= 100 or self.at_least < 1:
            raise ValueError(f"no ceiling: {self.percent} %, at least {self.at_least}")


@dataclass(frozen=True, slots=True)
class Ceilings:
    """How much may come back: refused of all that were answered, the others of all accepted.

    In a domain or of a source `within` are tolerated that a campaign is not, and those with less
    than `part` per cent of its readers say nothing of it: a firm that closed is no fault of ours.
    Both are guesses.
    """

    # DESIGN 9. Four are in any list, as the canary has it.
    refused: Ceiling = Ceiling(2, 5)
    # At 5 % Amazon reviews a sender: docs.aws.amazon.com/ses/latest/dg/faqs-enforcement.html.
    bounced: Ceiling = Ceiling(5, 5)
    # Google's own: support.google.com/a/answer/81126. That two people slip is a guess.
    complained: Ceiling = Ceiling(0.3, 3)
    within: int = 15
    part: float = 1


def counts_against(judgement: Judgement, limits: Limits) -> bool:
    """Whether what was judged counts against the campaign of the mail that it speaks of.

    What anybody may have written holds nothing, and a report of another kind is no complaint.
    """
    event = judgement.event
    if event.kind not in {FeedbackKind.BOUNCE, FeedbackKind.COMPLAINT}:
        return False
    is_so = judgement.rule is not Rule.NO_COMPLAINT
    return is_so and is_proof(event, judgement.certainty, limits)


def whys_held(counted: Iterable[Counts], ceilings: Ceilings, of_all: int = 0) -> tuple[str, ...]:
    """Why sending must stop, a line for each ceiling that is passed; none: it may go on.

    `of_all` were accepted in the whole campaign.
    """
    return tuple(
        why
        for counts in counted
        if counts.scope is Scope.CAMPAIGN or _speaks_of(counts, of_all, ceilings)
        for why in _whys(counts, ceilings)
    )


def _speaks_of(counts: Counts, of_all: int, ceilings: Ceilings) -> bool:
    """Whether a domain or a source is so large a part of a campaign that it speaks of it."""
    return (counts.accepted + counts.refused) * 100 >= ceilings.part * of_all


def _whys(counts: Counts, ceilings: Ceilings) -> Iterator[str]:
    accepted, answered = counts.accepted, counts.accepted + counts.refused
    more = 0 if counts.scope is Scope.CAMPAIGN else ceilings.within
    for count, what, total, of, ceiling in (
        (counts.refused, "were refused", answered, "answered", ceilings.refused),
        (counts.bounced, "bounced", accepted, "accepted", ceilings.bounced),
        (counts.complained, "were reported as spam", accepted, "accepted", ceilings.complained),
    ):
        if count >= ceiling.at_least + more and count * 100 > ceiling.percent * total:
            yield (
                f"{counts.scope} {counts.name}: {count} of {total} {of} {what}, "
                f"more than {ceiling.percent:g} %"
            )
