"""Who reads: nobody who left comes back, and an erased person is gone."""

import csv
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from partwork.actions.address_files import errors_beside
from partwork.actions.departing import suppress
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
from partwork.model.audience import Applicant, Evidence, SubscriptionState, SuppressionReason
from partwork.model.errors import PartworkError
from partwork.settings import Settings
from partwork.subscribing.imports import RowError, applicants_in
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


@pytest.mark.parametrize("text", ["", "\n\n", "email,name\n"])
def test_a_file_without_a_row_is_no_import(press: Press, tmp_path: Path, text: str) -> None:
    with pytest.raises(LibraryError, match="no row in it"):
        imported(press, tmp_path, text)


def test_rows_that_gave_nobody_are_told_beside_the_file(press: Press, tmp_path: Path) -> None:
    report = imported(
        press,
        tmp_path,
        "email,status\nada@example.org,subscribed\ngrace@example.org,cleaned\n"
        "emmy,subscribed\nADA@Example.org,subscribed\n",
    )

    assert (report.added, report.not_subscribed, report.unusable) == (1, 1, 2)
    assert [error.line for error in report.errors] == [4, 5]
    file = tmp_path / "people.errors.csv"
    assert report.errors_file == file
    told = list(csv.reader(file.read_text().splitlines()))
    assert [row[0] for row in told] == ["line", "3", "4", "5"]
    assert told[3][1] == "it has the address of line 2 again"
    assert "@example" not in file.read_text().lower()


def test_the_errors_of_an_earlier_import_do_not_outlive_it(press: Press, tmp_path: Path) -> None:
    imported(press, tmp_path, "email\nno address\n")
    report = imported(press, tmp_path, "email\nada@example.org\n")

    assert report.errors_file is None
    assert not (tmp_path / "people.errors.csv").exists()


def test_an_import_leaves_the_errors_of_another_of_the_same_file_alone(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    with errors_beside(file) as rejected:
        rejected.add(RowError(2, "no address"))
        with errors_beside(file):
            pass
        rejected.add(RowError(3, "no address"))

    told = list(csv.reader((tmp_path / "people.errors.csv").read_text().splitlines()))
    assert [row[0] for row in told] == ["line", "2", "3"]
    assert [found.name for found in tmp_path.iterdir()] == ["people.errors.csv"]


def test_the_errors_found_before_a_fault_are_kept(tmp_path: Path) -> None:
    def import_in_vain() -> None:
        with errors_beside(tmp_path / "people.csv") as rejected:
            rejected.add(RowError(2, "no address"))
            raise LibraryError("the rest cannot be read")

    with pytest.raises(LibraryError, match="the rest"):
        import_in_vain()
    assert "2,no address" in (tmp_path / "people.errors.csv").read_text()


def test_a_file_that_is_not_ours_is_not_overwritten(press: Press, tmp_path: Path) -> None:
    theirs = tmp_path / "people.errors.csv"
    theirs.write_text("my notes")

    with pytest.raises(LibraryError, match="not ours"):
        imported(press, tmp_path, "email\nno address\n")
    assert theirs.read_text() == "my notes"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"]
)
def test_a_file_is_read_in_the_encoding_it_was_saved_in(
    press: Press, tmp_path: Path, encoding: str
) -> None:
    file = tmp_path / "people.csv"
    text = "Name;E-Mail\r\nJörg Müller – Köln;joerg@example.org\r\nZoë;zoe@example.org\r\n"
    file.write_bytes(text.encode(encoding))

    report = import_subscribers(press, file, "the-bench", note="asked", now=NOW)

    assert (report.added, report.unusable) == (2, 0)
    assert story_of(press, "joerg@example.org").subscriber.name == "Jörg Müller – Köln"


def test_a_file_that_is_no_text_imports_nobody(press: Press, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    for raw in (b"\xff\xfeodd", b"PK\x03\x04" + bytes(range(256)), b"email\n\x00\x01\x02\x03\x04"):
        file.write_bytes(raw)
        with pytest.raises(PartworkError, match=r"people\.csv"):
            import_subscribers(press, file, "the-bench", note="asked", now=NOW)
    for path in (tmp_path, tmp_path / "missing.csv", Path(os.devnull)):
        with pytest.raises(LibraryError):
            import_subscribers(press, path, "the-bench", note="asked", now=NOW)


def test_progress_ends_at_the_last_line(press: Press, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "".join(f"reader.{n}@example.org\n" for n in range(1200)))
    told: list[tuple[int, int]] = []

    import_subscribers(
        press,
        file,
        "the-bench",
        note="asked",
        now=NOW,
        progress=lambda done, of: told.append((done, of)),
    )

    assert told == sorted(told)
    assert len(told) > 1
    assert told[-1] == (1201, 1201)


IMPORT = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from partwork.actions.subscribers import import_subscribers
from partwork.assembly import assemble
from partwork.settings import Settings
with assemble(Settings(home=Path(sys.argv[1]))) as press:
    import_subscribers(
        press, Path(sys.argv[2]), "the-bench", note="asked", now=datetime.now(UTC),
        progress=lambda done, of: print(done, flush=True),
    )
"""


def test_an_import_that_is_killed_is_run_again_and_adds_each_once(
    press: Press, tmp_path: Path
) -> None:
    # Given an import that is killed after its first chunk
    people = 4000
    file = tmp_path / "people.csv"
    file.write_text("email\n" + "".join(f"reader.{n}@example.org\n" for n in range(people)))
    command = [sys.executable, "-c", IMPORT, str(press.settings.home), str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    before = len(all_subscribers(press, "", None))
    assert 0 < before < people

    # When it is run again
    report = import_subscribers(press, file, "the-bench", note="asked", now=NOW)

    # Then nobody is missing, nobody is there twice, and each agreed once
    assert (report.already, report.added) == (before, people - before)
    assert len(all_subscribers(press, "", None)) == people
    for n in (0, before - 1, before, people - 1):
        assert len(story_of(press, f"reader.{n}@example.org").consents) == 1


def test_a_dry_run_changes_nothing(press: Press, tmp_path: Path) -> None:
    report = imported(press, tmp_path, "email\nada@example.org\n", dry_run=True)

    assert report.added == 1
    assert all_subscribers(press, "", None) == ()


def test_a_dry_run_foretells_the_import_and_takes_no_lock(
    press: Press, readers: object, tmp_path: Path
) -> None:
    erase(press, "ada@example.org", NOW)
    text = "email\n" + "\n".join([*READERS, "new@example.org", "NEW@example.org", "none"])

    with press.engine.begin():  # a writer at work
        foretold = imported(press, tmp_path, text, dry_run=True)

    assert imported(press, tmp_path, text) == foretold
    assert (foretold.added, foretold.left_earlier, foretold.unusable) == (1, 1, 2)


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
    text = "".join(export_subscribers(press, "the-bench"))

    assert sorted(line.split(",")[0] for line in text.splitlines()[1:]) == sorted(READERS)


def test_who_is_suppressed_is_listed_so_and_no_import_elsewhere_takes_them_for_readers(
    press: Press, readers: object, tmp_path: Path
) -> None:
    suppress(press, "ada@example.org", SuppressionReason.COMPLAINT, NOW)

    listed = {one.subscriber.address: one.suppressed for one in all_subscribers(press, "", None)}
    text = "".join(export_subscribers(press, "the-bench"))

    assert listed == dict.fromkeys(READERS) | {"ada@example.org": SuppressionReason.COMPLAINT}
    rows = {row["address"]: row for row in csv.DictReader(text.splitlines())}
    assert {address for address, row in rows.items() if row["suppressed"]} == {"ada@example.org"}
    assert rows["ada@example.org"]["state"] == "confirmed"
    there = {row.address for row in applicants_in(text.splitlines()) if isinstance(row, Applicant)}
    assert there == set(READERS) - {"ada@example.org"}


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
    assert ',"=cmd' not in "".join(export_subscribers(press, "the-bench"))


def test_another_hash_key_stops_the_start(press: Press) -> None:
    other = Settings(home=press.settings.home, hash_key="another key")

    with pytest.raises(WrongHashKey, match="PARTWORK_HASH_KEY"), assemble(other):
        pass


def test_a_press_shows_no_secret(press: Press) -> None:
    assert press.secrets[0] not in repr(press)
    assert press.hash_key.decode() not in repr(press)
