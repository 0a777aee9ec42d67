"""The nouns of composing: what articles say, in pieces that stay together."""

from dataclasses import dataclass
from enum import Enum, auto

from partwork.composing.aspects import Aspect
from partwork.composing.words import word_count
from partwork.model.series import Citation
from partwork.model.text import Span


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence or list item of an article, verbatim, with every block that says it.

    `spans` hold emphasis, strong and code; links stay behind, since their targets are claims
    that no evidence check covers, and each part names its sources. `connective` is how many
    characters at the start may be left away where it opens a paragraph ("But ").
    """

    text: str
    citations: tuple[Citation, ...]
    spans: tuple[Span, ...] = ()
    is_caveat: bool = False
    connective: int = 0


class PassageKind(Enum):
    """How a passage is set."""

    PROSE = auto()
    LIST = auto()
    QUOTATION = auto()


@dataclass(frozen=True, slots=True)
class Passage:
    """Statements of one block that must stay together, in the article's order.

    Prose opens with a sentence that can stand and goes on with those that lean on it. A list's
    statements are its items; `intro` are the sentences that announce it. `block` counts from 0
    in the article, `first` and `last` are the sentences of prose, from 0 in the block. `is_orphan`
    marks a caveat whose antecedent could not be used: it is kept, as a caution. `recalled` are the
    stems of what its first sentence calls "the …", since the sentences before it spoke of it.
    """

    kind: PassageKind
    statements: tuple[Statement, ...]
    block: int
    first: int = 0
    last: int = 0
    intro: tuple[Statement, ...] = ()
    ordered: bool = False
    speaker: str = ""
    is_orphan: bool = False
    recalled: frozenset[str] = frozenset()

    @property
    def all_statements(self) -> tuple[Statement, ...]:
        """Intro and statements."""
        return self.intro + self.statements

    @property
    def words(self) -> int:
        """Length as a reader counts."""
        return sum(word_count(s.text) for s in self.all_statements)

    @property
    def has_caveat(self) -> bool:
        """Whether it may not be left out."""
        return any(s.is_caveat for s in self.all_statements)


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading of an article (empty: before the first), as passages.

    `position` is where it stands in its article, 0 at the start to 1 at the end; `aspect` is what
    it tells of the subject, as far as grouping found out.
    """

    article: str
    heading: str
    position: float
    passages: tuple[Passage, ...]
    aspect: Aspect | None = None

    @property
    def words(self) -> int:
        """Length as a reader counts, without the heading."""
        return sum(p.words for p in self.passages)

    @property
    def text(self) -> str:
        """Heading and passages as one text, for comparing."""
        return " ".join([self.heading, *(s.text for p in self.passages for s in p.all_statements)])


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence or block that no series may use, and why, in an editor's words."""

    article: str
    reason: str
    text: str
