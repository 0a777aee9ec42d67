"""Measures questions to a ledger that has grown for long; one line of JSON a database.

    python benchmarks/ledger.py [--rows 2000000] [--readers 20000] [--sqlite-only]

READERS get issue after issue. Ten issues are kept whole; of the others, which are folded, there are
first a tenth of ROWS deliveries and then ROWS. At both sizes these questions are asked, each five
times, and the median in ms is told: how the last issue stands, how the first folded one does, the
story of a reader who got nothing since the tenth, planning the next issue for all, and how all
issues stand. The exit status is 1 if one of these, but for the last, takes twice as long in the
larger ledger and 20 ms. Also told: the bytes of a delivery, whole and folded, each with its share
of the issue.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from sqlalchemy import (  # noqa: E402 with what the next lines need
    ColumnElement,
    String,
    Table,
    cast,
    literal,
    select,
    text,
    update,
)

from benchmarks.postgresql import postgresql  # noqa: E402 found by the line above
from benchmarks.sending import (  # noqa: E402 see above
    NEWSLETTER,
    import_readers,
    issue_of,
    make_home,
    reader,
    settings_of,
)
from partwork.actions.loading import load_newsletter  # noqa: E402 see above
from partwork.actions.status import status, status_of  # noqa: E402 see above
from partwork.actions.subscribers import story_of  # noqa: E402 see above
from partwork.assembly import Press, assemble  # noqa: E402 see above
from partwork.model.delivery import DeliveryState  # noqa: E402 see above
from partwork.model.issue import Issue  # noqa: E402 see above
from partwork.model.newsletter import Newsletter  # noqa: E402 see above
from partwork.store.campaigns import make_campaign, plan_campaign  # noqa: E402 see above
from partwork.store.issues import save_issue  # noqa: E402 see above
from partwork.store.rows import written  # noqa: E402 see above
from partwork.store.schema import campaigns, deliveries, subscribers  # noqa: E402 see above
from partwork.store.sending_schema import folded  # noqa: E402 see above

WHOLE = 10  # issues
TIMES = 5
SHOWS = 20  # ms, below which twice as much is chance
OVERVIEW = "all_issues"  # of which there are ten times as many
SERIES = f'newsletter = "{NEWSLETTER}"\ntitle = "Heaps"\nlanguage = "en"\narticles = []\n'


def main() -> int:
    """Measures both databases; 1 if the ledger's size shows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--readers", type=int, default=20_000)
    parser.add_argument("--sqlite-only", action="store_true")
    asked = parser.parse_args()
    if asked.rows < 10 * asked.readers:
        parser.error("each reader has ten deliveries at least: take more rows or fewer readers")
    is_steady = _measure("sqlite", "", asked.rows, asked.readers)
    if not asked.sqlite_only:
        with postgresql() as url:
            is_steady = _measure("postgresql", url, asked.rows, asked.readers) and is_steady
    return int(not is_steady)


def _measure(database: str, url: str, rows: int, readers: int) -> bool:
    """Prints what was found; False where the larger ledger is slower."""
    tenth, all_of_them = WHOLE + rows // 10 // readers, WHOLE + rows // readers
    with tempfile.TemporaryDirectory() as folder:
        make_home(Path(folder), "127.0.0.1:25", 1)  # nothing is sent
        with assemble(settings_of(Path(folder), url)) as press:
            _write_series(press)
            import_readers(press, readers)
            sizes = [_size_bytes(press)]
            for number in range(WHOLE):
                _keep(press, number, deliveries, _WHOLE)
            sizes.append(_size_bytes(press))
            for number in range(WHOLE, tenth):
                _keep(press, number, folded, _FOLDED)
            early = _questions(press)
            sizes.append(_size_bytes(press))
            for number in range(tenth, all_of_them):
                _keep(press, number, folded, _FOLDED, but=reader(0))
            late = _questions(press)
            sizes.append(_size_bytes(press))
    told = {
        "database": database,
        "readers": readers,
        "bytes_a_delivery": round((sizes[1] - sizes[0]) / (WHOLE * readers)),
        "bytes_folded": round((sizes[3] - sizes[2]) / ((all_of_them - tenth) * readers)),
        "ms": {
            f"{(tenth - WHOLE) * readers:,}": early,
            f"{(all_of_them - WHOLE) * readers:,}": late,
        },
    }
    print(json.dumps(told), flush=True)
    return all(late[asked] <= max(2 * early[asked], SHOWS) for asked in early if asked != OVERVIEW)


def _questions(press: Press) -> dict[str, float]:
    """How long each takes, in ms."""
    newsletter = load_newsletter(press, NEWSLETTER)
    names = [_issue(newsletter, number).name for number in (WHOLE - 1, WHOLE)]
    coming = _issue(newsletter, 9_999)
    with press.engine.begin() as connection:
        save_issue(connection, coming, datetime.now(UTC))
    if press.engine.dialect.name == "postgresql":  # which does so by itself after a while
        with press.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    return {
        "last_issue": _ms(lambda: status_of(press, names[0])),
        "folded_issue": _ms(lambda: status_of(press, names[1])),
        "one_reader": _ms(lambda: story_of(press, reader(0))),
        "planning": _ms(lambda: _plan(press, coming)),
        OVERVIEW: _ms(lambda: status(press, datetime.now(UTC))),
    }


def _plan(press: Press, issue: Issue) -> None:
    """Plans it, and takes that back."""
    now = datetime.now(UTC)
    with press.engine.connect() as connection, connection.begin() as transaction:
        _, planned = plan_campaign(connection, issue, now, now)
        transaction.rollback()
    assert planned


def _ms(ask: Callable[[], object]) -> float:
    took = []
    for _ in range(TIMES):
        began = time.perf_counter()
        ask()
        took.append(time.perf_counter() - began)
    return round(median(took) * 1e3, 1)


def _keep(
    press: Press, number: int, table: Table, values: Mapping[str, object], but: str = ""
) -> None:
    """Another issue, that all readers have got, or all but one."""
    issue, now = _issue(load_newsletter(press, NEWSLETTER), number), datetime.now(UTC)
    with press.engine.begin() as connection:
        save_issue(connection, issue, now)
        campaign, _ = make_campaign(connection, issue, now, now)
        row = {"campaign": campaign.id, "subscriber": subscribers.c.id, **values}
        if table is folded:
            row["id"] = number * FAR_APART + subscribers.c.id
        else:
            row["content_hash"] = issue.content_hash
        columns = [
            value if isinstance(value, ColumnElement) else literal(value, table.c[name].type)
            for name, value in row.items()
        ]
        got = select(*columns).where(subscribers.c.address != but).order_by(subscribers.c.id)
        added = written(connection, table.insert().from_select(list(row), got))
        known = {"planned": added, "folded_at": now if table is folded else None}
        connection.execute(update(campaigns).where(campaigns.c.id == campaign.id).values(known))


def _issue(newsletter: Newsletter, number: int) -> Issue:
    return issue_of(newsletter, f"heap{number:04d}", number)


def _write_series(press: Press) -> None:
    file = press.library.series_folder("heaps") / "series.toml"
    file.parent.mkdir(parents=True)
    file.write_text(SERIES)


def _size_bytes(press: Press) -> int:
    with press.engine.connect() as connection:
        if press.engine.dialect.name == "sqlite":
            size = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
        else:
            size = "SELECT pg_database_size(current_database())"
        return int(connection.execute(text(size)).scalar_one())


FAR_APART = 10_000_000  # the ids of two issues' deliveries
AT = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
_FOLDED: Mapping[str, object] = {"accepted_s": int(AT.timestamp())}
_WHOLE: Mapping[str, object] = {
    "recipient": subscribers.c.address,
    "state": DeliveryState.ACCEPTED.value,
    "lane": "sender-0a1b2c3d",
    "attempts": 1,
    "attempted_at": AT,
    "replied_at": AT,
    "reply_code": 250,
    "reply_text": "2.0.0 Ok: queued as 4Xq1Zs0WvzzLm",
    "relay_id": literal("4Xq1Zs0Wv") + cast(subscribers.c.id, String),
}


if __name__ == "__main__":
    sys.exit(main())
