"""A worker's transactions: what is done while the disk is waited for changes nothing in them."""

import sqlite3
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from partwork.store.driving import desk
from partwork.store.facts import load_fact


def noted(engine: Engine, name: str) -> str | None:
    with engine.connect() as conn:
        return load_fact(conn, name)


def say(conn: Connection, words: str) -> None:
    driver: Any = conn.connection.driver_connection
    driver.execute(words)


def note(conn: Connection) -> str:
    say(conn, "INSERT INTO facts (name, value) VALUES ('soil', 'dark')")
    return "noted"


def test_what_is_done_meanwhile_knows_what_came_of_the_work(engine: Engine) -> None:
    told: list[str] = []

    with desk(engine) as own:
        done = own.durably(note, told.append)

        assert noted(engine, "soil") == "dark", "it is committed when the call is over"
    assert told == [done] == ["noted"]


def test_what_fails_meanwhile_is_told_and_leaves_the_desk_in_order(engine: Engine) -> None:
    def fail(_done: str) -> None:
        raise LookupError("no pencil")

    with desk(engine) as own:
        with pytest.raises(LookupError, match="no pencil"):
            own.durably(note, fail)
        own.quickly(lambda conn: say(conn, "DELETE FROM facts WHERE name = 'soil'"))

        assert noted(engine, "soil") is None


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_a_commit_that_fails_is_told_and_changes_nothing(engine: Engine) -> None:
    def orphaned(conn: Connection) -> str:
        say(conn, "PRAGMA defer_foreign_keys = ON")
        say(conn, "INSERT INTO skipped_series (subscriber, series, at) VALUES (999, 'heaps', '')")
        return note(conn)

    told: list[str] = []
    with desk(engine) as own:
        with pytest.raises(sqlite3.IntegrityError):
            own.durably(orphaned, told.append)

        assert told == ["noted"]
        assert noted(engine, "soil") is None
        assert own.durably(note, told.append) == "noted"
    assert noted(engine, "soil") == "dark"
