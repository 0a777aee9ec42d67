"""How a lane goes on after each reply, from what it has been told so far."""

from collections import Counter
from dataclasses import dataclass, field

from partwork.delivering.replies import Concern, concern_of, enhanced_status, in_words, verdict_of
from partwork.model.delivery import Reply, Stage, Verdict

# DESIGN 9: more than two per cent refused of the first 200 answered hold the campaign.
FIRST, TOLERATED = 200, 4
POLICY = 3  # refusals by policy in a row, where others were accepted before: a guess
RETURNS = 3  # replies of the relay's that cost one delivery nothing in a run: a guess
RESTS = 8  # pauses without a message accepted in between, two minutes in all: a guess


@dataclass(slots=True)
class Course:
    """One lane's replies so far.

    `held` says why nothing more may be sent before a person has looked; `given_up` why this lane
    stops, and a later one may try. `tolerated` of the first 200 may be refused.
    """

    tolerated: int = TOLERATED
    held: str = ""
    given_up: str = ""
    accepted: int = 0
    _answered: int = 0
    _refused: int = 0
    _against_policy: int = 0
    _rests: int = 0
    _returned: Counter[int] = field(default_factory=Counter)

    def is_its_own(self, delivery: int, reply: Reply) -> bool:
        """Whether the reply is that delivery's; else it is the relay's or ours, and costs nothing.

        The relay is to be asked for less then, or the lane is held. A relay that says no to
        one delivery alone, time and again, means that one.
        """
        verdict = verdict_of(reply)
        match concern_of(reply) if verdict is not Verdict.ACCEPTED else None:
            case Concern.RELAY if self._returned[delivery] < RETURNS:
                self._returned[delivery] += 1
                return False
            case Concern.SENDER if self._is_about_all(reply):
                self.held = f"mail of ours is not taken ({in_words(reply)})"
                return False
        self._count(reply, verdict)
        return True

    def note_rest(self, reply: Reply) -> None:
        """The relay is given a pause after this reply."""
        self._rests += 1
        if self._rests >= RESTS:
            self.given_up = f"the relay goes on to ask for less ({in_words(reply)})"

    def _is_about_all(self, reply: Reply) -> bool:
        """A policy may be one reader's own, as long as others accept; all else is about us."""
        status = enhanced_status(reply) or ""
        if reply.stage is Stage.MAIL or reply.code < 550 or not status.startswith("5.7."):
            return True
        self._against_policy += 1
        return not self.accepted or self._against_policy >= POLICY

    def _count(self, reply: Reply, verdict: Verdict) -> None:
        self._answered += 1
        if verdict is Verdict.ACCEPTED:
            self.accepted += 1
            self._against_policy = self._rests = 0
        elif verdict is Verdict.REFUSED:
            self._refused += 1
        if self._answered <= FIRST and self._refused > self.tolerated:
            self.held = (
                f"{self._refused} of the first {self._answered} answered were refused, the last "
                f"with {in_words(reply)}"
            )
