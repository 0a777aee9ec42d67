"""What is too old goes, by the settings; what was asked to stay away stays away."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from partwork.actions.answering import answer_requests
from partwork.actions.departing import depart
from partwork.actions.old_files import DRY_RUNS, ERROR_LISTS, LOGS, PREVIEWS
from partwork.actions.preview import preview
from partwork.actions.pruning import (
    ANSWERED,
    LEDGER,
    PENDING,
    PEOPLE,
    SET_ASIDE,
    WORDS,
    Pruned,
    in_words,
    prune,
)
from partwork.actions.sign_up import Visitor, ask
from partwork.actions.subscribers import all_subscribers, import_subscribers, story_of
from partwork.assembly import Press, assemble
from partwork.model.audience import Evidence, ServiceRequest
from partwork.settings import Settings
from tests.actions.conftest import READERS
from tests.actions.returned import PATTERN, send, suppressed, tell
from tests.conftest import NOW

DAY = timedelta(days=1)
ADA = "ada@example.org"
VISITOR = Visitor("192.0.2.7", "Browser 1.0")


@pytest.fixture
def post(press: Press, readers: object) -> Iterator[Press]:
    """The press of the home, whose mails have bounce addresses."""
    with assemble(Settings(home=press.settings.home, bounce_address=PATTERN)) as assembled:
        yield assembled


def asked_for(press: Press, *addresses: str, at: datetime = NOW) -> None:
    for address in addresses:
        ask(press, ServiceRequest.SUBSCRIBE, "the-bench", address, VISITOR, now=at)
    answer_requests(press, lambda: at)


def written(file: Path, content: str = "x", *, at: datetime = NOW) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    os.utime(file, (at.timestamp(), at.timestamp()))
    return file


def counts(pruned: Pruned) -> dict[str, int]:
    return {what: count for what, count in pruned.counts.items() if count}


def files(press: Press) -> set[str]:
    return {
        str(file.relative_to(press.settings.home))
        for file in press.settings.home.rglob("*")
        if file.is_file() and "sqlite" not in file.name
    }


def test_a_new_home_has_nothing_that_is_too_old(press: Press) -> None:
    pruned = prune(press, NOW)

    assert counts(pruned) == {}
    assert in_words(pruned) == "nothing was too old"


def test_who_never_confirms_is_forgotten_after_as_many_days_as_the_settings_say(
    press: Press, readers: object
) -> None:
    asked_for(press, "eve@example.org")
    for days, left in ((30, 4), (31, 3)):
        prune(press, NOW + days * DAY)
        assert len(list(all_subscribers(press, "", None))) == left

    with assemble(Settings(home=press.settings.home, forget_pending=10)) as hasty:
        asked_for(hasty, "eve@example.org")
        assert counts(prune(hasty, NOW + 11 * DAY))[PEOPLE] == 1


def test_more_people_than_one_transaction_takes_all_go(press: Press) -> None:
    many = [f"eve{n}@example.org" for n in range(130)]
    with assemble(Settings(home=press.settings.home, mails_per_network=500)) as popular:
        asked_for(popular, *many)

    assert counts(prune(press, NOW + 31 * DAY))[PEOPLE] == len(many)


def test_who_left_is_not_imported_again_once_a_sign_up_in_vain_is_gone(
    press: Press, readers: object, tmp_path: Path
) -> None:
    story = story_of(press, ADA)
    depart(press, story.subscriber, story.subscriptions, Evidence("link"), now=NOW)
    asked_for(press, ADA)

    prune(press, NOW + 31 * DAY)

    (tmp_path / "people.csv").write_text(f"email\n{ADA}\n")
    report = import_subscribers(
        press, tmp_path / "people.csv", "the-bench", note="an old list", now=NOW
    )
    assert report.left_earlier == 1


def test_the_words_of_what_came_back_go_and_the_suppression_stays(post: Press) -> None:
    tell(post, send(post)[ADA].bounce(words=f"550 {ADA}: no such user"))

    assert WORDS not in counts(prune(post, NOW + 89 * DAY))
    assert counts(prune(post, NOW + 91 * DAY))[WORDS] == 1

    assert suppressed(post) == {ADA: "hard bounce"}
    (kept,) = story_of(post, ADA).came_back
    assert "hard bounce" in repr(kept) or "no good" in repr(kept)
    assert "no such user" not in repr(kept)


def test_of_a_dry_run_everything_is_counted_and_nothing_goes(press: Press, readers: object) -> None:
    asked_for(press, "eve@example.org", "bob@example.org")
    old = written(press.settings.state / "logs" / "old.log")
    later = NOW + 91 * DAY

    would = prune(press, later, dry_run=True)

    assert counts(would) == {PEOPLE: 2, ANSWERED: 2, LOGS: 1}
    assert "would be removed: 2 × people who never confirmed anything" in in_words(would)
    assert old.exists()
    assert counts(prune(press, later)) == counts(would)
    assert counts(prune(press, later)) == {}


def test_who_got_what_is_never_forgotten_unless_the_settings_say_so(press: Press) -> None:
    assert LEDGER not in prune(press, NOW).counts
    with assemble(Settings(home=press.settings.home, forget_ledger=2)) as forgetful:
        assert prune(forgetful, NOW).counts[LEDGER] == 0
    assert {PENDING, SET_ASIDE} <= set(prune(press, NOW).counts)


def test_files_go_that_nobody_has_changed_for_a_while(press: Press) -> None:
    home, state = press.settings.home, press.settings.state
    for at, name in ((NOW, "old"), (NOW + 50 * DAY, "young")):
        written(state / "previews" / name / "01" / "mail.html", at=at)
        written(state / "previews" / name / "01" / "mail.eml", at=at)
        written(state / "dry-run" / f"{name}-01" / "1.eml", at=at)
        written(state / "logs" / f"{name}.log", at=at)
        written(home / f"{name}.errors.csv", "line,reason\r\n3,no address\r\n", at=at)

    before, pruned = files(press), prune(press, NOW + 91 * DAY)

    assert counts(pruned) == {PREVIEWS: 1, DRY_RUNS: 1, LOGS: 1, ERROR_LISTS: 1}
    gone = before - files(press)
    assert {name for name in gone if "old" not in name} == set()
    assert not (state / "previews" / "old").exists()
    assert len(gone) == 5


def test_a_preview_goes_as_a_whole_or_not_at_all(press: Press, series: str) -> None:
    shown = preview(press, series, None, NOW)
    later = datetime.now(NOW.tzinfo) + 89 * DAY
    for item in shown:
        written(item.folder / "mail-375-light-abc.png", at=NOW)

    assert counts(prune(press, later)) == {}
    assert len(list(shown[0].folder.iterdir())) == 5
    assert counts(prune(press, later + 2 * DAY))[PREVIEWS] == len(shown)


def test_two_at_once_find_nothing_wrong_with_what_the_other_removes(press: Press) -> None:
    for number in range(400):
        written(press.settings.state / "dry-run" / f"one-{number}" / "1.eml")
    together, pruned = Barrier(2), []

    def at_once() -> None:
        together.wait()
        pruned.append(prune(press, NOW + 91 * DAY))

    both = [Thread(target=at_once) for _ in "ab"]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join(60)

    assert [one.notes for one in pruned] == [(), ()]
    assert not list((press.settings.state / "dry-run").iterdir())


def test_what_must_stay_stays_however_old_it_is(press: Press, readers: object) -> None:
    state = press.settings.state
    kept = [
        written(state / "backups" / "monday.zip"),
        written(state / "media" / "abc.png"),
        written(state / "outbox" / "1.eml", "To: ada@example.org\n\n"),
        written(state / "answers" / "abc.json"),
        written(press.settings.home / "mine.errors.csv", "my own,table\n"),
        written(press.settings.home / "content" / "inbox" / "raw.errors.csv", "line,reason\r\n"),
        written(press.settings.home / "errors.csv", "line,reason\r\n"),
        *(state / name for name in ("keys.env", "suppression.log") if (state / name).exists()),
    ]
    for file in kept:
        os.utime(file, (NOW.timestamp(), NOW.timestamp()))

    pruned = prune(press, datetime.now(NOW.tzinfo) + 10_000 * DAY)

    assert all(file.exists() for file in kept)
    assert not {LOGS, PREVIEWS, DRY_RUNS, ERROR_LISTS} & set(counts(pruned))
    assert len(list(all_subscribers(press, "", None))) == len(READERS)


def test_what_lies_behind_a_link_is_not_touched(press: Press, tmp_path: Path) -> None:
    elsewhere = written(tmp_path / "elsewhere" / "01" / "mail.html")
    previews = press.settings.state / "previews"
    previews.mkdir(parents=True, exist_ok=True)
    (previews / "linked").symlink_to(tmp_path / "elsewhere")
    written(previews / "mine" / "01" / "mail.html")
    (previews / "mine" / "01" / "linked.html").symlink_to(elsewhere)

    assert counts(prune(press, NOW + 10_000 * DAY)) == {}
    assert elsewhere.exists()
    assert (previews / "mine" / "01" / "mail.html").exists()


def test_a_file_that_cannot_be_removed_is_named_and_stops_no_other(press: Press) -> None:
    if os.geteuid() == 0:
        pytest.skip("root may remove anything")
    logs = written(press.settings.state / "logs" / "old.log").parent
    table = written(press.settings.home / "old.errors.csv", "line,reason\r\n")
    logs.chmod(0o500)
    try:
        pruned = prune(press, NOW + 91 * DAY)
    finally:
        logs.chmod(0o700)

    assert pruned.notes == (".partwork/logs/old.log: permission denied; mend its permissions",)
    assert not table.exists()
