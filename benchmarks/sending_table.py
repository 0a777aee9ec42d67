"""Measures sending beside Postfix's generator and other senders, and prints a table in Markdown.

    python benchmarks/sending_table.py [ROW …] [--rounds 5] [--recipients 20000] [--many 1000000]
        [--json]

Each round measures every row, and in it Partwork (by `sending.py`) and its peer in turn, now the
one first and now the other; the median of the rounds is told. Without a ROW, all are measured but
those that import MANY readers. These take minutes, and one round: name them, or write `all`.
Rows whose programs are not installed are left out, and stderr says what they need. Run it on a
machine that does nothing else: sender and server keep two cores busy.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from benchmarks import sinks  # noqa: E402 found by the line above
from benchmarks.occasion import occasion  # noqa: E402 see above
from benchmarks.postgresql import postgresql  # noqa: E402 see above
from benchmarks.sending import (  # noqa: E402 see above
    NEWSLETTER,
    issue_of,
    make_home,
    settings_of,
)
from benchmarks.sending_rows import ROWS, SITE, Bench, Found, Row  # noqa: E402 see above
from partwork.actions.loading import load_newsletter  # noqa: E402 see above
from partwork.assembly import assemble  # noqa: E402 see above
from partwork.delivering.message import prepared  # noqa: E402 see above

DELAY_MS = 5
PACKAGES = {sinks.COMPILER: "gcc", sinks.POSTFIX_SINK: "postfix", sinks.POSTFIX_SOURCE: "postfix"}


def main() -> int:
    """Measures what was asked for, round by round, and prints it."""
    asked = _arguments()
    chosen = dict(_that_can_be_measured(_chosen(asked.rows)))
    found: dict[str, list[Found]] = {name: [] for name in chosen}
    with _bench(asked, chosen) as bench:
        for turn in range(asked.rounds):
            for name, row in chosen.items():
                if turn and row.is_long:
                    continue
                print(f"round {turn + 1} of {asked.rounds}: {row.title} …", file=sys.stderr)
                found[name].append(row.measure(replace(bench, turn=turn)))
    print(_as_json(found) if asked.json else _as_table(found, asked))
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"all, {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--recipients", type=int, default=20_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if unknown := set(asked.rows) - {*ROWS, "all"}:
        parser.error(f"there is no row {', '.join(sorted(unknown))}")
    return asked


def _chosen(names: Sequence[str]) -> Mapping[str, Row]:
    if "all" in names:
        return ROWS
    return {name: row for name, row in ROWS.items() if name in names or not (names or row.is_long)}


def _that_can_be_measured(chosen: Mapping[str, Row]) -> Iterator[tuple[str, Row]]:
    for name, row in chosen.items():
        missing = [program for program in row.needs if not sinks.found(program)]
        if missing:
            packages = sorted({PACKAGES[program] for program in missing})
            print(
                f"{name}: left out, there is no {' and no '.join(missing)}; "
                f"Debian: apt-get install --no-install-recommends {' '.join(packages)}",
                file=sys.stderr,
            )
        else:
            yield name, row


@contextmanager
def _bench(asked: argparse.Namespace, chosen: Mapping[str, Row]) -> Iterator[Bench]:
    """With the servers that the chosen rows need; they rest while others are measured."""
    with ExitStack() as servers:
        home = Path(servers.enter_context(tempfile.TemporaryDirectory()))
        make_home(home, "127.0.0.1:25", 1)  # a home to load the newsletter from, no more
        with assemble(settings_of(home)) as press:
            newsletter = load_newsletter(press, NEWSLETTER)
        issue = issue_of(newsletter, "measured")
        page = f"{SITE}/{issue.name}"
        shared = prepared(issue, newsletter, demo=True).on_page(page)
        bench = Bench(issue, page, shared, asked.recipients, asked.many)
        if any(sinks.COMPILER in row.needs for row in chosen.values()):
            fast = servers.enter_context(sinks.our_sink())
            bench = replace(
                bench, sink=fast, slow_sink=servers.enter_context(sinks.our_sink(DELAY_MS))
            )
        if "smtp-sink" in chosen:
            bench = replace(bench, postfix_sink=servers.enter_context(sinks.postfix_sink()))
        if "postgresql" in chosen:
            bench = replace(bench, database_url=servers.enter_context(postgresql()))
        yield bench


def _as_json(found: Mapping[str, Sequence[Found]]) -> str:
    rows = [
        {
            "row": name,
            "unit": ROWS[name].unit,
            "must": ROWS[name].must,
            "goal": ROWS[name].goal,
            "median": _figure(rounds),
            "rounds": [{"figure": one.figure, **one.parts} for one in rounds],
        }
        for name, rounds in found.items()
    ]
    return json.dumps({"occasion": occasion(), "rows": rows})


def _as_table(found: Mapping[str, Sequence[Found]], asked: argparse.Namespace) -> str:
    lines = [
        f"{occasion()}; {asked.recipients:,} readers a row, medians of {asked.rounds} rounds.",
        "",
        "| row | | must | goal | measured | | from |",
        "|---|---|---|---|---|---|---|",
        *(_line(name, rounds) for name, rounds in found.items()),
    ]
    return "\n".join(lines)


def _line(name: str, rounds: Sequence[Found]) -> str:
    row, figure = ROWS[name], _figure(rounds)
    spread = sorted(one.figure for one in rounds)
    parts = ", ".join(
        f"{part} {_rounded(median(one.parts[part] for one in rounds))}" for part in rounds[0].parts
    )
    measured = f"**{_rounded(figure)}** {row.unit}"
    if len(rounds) > 1:
        measured += f" ({_rounded(spread[0])} to {_rounded(spread[-1])})"
    cells = (name, row.title, _rounded(row.must), _rounded(row.goal), measured)
    return f"| {' | '.join((*cells, _verdict(row, figure), parts))} |"


def _verdict(row: Row, figure: float) -> str:
    sign = -1 if row.is_cost else 1
    if sign * figure >= sign * row.goal:
        return "goal"
    return "must" if sign * figure >= sign * row.must else "missed"


def _figure(rounds: Sequence[Found]) -> float:
    return median(one.figure for one in rounds)


def _rounded(number: float) -> str:
    """Three figures; whole numbers from a hundred on."""
    return f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"


if __name__ == "__main__":
    sys.exit(main())
