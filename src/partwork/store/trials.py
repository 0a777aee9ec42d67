"""Trials: mails that are sent so that something comes back, and what did. They name nobody."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from partwork.model.feedback import Certainty, FeedbackKind, Source
from partwork.store.facts import facts_named, save_fact

_SENT, _TAKEN, _ANSWERED = "trial sent ", "trial taken ", "trial answered "


@dataclass(frozen=True, slots=True)
class Trial:
    """A mail that should make one kind of event come back.

    `recipient_key` is the hash of the address that it went to; `relay_id` is what its relay called
    it, "" where that is not told. `way` is a fingerprint of what would bring the event back, as it
    was set then; "" of trials from before it was kept.
    """

    id: int
    expects: FeedbackKind
    relay: str
    recipient_key: str
    message_id: str
    sent_at: datetime
    relay_id: str = ""
    way: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """That a trial's event came back: from where, how surely it is the trial's, and when."""

    trial: int
    source: Source
    certainty: Certainty
    at: datetime


def save_trial(conn: Connection, trial: Trial) -> None:
    """Note a trial, before it is sent."""
    told = [trial.expects.value, trial.relay, trial.recipient_key, trial.message_id]
    known = [*told, trial.sent_at.isoformat(), trial.way]
    save_fact(conn, f"{_SENT}{trial.id}", json.dumps(known))


def save_relay_id(conn: Connection, trial: int, relay_id: str) -> None:
    """Note what the relay that took a trial calls it."""
    save_fact(conn, f"{_TAKEN}{trial}", relay_id)


def save_answer(conn: Connection, answer: Answer) -> None:
    """Note that it came back; the first time counts."""
    told = [answer.source.value, answer.certainty.value, answer.at.isoformat()]
    save_fact(conn, f"{_ANSWERED}{answer.trial}", json.dumps(told))


def load_trials(conn: Connection) -> tuple[Trial, ...]:
    """All trials, the latest first."""
    taken = facts_named(conn, _TAKEN)
    trials = []
    for id_, told in facts_named(conn, _SENT).items():
        kind, relay, recipient, message_id, at, *way = json.loads(told)
        sent_at, relay_id = datetime.fromisoformat(at), taken.get(id_, "")
        known = (FeedbackKind(kind), relay, recipient, message_id, sent_at, relay_id, *way)
        trials.append(Trial(int(id_), *known))
    return tuple(sorted(trials, key=lambda trial: trial.sent_at, reverse=True))


def load_answers(conn: Connection) -> Mapping[int, Answer]:
    """What came back, by trial."""
    found = {}
    for id_, told in facts_named(conn, _ANSWERED).items():
        source, certainty, at = json.loads(told)
        known = (Source(source), Certainty(certainty), datetime.fromisoformat(at))
        found[int(id_)] = Answer(int(id_), *known)
    return found
