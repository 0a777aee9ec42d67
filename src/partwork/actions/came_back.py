"""What came back from one person, with what followed from it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from partwork.model.feedback import Feedback
from partwork.returning.judging import Judgement
from partwork.returning.rules import Rule
from partwork.store.events import JudgedEvent, judged_events_of


@dataclass(frozen=True, slots=True)
class CameBack:
    """An event and what followed from it; `reason` says why, in a line, with the server's words.

    `at` is when it was judged. `delivery` is the number of the mail it speaks of, 0 where that is
    not known.
    """

    at: datetime
    event: Feedback
    rule: str
    outcome: str
    delivery: int
    reason: str


def what_came_back(connection: Connection, subscriber: int) -> tuple[CameBack, ...]:
    """All events about a subscriber, in the order of judging."""
    return tuple(map(_told, judged_events_of(connection, subscriber)))


def _told(one: JudgedEvent) -> CameBack:
    decided = one.decided
    rule, outcome, delivery = decided.rule, decided.outcome, decided.delivery
    reason = Judgement(Rule(rule), one.event, decided.certainty, one.judged_at).reason
    return CameBack(one.judged_at, one.event, rule, outcome, delivery, reason)
