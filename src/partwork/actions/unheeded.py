"""What came back and counts for nothing: a line for each kind, however much of it there is."""

from collections.abc import Mapping, Sequence

from partwork.actions.feedback import Judged
from partwork.model.feedback import FeedbackKind

NAMED = 3  # mails of a kind that are named, for a person to look at


def unheeded_lines(
    told: Mapping[FeedbackKind, int], forged: Sequence[str], judged: Judged
) -> tuple[str, ...]:
    """A line for each kind that one look came upon; there is no address in any.

    `told` counts what the other mails tell, `forged` has the names of those that came to a bounce
    address that somebody made up.
    """
    named = f"{', '.join(forged[:NAMED])}{', …' if len(forged) > NAMED else ''}"
    lines = (
        (
            len(forged),
            f"mail to a bounce address with a token that we did not make ({named})",
            "it counts for nothing, and is left as it is",
        ),
        (
            judged.not_ours,
            "reports on mail that is not ours",
            "they count for nothing",
        ),
        (
            judged.about_us,
            "reports that an address for bounces cannot be reached",
            "they are about no reader",
        ),
        (
            told.get(FeedbackKind.AUTO_REPLY, 0),
            "automatic replies",
            "none is answered, and they count for nothing",
        ),
        (
            told.get(FeedbackKind.UNRELATED, 0),
            "mail that tells nothing of mail of ours",
            "it is left as it is",
        ),
    )
    return tuple(f"{what}: {count}; {then}" for count, what, then in lines if count)
