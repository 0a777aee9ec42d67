"""The extractive writer: a theme becomes an instalment, every sentence verbatim from its source."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from partwork.composing.aspects import Aspect, aspect_of_heading
from partwork.composing.evidence import figures_in
from partwork.composing.passages import Passage, PassageKind, Section
from partwork.composing.risk import plays_risk_down
from partwork.composing.selection import Candidate, selected
from partwork.composing.sentences import quotations_in
from partwork.composing.setting import body_of, sentences_of
from partwork.composing.themes import Theme
from partwork.composing.titles import PREHEADER_LENGTH, Wording, preheader_of, title_of
from partwork.composing.voice import needs_antecedent, refers_back
from partwork.composing.words import content_of
from partwork.composing.worth import promises, worths
from partwork.model.series import Bullets, Instalment, Paragraph

_WORDS = (250, 450)  # of a part, least and most (DESIGN 6); caveats may exceed it
_FIGURE = 0.2  # what a figure adds to the worth of prose, which is about 0 to 1.5; a guess
_PROMISE = 0.2  # what each word takes away that promises more than it says; a guess
_FLOWERY = 2  # such words, from which a passage only fills a part; a guess
_LEAD_WORDS = (8, 60)  # least and most
_KEY_POINT_WORDS = (7, 32)  # least and most: one to two lines of a phone's bullet
_ENDS = (".", "!", "…", "”")
_EARLIER = 0.8  # what each place further on costs a lead's worth; a guess
_MAIN = 1.3  # what a lead is worth more for being of the theme's main aspect; a guess
_KEY_POINTS = 4
_NOUNS = 5  # content words before a pronoun in what stands out; fewer may not hold its noun
_SET_OFF = 30  # characters; a longer quotation is somebody's words, not one that is set off
_FOR_EACH_KEY_POINT = 45  # words of material, so that a short part keeps a body


@dataclass(frozen=True, slots=True)
class _Piece:
    """A passage, where it stands in the theme, and what it is worth to a reader."""

    section: Section
    passage: Passage
    worth: float
    aspect: Aspect | None  # as the heading has it
    is_main: bool  # of the aspect that the theme is mainly of
    subject: frozenset[str]  # content words of the heading and of the series' topic

    @property
    def is_caution(self) -> bool:
        """Whether it goes to the cautions: it warns, in a section that is not about risks."""
        first = self.passage.statements[0]
        is_prose = self.passage.kind is PassageKind.PROSE
        is_on_risk = self.aspect is Aspect.RISKS
        return self.passage.is_orphan or (is_prose and first.is_caveat and not is_on_risk)

    @property
    def is_filling(self) -> bool:
        """Whether it promises more than it says, or looks ahead without a figure."""
        texts = [s.text for s in self.passage.all_statements]
        is_vague = self.aspect is Aspect.OUTLOOK and not any(map(figures_in, texts))
        return is_vague or sum(map(promises, texts)) >= _FLOWERY

    @property
    def can_stand_out(self) -> bool:
        """Whether it may be lead or key point.

        Not a caveat away from its section, not a reassurance, not an article's parting words, no
        one's quoted words, no promise, nothing that needs the text it stood in: it opens its
        paragraph or names its subject.
        """
        text = self.passage.statements[0].text
        return (
            (self.aspect is Aspect.RISKS or not self.passage.has_caveat)
            and self.aspect is not Aspect.OUTLOOK
            and not any(plays_risk_down(s.text) for s in self.passage.statements)
            and not any(end - start > _SET_OFF for start, end in quotations_in(text))
            and not needs_antecedent(text, nouns=_NOUNS)
            and not promises(text)
            and (self.passage.first == 0 or not self.subject.isdisjoint(content_of(text)))
        )

    @property
    def leans_back(self) -> bool:
        """Whether it is prose that may need the sentence before it in its paragraph."""
        passage = self.passage
        is_later = passage.kind is PassageKind.PROSE and passage.first > 0
        return is_later and needs_antecedent(passage.statements[0].text)

    def rests_on(self, other: "_Piece") -> bool:
        """Whether it may be misread away from `other`, the piece before it.

        Prose rests on the sentence before it in its paragraph, a caveat on the block before, too.
        """
        one, two = other.passage, self.passage
        if other.section is not self.section or two.kind is not PassageKind.PROSE:
            return False
        is_next = one.block == two.block and one.last + 1 == two.first
        is_near = two.has_caveat and two.block - one.block in {0, 1}
        return (is_next or is_near) and needs_antecedent(two.statements[0].text)


def written(
    theme: Theme, number: int, new_id: str, wording: Wording, taken: Collection[str]
) -> Instalment:
    """The theme as part `number` of a series; its title is none of those `taken`.

    A sentence is verbatim from its block but for white space and, where it opens a paragraph or
    stands alone, a leading connective ("But", "That said,"). Every caveat of the theme is in it:
    those of sections about risks in the body, the others among the cautions unless they would
    be misread there.
    """
    chosen = _chosen(_pieces(theme, wording))
    cautions = _cautions(chosen)
    rest = [piece for piece in chosen if piece not in cautions]
    lead = _lead(rest)
    rest = [piece for piece in rest if piece not in lead]
    key_points = _key_points(rest)
    rest = [piece for piece in rest if piece not in key_points]
    used = tuple(dict.fromkeys(piece.section for piece in chosen))
    title = title_of(replace(theme, sections=used), wording, taken)
    part = Instalment(
        id=new_id,
        number=number,
        title=title,
        subject=title,
        preheader="",
        lead=tuple(s for piece in lead for s in sentences_of([piece.passage])),
        key_points=tuple(s for piece in key_points for s in sentences_of([piece.passage])),
        body=body_of([(piece.section, piece.passage) for piece in rest], title, wording),
        cautions=tuple(s for piece in cautions for s in sentences_of([piece.passage])),
    )
    return replace(part, preheader=_preheader(part))


def _pieces(theme: Theme, wording: Wording) -> list[_Piece]:
    passages = [(s, p) for s in theme.sections for p in s.passages]
    main = theme.aspects[:1]
    return [
        _Piece(
            section,
            passage,
            worth,
            aspect_of_heading(section.heading),
            section.aspect in main,
            content_of(f"{section.heading} {wording.topic}"),
        )
        for (section, passage), worth in zip(
            passages, worths([p for _, p in passages]), strict=True
        )
    ]


def _chosen(pieces: Sequence[_Piece]) -> list[_Piece]:
    """What the part has room for, in order: all that warns, then what is worth most.

    What promises more than it says fills a part that would be too short without it.
    """
    least, most = _WORDS
    needed = _needed(pieces)
    plain = [p for n, p in enumerate(pieces) if n in needed or not p.is_filling]
    if sum(piece.passage.words for piece in plain) >= least:
        pieces, needed = plain, _needed(plain)
    chosen = selected(list(_candidates(pieces)), most, topic=_topic(pieces), taken=needed)
    return _standing([pieces[n] for n in chosen]) or list(pieces[:1])


def _needed(pieces: Sequence[_Piece]) -> set[int]:
    """The places of all that warns, and of what must stand before it."""
    needed = {n for n, piece in enumerate(pieces) if piece.passage.has_caveat}
    for n in range(len(pieces) - 1, 0, -1):
        if n in needed and pieces[n].rests_on(pieces[n - 1]):
            needed.add(n - 1)
    return needed


def _cautions(pieces: Sequence[_Piece]) -> list[_Piece]:
    """What warns outside the sections about risks, unless it rests on what stays in the body."""
    found: list[_Piece] = []
    before: _Piece | None = None
    for piece in pieces:
        stays_with = before is not None and piece.rests_on(before) and before not in found
        if piece.is_caution and not stays_with:
            found.append(piece)
        before = piece
    return found


def _candidates(pieces: Sequence[_Piece]) -> Iterator[Candidate]:
    places: dict[str, int] = {}
    for piece in pieces:
        text = " ".join(s.text for s in piece.passage.all_statements)
        article = piece.section.article
        place = places[article] = places.get(article, -1) + 1
        is_prose = piece.passage.kind is PassageKind.PROSE
        favour = _FIGURE if is_prose and figures_in(text) else 0.0
        yield Candidate(text, article, place, favour - _PROMISE * promises(text))


def _topic(pieces: Sequence[_Piece]) -> str:
    return " ".join(dict.fromkeys(piece.section.heading for piece in pieces))


def _standing(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces without those that lean on a sentence that is not there."""
    kept: list[_Piece] = []
    for piece in pieces:
        has_support = bool(kept) and piece.rests_on(kept[-1])
        if piece.passage.has_caveat or not piece.leans_back or has_support:
            kept.append(piece)
    return kept


def _supports(pieces: Sequence[_Piece]) -> set[int]:
    """The places of pieces on which the next one leans: they must stay before it."""
    return {n for n, (one, two) in enumerate(pairwise(pieces)) if two.rests_on(one)}


def _lead(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The passage to open with: short prose that does not warn, worth most, early before late."""
    least, most = _LEAD_WORDS
    prose = [p for p in pieces if p.passage.kind is PassageKind.PROSE]
    supports = _supports(prose)
    fitting = [
        (n, piece)
        for n, piece in enumerate(prose)
        if n not in supports
        and least <= piece.passage.words <= most
        and len(piece.passage.statements) <= 2
        and piece.can_stand_out
    ]
    if not fitting:
        return [piece for n, piece in enumerate(prose) if n not in supports][:1] or prose[:1]
    return [max(fitting, key=_as_lead)[1]]


def _as_lead(place_and_piece: tuple[int, _Piece]) -> float:
    place, piece = place_and_piece
    return piece.worth * _EARLIER**place * (_MAIN if piece.is_main else 1.0)


def _key_points(pieces: Sequence[_Piece]) -> list[_Piece]:
    """Three or four single sentences worth most, in order; none where too few would be left."""
    least, most = _KEY_POINT_WORDS
    supports = _supports(pieces)
    fitting = [
        piece
        for n, piece in enumerate(pieces)
        if n not in supports
        and piece.passage.kind is PassageKind.PROSE
        and len(piece.passage.statements) == 1
        and least <= piece.passage.words <= most
        and piece.can_stand_out
    ]
    room = sum(piece.passage.words for piece in pieces) // _FOR_EACH_KEY_POINT
    count = min(_KEY_POINTS, len(fitting), room)
    if count < 2:
        return []
    best = sorted(fitting, key=lambda piece: -piece.worth)[:count]
    return [piece for piece in pieces if piece in best]


def _preheader(part: Instalment) -> str:
    """A preheader from the part's sentences, if possible from those that stand by themselves."""
    body = [s for e in part.body if isinstance(e, Paragraph) for s in e.sentences]
    items = [s for e in part.body if isinstance(e, Bullets) for s in e.items]
    texts = [s.text for s in (*part.key_points, *body, *part.lead, *items, *part.cautions)]
    good = [
        text
        for text in texts
        if not refers_back(text) and not plays_risk_down(text) and text.endswith(_ENDS)
    ]
    line = preheader_of(part.subject, good)
    return line if len(line) >= PREHEADER_LENGTH[0] else preheader_of(part.subject, texts)
