"""A send over several machines, of which parts fall: `python tests/endure/machines.py READERS`.

Five machines made of one, each a network namespace: one has PostgreSQL, Redis, two Prefect servers,
their services and the proxy, three work, one is the mail server. First readers are mailed by one,
two and three of them; then all are, while a Prefect server, Redis, PostgreSQL and one of the
machines that send are killed in turn. Where smtp-source is installed (Debian: postfix, which need
not run), the mail server is measured alone too. Prints in Markdown what came of it; the exit status
is 1 where a reader was mailed twice or lost, or more are in doubt than may be. Needs root, Debian's
iproute2, postgresql, redis-server, caddy, haproxy and gcc, and the extra `machines`; where
something is missing a line says so.
"""

import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from sqlalchemy import func, select  # noqa: E402 found by the line above

from benchmarks.occasion import occasion  # noqa: E402 see above
from benchmarks.sending import NEWSLETTER, import_readers, issue_of, plan  # noqa: E402 see above
from benchmarks.sinks import POSTFIX_SOURCE, found, from_smtp_source  # noqa: E402 see above
from partwork.actions.init import init_home, wishes_from  # noqa: E402 see above
from partwork.actions.lane import CLAIM, LEASE  # noqa: E402 see above
from partwork.actions.loading import load_newsletter  # noqa: E402 see above
from partwork.assembly import Press, assemble  # noqa: E402 see above
from partwork.model.delivery import DeliveryState, Tally  # noqa: E402 see above
from partwork.settings import Settings  # noqa: E402 see above
from partwork.store.engine import StoreError, read_only  # noqa: E402 see above
from partwork.store.lanes import sweep  # noqa: E402 see above
from partwork.store.ledger import load_deliveries, tally  # noqa: E402 see above
from partwork.store.schema import deliveries  # noqa: E402 see above
from tests.endure import installation, namespaces  # noqa: E402 see above
from tests.endure.installation import SERVERS, SINK, Installation  # noqa: E402 see above
from tests.endure.namespaces import Machine  # noqa: E402 see above

NUMBERS = {"core": 1, "sink": 5, "worker-1": 11, "worker-2": 12, "worker-3": 13}
WORKERS = ("worker-1", "worker-2", "worker-3")
GONE = "worker-1"
# For what one, two and three machines do: so many readers at most, in this order, so that what
# drifts meanwhile shows as two figures of one row that differ.
FEW = 20_000
AS_MANY = (1, 2, 3, 3, 2, 1)
OCTETS = 44_000  # of a message, about as many as the issue has
CONNECTIONS = 4  # a lane
PATIENCE = 900  # seconds for all of it; far more than it takes
BEGINNING = 60  # seconds, at most, until the first is answered
STILL = 12  # seconds in which nothing is answered: then the next tick is brought forward
HEAD = """# What several machines endured

By `make machines`: `tests/endure/machines.py` makes five machines of one, each a network namespace
with processes of its own, and sets them up from `deploy/`: the same settings, proxy and options.
Mails go by TLS to a server that takes all and notes for whom.
"""


@dataclass
class Trial:
    """The installation, and what is noted of it."""

    press: Press
    installed: Installation
    workers: dict[str, Machine]
    client: Any  # of Prefect's server
    events: list[tuple[float, int, str]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def note(self, done: int, words: str) -> None:
        """What happened, when, and after how many mails."""
        self.events.append((time.monotonic() - self.began, done, words))
        sys.stderr.write(f"machines: {self.events[-1][0]:.0f} s, {done}: {words}\n")

    def start(self, flow: str, **parameters: object) -> None:
        """A run of it; while the server is away it is asked again."""
        deployment = self.client.read_deployment_by_name(f"{flow}/{flow}")
        self.client.create_flow_run_from_deployment(deployment.id, parameters=parameters)

    def standing(self, content_hash: str) -> Tally | None:
        """Where the deliveries stand; None while PostgreSQL is away."""
        try:
            with read_only(self.press.engine) as connection:
                return tally(connection, content_hash)
        except StoreError:
            return None


def main(readers: str) -> int:
    """Prints what came of it; 1 where it should not have."""
    if why := namespaces.why_not() or installation.why_not():
        sys.stderr.write(f"machines: not tried, for {why}\n")
        sys.stdout.write(f"{HEAD}\nNot tried: {why}.\n")
        return 0
    with ExitStack() as stack:
        trial = _set_up(stack)
        few = min(int(readers), FEW)
        import_readers(trial.press, few)
        alone = _of_the_server_alone(trial, few)
        rates = [_rate(trial, n, few, number) for number, n in enumerate(AS_MANY, 1)]
        import_readers(trial.press, int(readers))
        held, told = _fall(trial, int(readers))
    lines = [
        HEAD,
        f"{occasion()}; {int(readers):,} readers.",
        "",
        *_rates_told(rates, alone, few),
        *told,
        "",
    ]
    sys.stdout.write("\n".join(lines))
    return int(not held)


def _set_up(stack: ExitStack) -> Trial:
    folder = stack.enter_context(_open_folder())
    hosts = f"127.0.0.1 localhost\n{namespaces.NETWORK}.{NUMBERS['sink']} {SINK}\n"
    there = stack.enter_context(namespaces.machines(folder, NUMBERS, hosts))
    installed = Installation(folder, folder / "home", there["core"], there["sink"])
    wishes = wishes_from(
        *("The Measure", "The Measure <measure@example.org>", "1 Bench, Leaf Town"),
        "https://example.org/imprint",
        None,
    )
    init_home(installed.home, wishes)
    relay = f'[[relay]]\nname = "sink"\nurl = "smtps://{SINK}:465"\nconnections = {CONNECTIONS}\n'
    (installed.home / "relays.toml").write_text(relay + 'dkim = "nobody"\n')
    installed.settle(lanes=len(WORKERS))
    installed.start_sink()
    installed.start_core()
    os.environ.update(installed.environment(there["core"]))
    from prefect.client.orchestration import get_client

    press = stack.enter_context(assemble(Settings()))
    client = stack.enter_context(get_client(sync_client=True))
    return Trial(press, installed, {name: there[name] for name in WORKERS}, client)


Measured = tuple[int, float, float]  # as `_rate` gives it


@contextmanager
def _open_folder() -> Iterator[Path]:
    """A folder through which other users may pass: PostgreSQL runs as one."""
    folder = Path(tempfile.mkdtemp(prefix="machines"))
    folder.chmod(0o755)
    try:
        yield folder
        shutil.rmtree(folder, ignore_errors=True)
    except BaseException:
        sys.stderr.write(f"machines: what all of them said is in {folder}\n")
        raise


def _planned(trial: Trial, number: int, readers: int) -> tuple[str, str]:
    """A new issue for all readers: its name and content hash."""
    newsletter = load_newsletter(trial.press, NEWSLETTER)
    issue = replace(issue_of(newsletter, trial.press.new_id(), number), demo=False)
    planned, seconds = plan(trial.press, issue)
    assert planned == readers, f"{planned} planned"
    trial.note(0, f"an issue planned for {planned:,} readers, in {seconds:.1f} s")
    return issue.name, issue.content_hash


def _of_the_server_alone(trial: Trial, messages: int) -> float | None:
    """Messages a second that the mail server takes from as many connections, and without TLS, when
    nobody else works; None where smtp-source is not installed.
    """
    if found(POSTFIX_SOURCE) is None:
        return None
    there = ("ip", "netns", "exec", trial.installed.sink.name)
    connections = CONNECTIONS * len(WORKERS)
    rate = from_smtp_source("127.0.0.1:2525", connections, messages, OCTETS, by=there)
    trial.note(messages, f"the mail server alone, mails a second: {rate:.0f}")
    return rate


def _rate(trial: Trial, machines: int, readers: int, number: int) -> Measured:
    """How many machines, mails a second from the first to the last, and how busy the cores were."""
    name, content_hash = _planned(trial, number, readers)
    for worker in list(trial.workers.values())[:machines]:
        trial.installed.start_worker(worker, "lanes", PARTWORK_CANARY_SHARE="0")
    for shard in range(1, machines + 1):
        trial.start("send_lane", issue=name, shard=shard)
    _wait(lambda: _sent(trial, content_hash) > 0)
    before = _cores()
    _wait(lambda: _sent(trial, content_hash) == readers)
    busy = _share(before, _cores())
    first, last = func.min(deliveries.c.attempted_at), func.max(deliveries.c.replied_at)
    with read_only(trial.press.engine) as connection:
        query = select(first, last).where(deliveries.c.content_hash == content_hash)
        began, ended = connection.execute(query).one()
    for worker in trial.workers.values():
        worker.kill()
    rate = readers / (ended - began).total_seconds()
    trial.note(readers, f"machines that send: {machines}, mails a second: {rate:.0f}")
    return machines, rate, busy


def _sent(trial: Trial, content_hash: str) -> int:
    standing = trial.standing(content_hash)
    return standing.accepted if standing else 0


def _fall(trial: Trial, readers: int) -> tuple[bool, list[str]]:
    """Whether all held while one part after the other fell, and what to tell of it."""
    before = len(trial.installed.recorded.read_text().split())
    _, content_hash = _planned(trial, len(AS_MANY) + 1, readers)
    trial.events.clear()
    trial.began = time.monotonic()
    for worker in trial.workers.values():
        for queue in ("default", "lanes"):
            trial.installed.start_worker(worker, queue)
    trial.start("publish")
    falls = _falls(trial)
    lanes_at = {"PostgreSQL": 0, "machine": 0}
    seen, still_since, ticks = -1, time.monotonic(), 0
    deadline = time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < deadline, f"after {PATIENCE} s: {trial.standing(content_hash)}"
        time.sleep(0.5)  # what is waited for is in other processes
        standing = trial.standing(content_hash)
        if standing is None:
            continue
        if not standing.pending and not standing.deferred:
            break
        done = standing.accepted + standing.in_doubt
        if done != seen:
            seen, still_since = done, time.monotonic()
        elif time.monotonic() - still_since > (STILL if done else BEGINNING):
            ticks += 1
            _tick(trial, done, overdue=ticks > 1 and not falls)
            still_since = time.monotonic()
        if falls and done >= falls[0][0] * readers:
            _, words, fall = falls.pop(0)
            lanes_at[words.split()[0]] = _lanes(
                trial, GONE if words.split()[0] == "machine" else ""
            )
            fall()
            trial.note(done, words)
    trial.note(standing.accepted, "all is done")
    copies = Counter(trial.installed.recorded.read_text().split()[before:])
    return _judged(trial, content_hash, readers, copies, lanes_at)


Fall = tuple[float, str, Callable[[], None]]


def _falls(trial: Trial) -> list[Fall]:
    """What falls, after which share of the mails."""
    installed = trial.installed

    def restart_postgres() -> None:
        installed.kill("postgres")
        installed.start_postgres()

    def restart_redis() -> None:
        installed.kill("redis")
        installed.start_redis()

    return [
        (0.10, "one Prefect server is killed", lambda: installed.kill(str(SERVERS[0]))),
        (0.20, "Redis is killed and started again", restart_redis),
        (0.35, "PostgreSQL is killed and started again", restart_postgres),
        (0.65, f"machine {GONE} is cut off and gone", trial.workers[GONE].cut_off),
    ]


def _tick(trial: Trial, done: int, *, overdue: bool) -> None:
    """The next tick of `publish`, now; `overdue`: as if it came when every lease has run out."""
    words = "nothing is sent: the next tick of publish, brought forward"
    if overdue:
        with trial.press.engine.begin() as connection:
            freed, doubted = sweep(connection, datetime.now(UTC) + LEASE)
        words += f", as if ten minutes had passed ({freed} freed, {doubted} in doubt)"
    trial.note(done, words)
    trial.start("publish")


def _lanes(trial: Trial, machine: str) -> int:
    """How many lanes hold deliveries, of that machine; "": of all. They are named for theirs."""
    leased = select(func.count(deliveries.c.lane.distinct())).where(
        deliveries.c.lease_until.is_not(None), deliveries.c.lane.startswith(machine)
    )
    with read_only(trial.press.engine) as connection:
        return int(connection.execute(leased).scalar_one())


def _judged(
    trial: Trial, content_hash: str, readers: int, copies: Counter[str], lanes_at: dict[str, int]
) -> tuple[bool, list[str]]:
    """The ledger beside what the mail server has."""
    with read_only(trial.press.engine) as connection:
        rows = load_deliveries(connection, content_hash, set(DeliveryState))
        why = select(deliveries.c.reply_text, func.count()).where(
            deliveries.c.content_hash == content_hash,
            deliveries.c.state == DeliveryState.IN_DOUBT.value,
        )
        doubted = dict(connection.execute(why.group_by(deliveries.c.reply_text)).tuples().all())
    accepted = {row.recipient for row in rows if row.state is DeliveryState.ACCEPTED}
    # Editors get notices of runs that failed, one for each: those are no copies of the issue.
    copies = Counter({row.recipient: copies[row.recipient] for row in rows})
    by_ledger = sum(n for words, n in doubted.items() if "started anew" in words)
    by_machine = sum(doubted.values()) - by_ledger
    may = {"ledger": CLAIM * lanes_at["PostgreSQL"], "machine": CONNECTIONS * lanes_at["machine"]}
    twice = [reader for reader, n in copies.items() if n > 1]
    lost = {reader for reader in accepted if not copies[reader]}
    forgotten = readers - len(accepted) - sum(doubted.values())
    rows_told = [
        ("readers", readers, ""),
        ("accepted", len(accepted), ""),
        ("mailed twice", len(twice), "0"),
        ("accepted and not at the mail server", len(lost), "0"),
        ("neither accepted nor in doubt", forgotten, "0"),
        ("in doubt since PostgreSQL fell", by_ledger, f"{may['ledger']}: 64 a lane"),
        ("in doubt since the machine was gone", by_machine, f"{may['machine']}: 1 a connection"),
        ("of those in doubt, at the mail server", len(set(+copies) - accepted), ""),
    ]
    held = not (twice or lost or forgotten) and by_ledger > 0  # else nothing fell
    held = held and by_ledger <= may["ledger"] and by_machine <= may["machine"]
    lines = ["## Parts that fall", "", "| second | answered | |", "|---|---|---|"]
    lines += [f"| {at:.0f} | {done:,} | {words} |" for at, done, words in trial.events]
    lines += ["", "| | | at most |", "|---|---|---|"]
    return held, lines + [f"| {words} | {n:,} | {most} |" for words, n, most in rows_told]


def _rates_told(rates: list[Measured], alone: float | None, readers: int) -> list[str]:
    lines = ["## As many machines", ""]
    lines += ["| machines that send | mails a second, each time | cores busy |", "|---|---|---|"]
    apart = 0.0  # how far two measurements of the same are from each other, at most
    for machines in sorted({n for n, _, _ in rates}):
        here = [(rate, busy) for n, rate, busy in rates if n == machines]
        each = [rate for rate, _ in here]
        apart = max(apart, max(each) / min(each) - 1)
        busy = " · ".join(f"{share:.0%}" for _, share in here)
        lines.append(f"| {machines} | {' · '.join(f'{rate:,.0f}' for rate in each)} | {busy} |")
    server = "What the server alone takes was not measured, for there is no smtp-source here."
    if alone:
        most = max(rate for _, rate, _ in rates)
        server = (
            f"The server alone takes {alone:,.0f} such messages a second, {alone / most:.1f} times "
            f"the highest figure above, from Postfix's smtp-source by {CONNECTIONS * len(WORKERS)} "
            "connections, without TLS and while nobody else sends."
        )
    cores = len(os.sched_getaffinity(0))
    words = (
        f"{readers:,} mails each time. Measured twice, the same differs by up to {apart:.0%}: rows "
        f"that differ by less say nothing. {server} All machines share {cores} cores with "
        "PostgreSQL, Prefect, the mail server and TLS on both sides. Where these are busy they are "
        "what limits: a further machine can add little, and nothing here tells what machines with "
        "cores of their own would do."
    )
    return [*lines, "", words, ""]


def _wait(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.2)  # what is waited for is in other processes


def _cores() -> tuple[int, int]:
    """Ticks in all and idle ones, of all cores, since this machine started (proc(5), stat)."""
    words = Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    ticks = list(map(int, words))
    return sum(ticks), ticks[3] + ticks[4]


def _share(before: tuple[int, int], after: tuple[int, int]) -> float:
    in_all, idle = after[0] - before[0], after[1] - before[1]
    return 1 - idle / max(in_all, 1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
