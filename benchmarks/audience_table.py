"""What `audience.py` has measured, as a table for people."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

HEAD = """# Readers, measured

By `python benchmarks/audience.py --rows 1000000 --table`, which `make bench` does too. A file of so
many rows is imported into a fresh home by a process of its own, while somebody unsubscribes every
tenth of a second; then `partwork web` is asked, on the same two cores, and while as many rows again
are imported. *Must* was set before it was built. PostgreSQL waits for the disk, as by default.
"""

Told = Mapping[str, Any]
ROWS: Sequence[tuple[str, str, Callable[[Told], object]]] = (
    ("import of all rows, s", "120 on SQLite, 180", lambda t: t["seconds"]),
    ("the same file once more, s", "", lambda t: t["again_seconds"]),
    (
        "memory of the importing process, MB: after a tenth",
        "200",
        lambda t: t["peak_mb_at_a_tenth"],
    ),
    ("and at its peak", "200", lambda t: t["peak_mb"]),
    ("waits for the write lock meanwhile, ms: 99 of 100", "100", lambda t: t["lock_wait_ms_p99"]),
    ("and the longest", "100", lambda t: t["lock_wait_ms_longest"]),
    ("one-click unsubscribes a second", "500", lambda t: t["one_clicks_a_second"]),
    (
        "one-clicks at 100 a second during an import, ms: 99 of 100",
        "100",
        lambda t: t["one_click_ms_at_100_a_second_while_importing"]["p99"],
    ),
    ("archive pages a second", "1,000", lambda t: t["archive_pages_a_second"]),
    (
        "on the disk for a subscriber, with consent record, octets",
        "told",
        lambda t: t["bytes_a_subscriber"],
    ),
)


def as_table(found: Sequence[Told], occasion: str) -> str:
    """Markdown: what each database took, then how long its segments took to be counted."""
    return "\n".join((HEAD, f"{occasion}; {found[0]['rows']:,} rows.", "", *_lines(found)))


def _lines(found: Sequence[Told]) -> Iterator[str]:
    names = [one["database"] for one in found]
    yield _row("", "must", *names)
    yield _row(*["---"] * (2 + len(names)))
    for what, must, figure in ROWS:
        yield _row(what, must, *(f"{figure(one):,}" for one in found))
    yield from (
        "",
        "How long it takes to count a segment, in ms, the median of five; *must* is 200.",
        "",
    )
    yield _row("segment", "readers", *names)
    yield _row(*["---"] * (2 + len(names)))
    for segment, first in found[0]["segments"].items():
        times = (str(one["segments"][segment]["ms"]) for one in found)
        yield _row(segment, f"{first['readers']:,}", *times)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
