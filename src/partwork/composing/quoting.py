"""What was composed, cut down to what its sources' rights allow."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from partwork.composing.rights import LIMITS, Taking, allowance, runs_in
from partwork.composing.risk import is_caveat
from partwork.composing.titles import preheader_of
from partwork.composing.transitions import is_transition
from partwork.composing.voice import needs_antecedent
from partwork.composing.words import word_count
from partwork.composing.worth import promises
from partwork.model.article import Article
from partwork.model.newsletter import QuotationLimits
from partwork.model.series import (
    Bullets,
    Element,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
    run_of,
)

_LAST = 2  # rank of what goes after key points


@dataclass(frozen=True, slots=True)
class Shortened:
    """Parts within the limits, some perhaps without a sentence now.

    `left_out` is how many words went, by the article for whose sake.
    """

    instalments: tuple[Instalment, ...]
    left_out: Mapping[str, int]

    @property
    def words(self) -> int:
        """How many words all parts have."""
        return sum(word_count(s.text) for part in self.instalments for s in part.sentences)


def shortened(
    instalments: Sequence[Instalment],
    articles: Mapping[str, Article],
    limits: QuotationLimits = LIMITS,
    *,
    settled: Sequence[Instalment] = (),
    unchanged: Collection[str] = (),
) -> Shortened:
    """The parts without what is more than may be taken of articles under `quotation`.

    What warns stays, and what it leans on: caveats go before rights, and `check` says where they
    are too many. Quotations go whole, and so do lists, whose items that warn go among the cautions
    where they are sentences; of prose first what promises more than it says,
    then the last sentences of the longest part; key points and lead after the body.
    `settled` parts count and stay; those of the ids `unchanged` lose something only where no
    other can.
    """
    pieces = [piece for number, part in enumerate(instalments) for piece in _pieces(number, part)]
    left_out: Counter[str] = Counter()
    moved: dict[int, tuple[Sentence, ...]] = defaultdict(tuple)
    for article in articles.values():
        allowed = allowance(article, limits)
        if allowed is None:
            continue
        ledger = _Ledger(article, pieces, settled)
        late = {n for n, part in enumerate(instalments) if part.id in unchanged}
        while (gone := ledger.next_to_go(allowed, limits.run, late)) is not None:
            left_out[article.slug] += gone.words
            pieces.remove(gone)
            if gone.warnings:
                rest = _Piece(gone.part, gone.warnings, rank=_LAST)
                left_out[article.slug] -= rest.words
                moved[rest.part] += rest.sentences
                pieces.append(rest)
                ledger.note(rest)
    kept = {id(s) for piece in pieces for s in piece.sentences}
    return Shortened(
        tuple(_only(part, kept, moved[number]) for number, part in enumerate(instalments)),
        left_out,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """Sentences of a part that stay together; those of a lower `rank` go first.

    `warnings` are those that can stand by themselves where the others go.
    """

    part: int
    sentences: tuple[Sentence, ...]
    rank: int = 0
    warnings: tuple[Sentence, ...] = ()

    @property
    def stays(self) -> bool:
        return any(is_caveat(s.text) for s in self.sentences if s not in self.warnings)

    @property
    def words(self) -> int:
        return sum(word_count(sentence.text) for sentence in self.sentences)


class _Ledger:
    """What the pieces take of one article; a class since each that goes changes it."""

    def __init__(
        self, article: Article, pieces: Sequence[_Piece], settled: Sequence[Instalment]
    ) -> None:
        self._taking = taking = Taking(article)
        self._settled = taking.places([s.text for part in settled for s in part.sentences])
        self._places: dict[_Piece, set[int]] = {}
        for piece in pieces:
            self.note(piece)

    def note(self, piece: _Piece) -> None:
        """Takes up a piece, if it takes anything."""
        if found := self._taking.places([s.text for s in piece.sentences]):
            self._places[piece] = found

    def next_to_go(self, allowed: int, run: int, late: Collection[int]) -> _Piece | None:
        """The piece with which to begin, which is gone then; None where all is well, or stays."""
        free = [piece for piece in self._places if not piece.stays]
        found = self._of_a_long_run(free, run)
        if not found and len(self._settled.union(*self._places.values())) > allowed:
            found = self._of_too_much(free, late)
        if found:
            del self._places[found]
        return found

    def _of_too_much(self, free: Sequence[_Piece], late: Collection[int]) -> _Piece | None:
        words = Counter[int]()
        for piece in self._places:
            words[piece.part] += piece.words
        order = {piece: place for place, piece in enumerate(free)}
        return min(
            free,
            key=lambda p: (p.part in late, p.rank, -words[p.part], -order[p]),
            default=None,
        )

    def _of_a_long_run(self, free: Sequence[_Piece], run: int) -> _Piece | None:
        """The piece without which least is left of what goes beyond `run` in its part.

        None where none makes it less.
        """
        for part in sorted({piece.part for piece in free}):
            beyond = self._beyond(part, run)
            if not beyond:
                continue
            ours = [piece for piece in free if piece.part == part]
            left = {piece: self._beyond(part, run, without=piece) for piece in ours}
            best = min(ours, key=lambda p: (left[p], p.rank, p.words))
            if left[best] < beyond:
                return best
        return None

    def _beyond(self, part: int, run: int, *, without: _Piece | None = None) -> int:
        """How many words the stretches of a part have beyond `run`."""
        stands = (places for p, places in self._places.items() if p.part == part and p != without)
        return sum(max(0, length - run) for length in runs_in(set[int]().union(*stands)))


def _pieces(number: int, part: Instalment) -> Iterator[_Piece]:
    """The part's sentences in pieces: the body's, key points, lead, and cautions."""
    items = {id(s) for e in part.body if isinstance(e, Bullets) for s in e.items}
    for run in _runs(part.body):
        warnings = tuple(s for s in run if id(s) in items and is_caveat(s.text))
        stand = all(s.text.endswith((".", "!", "”")) for s in warnings)
        rank = -sum(promises(s.text) for s in run)
        yield _Piece(number, tuple(run), rank, warnings if stand else ())
    for point in part.key_points:
        yield _Piece(number, (point,), rank=1)
    for sentences in (part.lead, part.cautions):
        if sentences:
            yield _Piece(number, sentences, rank=_LAST)


def _runs(body: Sequence[Element]) -> list[list[Sentence]]:
    """What stays together: prose with what leans on it, a list with what announces it."""
    runs: list[list[Sentence]] = []
    before: Element | None = None
    for element in body:
        match element:
            case Paragraph(sentences):
                for place, sentence in enumerate(sentences):
                    has_support = place > 0 or isinstance(before, Paragraph)
                    if has_support and needs_antecedent(sentence.text):
                        runs[-1].append(sentence)
                    else:
                        runs.append([sentence])
            case Bullets(sentences) if isinstance(before, Paragraph) and _announces(before):
                runs[-1] += sentences
            case Bullets(sentences) | Quotation(sentences):
                runs.append(list(sentences))
        before = element
    return runs


def _announces(paragraph: Paragraph) -> bool:
    return paragraph.sentences[-1].text.endswith(":")


def _only(part: Instalment, kept: Collection[int], moved: tuple[Sentence, ...]) -> Instalment:
    """The part with the sentences of these identities, some moved to its cautions.

    A heading goes with all under it, a transition with what it leads to.
    """
    there = set(kept) - set(map(id, moved))
    joined = [
        element
        for element, after in pairwise((*part.body, None))
        if not (element and is_transition(element) and not _stands(after, there))
    ]
    less = replace(part, body=tuple(filter(None, joined))).with_runs(
        lambda run: tuple(s for s in run if id(s) in there)
    )
    if less == part:
        return part
    less = replace(less, cautions=(*less.cautions, *moved))
    body: list[Element] = []
    for element in reversed(less.body):
        below = body[-1] if body else Heading("", level=2)
        match element, below:
            case Heading(level=level), Heading(level=next_level) if next_level <= level:
                continue
        body.append(element)
    less = replace(less, body=tuple(reversed(body)))
    said = " ".join(s.text for s in less.sentences)
    if part.preheader.rstrip("…") in said:
        return less
    return replace(less, preheader=preheader_of(part.subject, [s.text for s in less.sentences]))


def _stands(element: Element | None, there: Collection[int]) -> bool:
    """Whether any of an element's sentences is there still."""
    return element is not None and any(id(sentence) in there for sentence in run_of(element))
