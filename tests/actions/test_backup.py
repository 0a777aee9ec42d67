"""Put away and brought back: whole, on either database, and nobody hears from us twice for it."""

import contextlib
import shutil
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.actions.backup import backup
from partwork.actions.backup_file import opened_backup
from partwork.actions.departing import depart, suppress
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.restore import restore
from partwork.actions.send import issue_named, send
from partwork.actions.subscribers import (
    all_subscribers,
    erase,
    import_subscribers,
    story_of,
)
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import Press, assemble
from partwork.library import LibraryError
from partwork.model.audience import Evidence, SubscriptionState, SuppressionReason
from partwork.model.delivery import DeliveryState, Tally
from partwork.model.errors import PartworkError
from partwork.settings import Settings
from partwork.store.audience import is_suppressed
from partwork.store.claiming import claim
from partwork.store.clicks import begin_counting
from partwork.store.dumping import count_rows
from partwork.store.engine import read_only
from partwork.store.ledger import load_deliveries
from partwork.subscribing.suppression import suppression_key
from partwork.subscribing.tokens import BadToken, Departure, unsubscribe_token
from tests.conftest import NOW, Clock
from tests.store.noting import note_attempt

ADA, GRACE, MARY = "ada@example.org", "grace@example.org", "mary@example.org"
LATER = NOW + timedelta(days=2)
LINK = Evidence("one-click")


@pytest.fixture
def kept(press: Press, issue: str, tmp_path: Path) -> Path:
    """A backup of a home with an issue that waits and links that count, outside of it."""
    with press.engine.begin() as connection:
        content_hash = issue_named(press, issue).content_hash
        begin_counting(connection, content_hash, [1, 2], NOW.date())
    return backup(press, tmp_path / "safe" / "monday.zip", NOW).file


def test_a_home_comes_back_whole_on_either_database(
    press: Press, kept: Path, new_home: Settings
) -> None:
    report = restore(new_home, kept, LATER)

    with assemble(new_home) as restored:
        with read_only(press.engine) as before, read_only(restored.engine) as after:
            were, are = dict(count_rows(before)), dict(count_rows(after))
        assert {p.address for p, *_ in all_subscribers(restored, "", None)} == {ADA, GRACE, MARY}
        assert story_of(restored, ADA).consents == story_of(press, ADA).consents
        assert restored.secrets == press.secrets
    assert were.pop("approvals") == are.pop("approvals") + report.approvals_lost
    assert were == are
    written = {f.relative_to(press.settings.home) for f in files_of(press.settings.home)}
    assert written == {f.relative_to(new_home.home) for f in files_of(new_home.home)}
    assert (report.aside, report.dead_links) == ((), False)


def files_of(home: Path) -> list[Path]:
    return [f for f in (home / "content").rglob("*") if f.is_file()]


def test_from_one_database_to_the_other_and_back_nothing_changes(
    press: Press, kept: Path, new_postgresql: Callable[[], str], tmp_path: Path
) -> None:
    there = Settings(home=tmp_path / "there", database_url=new_postgresql())
    back = Settings(home=tmp_path / "back")
    restore(there, kept, LATER)
    with assemble(there) as other:
        second = backup(other, tmp_path / "second.zip", NOW).file

    restore(back, second, LATER)
    with assemble(back) as last:
        third = backup(last, tmp_path / "third.zip", NOW).file

    assert tables_in(second) == tables_in(third)


def tables_in(file: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(file) as archive:
        names = [name for name in archive.namelist() if name.startswith("tables/")]
        return {name: archive.read(name) for name in names if "deliveries" not in name}


def test_what_was_open_is_in_doubt_and_nobody_gets_a_copy_in_silence(
    press: Press, issue: str, kept: Path, new_home: Settings, clock: Clock
) -> None:
    sent = send(press, issue, clock=clock)

    report = restore(new_home, kept, LATER)

    with assemble(new_home) as restored:
        again = send(restored, issue, clock=clock)
        assert (sent.tally, again.tally) == (Tally(accepted=3), Tally(in_doubt=3))
        assert again.sent == 0
    assert report.in_doubt == 3


def test_a_part_that_may_have_gone_out_since_waits_for_a_new_yes(
    press: Press, series: str, kept: Path, new_home: Settings
) -> None:
    report = restore(new_home, kept, LATER)

    with assemble(new_home) as restored:
        outcome = publish(restored, series, at_once=True, now=LATER)
        assert not outcome.planned
        preview(restored, series, None, LATER)
    assert report.approvals_lost == 1


def test_whoever_left_after_the_backup_stays_away(
    press: Press, kept: Path, new_home: Settings
) -> None:
    ada = story_of(press, ADA)
    depart(press, ada.subscriber, ada.subscriptions, LINK, now=LATER)
    erase(press, GRACE, LATER)
    suppress(press, MARY, SuppressionReason.COMPLAINT, LATER)
    log = new_home.state / "suppression.log"
    log.parent.mkdir(parents=True)
    shutil.copy(press.suppression_log, log)

    assert restore(new_home, kept, LATER).missing_log is None

    with assemble(new_home) as restored:
        file = new_home.home / "all.csv"
        file.write_text(f"email\n{ADA}\n{GRACE}\n{MARY}\n")
        report = import_subscribers(restored, file, "the-bench", note="an old list", now=LATER)
        assert story_of(restored, ADA).subscriptions[0].state is SubscriptionState.ENDED
        assert {p.address for p, *_ in all_subscribers(restored, "", None)} == {ADA, MARY}
        assert (report.added, report.left_earlier, report.suppressed) == (0, 2, 1)


def test_whoever_had_left_before_the_backup_stays_away_though_the_log_is_lost(
    press: Press, issue: str, new_home: Settings, tmp_path: Path
) -> None:
    token = unsubscribe_token(Departure(1, "the-bench", 0), press.secrets)
    unsubscribe(press, token, LINK, now=NOW)
    suppress(press, MARY, SuppressionReason.COMPLAINT, NOW)
    file = backup(press, tmp_path / "tuesday.zip", NOW).file

    report = restore(new_home, file, LATER)

    assert report.missing_log == new_home.state / "suppression.log"
    with assemble(new_home) as restored:
        assert restored.suppression_log.read_text() == press.suppression_log.read_text()
        with read_only(restored.engine) as connection:
            assert is_suppressed(connection, suppression_key(MARY, restored.hash_key))


def test_a_log_that_began_anew_takes_up_what_the_backup_has_from_before(
    press: Press, kept: Path, new_home: Settings, tmp_path: Path
) -> None:
    suppress(press, MARY, SuppressionReason.COMPLAINT, NOW)
    file = backup(press, tmp_path / "tuesday.zip", NOW).file
    log = new_home.state / "suppression.log"
    log.parent.mkdir(parents=True)
    log.write_text("a line of later\n")

    restore(new_home, file, LATER)

    assert log.read_text().splitlines() == [
        *press.suppression_log.read_text().splitlines(),
        "a line of later",
    ]


def test_numbers_of_mails_from_after_the_backup_belong_to_nobody_new(
    press: Press, kept: Path, new_home: Settings
) -> None:
    with assemble(Settings(home=press.settings.home)) as later:
        file = later.settings.home / "new.csv"
        file.write_text("email\nlater@example.org\n")
        import_subscribers(later, file, "the-bench", note="a form", now=NOW)
        theirs = story_of(later, "later@example.org").subscriber.id

    restore(new_home, kept, LATER)

    with assemble(new_home) as restored:
        file.write_text("email\nother@example.org\n")
        import_subscribers(restored, file, "the-bench", note="a form", now=LATER)
        assert story_of(restored, "other@example.org").subscriber.id > theirs


def test_what_is_there_is_never_overwritten_in_silence(press: Press, kept: Path) -> None:
    newsletter = press.settings.home / "content" / "newsletters" / "the-bench.toml"
    newsletter.write_text(newsletter.read_text() + "# by hand\n")
    settings = Settings(home=press.settings.home)

    with pytest.raises(LibraryError, match="--replace"):
        restore(settings, kept, LATER)
    assert newsletter.read_text().endswith("# by hand\n")

    press.engine.dispose()
    report = restore(settings, kept, LATER, replace=True)

    assert not newsletter.read_text().endswith("# by hand\n")
    aside = {path.name.split(".before")[0]: path for path in report.aside}
    assert (aside["content"] / "newsletters" / "the-bench.toml").read_text().endswith("by hand\n")
    assert aside["partwork.sqlite"].stat().st_size > 0


@pytest.mark.postgres
def test_a_filled_postgresql_is_emptied_only_when_told_to(
    kept: Path, new_postgresql: Callable[[], str], tmp_path: Path
) -> None:
    url = new_postgresql()
    restore(Settings(home=tmp_path / "first", database_url=url), kept, LATER)
    second = Settings(home=tmp_path / "second", database_url=url)

    with pytest.raises(LibraryError, match="--replace"):
        restore(second, kept, LATER)
    restore(second, kept, LATER, replace=True)

    with assemble(second) as restored:
        assert len(all_subscribers(restored, "", None)) == 3


def test_a_database_in_use_is_not_put_aside(press: Press, kept: Path) -> None:
    with (
        read_only(press.engine),
        pytest.raises(PartworkError, match="another process has it open"),
    ):
        restore(Settings(home=press.settings.home), kept, LATER, replace=True)

    assert len(all_subscribers(press, "", None)) == 3


def test_under_another_hash_key_nothing_is_touched(
    press: Press, kept: Path, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "new", hash_key="another")

    with pytest.raises(LibraryError, match="PARTWORK_HASH_KEY"):
        restore(settings, kept, LATER)

    assert not settings.home.exists()


def test_a_rotated_secret_is_named_for_what_it_breaks(
    press: Press, kept: Path, tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "new", secret="a new one")

    report = restore(settings, kept, LATER)

    assert report.dead_links
    token = unsubscribe_token(Departure(1, "the-bench", 0), press.secrets)
    with assemble(settings) as restored, pytest.raises(BadToken):
        unsubscribe(restored, token, LINK, now=LATER)


def test_keys_of_the_environment_are_not_written_down(home: Path, tmp_path: Path) -> None:
    with assemble(Settings(home=home, secret="my secret", hash_key="my hash key")) as press:
        report = backup(press, tmp_path / "b.zip", NOW)

    assert not report.has_keys
    with zipfile.ZipFile(report.file) as archive:
        held = b"".join(archive.read(name) for name in archive.namelist())
    assert b"my secret" not in held
    assert b"my hash key" not in held


def test_only_its_owner_may_read_a_backup_and_none_is_overwritten(press: Press, kept: Path) -> None:
    assert kept.stat().st_mode & 0o777 == 0o600
    with pytest.raises(LibraryError, match="there already"):
        backup(press, kept, NOW)


def test_a_damaged_backup_is_refused_before_anything_is_touched(kept: Path, tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    whole = kept.read_bytes()
    for damaged in (
        b"",
        whole[: len(whole) // 2],
        whole[:2000] + bytes(b ^ 255 for b in whole[2000:2040]) + whole[2040:],
        b"PK" + bytes(500),
    ):
        kept.write_bytes(damaged)
        with pytest.raises(LibraryError):
            restore(settings, kept, LATER)
    assert not settings.home.exists()


def test_wherever_a_backup_is_damaged_it_is_read_or_refused_in_words(kept: Path) -> None:
    whole = kept.read_bytes()
    for start in range(0, len(whole), 101):
        damaged = bytes(octet ^ 255 for octet in whole[start : start + 40])
        kept.write_bytes(whole[:start] + damaged + whole[start + 40 :])
        with contextlib.suppress(LibraryError), opened_backup(kept) as backup:
            assert backup.manifest.revision


@pytest.mark.parametrize("name", ["home/../../evil", "/etc/evil", "evil", "home\\..\\evil"])
def test_a_backup_cannot_write_elsewhere(kept: Path, tmp_path: Path, name: str) -> None:
    with zipfile.ZipFile(kept, "a") as archive:
        archive.writestr(name, "evil")

    with pytest.raises(LibraryError, match="evil"):
        restore(Settings(home=tmp_path / "new"), kept, LATER)

    assert not list(tmp_path.rglob("evil"))


def test_what_a_lane_had_in_hand_is_in_doubt_too(press: Press, issue: str, tmp_path: Path) -> None:
    content_hash = issue_named(press, issue).content_hash
    with press.engine.begin() as connection:
        (first, *_) = claim(connection, content_hash, "lane", NOW, timedelta(minutes=10))
        note_attempt(connection, first.id, "lane", NOW)
    settings = Settings(home=tmp_path / "new")

    restore(settings, backup(press, tmp_path / "b.zip", NOW).file, LATER)

    with assemble(settings) as restored, read_only(restored.engine) as connection:
        states = [d.state for d in load_deliveries(connection, content_hash)]
    assert states == [DeliveryState.IN_DOUBT] * 3
