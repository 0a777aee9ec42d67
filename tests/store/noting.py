"""The ledger's words for one delivery at a time, as most tests speak of it."""

from datetime import datetime

from sqlalchemy import Connection

from partwork.model.delivery import DeliveryState, Reply, Verdict
from partwork.store import claiming
from partwork.store.claiming import End
from partwork.store.driving import Prepared


def hot_statements(conn: Connection) -> list[tuple[str, object]]:
    """What goes to the driver by itself, which SQLAlchemy's events do not see; no values."""
    prepared = [found for found in vars(claiming).values() if isinstance(found, Prepared)]
    return [one.words(conn) for one in prepared]


def note_attempt(conn: Connection, delivery: int, lane: str, at: datetime) -> bool:
    return delivery in claiming.note_attempts(conn, [delivery], lane, at)


def note_reply(
    conn: Connection,
    delivery: int,
    lane: str,
    verdict: Verdict,
    reply: Reply,
    *,
    at: datetime,
    next_try_at: datetime | None = None,
) -> bool:
    end = End(delivery, DeliveryState(verdict), reply.code, reply.text, next_try_at)
    return delivery in claiming.note_ends(conn, [end], lane, at)


def note_doubt(conn: Connection, delivery: int, lane: str, why: str, at: datetime) -> bool:
    end = End(delivery, DeliveryState.IN_DOUBT, None, why)
    return delivery in claiming.note_ends(conn, [end], lane, at)


def release(conn: Connection, delivery: int, lane: str) -> bool:
    return delivery in claiming.release(conn, [delivery], lane)
