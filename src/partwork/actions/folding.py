"""Campaigns that are long over → a compact archive."""

from datetime import datetime, timedelta

from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.folding import fold, foldable

AT_ONCE = 2000  # rows a transaction, a tenth of a second: nobody who leaves waits long for it
IN_ALL = 100_000  # rows a call, which comes every quarter of an hour: ten millions a day


def fold_old(press: Press, now: datetime) -> int:
    """Folds what the settings call old; how many deliveries. May be repeated, and cut short."""
    before = now - timedelta(days=press.settings.fold_after)
    with read_only(press.engine) as connection:
        waiting = list(foldable(connection, before))
    done = 0
    while waiting and done < IN_ALL:
        with press.engine.begin() as connection:
            more = fold(connection, waiting[0], AT_ONCE, now)
        if more < AT_ONCE:
            waiting.pop(0)
        done += more
    return done
