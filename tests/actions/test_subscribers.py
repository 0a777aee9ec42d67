"""Who reads: nobody who left comes back, and an erased person is gone."""

from pathlib import Path

import pytest

from partwork.actions.subscribers import (
    ImportReport,
    all_subscribers,
    erase,
    export_subscribers,
    import_subscribers,
    story_of,
)
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import Press, WrongHashKey, assemble
from partwork.library import LibraryError
from partwork.model.audience import Evidence, SubscriptionState
from partwork.settings import Settings
from partwork.subscribing.tokens import Departure, unsubscribe_token
from tests.actions.conftest import READERS
from tests.conftest import NOW


def imported(press: Press, folder: Path, text: str, *, dry_run: bool = False) -> ImportReport:
    file = folder / "people.csv"
    file.write_text(text)
    return import_subscribers(
        press, file, "the-bench", note="asked at the fair", now=NOW, dry_run=dry_run
    )


def test_an_import_says_what_it_did(press: Press, readers: object, tmp_path: Path) -> None:
    report = imported(press, tmp_path, "email\nada@example.org\nnew@example.org\nno address\n")

    assert (report.added, report.already, len(report.errors)) == (1, 1, 1)
    assert report.errors[0].line == 4


def test_a_dry_run_changes_nothing(press: Press, tmp_path: Path) -> None:
    report = imported(press, tmp_path, "email\nada@example.org\n", dry_run=True)

    assert report.added == 1
    assert all_subscribers(press, "", None) == ()


def test_an_import_without_a_word_of_how_they_agreed_is_refused(
    press: Press, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\nada@example.org\n")

    with pytest.raises(LibraryError, match="how these people agreed"):
        import_subscribers(press, file, "the-bench", note=" ", now=NOW)


def test_an_import_brings_nobody_back_who_left(
    press: Press, readers: object, tmp_path: Path
) -> None:
    ada = story_of(press, "ada@example.org").subscriber.id
    token = unsubscribe_token(Departure(ada, "the-bench", 0), press.secrets)
    unsubscribe(press, token, Evidence("a link"), now=NOW)

    report = imported(press, tmp_path, "email\nada@example.org\n")

    assert report.left_earlier == 1
    assert story_of(press, "ada@example.org").subscriptions[0].state is SubscriptionState.ENDED


def test_an_import_brings_nobody_back_who_was_erased(
    press: Press, readers: object, tmp_path: Path
) -> None:
    erase(press, "ada@example.org", NOW)

    report = imported(press, tmp_path, "email\nADA@example.org\n")

    assert report.left_earlier == 1
    with pytest.raises(LibraryError, match="no subscriber"):
        story_of(press, "ada@example.org")


def test_what_is_exported_can_be_imported_elsewhere(
    press: Press, readers: object, tmp_path: Path
) -> None:
    text = export_subscribers(press, "the-bench")

    assert sorted(line.split(",")[0] for line in text.splitlines()[1:]) == sorted(READERS)


def test_a_story_tells_of_consent(press: Press, readers: object) -> None:
    story = story_of(press, "ada@example.org")

    assert [record.act for record in story.consents] == ["imported"]
    assert "asked at the fair" in story.consents[0].evidence.source


def test_a_name_that_a_spreadsheet_would_run_is_defused_on_its_way_out(
    press: Press, tmp_path: Path
) -> None:
    report = imported(press, tmp_path, 'email,name\nada@example.org,"=cmd(), Ada"\n')

    assert report.added == 1
    assert story_of(press, "ada@example.org").subscriber.name == "=cmd(), Ada"
    assert ',"=cmd' not in export_subscribers(press, "the-bench")


def test_another_hash_key_stops_the_start(press: Press) -> None:
    other = Settings(home=press.settings.home, hash_key="another key")

    with pytest.raises(WrongHashKey, match="PARTWORK_HASH_KEY"), assemble(other):
        pass


def test_a_press_shows_no_secret(press: Press) -> None:
    assert press.secrets[0] not in repr(press)
    assert press.hash_key.decode() not in repr(press)
