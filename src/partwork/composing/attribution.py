"""Who says what a source quotes."""

import re
from dataclasses import dataclass

_VERB = r"(?:says|said|explains|explained|notes|noted|writes|wrote|adds|added|warns|warned|puts it)"
_SAID = re.compile(
    rf"(?P<speaker>[A-Z][^“”\"]{{2,80}}?),? {_VERB}[,:] [“\"](?P<words>[^“”\"]{{20,}}[.!…])[”\"]"
)
_ATTRIBUTED = re.compile(
    r"(?P<words>.{20,}?)\s*(?:\s[—–-]{1,2}|—)\s*(?P<speaker>[A-Z][^.!?]{2,80})"
)


@dataclass(frozen=True, slots=True)
class Saying:
    """Words and who said them, as the source names them; the quotation marks are left away."""

    words: str
    speaker: str


def said_in(text: str) -> Saying | None:
    """What a sentence quotes, where it is no more than speaker, verb and whole quotation."""
    return _saying(_SAID.fullmatch(text)) if text.endswith(("”", '"')) else None


def attributed_in(text: str) -> Saying | None:
    """What a quotation set apart says, where it ends in a dash and a name."""
    return _saying(_ATTRIBUTED.fullmatch(text))


def _saying(match: re.Match[str] | None) -> Saying | None:
    if match is None:
        return None
    return Saying(match["words"].strip("“”\"' "), match["speaker"].strip(" ,"))
