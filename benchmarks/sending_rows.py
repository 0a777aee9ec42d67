"""What `sending_table.py` measures: a row for each line of its table, and how."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from benchmarks.postgresql import postgresql
from benchmarks.sending import import_readers, make_home, plan, reader, settings_of
from benchmarks.sending_peers import message_for_each, prepared_bodies
from benchmarks.sinks import COMPILER, POSTFIX_SINK, POSTFIX_SOURCE, from_smtp_source
from partwork.assembly import assemble
from partwork.delivering.message import PreparedIssue
from partwork.model.address import Mailbox
from partwork.model.issue import Issue, MergeField

NARROW, WIDE = 4, 16  # connections
TWO = ("--processes", "2")
LOOPED, THREADED, FILLED = 300, 1_600, 5_000  # a second or two of each
FEW = 10_000  # readers, whose memory is compared with that of many
SITE = "https://letters.example.org"
DATE = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bench:
    """What the rows share: servers as HOST:PORT, the mail, how many readers, and whose turn it is.

    What no chosen row needs is "". In odd turns the peer is measured first.
    """

    issue: Issue
    page_url: str
    shared: PreparedIssue
    recipients: int
    many: int
    sink: str = ""
    slow_sink: str = ""
    postfix_sink: str = ""
    database_url: str = ""
    turn: int = 0

    def fields_of(self, number: int) -> dict[MergeField, str]:
        """What a reader's merge fields hold, as long as real ones."""
        return {
            MergeField.ADDRESS: reader(number),
            MergeField.UNSUBSCRIBE_URL: f"{SITE}/u/{number:080d}",
            MergeField.PAGE_URL: self.page_url,
        }

    def copy_of(self, number: int) -> tuple[str, bytes]:
        """A reader, and their message."""
        fields = self.fields_of(number)
        to, name = fields[MergeField.ADDRESS], f"<{number}@example.org>"
        return to, self.shared.copy(Mailbox("", to), fields, message_id=name, date=DATE)

    def in_turn(
        self, ours: Callable[[], float], theirs: Callable[[], float]
    ) -> tuple[float, float]:
        """Both measured, in an order that changes from round to round."""
        if self.turn % 2:
            peer = theirs()
            return ours(), peer
        return ours(), theirs()


@dataclass(frozen=True, slots=True)
class Found:
    """A row's figure in one round, and what it was made of."""

    figure: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: `must` and `goal` are the least of the figure, or as a cost the most.

    `needs` names the programs without which it is left out. An `is_long` row imports many readers.
    """

    title: str
    must: float
    goal: float
    measure: Callable[[Bench], Found]
    unit: str = "×"
    needs: tuple[str, ...] = (COMPILER,)
    is_cost: bool = False
    is_long: bool = False


def sending(smtp: str, recipients: int, connections: int, *more: str) -> dict[str, float]:
    """What `sending.py` prints."""
    script = Path(__file__).with_name("sending.py")
    options = ["--smtp", smtp, "--recipients", str(recipients), "--connections", str(connections)]
    told = subprocess.run(  # noqa: S603 our own script
        [sys.executable, script, *options, *more], stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, float] = json.loads(told.stdout)
    return found


def _beside_smtp_source(bench: Bench, smtp: str, connections: int, *more: str) -> Found:
    octets = len(bench.copy_of(0)[1])
    ours, theirs = bench.in_turn(
        lambda: sending(smtp, bench.recipients, connections, *more)["messages_per_s"],
        lambda: from_smtp_source(smtp, NARROW, bench.recipients, octets),
    )
    return Found(ours / theirs, {"partwork": ours, "smtp-source": theirs})


def _on_postfix_sink(bench: Bench) -> Found:
    return _beside_smtp_source(bench, bench.postfix_sink, NARROW)


def _on_sink(connections: int, more: Sequence[str], bench: Bench) -> Found:
    return _beside_smtp_source(bench, bench.sink, connections, *more)


def _on_postgresql(bench: Bench) -> Found:
    more = ("--database-url", bench.database_url, *TWO)
    return _beside_smtp_source(bench, bench.sink, WIDE, *more)


def _beside_a_loop(bench: Bench) -> Found:
    ours, theirs = bench.in_turn(
        lambda: sending(bench.sink, bench.recipients, WIDE, *TWO)["messages_per_s"],
        lambda: message_for_each(bench.sink, bench.issue, bench.fields_of, LOOPED),
    )
    return Found(ours / theirs, {"partwork": ours, "loop": theirs})


def _over_a_network(bench: Bench) -> Found:
    ours, theirs = bench.in_turn(
        lambda: sending(bench.slow_sink, bench.recipients, WIDE)["messages_per_s"],
        lambda: prepared_bodies(bench.slow_sink, bench.copy_of, WIDE, THREADED),
    )
    return Found(ours / theirs, {"partwork": ours, "smtplib": theirs})


def _cpu(dkim: str, bench: Bench) -> Found:
    told = sending(bench.sink, bench.recipients, WIDE, "--dkim", dkim)
    return Found(told["cpu_us_per_message"], {"messages/s": told["messages_per_s"]})


def _filling(bench: Bench) -> Found:
    began = time.process_time()
    octets = sum(len(bench.copy_of(number)[1]) for number in range(FILLED))
    spent = time.process_time() - began
    return Found(spent / FILLED * 1e6, {"octets": octets / FILLED})


def _memory(bench: Bench) -> Found:
    few = sending(bench.sink, FEW, NARROW)["peak_rss_mb"]
    many = sending(bench.sink, bench.many, NARROW)["peak_rss_mb"]
    return Found(many - few, {f"{FEW:,}": few, f"{bench.many:,}": many})


def _planning(opened: Callable[[], AbstractContextManager[str | None]], bench: Bench) -> Found:
    with opened() as url, tempfile.TemporaryDirectory() as folder:
        make_home(Path(folder), "127.0.0.1:25", NARROW)  # nothing is sent
        with assemble(settings_of(Path(folder), url or "")) as press:
            import_readers(press, bench.many)
            planned, seconds = plan(press, bench.issue)
    return Found(seconds, {"planned": planned})


_SHARE = partial(Row, unit="of smtp-source", needs=(POSTFIX_SOURCE, COMPILER))
_COST = partial(Row, unit="µs", is_cost=True)
_LONG = partial(Row, is_cost=True, is_long=True)

# What must be reached, and what is tried for, as it was set before sending was built.
ROWS: Mapping[str, Row] = {
    "smtp-sink": _SHARE(
        "smtp-sink, 4 connections",
        *(0.6, 0.9, _on_postfix_sink),
        needs=(POSTFIX_SOURCE, POSTFIX_SINK),
    ),
    "sink-4": _SHARE("our sink, 4 connections", 0.35, 0.5, partial(_on_sink, 4, ())),
    "sink-8": _SHARE("two processes with 4 each", 0.35, 0.5, partial(_on_sink, 4, TWO)),
    "sink-16": _SHARE("two processes with 8 each", 0.35, 0.5, partial(_on_sink, 8, TWO)),
    "postgresql": _SHARE("the same with 16, PostgreSQL", 0.2, 0.35, _on_postgresql),
    "loop": Row("SQLite again; a loop of EmailMessage and smtplib", 40, 70, _beside_a_loop),
    "network": Row("5 ms to a reply; 16 smtplib, bodies prepared", 2.5, 3.5, _over_a_network),
    "cpu": _COST("CPU a message, 16 connections, not signed", 150, 90, partial(_cpu, "nobody")),
    "cpu-rsa": _COST("the same, RSA", 750, 600, partial(_cpu, "rsa")),
    "cpu-both": _COST("the same, RSA and Ed25519", 900, 700, partial(_cpu, "both")),
    "filling": _COST("filling in one message", 80, 20, _filling, needs=()),
    "memory": _LONG("more memory, for many readers", 30, 5, _memory, unit="MB"),
    "planning-sqlite": _LONG(
        *("planning many readers, SQLite", 20, 12, partial(_planning, nullcontext)),
        unit="s",
        needs=(),
    ),
    "planning-postgresql": _LONG(
        *("planning many readers, PostgreSQL", 40, 20, partial(_planning, postgresql)),
        unit="s",
        needs=(),
    ),
}
