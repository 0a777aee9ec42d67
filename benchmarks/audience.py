"""Measures an import as `partwork subscribers import` does it; one line of JSON a database.

    python benchmarks/audience.py [--rows N] [--sqlite-only] [--table]

With --table it prints docs/measured/audience.md, in which *must* is that of a million rows.

Imports N rows into a fresh home on SQLite, then on a PostgreSQL of its own, while somebody else
unsubscribes every tenth of a second; then imports the same file again, as after a kill. Memory is
the importing process's, first at a tenth of the rows and then at its peak. Disk is the database's
growth for a subscriber with name, subscription and consent record. On PostgreSQL, fsync is on.
At last a `partwork web` is asked as fast as it answers, and while as many again are imported:
see `audience_web.py`.
Then it counts segments of several kinds and sizes, each five times; the median is told.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from sqlalchemy import Connection, literal, select, text, update  # noqa: E402 with what the next lines need

from benchmarks.audience_table import as_table  # noqa: E402 see above
from benchmarks.audience_web import publish, web_figures  # noqa: E402 see above
from benchmarks.occasion import occasion  # noqa: E402 see above
from benchmarks.postgresql import postgresql  # noqa: E402 see above
from partwork.actions.init import init_home, wishes_from  # noqa: E402 found by the line above
from partwork.actions.subscribers import import_subscribers  # noqa: E402 see above
from partwork.actions.unsubscribe import unsubscribe  # noqa: E402 see above
from partwork.assembly import Press, assemble  # noqa: E402 see above
from partwork.model.audience import Applicant, Evidence  # noqa: E402 see above
from partwork.model.segment import Segment  # noqa: E402 see above
from partwork.settings import Settings  # noqa: E402 see above
from partwork.store.cohorts import cohorts_of, settle_cohorts  # noqa: E402 see above
from partwork.store.engine import read_only  # noqa: E402 see above
from partwork.store.schema import (  # noqa: E402 see above
    imported_fields,
    subscribers,
    subscriptions,
)
from partwork.store.segments import count_reached  # noqa: E402 see above
from partwork.store.tags import save_tags  # noqa: E402 see above
from partwork.subscribing.tokens import Departure, unsubscribe_token  # noqa: E402 see above

NEWSLETTER = "the-measure"
LEAVERS = 5_000  # imported before, so that there is always somebody to leave
LANGUAGES = ("de", "de-AT", "fr", *["en"] * 7)
TAGS = {"few": 100, "some": 10, "many": 2}
SEGMENTS = {
    "everybody": None,
    "language, 10 %": Segment("s", language=("fr",)),
    "language, 20 %": Segment("s", language=("de",)),
    "language, 70 %": Segment("s", language=("en",)),
    "tag, 1 %": Segment("s", tag=("few",)),
    "tag, 10 %": Segment("s", tag=("some",)),
    "tag, 50 %": Segment("s", tag=("many",)),
    "without a tag, 90 %": Segment("s", not_tag=("some",)),
    "field, 10 %": Segment("s", field=(("city", ("Graz",)),)),
    "signed up before, 10 %": Segment("s", signed_up_before=date(2025, 1, 2)),
    "signed up since, 90 %": Segment("s", signed_up_since=date(2025, 1, 2)),
    "tag and language, 2 %": Segment("s", tag=("some",), language=("de",)),
}


def main() -> int:
    """Measures both databases; 1 if a row is missing, or a second import added one."""
    asked = _arguments()
    if asked.home:
        print(json.dumps(_import_here(asked)))
        return 0
    found = [_measure("sqlite", "", asked.rows)]
    if not asked.sqlite_only:
        with postgresql() as url:
            found.append(_measure("postgresql", url, asked.rows))
    print(as_table(found, occasion()) if asked.table else "\n".join(map(json.dumps, found)))
    return int(any(one["added"] != asked.rows or one["added_again"] for one in found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--sqlite-only", action="store_true")
    parser.add_argument("--table", action="store_true")
    parser.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--database-url", default="", help=argparse.SUPPRESS)
    return parser.parse_args()


def _measure(database: str, url: str, rows: int) -> dict[str, Any]:
    """What it took."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        init_home(home, wishes_from("The Measure", "", "", "", None))
        _write(home / "leavers.csv", "leaver", LEAVERS)
        _write(home / "readers.csv", "reader", rows)
        with assemble(Settings(home=home, database_url=url)) as press:
            _import(press, home / "leavers.csv")
            publish(press, NEWSLETTER)
            before = _size_bytes(press)
            command = [sys.executable, __file__, "--home", str(home), "--database-url", url]
            importer = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603 this very script
            waits = list(_waits_while(importer, press))
            (output, _), grown = importer.communicate(), _size_bytes(press) - before
            _write(home / "late.csv", "late", rows)
            counted = _count_segments(press)
            answered = web_figures(press, NEWSLETTER, home / "late.csv")
    return {
        "database": database,
        "rows": rows,
        **json.loads(output),
        "unsubscribed_meanwhile": len(waits),
        **_spread("lock_wait_ms", [lock for lock, _ in waits]),
        **_spread("unsubscribe_ms", [whole for _, whole in waits]),
        "bytes_a_subscriber": round(grown / rows),
        "segments": counted,
        **answered,
    }


def _write(file: Path, who: str, rows: int) -> None:
    with file.open("w") as stream:
        stream.write("email,first name,last name,language\n")
        stream.writelines(
            f"{who}.{n:07d}@example.org,Ada,Reader {n},{LANGUAGES[n % 10]}\n" for n in range(rows)
        )


def _import(press: Press, file: Path) -> int:
    note, now = "measuring", datetime.now(UTC)
    return import_subscribers(press, file, NEWSLETTER, note=note, now=now).added


def _import_here(asked: argparse.Namespace) -> dict[str, float]:
    readers = asked.home / "readers.csv"
    at_a_tenth = 0

    def watch(done: int, of: int) -> None:
        nonlocal at_a_tenth
        if not at_a_tenth and done * 10 >= of:
            at_a_tenth = _peak_kb()

    with assemble(Settings(home=asked.home, database_url=asked.database_url)) as press:
        began, cpu_before, now = time.perf_counter(), time.process_time(), datetime.now(UTC)
        report = import_subscribers(
            press, readers, NEWSLETTER, note="measuring", now=now, progress=watch
        )
        ended, cpu_s = time.perf_counter(), time.process_time() - cpu_before
        added_again = _import(press, readers)
        again = time.perf_counter()
    return {
        "added": report.added,
        "seconds": round(ended - began, 1),
        "us_a_row": round((ended - began) / max(report.added, 1) * 1e6),
        "cpu_us_a_row": round(cpu_s / max(report.added, 1) * 1e6),
        "added_again": added_again,
        "again_seconds": round(again - ended, 1),
        "peak_mb_at_a_tenth": round(at_a_tenth / 1024, 1),
        "peak_mb": round(_peak_kb() / 1024, 1),
    }


def _peak_kb() -> int:
    """Since the process began; getrusage would count what its parent had when it made it."""
    status = Path("/proc/self/status")
    if not status.exists():  # not Linux
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1])


def _waits_while(importer: "subprocess.Popen[str]", press: Press) -> Iterator[tuple[float, float]]:
    """How long it took to begin a writing transaction, and a whole one-click unsubscribe, in s.

    On PostgreSQL a transaction begins at once, and only the second says anything.
    """
    with press.engine.connect() as connection:
        leavers = connection.execute(select(subscribers.c.id).limit(LEAVERS)).scalars().all()
    for leaver in leavers:
        token = unsubscribe_token(Departure(leaver, NEWSLETTER, 0), press.secrets)
        began = time.perf_counter()
        with press.engine.begin() as connection:
            connection.execute(text("SELECT 1"))
            locked = time.perf_counter()
        free = time.perf_counter()
        unsubscribe(press, token, Evidence("one click"), now=datetime.now(UTC))
        yield locked - began, time.perf_counter() - free
        time.sleep(0.1)
        if importer.poll() is not None:
            return


def _count_segments(press: Press) -> dict[str, dict[str, float]]:
    """How many each segment has, and how long it took to count them, in ms."""
    long_ago, now = datetime(2025, 1, 1, tzinfo=UTC), datetime.now(UTC)
    with press.engine.begin() as connection:
        tag(connection, connection.execute(select(subscribers.c.id)).scalars().all())
        held = select(subscribers.c.id, literal("city"), literal("Graz")).where(
            subscribers.c.id % 10 == 2
        )
        columns = ["subscriber", "name", "value"]
        connection.execute(imported_fields.insert().from_select(columns, held))
        early = subscriptions.c.subscriber % 10 == 3
        connection.execute(update(subscriptions).where(early).values(asked_at=long_ago))
    if press.engine.dialect.name == "postgresql":  # which does so by itself after a while
        with press.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
            connection.execute(text("CHECKPOINT"))
    told = {}
    for name, segment in SEGMENTS.items():
        took = []
        for _ in range(5):
            with read_only(press.engine) as connection:
                began = time.perf_counter()
                count = count_reached(connection, NEWSLETTER, segment, now)
                took.append(time.perf_counter() - began)
        told[name] = {"readers": count, "ms": round(sorted(took)[2] * 1e3)}
    return told


def tag(connection: Connection, people: Sequence[int]) -> None:
    """Tags every second of them, every tenth and every hundredth, as an import does."""
    for first in range(0, len(people), 10_000):
        tagged = {
            one: Applicant(1, "", tags=tuple(t for t, every in TAGS.items() if one % every == 1))
            for one in people[first : first + 10_000]
        }
        save_tags(connection, tagged)
        settle_cohorts(connection, cohorts_of(connection, list(tagged)))


def _spread(name: str, seconds: list[float]) -> dict[str, float]:
    ms = sorted(round(s * 1e3, 1) for s in seconds)
    return {
        f"{name}_median": ms[len(ms) // 2],
        f"{name}_p99": ms[len(ms) * 99 // 100],
        f"{name}_longest": ms[-1],
    }


def _size_bytes(press: Press) -> int:
    with press.engine.connect() as connection:
        if press.engine.dialect.name == "sqlite":
            size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        else:
            size = "SELECT pg_database_size(current_database())"
        return int(connection.execute(text(size)).scalar_one())


if __name__ == "__main__":
    sys.exit(main())
