"""The language-model writer: an extractive series whose sentences a model may reword.

The model proposes, code disposes: what cannot be borne out is asked for once more with its faults
named, and else the extractive sentence stands. So a part has the same sentences in the same
places, with the same citations, whatever a model says.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from partwork.composing.faults import faults
from partwork.composing.overlap import Point, point_of
from partwork.composing.rewriting_answer import Proposal, Unreadable, proposals_in
from partwork.composing.rewriting_checks import objections_to
from partwork.composing.rewriting_request import (
    Asked,
    Refused,
    first_request,
    second_request,
    sentences_to_ask,
)
from partwork.model.article import Article
from partwork.model.errors import PartworkError
from partwork.model.series import Instalment, Sentence

# A model's answer to a system prompt and a user message. Raises a PartworkError where there is
# none: the series then stands as extracted from there on.
Ask = Callable[[str, str], str]
Progress = Callable[[int, int], None]

_SHOWN = 60  # characters of a sentence in a message


@dataclass(frozen=True, slots=True)
class FellBack:
    """A sentence that stands as extracted though a model was to reword it, and why.

    Without `text` it is the whole part, for which no answer came that could be read.
    """

    part: int
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Rewriting:
    """The parts after rewording; `asked` and `reworded` count sentences of all parts.

    `stopped` is why nothing more was asked from some part on ("" where all was).
    """

    instalments: tuple[Instalment, ...]
    asked: int
    reworded: int
    fell_back: tuple[FellBack, ...]
    stopped: str = ""

    @property
    def messages(self) -> tuple[str, ...]:
        """What fell back and why, in an editor's words."""
        return tuple(
            f"part {one.part}: {_shown(one.text)}stands as extracted: {one.why}"
            for one in self.fell_back
        )

    def __str__(self) -> str:
        return f"{self.reworded} of {self.asked} sentences reworded"


def rewritten(
    instalments: Sequence[Instalment],
    articles: Mapping[str, Article],
    ask: Ask,
    *,
    language: str,
    progress: Progress = lambda _done, _of: None,
) -> Rewriting:
    """The parts of one series with the sentences that a model reworded and the checks let pass.

    Caveats, quotations and what is not English are not asked for. After a request that has no
    answer nothing more is asked. `progress` is told how many parts of how many are done.
    """
    pen = _Pen(instalments, articles, ask)
    for done, part in enumerate(instalments):
        progress(done, len(instalments))
        pen.reword(done, sentences_to_ask(part, articles, language))
    progress(len(instalments), len(instalments))
    return Rewriting(tuple(pen.parts), pen.asked, pen.reworded, tuple(pen.fell_back), pen.silence)


class _Pen:
    """Goes through a series; a class for what it knows of all parts while it works on one."""

    def __init__(
        self, parts: Sequence[Instalment], articles: Mapping[str, Article], ask: Ask
    ) -> None:
        self.parts = list(parts)
        self.asked = self.reworded = 0
        self.fell_back: list[FellBack] = []
        self._articles, self._ask = articles, ask
        # Of the extract throughout: rewording leaves words out, so it makes no point beside these.
        self._points = [[point_of(s.text) for s in part.sentences] for part in parts]
        self.silence = ""  # why the model is asked no more

    def reword(self, number: int, asked: Sequence[Asked]) -> None:
        """Asks for the sentences of one part, and once more for those that cannot stand."""
        self.asked += len(asked)
        refused = [Refused(one, "", ()) for one in asked]
        if asked and not self.silence:
            refused = self._round(number, refused, first_request(self.parts[number], asked))
        if refused and not self.silence:
            refused = self._round(number, refused, second_request(refused))
        self._give_up(self.parts[number].number, refused, is_whole=1 < len(asked) == len(refused))

    def _round(
        self, number: int, wanted: Sequence[Refused], request: tuple[str, str]
    ) -> list[Refused]:
        """One request: takes over what passes, returns the rest with what is wrong with it.

        Where no answer comes, or none that can be read, what was wrong before stays the reason.
        """
        try:
            proposals = proposals_in(self._ask(*request))
        except Unreadable as error:
            return [replace(one, why=one.why or (f"the answer {error}",)) for one in wanted]
        except PartworkError as error:
            self.silence = str(error)
            return list(wanted)
        refused: list[Refused] = []
        for asked in (one.asked for one in wanted):
            proposal = _tidied(proposals.get(asked.label))
            if why := self._objections(number, asked, proposal):
                refused.append(Refused(asked, proposal.text if proposal else "", why))
            elif proposal and proposal.text != asked.sentence.text:
                self.parts[number] = _with(self.parts[number], asked.place, proposal.text)
                self.reworded += 1
        return refused

    def _give_up(self, part: int, refused: Sequence[Refused], *, is_whole: bool) -> None:
        """Notes what fell back; all of a part for one reason is one note."""
        notes = [
            FellBack(part, one.asked.sentence.text, "; ".join(one.why) or self.silence)
            for one in refused
        ]
        if is_whole and len({note.why for note in notes}) == 1:
            notes = [FellBack(part, "", notes[0].why)]
        self.fell_back += notes

    def _objections(self, number: int, asked: Asked, proposal: Proposal | None) -> tuple[str, ...]:
        if proposal is None:
            return ("was not answered",)
        if proposal.text == asked.sentence.text:
            return ()
        found = objections_to(proposal, asked, self._points_beside(number, asked.place))
        return found or self._new_faults(number, asked, proposal.text)

    def _points_beside(self, number: int, place: int) -> list[Point]:
        return [
            point
            for n, points in enumerate(self._points)
            for p, point in enumerate(points)
            if (n, p) != (number, place)
        ]

    def _new_faults(self, number: int, asked: Asked, text: str) -> tuple[str, ...]:
        """What `partwork check` would find in the part with this text, and does not without."""
        before = faults(self.parts[number], self._articles, "")
        after = faults(_with(self.parts[number], asked.place, text), self._articles, "")
        return tuple(dict.fromkeys(f"{f.rule}: {f.message}" for f in after if f not in before))


def _tidied(proposal: Proposal | None) -> Proposal | None:
    """The proposal with single spaces, as sentences have them."""
    return proposal and Proposal(" ".join(proposal.text.split()), proposal.quote)


def _with(part: Instalment, place: int, text: str) -> Instalment:
    """The part with another text for the sentence at `place`, in the order of `sentences`."""
    there = iter(range(len(part.sentences)))

    def placed(sentences: Sequence[Sentence]) -> tuple[Sentence, ...]:
        return tuple(replace(s, text=text) if next(there) == place else s for s in sentences)

    return part.with_runs(placed)


def _shown(text: str) -> str:
    """The start of a sentence in quotation marks, and a space; nothing for none."""
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]}…"
    return f"“{short}” " if text else ""
