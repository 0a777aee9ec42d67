"""Slots that nobody looked at in time → what a person is asked to decide, once."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from partwork.actions.approval_state import standing_of
from partwork.actions.missed_dates import dates_in_words, part_dates
from partwork.actions.notices import Notice, mail_editors
from partwork.assembly import Press
from partwork.model.missed import Choice, Missed
from partwork.model.newsletter import Cadence
from partwork.model.series import Instalment, Series
from partwork.scheduling.cadence import slots
from partwork.scheduling.missed import missed_of
from partwork.store.campaigns import last_campaign
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts
from partwork.store.slots import load_look, load_missed, note_missed

NOT_AFTER = timedelta(hours=6)  # a guess: a part that is later than this has missed its slot


def held_for_missed(
    press: Press, series: Series, cadence: Cadence, left: Sequence[Instalment], now: datetime
) -> str:
    """Why nothing of a series goes out until a person has decided, in words; "": it may.

    A slot is missed when an approved part was due in it, and from before it until `NOT_AFTER`
    behind it nobody looked, to the end of what there was to do. The editor is asked by mail when
    that is first seen. What comes due before they have decided is missed too.
    """
    with read_only(press.engine) as connection:
        looked_at = load_look(connection, series.slug)
        before = load_missed(connection, series.slug)
        last = last_campaign(connection, series.slug)
    if before:
        since = before[-1].due_at
    elif looked_at:
        since = max(looked_at, last.due_at) if last else looked_at
    else:
        return ""
    known = {one.instalment for one in before}
    come = tuple(takewhile(lambda slot: slot <= now, slots(cadence, after=since)))
    more = _missed(press, series, [part for part in left if part.id not in known], come)
    if not before and (not more or more[0].due_at >= now - NOT_AFTER):
        return ""
    with press.engine.begin() as connection:
        note_missed(connection, series.slug, more, now)
    held = (*before, *more)
    if not before:
        _ask(press, series, held, now, cadence=cadence, left=left)
    return f"{in_words(held)}; `partwork missed {series.slug}` shows what can be done"


def is_approved_in_part(press: Press, series: Series) -> bool:
    """Whether any draft of a series was approved: it has begun to be published."""
    with read_only(press.engine) as connection:
        drafts = current_drafts(connection, series.slug)
        return any(approvals_of(connection, draft.content_hash) for draft in drafts)


def in_words(held: Sequence[Missed]) -> str:
    """Which parts were missed, and when."""
    first = held[0]
    if len(held) == 1:
        return f"part {first.number} missed its slot of {first.due_at:%Y-%m-%d %H:%M} UTC"
    return (
        f"parts {first.number} to {held[-1].number} missed their slots from "
        f"{first.due_at:%Y-%m-%d %H:%M} UTC on"
    )


def _missed(
    press: Press, series: Series, left: Sequence[Instalment], come: Sequence[datetime]
) -> tuple[Missed, ...]:
    if not come:
        return ()
    found = missed_of(come, _approved_at(press, series, left, come[0]))
    return tuple(Missed(slot, left[place].id, left[place].number) for slot, place in found)


def _approved_at(
    press: Press, series: Series, parts: Sequence[Instalment], slot: datetime
) -> tuple[datetime | None, ...]:
    """When the stored draft of each part had the last yes that it needs; None: it had not.

    What has run out by `slot` counts for nothing.
    """
    with read_only(press.engine) as connection:
        drafts = current_drafts(connection, series.slug)
    found = {d.instalment: standing_of(press, d, slot).approved_at for d in drafts}
    return tuple(found.get(part.id) for part in parts)


def _ask(
    press: Press,
    series: Series,
    held: Sequence[Missed],
    now: datetime,
    *,
    cadence: Cadence,
    left: Sequence[Instalment],
) -> None:
    dates = dates_in_words(part_dates(cadence, left, held, now), cadence, now)
    lines = (
        f"{series.title}: {in_words(held)}, since nothing of ours ran then. Nothing more of the "
        "series goes out before you have decided: now, skip or shift. When its parts come by each "
        f"of them, by the clocks of {cadence.zone}, if you decide today:",
        "Now: what was missed goes out at once, and all others keep their days.\n"
        "Skip: it is left out for good, and all others keep their days.\n"
        "Shift: it goes in the next slots, and all others move behind it.",
        "To decide, open the dashboard, and there the deployment of the flow `missed`: Run, Custom "
        f"run, with the series {series.slug} and your choice. Without a choice it shows the dates "
        "as they are by then.",
        "Or in a terminal, one of these:\n"
        + "\n".join(f"partwork missed {series.slug} --{choice}" for choice in Choice),
    )
    name = f"missed {series.slug} {held[0].due_at.isoformat()}"
    subject = f"{series.slug}: {in_words(held)}"
    mail_editors(press, series.newsletter, Notice(name, subject, lines, table=dates), now)
