"""Series, instalment by instalment."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from partwork.model.newsletter import Brand, Cadence, Pause
from partwork.model.text import Span


class Mode(StrEnum):
    """Calendar: everyone gets a part on its date. Course: each starts at part 1 on joining."""

    CALENDAR = "calendar"
    COURSE = "course"


class Kind(StrEnum):
    """Composed: every sentence cites an article. Letter: written by hand, without sources."""

    COMPOSED = "composed"
    LETTER = "letter"


class Division(StrEnum):
    """How a series is cut: by the themes its articles share, or one part for each article."""

    THEME = "theme"
    ARTICLE = "article"


@dataclass(frozen=True, slots=True, order=True)
class Citation:
    """The article and block a sentence comes from: `[@slug#7f3a91c2]`."""

    article: str
    block: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """An editor's word that a fault of one rule may stand: `<!-- ok: rule, who, why -->`.

    `who` and `why` are "" where the mark does not say, which is a fault by itself. `line` is the
    mark's in the instalment's file, counted from 1 (0: not from a file), no part of its identity.
    """

    rule: str
    who: str = ""
    why: str = ""
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence or bullet of an instalment, with the blocks that bear it out.

    `text` is plain and one line, its marks are in `spans`; but a table's row has its cells parted
    by tabs, and a code sample keeps its lines. `line` counts from 1 in the instalment's file
    (0: not from a file) and is no part of its identity.
    """

    text: str
    citations: tuple[Citation, ...] = ()
    spans: tuple[Span, ...] = ()
    signed_off: tuple[SignOff, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading in an instalment's body. `level` is 2 or 3: 1 is the instalment's title."""

    text: str
    level: int = 2
    signed_off: tuple[SignOff, ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class FrontSignOffs:
    """What is signed off in the lines of an instalment's front matter that readers see."""

    title: tuple[SignOff, ...] = ()
    subject: tuple[SignOff, ...] = ()
    preheader: tuple[SignOff, ...] = ()


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences that stand together."""

    sentences: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, one sentence an item."""

    items: tuple[Sentence, ...]
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of somebody else, verbatim, with who said them (empty: the article's author)."""

    sentences: tuple[Sentence, ...]
    speaker: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture, by the name of its file in `content/media`, and what is said below it.

    `line` is as in `Sentence`.
    """

    name: str
    caption: Sentence | None = None
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as the header has; each row is one sentence, and so is the header."""

    header: Sentence
    rows: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines of a program or a command, as they were typed. `language` may be empty."""

    sample: Sentence
    language: str = ""


Element: TypeAlias = Heading | Paragraph | Bullets | Quotation | Figure | Table | Code

Run: TypeAlias = tuple[Sentence, ...]


def run_of(element: Element) -> Run:
    """The sentences of an element in reading order; a heading has none."""
    match element:
        case Paragraph(run) | Quotation(run) | Bullets(run):
            return run
        case Figure(caption=caption):
            return (caption,) if caption else ()
        case Table(header, rows):
            return (header, *rows)
        case Code(sample):
            return (sample,)
        case Heading():
            return ()


def cells_in(row: Sentence) -> tuple[tuple[str, tuple[Span, ...]], ...]:
    """The cells of a table's row, each its text and its marks."""
    cells: list[tuple[str, tuple[Span, ...]]] = []
    start = 0
    for text in row.text.split("\t"):
        end = start + len(text)
        clipped = (replace(s, start=max(s.start, start), end=min(s.end, end)) for s in row.spans)
        spans = (
            replace(s, start=s.start - start, end=s.end - start) for s in clipped if s.start < s.end
        )
        cells.append((text, tuple(spans)))
        start = end + 1
    return tuple(cells)


@dataclass(frozen=True, slots=True)
class Instalment:
    """One part of a series, numbered from 1.

    `id` is the part's identity, eight characters of [a-z0-9], made once and kept when the part
    is renumbered or retitled. `cautions` are the sources' caveats that belong to this part.
    `signed_off` speaks of title, subject and preheader; sentences and headings have their own.
    """

    id: str
    number: int
    title: str
    subject: str
    preheader: str
    lead: tuple[Sentence, ...] = ()
    key_points: tuple[Sentence, ...] = ()
    body: tuple[Element, ...] = ()
    cautions: tuple[Sentence, ...] = ()
    signed_off: FrontSignOffs = FrontSignOffs()

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Every sentence of the part in reading order: lead, key points, body, cautions."""
        body = (sentence for element in self.body for sentence in run_of(element))
        return (*self.lead, *self.key_points, *body, *self.cautions)

    @property
    def articles(self) -> tuple[str, ...]:
        """The slugs of the articles it cites, in the order in which it first cites them."""
        cited = (c.article for s in self.sentences for c in s.citations)
        return tuple(dict.fromkeys(cited))

    @property
    def pictures(self) -> tuple[str, ...]:
        """The names of the pictures it shows, in order."""
        names = (element.name for element in self.body if isinstance(element, Figure))
        return tuple(dict.fromkeys(names))

    def with_runs(self, change: Callable[[Run], Run]) -> "Instalment":
        """The same with each run of sentences changed, in reading order.

        Runs are lead, key points, cautions and what stands in one paragraph, list, quotation,
        caption or code sample, or in the header or the rows of one table. An element that has no
        sentence left is left out; a picture stays.
        """
        lead, key_points = change(self.lead), change(self.key_points)
        body = (_changed(element, change) for element in self.body)
        there = tuple(element for element in body if element)
        cautions = change(self.cautions)
        return replace(self, lead=lead, key_points=key_points, body=there, cautions=cautions)


def _changed(element: Element, change: Callable[[Run], Run]) -> Element | None:
    match element:
        case Heading():
            return element
        case Paragraph(run) | Quotation(run):
            return replace(element, sentences=run) if (run := change(run)) else None
        case Bullets(run):
            return replace(element, items=run) if (run := change(run)) else None
        case Figure():
            run = change(run_of(element))
            return replace(element, caption=run[0] if run else None)
        case Table(header, rows):
            heads, run = change((header,)), change(rows)
            return Table(heads[0], run) if heads and run else None
        case Code(sample):
            return replace(element, sample=run[0]) if (run := change((sample,))) else None


@dataclass(frozen=True, slots=True)
class Series:
    """A work published in instalments, in a fixed order; belongs to one newsletter.

    `segment` names the one of the newsletter's whom it is for; empty: every reader. On days within
    `skip`, and the newsletter's, it does not appear. After `review_by` nobody begins a course any
    more, until somebody has read it again.
    """

    slug: str
    newsletter: str
    title: str
    description: str = ""
    language: str = "en"
    kind: Kind = Kind.COMPOSED
    mode: Mode = Mode.CALENDAR
    brand: Brand = field(default_factory=Brand)
    cadence: Cadence | None = None
    skip: tuple[Pause, ...] = ()
    review_by: date | None = None
    segment: str = ""
    articles: tuple[str, ...] = ()
    instalments: tuple[Instalment, ...] = ()
