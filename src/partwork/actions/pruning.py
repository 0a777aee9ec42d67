"""What is too old to be kept → gone, and how much of what it was.

Nobody who left or was erased comes back by it: suppressions, consents, the suppression log and
judgements are not touched.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from partwork.actions.forgetting import forget_unconfirmed
from partwork.actions.old_files import old_files, remove
from partwork.assembly import Press
from partwork.store.audience import count_unconfirmed
from partwork.store.engine import read_only
from partwork.store.pruning import (
    Old,
    count_old,
    let_writers_in,
    old_answered,
    old_folded,
    old_pending,
    old_set_aside,
    old_words,
    remove_old,
    years_before,
)

PEOPLE = "people who never confirmed anything"
PENDING = "sign-ups never confirmed, of people who have others"
ANSWERED = "answered service mails' hashes"
WORDS = "events' words and addresses"
SET_ASIDE = "events that could not be judged"
LEDGER = "who got which issue, long ago"


@dataclass(frozen=True, slots=True)
class Pruned:
    """How much was removed, or would be in a dry run, by what it is, in the order of removing.

    `notes` has a line for what could not be done; all else was.
    """

    counts: Mapping[str, int]
    notes: tuple[str, ...] = ()
    is_dry_run: bool = False


def prune(press: Press, now: datetime, *, dry_run: bool = False) -> Pruned:
    """Removes what the settings call too old, in small transactions.

    May run at once or elsewhere, and end at any moment: what is left is the next run's. Raises
    StoreError, and LibraryError for a mail in the outbox that cannot be removed.
    """
    counts = {PEOPLE: _people(press, now, dry_run=dry_run)}
    for what, old in _rows(press, now):
        counts[what] = (count_old if dry_run else remove_old)(press.engine, old)
    files, notes = _files(press, now, dry_run=dry_run)
    return Pruned({**counts, **files}, notes, dry_run)


def in_words(pruned: Pruned) -> str:
    """What was removed, in a line for people."""
    told = [f"{count} × {what}" for what, count in pruned.counts.items() if count]
    done = "would be removed" if pruned.is_dry_run else "removed"
    return f"{done}: {', '.join(told)}" if told else "nothing was too old"


def _rows(press: Press, now: datetime) -> Iterator[tuple[str, Old]]:
    given = press.settings

    def days(count: int) -> datetime:
        return now - timedelta(days=count)

    yield PENDING, old_pending(days(given.forget_pending))
    yield ANSWERED, old_answered(now)
    yield WORDS, old_words(days(given.forget_events))
    yield SET_ASIDE, old_set_aside(days(given.forget_set_aside))
    if given.forget_ledger:
        yield LEDGER, old_folded(years_before(now, given.forget_ledger))


def _people(press: Press, now: datetime, *, dry_run: bool) -> int:
    if dry_run:
        before = now - timedelta(days=press.settings.forget_pending)
        with read_only(press.engine) as connection:
            return count_unconfirmed(connection, before)
    gone = 0
    while True:
        let_writers_in(press.engine)
        if not (more := forget_unconfirmed(press, now)):
            return gone
        gone += more


def _files(
    press: Press, now: datetime, *, dry_run: bool
) -> tuple[Mapping[str, int], tuple[str, ...]]:
    """What became of files, and a line for each that cannot be read or removed."""
    counts: dict[str, int] = {}
    notes: list[str] = []
    try:  # each goes as soon as it is found: what is made anew meanwhile stays
        for old in old_files(press, now - timedelta(days=press.settings.forget_files)):
            try:
                counts[old.what] = counts.get(old.what, 0) + (dry_run or remove(old))
            except OSError as error:
                notes.append(_why(press, error))
    except OSError as error:
        notes.append(_why(press, error))
    return counts, tuple(notes)


def _why(press: Press, error: OSError) -> str:
    file = press.library.shown(press.settings.home / (error.filename or ""))
    return f"{file}: {(error.strerror or 'error').lower()}; mend its permissions"
