"""What was sent so that it comes back, and what did, is kept for good."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from partwork.model.feedback import Certainty, FeedbackKind, Source
from partwork.store.facts import facts_named, load_fact, save_fact
from partwork.store.trials import (
    Answer,
    Trial,
    load_answers,
    load_trials,
    save_answer,
    save_relay_id,
    save_trial,
)

NOW = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
TRIAL = Trial(7, FeedbackKind.BOUNCE, "main", "a hash", "<service.7@example.org>", NOW)


def test_trials_are_kept_as_they_were_sent_the_latest_first(engine: Engine) -> None:
    known = {"expects": FeedbackKind.COMPLAINT, "sent_at": NOW + timedelta(1), "way": "a print"}
    later = replace(TRIAL, id=70, **known)
    with engine.begin() as conn:
        save_trial(conn, TRIAL)
        save_trial(conn, later)
        save_relay_id(conn, 70, "4Y8cKT")

        assert load_trials(conn) == (replace(later, relay_id="4Y8cKT"), TRIAL)
        assert load_answers(conn) == {}


def test_a_trial_of_a_version_that_kept_no_way_is_read_without_one(engine: Engine) -> None:
    told = json.dumps(["bounce", "main", "a hash", TRIAL.message_id, NOW.isoformat()])
    with engine.begin() as conn:
        save_fact(conn, "trial sent 7", told)

        assert load_trials(conn) == (TRIAL,)


def test_the_first_time_that_it_comes_back_counts(engine: Engine) -> None:
    answer = Answer(7, Source.SES, Certainty.RELAY_ID, NOW)
    with engine.begin() as conn:
        save_answer(conn, answer)
        save_answer(conn, replace(answer, at=NOW + timedelta(1)))

        assert load_answers(conn) == {7: answer}


def test_facts_are_found_by_the_beginning_of_their_names(engine: Engine) -> None:
    with engine.begin() as conn:
        for name in ("a_b 1", "a_b 2", "axb 3", "a_b"):
            save_fact(conn, name, f"value of {name}")

        assert facts_named(conn, "a_b ") == {"1": "value of a_b 1", "2": "value of a_b 2"}
        assert load_fact(conn, "axb 3") == "value of axb 3"
