"""The extractive writer: a theme becomes an instalment, every sentence verbatim from its source."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise, zip_longest

from partwork.composing.cohesion import adds
from partwork.composing.evidence import figures_in
from partwork.composing.passages import PassageKind, Section
from partwork.composing.pieces import Piece, pieces_of
from partwork.composing.risk import plays_risk_down
from partwork.composing.selection import Candidate, selected
from partwork.composing.setting import Placed, body_of, groups_of, sentences_of
from partwork.composing.themes import Theme
from partwork.composing.titles import PREHEADER_LENGTH, Wording, preheader_of, title_of
from partwork.composing.voice import refers_back
from partwork.composing.worth import promises
from partwork.model.series import Bullets, Instalment, Paragraph

PART_WORDS = (250, 450)  # of a part, least and most (DESIGN 6); caveats may exceed it
_FIGURE = 0.2  # what a figure adds to the worth of prose, which is about 0 to 1.5; a guess
_PROMISE = 0.2  # what each word takes away that promises more than it says; a guess
_LEAD_WORDS = (8, 60)  # least and most
_LEAD_SENTENCES = 3
_KEY_POINT_WORDS = (7, 32)  # least and most: one to two lines of a phone's bullet
_ENDS = (".", "!", "…", "”")
_EARLIER = 0.8  # what each place further on costs a lead's worth; a guess
_OPENS = 1.3  # what a lead is worth more for opening its paragraph; a guess
_MAIN = 1.3  # what a lead is worth more for being of the theme's main aspect; a guess
_KEY_POINTS = 4
_FOR_EACH_KEY_POINT = 45  # words of material, so that a short part keeps a body


def written(
    theme: Theme,
    number: int,
    new_id: str,
    wording: Wording,
    taken: Collection[str],
    *,
    known: str = "",
) -> Instalment:
    """The theme as part `number` of a series; its title is none of those `taken`.

    The title under which it is `known` stays as long as it is one of those that may be.

    A sentence is verbatim from its block but for white space and, where it opens a paragraph or
    stands alone, a leading connective ("But", "That said,"). Every caveat of the theme is in it:
    those of sections about risks in the body, the others among the cautions unless they would
    be misread there.
    """
    chosen = _chosen(theme.sections, wording)
    cautions = _cautions(chosen)
    rest = [piece for piece in chosen if piece not in cautions]
    lead = _lead(rest)
    rest = [piece for piece in rest if piece not in lead]
    key_points = _key_points(rest, wording)
    rest = [piece for piece in rest if piece not in key_points]
    rest = _without_stubs(rest, wording, _words(chosen) - PART_WORDS[0])
    chosen = [piece for piece in chosen if piece in (*lead, *key_points, *rest, *cautions)]
    used = tuple(dict.fromkeys(piece.section for piece in chosen))
    title = title_of(replace(theme, sections=used), wording, taken, known=known)
    part = Instalment(
        id=new_id,
        number=number,
        title=title,
        subject=title,
        preheader="",
        lead=tuple(s for piece in lead for s in sentences_of([piece.passage])),
        key_points=tuple(s for piece in key_points for s in sentences_of([piece.passage])),
        body=body_of(_placed(rest), title, wording, is_parted=bool(key_points)),
        cautions=tuple(s for piece in cautions for s in sentences_of([piece.passage])),
    )
    return replace(part, preheader=_preheader(part, [*key_points, *rest, *lead[:1]]))


def words_taken(theme: Theme, wording: Wording) -> int:
    """How many words a part takes of the theme."""
    return _words(_chosen(theme.sections, wording))


def _placed(pieces: Sequence[Piece]) -> list[Placed]:
    return [(piece.section, piece.passage) for piece in pieces]


@lru_cache(maxsize=1024)  # themes are found by how many words they give, then written
def _chosen(sections: tuple[Section, ...], wording: Wording) -> Sequence[Piece]:
    """What the part has room for, in order: all that warns, then what is worth most.

    A part that would be too short takes what promises more than it says, too, and if that is not
    enough what says again some of what is said.
    """
    pieces = pieces_of(Theme(sections), wording)
    needed = _needed(pieces)
    plain = [p for n, p in enumerate(pieces) if n in needed or not p.is_filling]
    best: Sequence[Piece] = ()
    for those, is_strict in ((plain, True), (pieces, True), (pieces, False)):
        found = _filled(those, is_strict=is_strict)
        best = max(best, found, key=_words)
        if _words(best) >= PART_WORDS[0]:
            break
    return best or pieces[:1]


def _filled(pieces: Sequence[Piece], *, is_strict: bool) -> list[Piece]:
    """What of the pieces makes a part; where some cannot stand and it is too short, others."""
    least, most = PART_WORDS
    candidates = list(_candidates(pieces))
    taken = _needed(pieces)
    open_ = list(range(len(pieces)))
    while True:
        chosen = selected(
            [candidates[n] for n in open_],
            most,
            topic=_topic(pieces),
            taken=[place for place, n in enumerate(open_) if n in taken],
            is_strict=is_strict,
        )
        found = _standing([pieces[open_[place]] for place in chosen])
        stands = {id(piece) for piece in found}
        fallen = {open_[p] for p in chosen if id(pieces[open_[p]]) not in stands}
        if not fallen or _words(found) >= least:
            return found
        taken = {n for n in open_ if id(pieces[n]) in stands}
        open_ = [n for n in open_ if n not in fallen]


def _words(pieces: Sequence[Piece]) -> int:
    return sum(piece.passage.words for piece in pieces)


def _needed(pieces: Sequence[Piece]) -> set[int]:
    """The places of all that warns, and of what must stand before it."""
    needed = {n for n, piece in enumerate(pieces) if piece.passage.has_caveat}
    for n in range(len(pieces) - 1, 0, -1):
        if n in needed and pieces[n].rests_on(pieces[n - 1]):
            needed.add(n - 1)
    return needed


def _cautions(pieces: Sequence[Piece]) -> list[Piece]:
    """What warns outside the sections about risks, unless it rests on what stays in the body."""
    found: list[Piece] = []
    before: Piece | None = None
    for piece in pieces:
        stays_with = before is not None and piece.rests_on(before) and before not in found
        if piece.is_caution and not stays_with:
            found.append(piece)
        before = piece
    return found


def _candidates(pieces: Sequence[Piece]) -> Iterator[Candidate]:
    places: dict[str, int] = {}
    for piece in pieces:
        text = " ".join(s.text for s in piece.passage.all_statements)
        article = piece.section.article
        place = places[article] = places.get(article, -1) + 1
        is_prose = piece.passage.kind is PassageKind.PROSE
        favour = _FIGURE if is_prose and figures_in(text) else 0.0
        yield Candidate(text, article, place, favour - _PROMISE * promises(text))


def _topic(pieces: Sequence[Piece]) -> str:
    return " ".join(dict.fromkeys(piece.section.heading for piece in pieces))


def _standing(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces without those that lean on, or announce, a sentence that is not there."""
    kept: list[Piece] = []
    for piece in pieces:
        has_support = bool(kept) and piece.rests_on(kept[-1])
        if piece.passage.has_caveat or not piece.leans_back or has_support:
            kept.append(piece)
    followers = zip_longest(kept, kept[1:])
    return [piece for piece, after in followers if piece and not piece.is_idle_before(after)]


def _supports(pieces: Sequence[Piece]) -> set[int]:
    """The places of pieces on which the next one leans: they must stay before it."""
    return {n for n, (one, two) in enumerate(pairwise(pieces)) if two.rests_on(one)}


def _announced(pieces: Sequence[Piece]) -> set[int]:
    """The places of pieces that follow an announcement: it would announce nothing without them."""
    idle = (one.is_idle_before(None) for one in pieces[:-1])
    return {n for n, is_idle in enumerate(idle, 1) if is_idle}


def _lead(pieces: Sequence[Piece]) -> list[Piece]:
    """The passage to open with: short prose that does not warn, worth most, early before late."""
    least, most = _LEAD_WORDS
    prose = [p for p in pieces if p.passage.kind is PassageKind.PROSE]
    supports = _supports(prose)
    fitting = [
        (n, piece)
        for n, piece in enumerate(prose)
        if n not in supports
        and least <= piece.passage.words <= most
        and len(piece.passage.statements) <= _LEAD_SENTENCES
        and piece.can_stand_out
    ]
    if not fitting:
        return [piece for n, piece in enumerate(prose) if n not in supports][:1] or prose[:1]
    return [max(fitting, key=_as_lead)[1]]


def _as_lead(place_and_piece: tuple[int, Piece]) -> float:
    place, piece = place_and_piece
    opens = _OPENS if piece.passage.first == 0 else 1.0
    return piece.worth * _EARLIER**place * (_MAIN if piece.is_main else 1.0) * opens


def _key_points(pieces: Sequence[Piece], wording: Wording) -> list[Piece]:
    """Three or four single sentences worth most, in order; none where too few would be left.

    None leaves a single sentence behind under its heading.
    """
    least, most = _KEY_POINT_WORDS
    bound = _supports(pieces) | _announced(pieces)
    fitting = [
        piece
        for n, piece in enumerate(pieces)
        if n not in bound
        and piece.passage.kind is PassageKind.PROSE
        and len(piece.passage.statements) == 1
        and least <= piece.passage.words <= most
        and piece.can_stand_out
    ]
    left = [sum(len(p.statements) for _, p in g) for g in groups_of(_placed(pieces), wording)]
    group = {id(p): n for n, g in enumerate(groups_of(_placed(pieces), wording)) for _, p in g}
    count = min(_KEY_POINTS, sum(p.passage.words for p in pieces) // _FOR_EACH_KEY_POINT)
    best: list[Piece] = []
    for piece in sorted(fitting, key=lambda piece: -piece.worth):
        place = group[id(piece.passage)]
        if len(best) < count and left[place] != 2:
            left[place] -= 1
            best.append(piece)
    return [piece for piece in pieces if piece in best] if len(best) > 1 else []


def _without_stubs(pieces: Sequence[Piece], wording: Wording, spare: int) -> list[Piece]:
    """The pieces without sentences alone under their heading, as long as so many words may go."""
    left = list(pieces)
    for group in groups_of(_placed(pieces), wording):
        ((section, passage), *others) = group
        is_alone = not others and len(passage.all_statements) == 1 and section.heading
        if not is_alone or passage.has_caveat or passage.words > spare:
            continue
        articles = [piece.section.article for piece in left]
        if articles.count(section.article) > 1:
            left = [piece for piece in left if piece.passage is not passage]
            spare -= passage.words
    return left


def _preheader(part: Instalment, pieces: Sequence[Piece]) -> str:
    """A whole sentence that stands by itself, if one of `pieces` opens its source's paragraph so.

    Else any such sentence of the part, else the start of a longer one, else whatever there is.
    """
    prose = [s for e in part.body if isinstance(e, Paragraph) for s in e.sentences]
    items = [s for e in part.body if isinstance(e, Bullets) for s in e.items]
    every = [s.text for s in (*part.key_points, *prose, *part.lead, *items, *part.cautions)]
    first = [p.passage for p in pieces if p.passage.kind is PassageKind.PROSE]
    opening = [sentences_of([passage])[0].text for passage in first if passage.first == 0]
    good = list(filter(_stands_alone, every))
    for texts in (list(filter(_stands_alone, opening)), good):
        line = preheader_of(part.subject, texts)
        if len(line) >= PREHEADER_LENGTH[0] and not line.endswith("…"):
            return line
    line = preheader_of(part.subject, good)
    return line if len(line) >= PREHEADER_LENGTH[0] else preheader_of(part.subject, every)


def _stands_alone(text: str) -> bool:
    bars = (refers_back, adds, plays_risk_down, promises)
    return text.endswith(_ENDS) and not any(bar(text) for bar in bars)
