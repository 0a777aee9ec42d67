"""How often the links of issues were followed: sums by day, in which nobody is named."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, Integer, Text, bindparam, exists, select

from partwork.store.event_schema import clicks
from partwork.store.rows import new_rows
from partwork.store.schema import issues


@dataclass(frozen=True, slots=True)
class Click:
    """What is counted: a link of an issue, known by the first digits of its hash, on a UTC day."""

    issue: str
    link: int
    day: date


def html_of(conn: Connection, issue: str) -> str | None:
    """The HTML of the issue whose content hash begins so; None where there is none."""
    query = select(issues.c.html).where(
        issues.c.content_hash >= issue,
        issues.c.content_hash < f"{issue}g",  # behind the last hexadecimal digit
    )
    return conn.execute(query.limit(1)).scalar_one_or_none()


def begin_counting(conn: Connection, content_hash: str, links: Collection[int], day: date) -> None:
    """From now on the clicks of these links count; nothing changes where some do already."""
    is_begun = select(exists().where(clicks.c.content_hash == content_hash))
    if links and not conn.execute(is_begun).scalar_one():
        rows = [
            {"content_hash": content_hash, "link": n, "day": f"{day}", "count": 0} for n in links
        ]
        conn.execute(new_rows(conn, clicks).on_conflict_do_nothing(), rows)


def add_clicks(conn: Connection, counts: Mapping[Click, int]) -> None:
    """Adds what was counted; of links whose counting has not begun, such as a test's, nothing."""
    rows = [
        {
            "of": click.issue,
            "upto": f"{click.issue}g",
            "n": click.link,
            "on": f"{click.day}",
            "add": n,
        }
        for click, n in counts.items()
    ]
    if not rows:
        return
    link, day = bindparam("n", type_=Integer), bindparam("on", type_=Text)
    begun = (
        select(clicks.c.content_hash, link, day, bindparam("add", type_=clicks.c.count.type))
        .where(
            clicks.c.content_hash >= bindparam("of", type_=Text),
            clicks.c.content_hash < bindparam("upto", type_=Text),
            clicks.c.link == link,
        )
        .limit(1)
    )
    key = ["content_hash", "link", "day"]
    new = new_rows(conn, clicks).from_select([*key, "count"], begun)
    more = {"count": clicks.c.count + new.excluded["count"]}
    # In one order, so that two processes do not wait for each other for ever.
    rows.sort(key=lambda row: (row["of"], row["n"], row["on"]))
    conn.execute(new.on_conflict_do_update(index_elements=key, set_=more), rows)


def load_clicks(conn: Connection, content_hash: str) -> Mapping[int, Mapping[date, int]]:
    """By each counted link of the issue, how often it was followed on each day, in their order."""
    found: defaultdict[int, dict[date, int]] = defaultdict(dict)
    query = (
        select(clicks.c.link, clicks.c.day, clicks.c.count)
        .where(clicks.c.content_hash == content_hash)
        .order_by(clicks.c.link, clicks.c.day)
    )
    for link, day, count in conn.execute(query):
        by_day = found[link]
        if count:
            by_day[date.fromisoformat(day)] = count
    return found
