"""Who is where in a course, and in which time zone."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, func, select, update

from partwork.model.audience import ZONE_FIELD
from partwork.store.schema import courses, imported_fields, subscriptions
from partwork.store.segments import is_confirmed


def is_of_zone(subscriber: ColumnElement[int], zone: str) -> ColumnElement[bool]:
    """The condition that a subscriber's own time zone is this one; "": it is not known."""
    return _zone_of(subscriber) == zone


def zones_to_enrol(conn: Connection, newsletter: str, series: str) -> tuple[str, ...]:
    """The time zones of confirmed subscribers who have no place in the course yet."""
    has_place = exists().where(
        courses.c.subscriber == subscriptions.c.subscriber, courses.c.series == series
    )
    query = select(_zone_of(subscriptions.c.subscriber)).distinct()
    return tuple(conn.execute(query.where(is_confirmed(newsletter), ~has_place)).scalars())


def next_parts(
    conn: Connection, series: str, by: datetime, numbers: Collection[int]
) -> frozenset[int]:
    """Which of these parts are somebody's next by then."""
    query = select(courses.c.next_number).distinct().where(*_is_next(series, by, numbers))
    return frozenset(conn.execute(query).scalars())


def due_parts(
    conn: Connection, series: str, by: datetime, numbers: Collection[int]
) -> Mapping[int, tuple[str, ...]]:
    """Which of these parts are somebody's next by then, with their readers' time zones."""
    query = (
        select(courses.c.next_number, _zone_of(courses.c.subscriber).label("zone"))
        .where(*_is_next(series, by, numbers))
        .distinct()
    )
    found: dict[int, tuple[str, ...]] = {}
    for row in conn.execute(query):
        found[row.next_number] = (*found.get(row.next_number, ()), row.zone)
    return found


def pass_over(conn: Connection, series: str, missing: int, then: int, by: datetime) -> int:
    """Give readers whose next part is due by then, and is none of the course, the part behind it.

    They keep their slot. How many there were.
    """
    moved = conn.execute(
        update(courses).where(*_is_next(series, by, (missing,))).values(next_number=then)
    )
    return moved.rowcount


def put_off(
    conn: Connection,
    series: str,
    number: int,
    zone: str,
    *,
    until: datetime,
    next_due_at: datetime,
) -> int:
    """Give readers whose part was due by `until`, and did not come, the slot after it; how many."""
    overdue = conn.execute(
        update(courses)
        .where(
            courses.c.series == series,
            courses.c.next_number == number,
            courses.c.next_due_at <= until,
            is_of_zone(courses.c.subscriber, zone),
        )
        .values(next_due_at=next_due_at)
    )
    return overdue.rowcount


def _is_next(
    series: str, by: datetime, numbers: Collection[int]
) -> tuple[ColumnElement[bool], ...]:
    """Of who has had the last part the next is none of these, and they are not looked at."""
    return (
        courses.c.series == series,
        courses.c.next_number.in_(sorted(numbers)),
        courses.c.next_due_at <= by,
    )


def _zone_of(subscriber: ColumnElement[int]) -> ColumnElement[str]:
    held = select(imported_fields.c.value).where(
        imported_fields.c.subscriber == subscriber, imported_fields.c.name == ZONE_FIELD
    )
    return func.coalesce(held.scalar_subquery(), "")
