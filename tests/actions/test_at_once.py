"""Two processes do the same for the same people at once: nothing twice, nothing lost, no error."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from partwork.actions.answering import answer_requests
from partwork.actions.sign_up import Visitor, ask
from partwork.actions.subscribers import story_of
from partwork.assembly import Press, assemble
from partwork.model.audience import Act, ServiceRequest, SubscriptionState
from partwork.settings import Settings
from partwork.subscribing.tokens import (
    Departure,
    Pass,
    PassKind,
    pass_token,
    unsubscribe_token,
)
from partwork.subscribing.wording import wording_of

TIMES = 100

# One of the two: for each line that names a person, three acts, and the statuses of the answers.
WORK = """
import asyncio, json, sys
from datetime import UTC, datetime
from pathlib import Path
import httpx
from partwork.actions.subscribers import import_subscribers
from partwork.assembly import assemble
from partwork.settings import Settings
from partwork.web.app import create_app

async def post(app, path, form):
    wire = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=wire, base_url="http://web") as client:
        return (await client.post(path, data=form)).status_code

with assemble(Settings()) as press:
    app = create_app(press)
    def confirm(plan):
        return asyncio.run(post(app, f"/confirm/{plan['confirm']}", {"confirm": "yes"}))
    def leave(plan):
        form = {"List-Unsubscribe": "One-Click"}
        return asyncio.run(post(app, f"/u/{plan['leave']}", form))
    def bring_in(plan):
        file, now = Path(plan["file"]), datetime.now(UTC)
        import_subscribers(press, file, "the-bench", note="at once", now=now)
        return 0
    acts = {"confirm": confirm, "import": bring_in, "leave": leave}
    print("ready", flush=True)
    for line in sys.stdin:
        plan = json.loads(line)
        print(json.dumps({act: acts[act](plan) for act in plan["acts"]}), flush=True)
"""


@pytest.fixture
def shared(home: Path, database_url: str) -> Iterator[Press]:
    """A press whose database both processes use, by the home's settings."""
    caps = "PARTWORK_MAILS_IN_ALL=10000\nPARTWORK_MAILS_PER_NETWORK=10000\n"
    (home / ".env").write_text(f"PARTWORK_DATABASE_URL={database_url}\n{caps}")
    with assemble(Settings(home=home)) as press:
        yield press


@pytest.fixture
def workers(shared: Press) -> Iterator[list[subprocess.Popen[str]]]:
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WORK],
            env={"PARTWORK_HOME": str(shared.settings.home)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for worker in started:
        assert told(worker) == "ready"
    yield started
    for worker in started:
        worker.communicate(timeout=60)


def told(worker: subprocess.Popen[str]) -> str:
    assert worker.stdout is not None
    if line := worker.stdout.readline():
        return line.strip()
    raise AssertionError(worker.communicate()[1])


def test_confirmed_imported_and_left_at_once_by_two_processes(
    shared: Press, workers: list[subprocess.Popen[str]], tmp_path: Path
) -> None:
    addresses = [f"reader{number}@example.org" for number in range(TIMES)]
    ask_for(shared, addresses)

    for number, address in enumerate(addresses):
        plan = plan_for(shared, address, tmp_path)
        orders = [["confirm", "import", "leave"]] * 2
        if number % 2:
            orders[1] = ["leave", "confirm", "import"]
        for worker, acts in zip(workers, orders, strict=True):
            assert worker.stdin is not None
            worker.stdin.write(json.dumps({**plan, "acts": acts}) + "\n")
            worker.stdin.flush()
        answers = [json.loads(told(worker)) for worker in workers]

        assert {answer["leave"] for answer in answers} == {200}
        assert {answer["confirm"] for answer in answers} <= {200, 410}  # 410: the other has left
        story = story_of(shared, address)
        acts = [consent.act for consent in story.consents]
        assert [held.state for held in story.subscriptions] == [SubscriptionState.ENDED]
        assert acts.count(Act.ENDED) == 1
        assert acts.count(Act.CONFIRMED) + acts.count(Act.IMPORTED) <= 1
        if not number % 2:
            assert acts.count(Act.CONFIRMED) + acts.count(Act.IMPORTED) == 1


def ask_for(press: Press, addresses: list[str]) -> None:
    """Everybody has asked, and nobody has confirmed."""
    now, visitor, wording = datetime.now(UTC), Visitor("", "Browser"), wording_of("The Bench")
    for address in addresses:
        kind = ServiceRequest.SUBSCRIBE
        ask(press, kind, "the-bench", address, visitor, wording=wording, now=now)
    answer_requests(press, lambda: now)


def plan_for(press: Press, address: str, folder: Path) -> dict[str, str]:
    """The two links of one person, and a file with their address in it."""
    story = story_of(press, address)
    person, asked_at = story.subscriber.id, story.subscriptions[0].asked_at
    file = folder / f"{address}.csv"
    file.write_text(f"email\n{address}\n")
    held = Pass(person, "the-bench", asked_at)
    return {
        "confirm": pass_token(PassKind.CONFIRM, held, press.secrets),
        "leave": unsubscribe_token(Departure(person, "the-bench", 0), press.secrets),
        "file": str(file),
    }
