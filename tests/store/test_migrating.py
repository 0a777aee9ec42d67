"""A database is brought to head whole or not at all, and never backwards."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from partwork.store.engine import StoreError, open_engine, read_only
from partwork.store.migrating import VERSION_TABLE, migrate, revision_of
from partwork.store.schema import metadata

MIGRATE = """
import sys
from partwork.store.engine import open_engine
from partwork.store.migrating import migrate, revision_of
engine = open_engine(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
migrate(engine)
print(revision_of(engine))
"""


def test_an_empty_database_comes_to_head_and_stays_there(empty_url):
    engine = open_engine(empty_url)
    assert revision_of(engine) is None

    migrate(engine)
    head = revision_of(engine)
    migrate(engine)

    assert revision_of(engine) == head is not None
    engine.dispose()


def test_the_migrations_build_the_tables_the_code_works_with(engine):
    with read_only(engine) as conn:
        context = MigrationContext.configure(
            conn, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        differences = compare_metadata(context, metadata)
        tables = inspect(conn)
        checks = {
            table.name: {c["name"] for c in tables.get_check_constraints(table.name)}
            for table in metadata.sorted_tables
        }

    assert differences == []
    for table in metadata.sorted_tables:
        ours = {c.name for c in table.constraints if type(c).__name__ == "CheckConstraint"}
        assert checks[table.name] == ours


def test_processes_that_start_at_once_all_find_it_at_head(empty_url):
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", MIGRATE, empty_url],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdout.readline() == "ready\n"

    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=30) for process in processes]

    engine = open_engine(empty_url)
    assert answers == [(f"{revision_of(engine)}\n", "")] * 2
    engine.dispose()


def test_a_database_that_a_newer_partwork_has_made_is_refused(empty_url):
    engine = open_engine(empty_url)
    migrate(engine)
    with engine.begin() as conn:
        conn.execute(text("UPDATE partwork_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match="9999"):
        migrate(engine)

    assert revision_of(engine) == "9999"
    engine.dispose()


def test_a_migration_that_fails_leaves_nothing_behind(empty_url):
    engine = open_engine(empty_url)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE leases (in_the_way INTEGER)"))

    with pytest.raises(Exception, match="leases"):
        migrate(engine)

    with read_only(engine) as conn:
        assert inspect(conn).get_table_names() == ["leases"]
    engine.dispose()


def test_prefects_own_version_table_is_left_alone(empty_url):
    engine = open_engine(empty_url)
    with engine.begin() as conn:
        conn.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32))"))
        conn.execute(text("INSERT INTO alembic_version VALUES ('prefects')"))

    migrate(engine)

    with read_only(engine) as conn:
        kept = conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    assert kept == "prefects"
    engine.dispose()
