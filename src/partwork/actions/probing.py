"""Probes: one mail to an address of which mail came back again and again, before it is given up."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import count

from sqlalchemy import Connection

from partwork.assembly import Press
from partwork.model.audience import Subscriber
from partwork.model.feedback import Certainty
from partwork.returning.judging import Limits, Record, Standing, probed, standing_of
from partwork.store.bounce_records import BounceRecord, hold_records, save_records

LIMITS = Limits()
DAY = timedelta(days=1)

_LEFT_OUT = frozenset({Standing.DUE_A_PROBE, Standing.PROBED})


def limits_of(press: Press) -> Limits:
    """How long bounces are borne, and what the operator has said may be believed."""
    if not press.settings.trust_message_id:
        return LIMITS
    return replace(LIMITS, proof=LIMITS.proof | {Certainty.MESSAGE_ID})


def record_in(row: BounceRecord) -> Record:
    """What is judged by, of a row of the store."""
    return Record(row.since, row.bounced, row.delivered, row.probed_at, row.suppressed)


def row_with(row: BounceRecord, record: Record, now: datetime) -> BounceRecord:
    """The row when the record is this; campaigns leave the person out while a probe decides."""
    return replace(
        row,
        bounced=record.bounced,
        delivered=record.delivered,
        probed_at=record.probed_at,
        suppressed=record.suppressed,
        left_out_until=_left_out_until(record, now),
    )


def may_probe(connection: Connection, person: Subscriber, probe: int, now: datetime) -> bool:
    """Whether the service message with this number may leave as the person's probe.

    Then it is on record, before it leaves: commit first. It may leave again where a server put it
    off; the mail that left first is still the one that decides.
    """
    row = hold_records(connection, [person.id]).get(person.id)
    if row is None:
        return False
    record = record_in(row)
    match standing_of(record, now, LIMITS):
        case Standing.DUE_A_PROBE:
            probing = replace(row_with(row, probed(record, now), now), probe=probe)
            save_records(connection, [probing])
            return True
        case Standing.PROBED:
            return row.probe == probe
    return False


def _left_out_until(record: Record, now: datetime) -> datetime | None:
    """The midnight of UTC at which what is past is forgotten; None: nothing is to be waited for."""
    if standing_of(record, now, LIMITS) not in _LEFT_OUT:
        return None
    today = datetime.combine(now.astimezone(UTC), time(), UTC)
    nights = (today + n * DAY for n in count(1))
    return next(night for night in nights if standing_of(record, night, LIMITS) not in _LEFT_OUT)
