"""Runs the benchmarks of sending and of the ledger, and prints docs/measured/sending.md.

    python benchmarks/bench.py [--recipients N] [--rounds N] [--many N] [--rows N]

`make bench` writes it there; most of an hour on two cores, which must have nothing else to do. The
options are those of `sending_table.py` and of `ledger.py` (--rows).
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

HEAD = """# Sending, measured

By `make bench`, which measures everything on one machine in one go. In each round every row is
measured, and in it Partwork and what it is compared with in turn. *Must* and *goal* were set before
it was built; what *must* is missed is said. The mail has 44 kB and 50 places that are a reader's
own, and every delivery is in the ledger before and after it leaves. smtp-source makes one message
and sends that; it keeps no record. Our sink is `benchmarks/sink.c`, which costs next to nothing;
smtp-sink is Postfix's.
"""
LEDGER = """
## A ledger that has grown

By `python benchmarks/ledger.py`: how long questions take, in ms, after so many folded deliveries.
"""


def main() -> int:
    """Prints each part when it is there; not 0 if one of them found something wrong."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--recipients", default="20000")
    parser.add_argument("--rounds", default="5")
    parser.add_argument("--many", default="1000000")
    parser.add_argument("--rows", default="2000000")
    asked = parser.parse_args()
    sizes = ["--recipients", asked.recipients, "--rounds", asked.rounds, "--many", asked.many]
    table = _run("sending_table.py", "all", *sizes)
    print(HEAD, table.stdout, sep="\n", end="", flush=True)
    ledger = _run("ledger.py", "--rows", asked.rows)
    print(LEDGER, _table(ledger.stdout), sep="\n")
    return table.returncode or ledger.returncode


def _run(script: str, *options: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, Path(__file__).with_name(script), *options]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603 our own


def _table(lines: str) -> str:
    """What is told of each database, a line of JSON, side by side."""
    found = [dict(_flat(json.loads(line))) for line in lines.splitlines()]
    if not found:
        return "Nothing was measured."
    return "\n".join(
        [
            _row([*(str(one.pop("database")) for one in found)], first=""),
            _row(["---"] * len(found), first="---"),
            *(_row([str(one.get(name, "")) for one in found], first=name) for name in found[0]),
        ]
    )


def _flat(told: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, object]]:
    """What lies in other things, by the names of all of them."""
    for name, value in told.items():
        shown = f"{above}{name.replace('_', ' ')}"
        if isinstance(value, Mapping):
            yield from _flat(value, f"{shown}: ")
        else:
            yield shown, value


def _row(cells: Sequence[str], *, first: str) -> str:
    return f"| {' | '.join((first, *cells))} |"


if __name__ == "__main__":
    sys.exit(main())
