"""A database is brought to head whole or not at all, and never backwards."""

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from partwork.model.audience import Act, Consent, Evidence, SuppressionReason
from partwork.model.issue import Approval
from partwork.store import migrating
from partwork.store.audience import is_suppressed, load_subscriber, save_suppression
from partwork.store.cohorts import cohort_of
from partwork.store.columns import metadata
from partwork.store.consents import last_consent, load_consents, record_consent
from partwork.store.engine import StoreError, open_engine, read_only
from partwork.store.issues import approvals_of, renew_approval
from partwork.store.ledger import load_deliveries
from partwork.store.migrating import VERSION_TABLE, migrate, revision_of
from partwork.store.service_messages import Caps, Taken, save_request, take_requests
from partwork.store.subscriptions import load_subscriptions

SCRIPTS = Path(migrating.__file__).parent / "migrations"
MARCH = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)

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


PEOPLE = """
INSERT INTO newsletters VALUES ('daily', '2026-03-03 06:30:00');
INSERT INTO subscribers VALUES
    (1, 'ada@example.org', 'ada@example.org', 'hash of ada', 'Ada', 'en', '2026-03-03 06:30:00'),
    (7, 'bob@example.org', 'bob@example.org', 'hash of bob', '', '', '2026-03-03 06:30:00');
INSERT INTO subscriptions VALUES
    (1, 'daily', 'confirmed', '2026-03-03 06:30:00', '2026-03-03 06:30:00', NULL),
    (7, 'daily', 'ended', '2026-03-03 06:30:00', NULL, '2026-03-04 06:30:00');
INSERT INTO consents VALUES
    (3, 1, 'hash of ada', 'daily', 'imported', '2026-03-03 06:30:00', 'import: a fair', 'words'),
    (9, NULL, 'hash of eve', 'daily', 'ended', '2026-03-04 06:30:00', 'one-click', '')
"""


def upgrade(conn: Connection, revision: str) -> None:
    config = Config(attributes={"connection": conn, "version_table": VERSION_TABLE})
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    command.upgrade(config, revision)


@pytest.fixture
def first_release(empty_url):
    """A database as the first tables were, with people in it."""
    engine = open_engine(empty_url)
    with engine.begin() as conn:
        upgrade(conn, "0001")
        for statement in PEOPLE.split(";"):
            conn.execute(text(statement))
    yield engine
    engine.dispose()


def test_people_of_the_first_tables_are_all_there_afterwards(first_release):
    migrate(first_release)

    with first_release.begin() as conn:
        ada = load_subscriber(conn, "ada@example.org")
        (held,) = load_subscriptions(conn, ada.id)
        (agreed,) = load_consents(conn, ada.id)
        (left,) = load_subscriptions(conn, 7)
        eve = last_consent(conn, "hash of eve", "daily")
        record_consent(conn, 1, "daily", Act.RETURNED, Evidence("page"), at=MARCH)
        acts = {consent.act for consent in load_consents(conn, 1)}

    assert (held.state, held.confirmed_at, held.paused_until) == ("confirmed", MARCH, None)
    assert agreed == Consent(1, "daily", Act.IMPORTED, MARCH, Evidence("import: a fair", "words"))
    assert left.state == "ended"
    assert (eve.subscriber, eve.act, eve.evidence.source) == (0, Act.ENDED, "one-click")
    assert acts == {Act.IMPORTED, Act.RETURNED}


MAILS = """
INSERT INTO issues VALUES
    ('hash', 'home-01-hash', 'daily', 'home', '', 'part0001', 1, 'T', 'S', 'P', '', 'e@example.org',
     '', 'e@example.org', 'html', 'text', 'page', :no, '2026-03-03 06:30:00');
INSERT INTO campaigns VALUES (5, 'hash', '2026-03-03 06:30:00', '2026-03-03 06:30:00');
INSERT INTO deliveries VALUES
    (8, 5, 'hash', 1, 'ada@example.org', 'accepted', 'lane', NULL, 1, '2026-03-03 06:30:00',
     '2026-03-03 06:30:01', 250, '2.0.0 taken', NULL),
    (9, 5, 'hash', 7, 'bob@example.org', 'left', '', NULL, 0, NULL, NULL, NULL, '', NULL)
"""


def test_mails_of_the_first_tables_are_all_there_afterwards_and_numbers_go_on(first_release):
    with first_release.begin() as conn:
        for statement in MAILS.split(";"):
            known = {"no": False} if ":no" in statement else {}
            conn.execute(text(statement), known)
        if conn.dialect.name == "postgresql":  # which has not seen these numbers
            conn.execute(text("ALTER SEQUENCE deliveries_id_seq RESTART WITH 10"))
        else:  # 10 was given once and is gone
            conn.execute(text("UPDATE sqlite_sequence SET seq = 10 WHERE name = 'deliveries'"))

    migrate(first_release)

    with first_release.begin() as conn:
        accepted, left = load_deliveries(conn, "hash")
        (series,) = conn.execute(text("SELECT series FROM issues")).scalars()
        conn.execute(text("DELETE FROM deliveries WHERE id = 9"))
        new = conn.execute(
            text(
                "INSERT INTO deliveries (campaign, content_hash, subscriber, recipient, state,"
                " lane, attempts, reply_text)"
                " VALUES (5, 'hash', 7, '', 'gathered', '', 0, '') RETURNING id"
            )
        ).scalar_one()

    assert (accepted.id, accepted.subscriber, accepted.state) == (8, 1, "accepted")
    assert (left.id, left.recipient, left.state) == (9, "bob@example.org", "left")
    assert series == "home"
    assert new > 9 + (first_release.dialect.name == "sqlite")


WISH = """
INSERT INTO service_messages (id, kind, newsletter, subscriber, address, suppression_key,
    network_key, source, wording, network, user_agent, asked_at, attempts, next_try_at)
VALUES (3, 'subscribe', 'daily', 0, 'ada@example.org', 'hash of ada', 'network', 'form', '', '',
    'Browser', '2026-03-03 06:30:00+00:00', 0, '2026-03-03 06:30:00+00:00')
"""


def test_what_was_asked_before_mailboxes_were_counted_waits_and_counts(first_release):
    with first_release.begin() as conn:
        upgrade(conn, "0005")
        conn.execute(text(WISH))

    migrate(first_release)

    with first_release.begin() as conn:
        (waiting,) = take_requests(conn, MARCH, timedelta(minutes=5), 10)
        once = Caps(of_address=1, of_network=9, in_all=9)
        again = save_request(conn, waiting.request, once)
    assert (waiting.request.address, waiting.request.asked_at) == ("ada@example.org", MARCH)
    assert again is Taken.TOO_MANY_OF_ADDRESS


TAGGED = """
INSERT INTO newsletters VALUES ('weekly', '2026-03-03 06:30:00');
INSERT INTO subscribers VALUES
    (9, 'c@example.org', 'c@example.org', 'hash of c', '', 'de', '2026-03-03 06:30:00');
INSERT INTO subscriptions (subscriber, newsletter, state, asked_at) VALUES
    (1, 'weekly', 'pending', '2026-03-03 06:30:00'),
    (9, 'daily', 'confirmed', '2026-03-03 06:30:00');
INSERT INTO tags VALUES (1, 'press'), (1, 'beta'), (7, 'beta')
"""


def test_people_of_before_are_in_the_cohorts_of_their_languages_and_tags(first_release):
    with first_release.begin() as conn:
        upgrade(conn, "0007")
        for statement in TAGGED.split(";"):
            conn.execute(text(statement))

    migrate(first_release)

    with read_only(first_release) as conn:
        rows = conn.execute(text("SELECT subscriber, cohort FROM subscriptions")).tuples().all()
    ada, bob, carl = (
        cohort_of("en", ("beta", "press")),
        cohort_of("", ("beta",)),
        cohort_of("de", ()),
    )
    assert sorted(rows) == [(1, ada), (1, ada), (7, bob), (9, carl)]


def test_lists_and_wishes_of_before_take_what_a_probe_needs(first_release):
    with first_release.begin() as conn:
        upgrade(conn, "0008")
        conn.execute(text(WISH.replace("VALUES (3,", "VALUES (7,")))
        save_suppression(conn, "hash of eve", SuppressionReason.WISH, MARCH)

    migrate(first_release)

    with first_release.begin() as conn:
        conn.execute(text("UPDATE service_messages SET kind = 'probe' WHERE id = 7"))
        assert save_suppression(conn, "hash of bob", SuppressionReason.PROBE, MARCH)
        assert is_suppressed(conn, "hash of eve")
    with first_release.connect() as conn, pytest.raises(DBAPIError, match=r"(?i)check"):
        conn.execute(text("UPDATE suppressions SET reason = 'no reason'"))


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE consents SET wording = 'other words'",
        "UPDATE consents SET subscriber = NULL, act = 'confirmed'",
        "UPDATE consents SET network = ''",
        "DELETE FROM consents",
    ],
)
def test_their_consents_are_still_never_changed(first_release, change: str):
    migrate(first_release)

    with first_release.connect() as conn, pytest.raises(DBAPIError, match="never changed"):
        conn.execute(text(change))


APPROVED = """
INSERT INTO newsletters VALUES ('daily', '2026-03-03 06:30:00');
INSERT INTO issues VALUES
    ('hash', 'home-01-hash', 'daily', 'home', '', 'part0001', 1, 'T', 'S', 'P', '', 'e@example.org',
     '', 'e@example.org', 'html', 'text', 'page', :no, '2026-03-03 06:30:00');
INSERT INTO approvals VALUES ('hash', 'Ada', 'cli', '', '2026-03-03 06:30:00')
"""


def test_approvals_of_before_are_an_editors_and_still_never_changed(empty_url):
    engine = open_engine(empty_url)
    with engine.begin() as conn:
        upgrade(conn, "0014")
        for statement in APPROVED.split(";"):
            conn.execute(text(statement), {"no": False} if ":no" in statement else {})

    migrate(engine)

    with engine.begin() as conn:
        yes = Approval("hash", "Ada", "cli", MARCH, "", "editor")
        again = replace(yes, approved_at=MARCH + timedelta(days=30))
        renew_approval(conn, again)
        assert approvals_of(conn, "hash") == (yes, again)
    for change in ("UPDATE approvals SET reviewer = 'Eve'", "DELETE FROM approvals"):
        with engine.connect() as conn, pytest.raises(DBAPIError, match="never changed"):
            conn.execute(text(change))
    engine.dispose()


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
