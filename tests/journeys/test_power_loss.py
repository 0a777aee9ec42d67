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

from partwork.actions.lane import CLAIM
from partwork.actions.send import send
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from tests.actions.sending import doubted, published, subscribe
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
def issue(press: Press, series: str) -> str:
    now = datetime.now(UTC)
    subscribe(press, READERS, now)
    return published(press, series, now)


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

        in_doubt = sent_on(after, issue, got)

        assert len(in_doubt) <= CLAIM, f"seed {SEED}, moment {moment}"


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


def sent_on(home: Path, issue: str, got: Counter[str]) -> frozenset[str]:
    """Who is in doubt after all others were sent to; `got` are the copies of before."""
    with (
        RoughServer() as server,
        assemble(Settings(home=home, smtp_url=server.url)) as restarted,
    ):
        send(restarted, issue, clock=lambda: datetime.now(UTC))
        return doubted(restarted, issue, READERS, got + server.got)
