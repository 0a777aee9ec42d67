"""Promise 2, without power: nobody twice, nobody lost, in doubt at most what a lane had claimed.

The files are rebuilt from what was synced, with any part of what was not.
"""

import os
import random
import shutil
import sqlite3
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from partwork.actions.approve import approve
from partwork.actions.lane import CLAIM
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import issue_named, send
from partwork.actions.subscribers import import_subscribers
from partwork.assembly import Press, assemble
from partwork.model.delivery import DeliveryState
from partwork.settings import Settings
from partwork.store.ledger import load_deliveries
from tests.store.recording import Recording, recorded_files
from tests.transport.rough_server import RoughServer

SEED = 20260302
LOSSES = int(os.environ.get("ENDURE_LOSSES", "8"))
READERS = tuple(f"reader-{n:03d}@example.org" for n in range(160))


class Seen(Counter[str]):
    """What a server got, also told to the recording."""

    def __init__(self, recording: Recording) -> None:
        super().__init__()
        self.recording = recording

    def __setitem__(self, address: str, count: int) -> None:
        super().__setitem__(address, count)
        self.recording.happened.append(address)


@pytest.fixture
def issue(press: Press, series: str, tmp_path: Path) -> str:
    file = tmp_path / "many.csv"
    file.write_text("email\n" + "\n".join(READERS) + "\n")
    now = datetime.now(UTC)
    import_subscribers(press, file, "the-bench", note="a test", now=now)
    preview(press, series, None, now)
    approve(press, series, None, reviewer="Ada", channel="cli", now=now)
    return publish(press, series, at_once=True, now=now).planned[0].issue


def test_after_a_loss_of_power_each_has_one_copy_or_is_listed_in_doubt(
    press: Press, issue: str, tmp_path: Path
) -> None:
    home = press.settings.home
    state = home / ".partwork"
    press.engine.dispose()
    before = tmp_path / "before"
    before.mkdir()
    for file in state.glob("partwork.sqlite*"):
        shutil.copy(file, before)

    recording = sent_whole(home, issue)

    chance = random.Random(SEED)  # noqa: S311 the same losses each time
    moments = sorted(chance.sample(range(1, len(recording.happened)), LOSSES))
    for number, moment in enumerate(moments):
        after = tmp_path / f"after {number}"
        shutil.copytree(home, after)
        for file in (after / ".partwork").glob("partwork.sqlite*"):
            file.unlink()
        recording.rebuild(before, moment, after / ".partwork", chance)
        the_machine_starts_anew(after / ".partwork" / "partwork.sqlite")
        got = Counter(one for one in recording.happened[:moment] if isinstance(one, str))

        doubted = sent_on(after, issue, got)

        assert len(doubted) <= CLAIM, f"seed {SEED}, moment {moment}"
        assert all(got[reader] == 1 for reader in READERS if reader not in doubted)
        assert all(got[reader] <= 1 for reader in doubted)


def sent_whole(home: Path, issue: str) -> Recording:
    """All that happens to the ledger's files, and at the server, while an issue is sent."""
    with recorded_files() as recording, RoughServer() as server:
        server.got = Seen(recording)
        with assemble(Settings(home=home, smtp_url=server.url)) as sending:
            report = send(sending, issue, clock=lambda: datetime.now(UTC))
    assert report.tally.accepted == len(READERS)
    assert server.got == dict.fromkeys(READERS, 1)
    return recording


def the_machine_starts_anew(database: Path) -> None:
    """Lanes were opened under the boot id of before."""
    with sqlite3.connect(database) as conn:
        conn.execute("UPDATE lanes SET ledger_boot = 'before', boot = 'before'")
    conn.close()


def sent_on(home: Path, issue: str, got: Counter[str]) -> set[str]:
    """Whom nobody knows of, after all others were sent to; `got` counts their copies too."""
    with (
        RoughServer() as server,
        assemble(Settings(home=home, smtp_url=server.url)) as restarted,
    ):
        send(restarted, issue, clock=lambda: datetime.now(UTC))
        content_hash = issue_named(restarted, issue).content_hash
        with restarted.engine.connect() as connection:
            rows = load_deliveries(connection, content_hash)
    got.update(server.got)
    assert len(rows) == len(READERS)
    states = {row.recipient: row.state for row in rows}
    assert set(states.values()) <= {DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT}
    return {reader for reader, state in states.items() if state is DeliveryState.IN_DOUBT}
