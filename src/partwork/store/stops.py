"""What people and replies have said about sending an issue: paused, held, cancelled, resumed."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, false, select

from partwork.model.stop import Stop, StopKind
from partwork.store.driving import Prepared
from partwork.store.rows import new_rows, written
from partwork.store.sending_schema import stops


def save_stop(conn: Connection, content_hash: str, stop: Stop) -> bool:
    """Note what a person says; False, and nothing changed: it is cancelled, which is for good."""
    return _save(conn, content_hash, stop, stops.c.kind != StopKind.CANCELLED.value)


def save_hold(conn: Connection, content_hash: str, hold: Stop, seen: Stop | None) -> bool:
    """Note that it is held; False, and nothing changed: a person has said otherwise.

    `seen` is what was said when it was looked whether to hold it: who paused an issue resumes it,
    and who resumed it since then has seen what was found.
    """
    may_give_way = and_(
        stops.c.kind == StopKind.RESUMED.value,
        stops.c.at == seen.at if seen else false(),
    )
    return _save(conn, content_hash, hold, may_give_way)


def load_stop(conn: Connection, content_hash: str) -> Stop | None:
    """What was last said of the issue; None: nothing was."""
    row = conn.execute(select(stops).where(stops.c.content_hash == content_hash)).first()
    return None if row is None else Stop(StopKind(row.kind), row.reason, row.at)


def held_since(conn: Connection, since: datetime) -> Mapping[str, Stop]:
    """Issues that were held after that instant and still are, by content hash, oldest first."""
    query = (
        select(stops)
        .where(stops.c.kind == StopKind.HELD.value, stops.c.at > since)
        .order_by(stops.c.at, stops.c.content_hash)
    )
    rows = conn.execute(query)
    return {row.content_hash: Stop(StopKind.HELD, row.reason, row.at) for row in rows}


def is_stopped(conn: Connection, content_hash: str) -> bool:
    """Whether nothing may leave; quick enough to be asked before each commit of a lane's."""
    return bool(_IS_ON.rows(conn, {"hash": content_hash}))


def _save(
    conn: Connection, content_hash: str, stop: Stop, may_give_way: ColumnElement[bool]
) -> bool:
    said = {"kind": stop.kind.value, "reason": stop.reason, "at": stop.at}
    row = new_rows(conn, stops).values(content_hash=content_hash, **said)
    unless_stronger = row.on_conflict_do_update(
        index_elements=["content_hash"], set_=said, where=may_give_way
    )
    return written(conn, unless_stronger) == 1


_IS_ON = Prepared(
    select(stops.c.kind).where(
        stops.c.content_hash == bindparam("hash"), stops.c.kind != StopKind.RESUMED.value
    )
)
