"""Each test that asks for `engine` runs on SQLite and on a real PostgreSQL."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from partwork.model.address import Mailbox
from partwork.model.audience import Applicant, Evidence
from partwork.model.delivery import DeliveryState
from partwork.model.issue import AudienceRule, Issue
from partwork.store.audience import load_subscriber
from partwork.store.campaigns import plan_campaign
from partwork.store.columns import metadata
from partwork.store.engine import open_engine, read_only
from partwork.store.importing import Entrant, import_entrants
from partwork.store.issues import save_draft
from partwork.store.ledger import load_deliveries
from partwork.store.migrating import migrate
from partwork.store.subscriptions import end_subscription
from tests.conftest import BACKENDS


@pytest.fixture(scope="session")
def postgres_at_head(new_postgresql: Callable[[], str]) -> Iterator[Engine]:
    """A PostgreSQL database at head, which tests share one after the other."""
    opened = open_engine(new_postgresql())
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture(params=BACKENDS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database at head."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("sqlite_at_head"), tmp_path)
        opened = open_engine(f"sqlite:///{file}")
        yield opened
        opened.dispose()
        return
    opened = request.getfixturevalue("postgres_at_head")
    with opened.begin() as conn:
        # Some tables refuse to be emptied: this lays their triggers to rest.
        conn.execute(text("SET LOCAL session_replication_role = replica"))
        tables = ", ".join(metadata.tables)
        conn.execute(text(f"TRUNCATE {tables} RESTART IDENTITY"))
    yield opened


@dataclass(frozen=True)
class Town:
    """A database with people in it, and something for them to read."""

    engine: Engine
    now: datetime = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)

    def join(self, *names: str, newsletter: str = "daily") -> list[int]:
        """Subscribe people by import; their ids."""
        with self.engine.begin() as conn:
            for name in names:
                applicant = Applicant(1, f"{name}@example.org", name.title(), "en")
                import_entrants(
                    conn,
                    [Entrant(applicant, applicant.address, f"hash of {name}")],
                    newsletter,
                    Evidence("people.csv", "they agreed"),
                    at=self.now - timedelta(days=1),
                )
            found = [load_subscriber(conn, f"{name}@example.org") for name in names]
        return [person.id for person in found if person]

    def leave(self, subscriber: int, newsletter: str = "daily") -> None:
        with self.engine.begin() as conn:
            end_subscription(conn, subscriber, newsletter, Evidence("test"), self.now)

    def draft(
        self, words: str = "first words", *, part: str = "part0001", number: int = 1
    ) -> Issue:
        """An issue, saved as its part's draft."""
        issue = Issue(
            instalment=part,
            number=number,
            title="A part",
            subject=f"Subject: {words}",
            preheader="And more",
            sender=Mailbox("The Editor", "editor@news.example.org"),
            reply_to=Mailbox("", "reply@news.example.org"),
            html=f"<p>{words} \ue000address\ue001</p>",
            text=words,
            page=f"<p>{words}</p>",
            audience=AudienceRule("daily", "home"),
        )
        with self.engine.begin() as conn:
            save_draft(conn, issue, self.now)
        return issue

    def plan(self, issue: Issue, due_at: datetime | None = None) -> int:
        """Plan a campaign; how many deliveries are new."""
        with self.engine.begin() as conn:
            return plan_campaign(conn, issue, due_at or self.now, self.now)[1]

    def recipients(self, issue: Issue, *states: DeliveryState) -> list[str]:
        """Who has a delivery of the issue, without the domain."""
        with read_only(self.engine) as conn:
            rows = load_deliveries(conn, issue.content_hash, states or tuple(DeliveryState))
        return [row.recipient.removesuffix("@example.org") for row in rows]


def is_waited_for(conn: Connection) -> bool:
    """Whether somebody waits for what this transaction holds; on SQLite all others do."""
    if conn.dialect.name == "sqlite":
        return True
    return bool(conn.execute(text("SELECT count(*) FROM pg_locks WHERE NOT granted")).scalar())


@pytest.fixture
def town(engine: Engine) -> Town:
    return Town(engine)
