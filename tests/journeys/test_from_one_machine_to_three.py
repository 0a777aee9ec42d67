"""From one machine to three: the database moves as docs/operations.md says, the home stays."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from partwork.actions.departing import depart
from partwork.actions.subscribers import all_subscribers, import_subscribers, story_of
from partwork.assembly import assemble
from partwork.cli.main import run
from partwork.model.audience import Evidence, SubscriptionState
from partwork.settings import Settings
from tests.conftest import NOW

ADA, GRACE = "ada@example.org", "grace@example.org"
DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"
RELAYS = '[[relay]]\nname = "own"\nurl = "smtp://127.0.0.1:2525"\n'


def steps() -> list[list[str]]:
    """The words of the commands of ours that the steps name, until the flows are deployed."""
    section = DOCUMENT.read_text().split("### From one machine to three\n", 1)[1]
    told = re.findall(r"`as-partwork partwork ([^`]+)`", section.split("\n10. ", 1)[0])
    return [shlex.split(words) for words in told]


@pytest.mark.postgres
def test_the_steps_bring_readers_relays_and_settings_into_the_database_that_machines_share(
    named_home: Path,
    new_postgresql: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    (named_home / "relays.toml").write_text(RELAYS)
    (named_home / ".env").write_text("PARTWORK_PUBLIC_URL=https://old.example.org\n")
    (named_home / "readers.csv").write_text(f"email\n{ADA}\n{GRACE}\n")
    with assemble(Settings()) as press:
        import_subscribers(press, named_home / "readers.csv", "the-bench", note="a form", now=NOW)
        ada = story_of(press, ADA)
        depart(press, ada.subscriber, ada.subscriptions, Evidence("one-click"), now=NOW)
        keys, log = (named_home / ".partwork" / "keys.env"), press.suppression_log.read_text()
    kept = keys.read_text()
    put_away, bring_back = steps()

    assert run(put_away) == 0
    file = capsys.readouterr().out.strip()
    # What machines.env says counts before the home's own .env.
    monkeypatch.setenv("PARTWORK_DATABASE_URL", new_postgresql())
    monkeypatch.setenv("PARTWORK_PUBLIC_URL", "https://news.example.org")
    assert run([word.replace("FILE", file) for word in bring_back]) == 0

    with assemble(Settings()) as shared:
        assert shared.engine.dialect.name == "postgresql"
        assert {person.address for person, *_ in all_subscribers(shared, "", None)} == {ADA, GRACE}
        assert story_of(shared, ADA).subscriptions[0].state is SubscriptionState.ENDED
        assert [relay.name for relay in shared.relays] == ["own"]
        assert shared.settings.public_url == "https://news.example.org"
        assert shared.suppression_log.read_text() == log
    assert keys.read_text() == kept
    assert (named_home / ".env").read_text() == "PARTWORK_PUBLIC_URL=https://old.example.org\n"
    assert "what was there before" in capsys.readouterr().out
