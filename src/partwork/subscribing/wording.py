"""The words that people agree to when they subscribe."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Wording:
    """Words as they stand on the page; `digest` names them in the consent record."""

    text: str

    @property
    def digest(self) -> str:
        """The first 16 hexadecimal digits of the words' SHA-256."""
        return sha256(self.text.encode()).hexdigest()[:16]


def wording_of(newsletter: str) -> Wording:
    """What somebody who subscribes to the newsletter of this name agrees to."""
    return Wording(
        f"I would like to get {newsletter} by e-mail. I can leave at any time, by the link at the "
        "end of each mail."
    )
