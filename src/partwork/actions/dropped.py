"""Files that somebody put into the inbox: which are to be ingested, by whomever looks.

That a file is an article is told by its content, and so reading all of them would tell what is
new. Here it is told without reading any: by size and time of change, and by what was seen before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from partwork.assembly import Press
from partwork.library import plain_name
from partwork.store.dropped import Seen, load_dropped, save_dropped

# A guess: whoever copies a file there, or fetches it, is done within that time, and whoever
# begins an ingest by hand has begun.
SETTLED = timedelta(minutes=10)
AGAIN = timedelta(minutes=30)  # an ingest that has told nothing by then has died
BEFORE_US = timedelta(days=1)  # a guess, for the first look of all
TIMES = 3  # that a file is handed on as it is: it may be the one that kills who reads it


def take_dropped(press: Press, now: datetime) -> tuple[str, ...]:
    """The names of files that are to be ingested, each noted as asked for: asking is the caller's.

    Files that have come to an end are none, unless they changed since; nor are those that were
    asked for lately or three times in vain. What lay there for a day when nothing at all had
    been seen yet is left alone: whoever took an article out may have left its source.
    """
    files = press.library.raw_files(press.library.inbox)
    stamps = stamps_of(press, files, before=now - SETTLED)
    with press.engine.begin() as connection:
        known = load_dropped(connection)
        if not known:
            known = _done(stamps_of(press, files, before=now - BEFORE_US))
            save_dropped(connection, known)
        wanted: dict[str, Seen] = {}
        for name, stamp in stamps.items():
            seen = known.get(name)
            if seen is None or seen.stamp != stamp:
                seen = Seen(stamp, 0, None, is_done=False)
            if seen.is_done or seen.asked >= TIMES:
                continue
            if seen.asked_at and seen.asked_at > now - AGAIN:
                continue
            wanted[name] = replace(seen, asked=seen.asked + 1, asked_at=now)
        save_dropped(connection, wanted)
    return tuple(wanted)


def stamps_of(
    press: Press, files: Iterable[Path], before: datetime | None = None
) -> Mapping[str, str]:
    """What is another whenever a file of the inbox was written, by its name.

    With `before`, of those alone that nobody has written or put there since.
    """
    found = {}
    for file in files:
        if file.parent != press.library.inbox:
            continue
        try:
            known = file.stat()
        except OSError:  # it is gone again
            continue
        # Not the time of modification, which copying keeps.
        if before is None or datetime.fromtimestamp(known.st_ctime, UTC) <= before:
            found[plain_name(file.name)] = f"{known.st_size} {known.st_mtime_ns}"
    return found


def note_ingested(press: Press, stamps: Mapping[str, str]) -> None:
    """An ingest came to an end with these files, as they were when it began."""
    with press.engine.begin() as connection:
        save_dropped(connection, _done(stamps))


def _done(stamps: Mapping[str, str]) -> Mapping[str, Seen]:
    return {name: Seen(stamp, 0, None, is_done=True) for name, stamp in stamps.items()}
