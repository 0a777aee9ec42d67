"""What people and replies have said about sending an issue: paused, held, cancelled, resumed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    false,
    literal_column,
    or_,
    select,
)

from partwork.model.stop import Stop, StopKind
from partwork.store.driving import Prepared
from partwork.store.rows import literal_state, new_rows, written
from partwork.store.schema import bundle_parts, issues
from partwork.store.sending_schema import stops
from partwork.store.sources import is_withdrawn, withdrawal_behind


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
    """What was last said of the issue itself; None: nothing was."""
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


def stop_against(conn: Connection, content_hash: str) -> Stop | None:
    """What keeps the issue from leaving; None: nothing does.

    What was said of it, else that it draws on an article that was withdrawn; else what keeps the
    first of its parts that is kept, where it is a bundle.
    """
    if own := _said_of(conn, content_hash):
        return own
    parts = (
        select(issues.c.content_hash, issues.c.name)
        .join(bundle_parts, bundle_parts.c.part == issues.c.content_hash)
        .where(bundle_parts.c.bundle == content_hash)
        .order_by(bundle_parts.c.position)
    )
    for part, name in conn.execute(parts).all():
        if said := _said_of(conn, part):
            return replace(said, part=name)
    return None


def is_stopped(conn: Connection, content_hash: str) -> bool:
    """Whether nothing may leave; quick enough to be asked before each commit of a lane's."""
    return bool(_IS_KEPT.rows(conn, {"hash": content_hash}))


def is_kept(content_hash: ColumnElement[str]) -> ColumnElement[bool]:
    """The condition that nothing of an issue may leave: that there is a `stop_against` it."""
    is_part = bundle_parts.c.bundle == content_hash
    part = bundle_parts.c.part
    return or_(
        exists().where(stops.c.content_hash == content_hash, _IS_ON),
        is_withdrawn(content_hash),
        exists().where(is_part, stops.c.content_hash == part, _IS_ON),
        exists().where(is_part, is_withdrawn(part)),
    )


def _said_of(conn: Connection, content_hash: str) -> Stop | None:
    """What keeps an issue for itself; what is cancelled is so whatever it draws on."""
    said = load_stop(conn, content_hash)
    if said and said.kind is StopKind.CANCELLED:
        return said
    behind = withdrawal_behind(conn, content_hash)
    if said and said.is_on:
        return replace(said, article=behind.article) if behind else said
    if behind is None:
        return None
    return Stop(StopKind.PAUSED, behind.as_stop, behind.at, article=behind.article)


def _save(
    conn: Connection, content_hash: str, stop: Stop, may_give_way: ColumnElement[bool]
) -> bool:
    said = {"kind": stop.kind.value, "reason": stop.reason, "at": stop.at}
    row = new_rows(conn, stops).values(content_hash=content_hash, **said)
    unless_stronger = row.on_conflict_do_update(
        index_elements=["content_hash"], set_=said, where=may_give_way
    )
    return written(conn, unless_stronger) == 1


# In words, not as a parameter, for which SQLite would plan anew each time.
_IS_ON = stops.c.kind != literal_state(StopKind.RESUMED)
_IS_KEPT = Prepared(select(literal_column("1")).where(is_kept(bindparam("hash"))))
