"""The lanes at work, and what becomes of the deliveries of those that are no more.

What a lane has claimed is on the disk, whatever happens. Its attempts and replies survive the
end of its process, and are lost when the machine that keeps the ledger loses power: so each lane
says since which start of that machine it works.
"""

from datetime import datetime, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    select,
    text,
    update,
)

from partwork.model.delivery import DeliveryState
from partwork.store.columns import Instant
from partwork.store.driving import Prepared
from partwork.store.rows import literal_state
from partwork.store.schema import deliveries
from partwork.store.sending_schema import lanes, leases
from partwork.store.workers import Worker, this_worker

FORGOTTEN = timedelta(days=30)  # far longer than any run: what is put off waits without a lane


def open_lane(conn: Connection, name: str, content_hash: str, worker: Worker, at: datetime) -> None:
    """Note who works under this name; commit before the first claim."""
    conn.execute(
        insert(lanes).values(
            name=name,
            content_hash=content_hash,
            machine=worker.machine,
            boot=worker.boot,
            process=worker.process,
            ledger_boot=_ledger_boot(conn, worker),
            opened_at=at,
        )
    )


def close_lane(conn: Connection, name: str) -> None:
    """Note that a lane is done, unless it holds something still."""
    holds = exists().where(_IS_LEASED, deliveries.c.lane == lanes.c.name)
    conn.execute(delete(lanes).where(lanes.c.name == name, ~holds))


def count_lanes(conn: Connection, content_hash: str) -> int:
    """How many lanes are at work on an issue, or were when they were killed."""
    query = select(func.count()).where(lanes.c.content_hash == content_hash)
    return conn.execute(query).scalar_one()


def renew(conn: Connection, name: str, until: datetime) -> None:
    """Let a lane keep what it holds until then."""
    _RENEW.run(conn, [{"of_lane": name, "until": until}])


def sweep(conn: Connection, now: datetime) -> tuple[int, int]:
    """Work off what lanes have left behind: how many were freed, how many are in doubt.

    Of a lane that is seen dead from here, and of one whose lease has run out, what was claimed and
    not attempted is pending again; what was attempted may have left. Where the ledger's machine
    has lost power since, attempts may be missing: then all that the lane held may have left.
    """
    here = this_worker()
    ledger_boot = _ledger_boot(conn, here)
    freed = doubted = 0
    for row in conn.execute(select(lanes)).all():
        is_its = and_(_IS_LEASED, deliveries.c.lane == row.name)
        is_over = and_(is_its, deliveries.c.lease_until <= now)
        if row.ledger_boot != ledger_boot:
            doubted += _doubt(conn, is_its, "the ledger's machine started anew meanwhile", now)
        elif not ledger_boot:  # it may have: this system does not tell
            doubted += _doubt(conn, is_over, "its lane ended, and nothing tells how", now)
        elif here.sees_dead(Worker(row.machine, row.boot, row.process)):
            doubted += _doubt(conn, and_(is_its, _IS_ATTEMPTED), "its lane was killed", now)
            freed += _free(conn, is_its)
        elif row.opened_at > now - FORGOTTEN:
            continue
        conn.execute(delete(leases).where(leases.c.holder == row.name))
        close_lane(conn, row.name)
    is_over = deliveries.c.lease_until <= now
    why = "no reply was recorded while the lane's lease ran"
    doubted += _doubt(conn, and_(is_over, _IS_ATTEMPTED), why, now)
    return freed + _free(conn, is_over), doubted


_IS_LEASED = deliveries.c.lease_until.is_not(None)
_IS_CLAIMED = deliveries.c.state == literal_state(DeliveryState.CLAIMED)
_IS_ATTEMPTED = deliveries.c.state == literal_state(DeliveryState.ATTEMPTED)
_RENEW = Prepared(
    update(deliveries)
    .where(_IS_LEASED, deliveries.c.lane == bindparam("of_lane"))
    .values(lease_until=bindparam("until", type_=Instant))
)
# The start of the server, and of its counters: these begin anew after every crash, also when
# one of its processes fell and the others were started again (pgstat_reset_after_failure).
_SERVER_BOOT = text(
    "SELECT pg_postmaster_start_time() || ' ' || coalesce(stats_reset::text, '')"
    " FROM pg_stat_bgwriter"
)


def _ledger_boot(conn: Connection, here: Worker) -> str:
    """Since which start the machine or server that keeps the ledger runs; "": unknown."""
    if conn.dialect.name == "sqlite":  # its file is on this machine: no other may share it
        return here.boot
    found: str = conn.execute(_SERVER_BOOT).scalar_one()
    return found


def _doubt(conn: Connection, which: ColumnElement[bool], why: str, now: datetime) -> int:
    return conn.execute(
        update(deliveries)
        .where(which)
        .values(
            state=DeliveryState.IN_DOUBT.value,
            lease_until=None,
            attempted_at=func.coalesce(deliveries.c.attempted_at, now),
            replied_at=now,
            reply_text=why,
        )
    ).rowcount


def _free(conn: Connection, which: ColumnElement[bool]) -> int:
    return conn.execute(
        update(deliveries)
        .where(which, _IS_CLAIMED)
        .values(state=DeliveryState.PENDING.value, lane="", lease_until=None)
    ).rowcount
