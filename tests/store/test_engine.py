"""The database is opened safely, or the reason why not is one clear line."""

import os
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from partwork.store.engine import StoreError, open_engine, read_only
from partwork.store.schema import newsletters

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


def test_sqlite_keeps_what_was_committed_and_holds_to_its_foreign_keys(tmp_path: Path):
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")

    with engine.begin() as conn:
        settings = {
            name: conn.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    engine.dispose()
    assert settings == {
        "journal_mode": "wal",
        "synchronous": 2,  # FULL
        "foreign_keys": 1,
        "busy_timeout": 10_000,
    }


def test_the_folder_of_a_new_sqlite_file_is_made(tmp_path: Path):
    open_engine(f"sqlite:///{tmp_path / '.partwork' / 'a.db'}").dispose()

    assert (tmp_path / ".partwork" / "a.db").exists()


def test_instants_come_back_as_they_were_in_utc(engine):
    in_tokyo = NOON.astimezone(timezone(timedelta(hours=9))).replace(microsecond=123456)
    with engine.begin() as conn:
        conn.execute(insert(newsletters).values(slug="daily", first_seen_at=in_tokyo))

    with read_only(engine) as conn:
        found = conn.execute(select(newsletters.c.first_seen_at)).scalar_one()

    assert found == in_tokyo
    assert found.tzinfo is UTC


def test_instants_are_compared_by_time_and_not_by_their_zone(engine):
    with engine.begin() as conn:
        conn.execute(insert(newsletters).values(slug="daily", first_seen_at=NOON))
    an_hour_before = (NOON - timedelta(hours=1)).astimezone(timezone(timedelta(hours=9)))

    with read_only(engine) as conn:
        later = newsletters.c.first_seen_at > an_hour_before
        found = conn.execute(select(newsletters.c.slug).where(later)).scalars().all()

    assert found == ["daily"]


def test_a_naive_instant_is_refused(engine):
    naive = NOON.replace(tzinfo=None)

    with engine.begin() as conn, pytest.raises(StatementError, match="naive"):
        conn.execute(insert(newsletters).values(slug="daily", first_seen_at=naive))


def test_a_connection_for_reading_cannot_write(engine):
    row = insert(newsletters).values(slug="daily", first_seen_at=NOON)

    with pytest.raises(DBAPIError), read_only(engine) as conn:
        conn.execute(row)

    with engine.begin() as conn:  # and the connection is as good as new
        conn.execute(row)
    with read_only(engine) as conn:
        assert conn.execute(select(newsletters.c.slug)).scalars().all() == ["daily"]


def test_who_reads_does_not_wait_for_who_writes(engine):
    row = insert(newsletters).values(slug="daily", first_seen_at=NOON)
    with engine.begin() as writer, read_only(engine) as reader:
        writer.execute(row)

        assert reader.execute(select(newsletters.c.slug)).all() == []


def test_what_a_writer_read_stays_true_until_it_writes(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'a.db'}"
    engine, other = open_engine(url), sqlite3.connect(tmp_path / "a.db", timeout=0)
    with engine.begin() as conn:
        conn.exec_driver_sql("CREATE TABLE t (n)")

    with engine.begin() as conn:
        conn.exec_driver_sql("SELECT count(*) FROM t")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO t VALUES (1)")

    other.close()
    engine.dispose()


def test_the_parameters_of_a_failed_statement_are_not_shown(tmp_path: Path):
    engine = open_engine(f"sqlite:///{tmp_path / 'a.db'}")

    with engine.begin() as conn, pytest.raises(DBAPIError) as error:
        conn.exec_driver_sql("INSERT INTO nowhere VALUES (?)", ("ada@example.org",))

    engine.dispose()
    assert "ada" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "partwork.db",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///a.db?mode=ro",
        "mysql://root:hunter2@db.example.org/partwork",
        "postgresql://ada:hunter2@db.example.org:port/partwork",
    ],
)
def test_a_url_we_cannot_use_is_refused_without_repeating_a_secret(url: str):
    with pytest.raises(StoreError) as error:
        open_engine(url)

    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.postgres
def test_a_server_that_does_not_answer_is_named_without_its_password():
    # Port 1 of the loopback is reserved (tcpmux, RFC 1078), and nobody listens there.
    with pytest.raises(StoreError, match="cannot connect") as error:
        open_engine("postgresql://ada:hunter2@127.0.0.1:1/partwork")

    assert "127.0.0.1:1" in str(error.value)
    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.postgres
@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_that_cannot_keep_every_letter_is_refused(postgres: Engine, encoding: str):
    """As one that was made where no language was set, in a container for example."""
    name = f"test_{encoding.lower()}"
    with postgres.connect() as conn:
        kind = f"ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
        conn.execute(text(f"CREATE DATABASE {name} {kind}"))

    with pytest.raises(StoreError) as error:
        open_engine(postgres.url.set(database=name).render_as_string(hide_password=False))

    assert f"{name} on" in str(error.value)
    assert f"its encoding is {encoding}; make it anew by createdb --encoding=UTF8" in str(
        error.value
    )


def test_a_connection_that_the_server_cuts_is_said_in_a_sentence(town):
    if town.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server")
    with town.engine.connect() as conn:
        backend = conn.execute(text("SELECT pg_backend_pid()")).scalar_one()
        with town.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:it)"), {"it": backend})

        with pytest.raises(StoreError, match="connection was lost"):
            conn.execute(text("SELECT 1"))

    assert town.join("ada")  # the next one gets a connection of its own


def test_of_two_who_wait_for_each_other_one_is_told_in_a_sentence(town):
    if town.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    ada, bob = town.join("ada", "bob")
    both_hold = Barrier(2)

    def take(first: int, then: int) -> str:
        lock = "SELECT id FROM subscribers WHERE id = {} FOR UPDATE"
        try:
            with town.engine.begin() as conn:
                conn.exec_driver_sql("SET LOCAL deadlock_timeout = '10ms'")
                conn.exec_driver_sql(lock.format(first))
                both_hold.wait(10)
                conn.exec_driver_sql(lock.format(then))
        except StoreError as error:
            return error.problem
        return ""

    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(take, (ada, bob), (bob, ada)))

    assert sorted(said)[0] == ""
    assert "nothing was changed, try again" in sorted(said)[1]


def test_a_folder_that_is_none_is_named(tmp_path: Path):
    (tmp_path / "file").write_text("I am not a folder")

    with pytest.raises(StoreError, match="folder"):
        open_engine(f"sqlite:///{tmp_path / 'file' / 'a.db'}")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path):
    file = tmp_path / "letter.txt"
    file.write_text("Dear Ada, " * 100)

    with pytest.raises(StoreError, match="no SQLite database"):
        open_engine(f"sqlite:///{file}")

    assert file.read_text() == "Dear Ada, " * 100


def test_a_folder_in_the_place_of_the_file_cannot_be_opened(tmp_path: Path):
    with pytest.raises(StoreError, match="cannot be written"):
        open_engine(f"sqlite:///{tmp_path}")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write all")
def test_a_file_that_must_not_be_written_is_named(tmp_path: Path):
    file = tmp_path / "a.db"
    open_engine(f"sqlite:///{file}").dispose()
    file.chmod(0o400)

    with (
        pytest.raises(StoreError, match="cannot be written"),
        open_engine(f"sqlite:///{file}").begin() as conn,
    ):
        conn.exec_driver_sql("CREATE TABLE t (n)")


@pytest.mark.postgres
def test_a_server_whose_machine_is_gone_counts_as_lost_unless_the_url_says_otherwise(
    new_postgresql: Callable[[], str],
) -> None:
    url = new_postgresql()
    told = []
    for given in (url, f"{url}{'&' if '?' in url else '?'}keepalives_idle=77"):
        engine = open_engine(given)
        with engine.connect() as connection:
            told.append(connection.connection.dbapi_connection.info.get_parameters())
        engine.dispose()

    assert [one["keepalives_idle"] for one in told] == ["10", "77"]
    assert {one["tcp_user_timeout"] for one in told} == {"30000"}
