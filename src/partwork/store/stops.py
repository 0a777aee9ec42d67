"""What people and replies have said about sending an issue: paused, held, cancelled, resumed."""

from sqlalchemy import Connection, bindparam, select

from partwork.model.stop import Stop, StopKind
from partwork.store.driving import Prepared
from partwork.store.rows import new_rows, written
from partwork.store.sending_schema import stops


def save_stop(conn: Connection, content_hash: str, stop: Stop) -> bool:
    """Note it; False, and nothing changed: the issue is cancelled, which is for good.

    A hold does not change what a person said: who paused an issue resumes it.
    """
    said = {"kind": stop.kind.value, "reason": stop.reason, "at": stop.at}
    may_give_way = stops.c.kind != StopKind.CANCELLED.value
    if stop.kind is StopKind.HELD:
        may_give_way = stops.c.kind == StopKind.RESUMED.value
    row = new_rows(conn, stops).values(content_hash=content_hash, **said)
    unless_stronger = row.on_conflict_do_update(
        index_elements=["content_hash"], set_=said, where=may_give_way
    )
    return written(conn, unless_stronger) == 1


def load_stop(conn: Connection, content_hash: str) -> Stop | None:
    """What was last said of the issue; None: nothing was."""
    row = conn.execute(select(stops).where(stops.c.content_hash == content_hash)).first()
    return None if row is None else Stop(StopKind(row.kind), row.reason, row.at)


def is_stopped(conn: Connection, content_hash: str) -> bool:
    """Whether nothing may leave; quick enough to be asked before each commit of a lane's."""
    return bool(_IS_ON.rows(conn, {"hash": content_hash}))


_IS_ON = Prepared(
    select(stops.c.kind).where(
        stops.c.content_hash == bindparam("hash"), stops.c.kind != StopKind.RESUMED.value
    )
)
