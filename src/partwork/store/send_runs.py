"""Prefect's runs that were asked to send an issue and are not known to have ended."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, select

from partwork.store.recovery_schema import send_runs
from partwork.store.rows import insert_if_new


@dataclass(frozen=True, slots=True)
class SendRun:
    """A run and its deployment by their ids, the issue that it sends, and when it was asked for."""

    run: str
    deployment: str
    content_hash: str
    asked_at: datetime


def save_send_run(conn: Connection, asked: SendRun) -> None:
    """Remember it; nothing changes where it is known."""
    insert_if_new(
        conn,
        send_runs,
        run=asked.run,
        deployment=asked.deployment,
        content_hash=asked.content_hash,
        asked_at=asked.asked_at,
    )


def forget_send_run(conn: Connection, run: str) -> None:
    """What became of it is dealt with."""
    conn.execute(delete(send_runs).where(send_runs.c.run == run))


def list_send_runs(conn: Connection) -> tuple[SendRun, ...]:
    """All of them, in the order in which they were asked for."""
    query = select(send_runs).order_by(send_runs.c.asked_at, send_runs.c.run)
    return tuple(
        SendRun(row.run, row.deployment, row.content_hash, row.asked_at)
        for row in conn.execute(query)
    )
