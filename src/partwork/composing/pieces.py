"""A theme's passages as pieces, of which a part takes some: what each may be, and what it needs."""

from dataclasses import dataclass

from partwork.composing.aspects import Aspect, aspect_of_heading
from partwork.composing.cohesion import adds, announces
from partwork.composing.evidence import figures_in
from partwork.composing.passages import Passage, PassageKind, Section
from partwork.composing.risk import plays_risk_down
from partwork.composing.sentences import quotations_in
from partwork.composing.themes import Theme
from partwork.composing.titles import Wording
from partwork.composing.voice import needs_antecedent
from partwork.composing.words import content_of
from partwork.composing.worth import promises, worths

_FLOWERY = 2  # such words, from which a passage only fills a part; a guess
_NOUNS = 5  # content words before a pronoun in what stands out; fewer may not hold its noun
_SET_OFF = 30  # characters; a longer quotation is somebody's words, not one that is set off


@dataclass(frozen=True, slots=True)
class Piece:
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
        one's quoted words, no promise, nothing that announces or needs the text it stood in: it
        opens its paragraph or names its subject, and calls nothing to mind but that.
        """
        text = self.passage.statements[0].text
        return (
            (self.aspect is Aspect.RISKS or not self.passage.has_caveat)
            and self.aspect is not Aspect.OUTLOOK
            and not any(plays_risk_down(s.text) for s in self.passage.statements)
            and not any(end - start > _SET_OFF for start, end in quotations_in(text))
            and not needs_antecedent(text, nouns=_NOUNS)
            and not promises(text)
            and not announces(self.passage.statements[-1].text)
            and not adds(text)
            and not self.calls_to_mind
            and (self.passage.first == 0 or not self.subject.isdisjoint(content_of(text)))
        )

    @property
    def leans_back(self) -> bool:
        """Whether it is prose that may need the sentence before it in its paragraph."""
        passage = self.passage
        if passage.kind is not PassageKind.PROSE or passage.first == 0:
            return False
        return self.calls_to_mind or needs_antecedent(passage.statements[0].text)

    @property
    def calls_to_mind(self) -> bool:
        """Whether it says "the …" of something that is neither its heading's nor the series'."""
        return not self.passage.recalled <= self.subject

    def rests_on(self, other: "Piece") -> bool:
        """Whether it may be misread away from `other`, the piece before it.

        Prose rests on the sentence before it in its paragraph, a caveat on the block before, too.
        """
        one, two = other.passage, self.passage
        if other.section is not self.section or two.kind is not PassageKind.PROSE:
            return False
        is_next = one.block == two.block and one.last + 1 == two.first
        is_near = two.has_caveat and two.block - one.block in {0, 1}
        leans = needs_antecedent(two.statements[0].text)
        return (is_next and (leans or self.calls_to_mind)) or (is_near and leans)

    def is_idle_before(self, other: "Piece | None") -> bool:
        """Whether it announces what does not follow: `other` follows, if anything does."""
        passage = self.passage
        if passage.has_caveat or not announces(passage.statements[-1].text):
            return False
        if other is None or other.section is not self.section:
            return True
        two = other.passage
        is_next = passage.block == two.block and passage.last + 1 == two.first
        return not is_next and passage.block + 1 != two.block


def pieces_of(theme: Theme, wording: Wording) -> list[Piece]:
    """The theme's passages in order, each weighed beside the others."""
    passages = [(s, p) for s in theme.sections for p in s.passages]
    main = theme.aspects[:1]
    return [
        Piece(
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
