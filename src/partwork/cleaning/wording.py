"""How lines that give themselves away by their words are written down."""

from dataclasses import dataclass
from enum import StrEnum

from partwork.model.article import Category


class Place(StrEnum):
    """Where a pattern counts. `EDGES`: before the first or after the last prose."""

    ANYWHERE = "anywhere"
    EDGES = "edges"
    ABOVE = "above"
    BELOW = "below"


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a whole line says if it is boilerplate in `place`; `reason` completes "this line …".

    `says` are regular expressions for the folded line (see `surroundings.folded`), one of which
    matches all of it; one that begins anywhere looks ahead for its plain words, which halves the
    time for all of them. Plain words that a text may use itself count at its edges only; sentences
    need the site's "we", "our" or "your" in them. `confidence` is the share of lines that were
    found rightly in 676 labelled pages, rounded down; a judgement below 50 such lines.
    """

    rule: str
    category: Category
    place: Place
    confidence: float
    reason: str
    says: tuple[str, ...]


PIECE = r"(?:article|post|story|page|guide|recipe|episode|video|entry)"
AGO = r"\d+ ?(?:sec|min|hour|hr|day|week|wk|month|mo|year|yr|[mhdwy])[a-z]*\.? ago"
