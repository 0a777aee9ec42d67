"""What an upgrade makes of a home's flows, prefect.yaml and templates."""

import shutil
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.actions.backup import backup
from partwork.actions.doctor import doctor
from partwork.actions.init import init_home
from partwork.actions.renew import RECORD, Renewal, Standing, note_packaged, renew, standing_of
from partwork.actions.restore import restore
from partwork.assembly import Press
from partwork.library import Library
from partwork.settings import Settings
from tests.conftest import NOW

SEND, FORMS, MAIL = "flows/send.py", "prefect.yaml", "templates/email/issue.mjml"
NAMES = (SEND, FORMS, MAIL)
LATER = NOW + timedelta(days=1)


class Release:
    """A version of the package: what it gives a home, by name."""

    def __init__(self, folder: Path, **files: str) -> None:
        self.folder = folder
        for name, text in files.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        """Have it give this."""
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


@pytest.fixture
def first(tmp_path: Path) -> Release:
    """An earlier version."""
    return Release(tmp_path / "first", **{SEND: "one", FORMS: "one", MAIL: "one"})


@pytest.fixture
def second(tmp_path: Path) -> Release:
    """The one after it: each file has changed."""
    return Release(tmp_path / "second", **{SEND: "two", FORMS: "two", MAIL: "two"})


def library_of(release: Release) -> Library:
    """One home, for each version."""
    return Library(release.folder.parent / "home", release.folder)


def made_by(release: Release) -> Path:
    """A home as that version wrote it."""
    library = library_of(release)
    names = [f.relative_to(release.folder) for f in release.folder.rglob("*") if f.is_file()]
    for name in names:
        library.write(library.home / name, (release.folder / name).read_bytes())
    note_packaged(library, map(str, names))
    return library.home


def test_what_nobody_has_edited_is_as_the_new_version_has_it(first: Release, second: Release):
    home = made_by(first)

    renewal = renew(library_of(second), LATER)

    assert renewal == Renewal(written=NAMES)
    assert [(home / name).read_text() for name in NAMES] == ["two"] * 3
    assert renewal.words == (f"renewed for this version: {', '.join(NAMES)}",)
    assert renew(library_of(second), LATER) == Renewal()


def test_what_was_edited_stays_and_the_new_lies_beside_it_once(first: Release, second: Release):
    home = made_by(first)
    (home / SEND).write_text("by hand")

    renewal = renew(library_of(second), LATER)

    assert (renewal.written, renewal.waiting) == ((FORMS, MAIL), (SEND,))
    assert (home / SEND).read_text() == "by hand"
    assert (home / "flows" / "send.py.new").read_text() == "two"
    assert "flows/send.py was edited by hand and stays as it is" in renewal.words[-1]
    (home / "flows" / "send.py.new").unlink()  # it was taken over
    assert renew(library_of(second), LATER) == Renewal()
    assert not (home / "flows" / "send.py.new").exists()


def test_the_new_one_that_was_moved_into_the_place_is_renewed_again_next_time(
    first: Release, second: Release
):
    home = made_by(first)
    (home / SEND).write_text("by hand")
    renew(library_of(second), LATER)
    (home / "flows" / "send.py.new").rename(home / SEND)

    second.write(SEND, "three")

    assert renew(library_of(second), LATER) == Renewal(written=(SEND,))


def test_what_was_edited_and_is_the_same_in_the_new_version_is_not_spoken_of(first: Release):
    home = made_by(first)
    (home / SEND).write_text("by hand")

    assert renew(library_of(first), LATER) == Renewal()
    assert standing_of(library_of(first)) == Standing((), (), 1)


def test_what_is_new_comes_and_what_the_new_version_lacks_goes(first: Release, second: Release):
    home = made_by(first)
    first.write("flows/gone.py", "one")
    first.write("flows/gone_and_edited.py", "one")
    made_by(first)
    (home / "flows" / "gone_and_edited.py").write_text("by hand")
    (home / "flows" / "ours.py").write_text("by hand")
    second.write("flows/correct.py", "two")

    renewal = renew(library_of(second), LATER)

    assert renewal.removed == ("flows/gone.py",)
    assert "removed for this version: flows/gone.py" in renewal.words
    there = sorted(file.name for file in (home / "flows").iterdir())
    assert there == ["correct.py", "gone_and_edited.py", "ours.py", "send.py"]


def test_a_template_that_the_home_does_not_have_stays_the_packages(first: Release, second: Release):
    home = made_by(first)
    (home / MAIL).unlink()

    assert renew(library_of(second), LATER) == Renewal(written=(SEND, FORMS))
    assert not (home / MAIL).exists()
    assert standing_of(library_of(first)).behind == (SEND, FORMS)


def test_a_home_without_a_record_keeps_what_differs_and_gives_it_up_when_told_to(
    first: Release, second: Release
):
    home = made_by(first)
    (home / RECORD).write_text("damaged")

    assert renew(library_of(second), LATER) == Renewal(waiting=NAMES)
    renewal = renew(library_of(second), LATER, replace=True)

    assert (renewal.written, renewal.waiting) == (NAMES, ())
    assert [(home / name).read_text() for name in renewal.aside] == ["one"] * 3
    assert [(home / name).read_text() for name in NAMES] == ["two"] * 3
    assert not list(home.rglob("*.new"))


def test_a_record_that_somebody_wrote_leads_nowhere_else(first: Release, tmp_path: Path):
    home = made_by(first)
    mine = tmp_path / "mine"
    mine.write_text("mine")
    for name in ("../mine", str(mine), "flows/../../mine", "content/x"):
        (home / RECORD).write_text(f'{{"{name}": "0"}}')
        renew(library_of(first), LATER, replace=True)

    assert mine.read_text() == "mine"
    assert not list(home.rglob("*before-renew*"))


@given(
    st.lists(
        st.tuples(
            st.dictionaries(st.sampled_from(NAMES), st.sampled_from("abc")),
            st.dictionaries(st.sampled_from(NAMES), st.sampled_from("xyz")),
        ),
        max_size=5,
    )
)
def test_no_edit_is_ever_lost_and_nothing_unedited_is_of_another_version(
    years: list[tuple[dict[str, str], dict[str, str]]],
):
    with TemporaryDirectory() as folder:
        edited: dict[str, str] = {}
        for number, (given_now, edits) in enumerate(years):
            release = Release(Path(folder) / str(number), **given_now)
            release.folder.mkdir(exist_ok=True)
            library = Library(Path(folder) / "home", release.folder)
            renew(library, NOW)

            for name in {*NAMES} - edited.keys():
                for root in (library.home, library.packaged)[: 2 if name == MAIL else 1]:
                    if (root / name).exists():  # else the package's counts, if it is a template
                        assert (root / name).read_text() == given_now[name]
                        break
                else:
                    assert name not in given_now
            for name, text in edits.items():
                library.write(library.home / name, text)
            edited |= edits
            assert all((library.home / n).read_text() == text for n, text in edited.items())


def test_a_new_home_knows_what_the_package_gave_it_and_doctor_when_it_is_old(press: Press):
    home = press.library.home
    old = home / "flows" / "send.py"
    assert standing_of(press.library) == Standing((), (), 0)

    old.unlink()
    (home / "flows" / "check.py.new").write_text("from an upgrade")

    (finding,) = (finding for finding in doctor(press) if finding.subject == "version")
    assert not finding.well
    assert "flows/send.py; run `partwork renew`; flows/check.py was edited" in finding.words
    assert init_home(home, None)[0] == "flows/send.py"
    assert standing_of(press.library) == Standing((), ("flows/check.py",), 0)


def test_what_the_package_gave_is_known_after_a_restore_too(press: Press, tmp_path: Path):
    file = backup(press, tmp_path / "b.zip", NOW).file
    settings = Settings(home=tmp_path / "restored")

    restore(settings, file, LATER)

    assert standing_of(Library(settings.home, press.library.packaged)) == Standing((), (), 0)


def test_a_backup_without_a_record_leaves_none_that_tells_of_other_files(
    press: Press, tmp_path: Path
):
    home, record = press.library.home, press.library.home / RECORD
    record.rename(tmp_path / "away")
    file = backup(press, tmp_path / "b.zip", NOW).file
    (tmp_path / "away").rename(record)
    press.engine.dispose()

    report = restore(Settings(home=home), file, LATER, replace=True)

    assert not record.exists()
    assert any(path.name.startswith(RECORD) for path in report.aside)


def test_in_a_checkout_the_packages_files_are_the_homes_own_and_stay(
    tmp_path: Path, first: Release
):
    shutil.rmtree(tmp_path / "home", ignore_errors=True)

    assert renew(Library(first.folder, first.folder), NOW, replace=True) == Renewal()
    assert not (first.folder / RECORD).exists()
