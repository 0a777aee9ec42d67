"""Two processes do the same for the same people at once: nothing twice, nothing lost, no error."""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

from partwork.actions.answering import answer_requests
from partwork.actions.sign_up import Visitor, ask
from partwork.actions.subscribers import story_of
from partwork.assembly import Press
from partwork.model.audience import Act, ServiceRequest, SubscriptionState
from partwork.subscribing.tokens import (
    Departure,
    Pass,
    PassKind,
    pass_token,
    unsubscribe_token,
)
from partwork.subscribing.wording import wording_of
from tests.conftest import NOW

PEOPLE = 8
LATER = NOW + timedelta(minutes=1)

WORK = """
import json, sys
from datetime import datetime
from pathlib import Path
from partwork.actions.confirming import confirm
from partwork.actions.sign_up import Visitor
from partwork.actions.subscribers import import_subscribers
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import assemble
from partwork.model.audience import Evidence
from partwork.settings import Settings
home, file, plan = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
now = datetime.fromisoformat(plan["now"])
with assemble(Settings(home=home)) as press:
    print("ready", flush=True)
    sys.stdin.readline()
    for confirming, leaving in plan["tokens"]:
        confirm(press, confirming, Visitor("192.0.2.7", "Browser"), now)
        import_subscribers(press, file, "the-bench", note="at once", now=now)
        unsubscribe(press, leaving, Evidence("one-click"), now=now)
print("done")
"""


def test_confirmed_imported_and_left_at_once_by_two_processes(press: Press, tmp_path: Path) -> None:
    addresses = [f"reader{n}@example.org" for n in range(PEOPLE)]
    for address in addresses:
        kind, wording = ServiceRequest.SUBSCRIBE, wording_of("The Bench")
        visitor = Visitor("", "Browser")
        ask(press, kind, "the-bench", address, visitor, wording=wording, now=NOW)
    answer_requests(press, lambda: NOW)
    tokens = []
    for address in addresses:
        person = story_of(press, address).subscriber.id
        confirming = pass_token(PassKind.CONFIRM, Pass(person, "the-bench", NOW), press.secrets)
        leaving = unsubscribe_token(Departure(person, "the-bench", 0), press.secrets)
        tokens.append((confirming, leaving))
    file = tmp_path / "people.csv"
    file.write_text("\n".join(("email", *addresses)))
    plan = json.dumps({"tokens": tokens, "now": LATER.isoformat()})

    workers = [
        subprocess.Popen(
            [sys.executable, "-c", WORK, str(press.settings.home), str(file), plan],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    answers = [worker.communicate(timeout=120) for worker in workers]

    assert [words for _, words in answers] == ["", ""]
    assert [told for told, _ in answers] == ["done\n", "done\n"]
    for address in addresses:
        story = story_of(press, address)
        acts = [consent.act for consent in story.consents]
        assert story.subscriptions[0].state is SubscriptionState.ENDED
        assert acts.count(Act.ENDED) == 1
        assert acts.count(Act.CONFIRMED) + acts.count(Act.IMPORTED) == 1
