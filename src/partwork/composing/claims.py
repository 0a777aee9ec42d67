"""What a part claims that a medical reviewer should see: figures, effects, people's words."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from partwork.composing.evidence import figures_in
from partwork.composing.lines import lines_of
from partwork.composing.overlap import point_of
from partwork.composing.risk import denies_risk, is_caveat, plays_risk_down
from partwork.composing.sentences import quotations_in, sentences_in
from partwork.composing.voice import is_personal, is_second_hand, is_story
from partwork.composing.words import content_of
from partwork.model.article import Article, Block
from partwork.model.series import Citation, Instalment, Quotation, Sentence, SignOff

# What is said to help, and how sure. English; elsewhere figures and quotations alone are found.
_EFFICACY = re.compile(
    r"\b(?:cur(?:e[sd]?|ing)|heal(?:s|ed|ing)?|treat(?:s|ed|ing|ments?)?|remed(?:y|ies)|reliev\w+"
    r"|relief|eas(?:e[sd]?|ing) |improv\w+|reduc\w+|lower(?:s|ed|ing)?|prevent\w*|protect\w*"
    r"|boost\w*|restor\w+|strengthen\w*|help(?:s|ed|ing|ful)?|works?|worked|effective(?:ly|ness)?"
    r"|efficac\w+|benefi(?:ts?|cial|ted)|success(?:ful|fully|es)?|recover(?:y|s|ed)?|remission"
    r"|respon(?:d|ds|ded|se)|better|proven|shown to|stud(?:y|ies)|trials?|evidence|research)\b",
    re.I,
)


class ClaimKind(StrEnum):
    """What a reviewer is asked to look at, in the order in which they are named."""

    FIGURE = "figure"
    EFFICACY = "efficacy"
    SAFETY = "safety"
    TESTIMONIAL = "testimonial"


@dataclass(frozen=True, slots=True)
class Ground:
    """The sentence of a source that a claim rests on.

    `block` is the block's digest, by which the article's file finds it; `quote` is "" where the
    article or the block is gone.
    """

    article: str
    title: str
    source: str
    block: str
    quote: str


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence to be reviewed.

    `line` counts from 1 in the part's file; 0 is its front matter. `speaker` is who says it where
    it is set apart as a quotation. `needs_ground`: titles and headings need none of their own.
    """

    kinds: tuple[ClaimKind, ...]
    part: int
    line: int
    text: str
    speaker: str
    signed_off: tuple[SignOff, ...]
    grounds: tuple[Ground, ...]
    needs_ground: bool = True


def claims_in(part: Instalment, articles: Mapping[str, Article]) -> tuple[Claim, ...]:
    """The part's claims in reading order, title, subject and preheader first.

    Each sentence stands once, under every kind it is of. Of a sentence's blocks, the sentence of
    the source is quoted that is most like it.
    """
    speakers = {
        id(sentence): element.speaker or "not named"
        for element in part.body
        if isinstance(element, Quotation)
        for sentence in element.sentences
    }
    lines: dict[tuple[str, int], tuple[SignOff, ...]] = {}
    for one in lines_of(part):  # the subject often says what the title does
        place = one.text, one.line
        lines[place] = tuple(dict.fromkeys((*lines.get(place, ()), *one.signed_off)))
    found = [
        _claim(part, Sentence(text, signed_off=marks, line=line), "", {})
        for (text, line), marks in lines.items()
    ]
    found += [_claim(part, s, speakers.get(id(s), ""), articles) for s in part.sentences]
    return tuple(sorted((claim for claim in found if claim.kinds), key=lambda claim: claim.line))


def _claim(
    part: Instalment, sentence: Sentence, speaker: str, articles: Mapping[str, Article]
) -> Claim:
    return Claim(
        tuple(_kinds(sentence.text, is_quoted=bool(speaker))),
        part.number,
        sentence.line,
        sentence.text,
        speaker,
        sentence.signed_off,
        tuple(_ground(c, sentence.text, articles) for c in sentence.citations),
        needs_ground=bool(articles),
    )


def _kinds(text: str, *, is_quoted: bool) -> Iterator[ClaimKind]:
    if figures_in(text):
        yield ClaimKind.FIGURE
    if _EFFICACY.search(text):
        yield ClaimKind.EFFICACY
    if is_caveat(text) or denies_risk(text) or plays_risk_down(text):
        yield ClaimKind.SAFETY
    is_told = is_story(text) or is_second_hand(text) or is_personal(text)
    if is_quoted or is_told or quotations_in(text):
        yield ClaimKind.TESTIMONIAL


def _ground(citation: Citation, text: str, articles: Mapping[str, Article]) -> Ground:
    article = articles.get(citation.article)
    blocks = article.blocks if article else ()
    block = next((b for b in blocks if b.digest == citation.block), None)
    return Ground(
        citation.article,
        article.title if article else "",
        article.source if article else "",
        citation.block,
        _nearest(text, block) if block else "",
    )


def _nearest(text: str, block: Block) -> str:
    """What the block says that is most like the text: as many sentences as the text has."""
    said = [s for line in _lines(block) for s in sentences_in(line)]
    length = min(len(sentences_in(text)), len(said)) or 1
    runs = [" ".join(said[n : n + length]) for n in range(len(said) - length + 1)]
    return max(runs, key=lambda run: _likeness(text, run), default="")


def _lines(block: Block) -> Sequence[str]:
    """A block's lines, which in a list are items and in a table rows; other kinds are one."""
    return block.text.splitlines() if block.kind in {"list", "table"} else [block.text]


def _likeness(text: str, run: str) -> tuple[float, int]:
    """Figures and content words in common; of equals the shorter run."""
    one, other = point_of(text), point_of(run)
    shared = len(content_of(text) & content_of(run)) + 2 * len(one.figures & other.figures)
    return shared / (1 + len(content_of(run)) ** 0.5), -len(run)
