"""The marks by which an editor signs a fault off: `<!-- ok: rule, who, why -->`."""

import re
from dataclasses import dataclass

from partwork.manuscript.instalment import parse_instalment
from partwork.model.series import Sentence


@dataclass(frozen=True, slots=True)
class SignOff:
    """One mark, the line it begins on, and the sentence it speaks of.

    `who` and `why` are "" where the mark does not say.
    """

    rule: str
    who: str
    why: str
    line: int
    sentence: Sentence


def sign_offs_in(text: str, file: str) -> tuple[SignOff, ...]:
    """The marks of an instalment in the text of `file`, in order. Raises ManuscriptError.

    What looks like a mark and is none, as in code, is left out.
    """
    marks = list(_MARK.finditer(text))
    numbers = iter(range(len(marks)))
    # Read with a number for each rule, every sentence says itself which marks are its own.
    numbered = _MARK.sub(lambda m: _numbered(next(numbers), m), text)
    owners = {
        int(number): sentence
        for sentence in parse_instalment(numbered, file).sentences
        for number in sentence.signed_off
    }
    return tuple(_sign_off(text, marks[n], owner) for n, owner in sorted(owners.items()))


_MARK = re.compile(
    r"<!--\s*ok:\s*(?P<rule>[^,]*?)\s*(?:,(?P<who>[^,]*?)(?:,(?P<why>.*?))?)?-->", re.S
)


def _numbered(number: int, mark: re.Match[str]) -> str:
    """A mark of as many lines, with the number for its rule; one without a rule as it is."""
    lines = ".\n" * mark.group().count("\n")  # an empty one would end the paragraph
    return f"<!-- ok: {number}, {lines}-->" if mark["rule"] else mark.group()


def _sign_off(text: str, mark: re.Match[str], owner: Sentence) -> SignOff:
    said = [" ".join((mark[name] or "").split()) for name in ("rule", "who", "why")]
    rule, who, why = said
    return SignOff(rule, who, why, text.count("\n", 0, mark.start()) + 1, owner)
