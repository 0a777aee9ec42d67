"""An article's two files are both written or count as neither, wherever the machine stops."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import pytest

from partwork.actions.clean_again import clean_site
from partwork.actions.filing import is_as_made, load_record
from partwork.actions.ingest import ingest
from partwork.actions.judging import drop, keep
from partwork.actions.report import report_on
from partwork.assembly import Press
from partwork.library import Library, LibraryError
from partwork.model.article import Rights
from tests.conftest import Clock

SITE = "kettles.example.org"
TEXT = """The Kettles of the Long Quay

Advertisement

The kettle was cold and rain fell on every roof of the town that winter.

Copper came up the water on flat boats and was taxed in spoons at the quay.

The clerk counted each spoon twice, and so did the wife of the clerk.
"""
SLUG = "the-kettles-of-the-long-quay"


@dataclass(frozen=True, slots=True)
class FullDisk(Library):
    """A library that can write so many files of its articles more, and then none."""

    room: list[None] = field(default_factory=list)

    def write(self, file: Path, content: str | bytes) -> None:
        if file.parent == self.articles:
            if not self.room:
                raise LibraryError(f"{self.shown(file)}: cannot be written (no space left)")
            self.room.pop()
        Library.write(self, file, content)


def with_room(press: Press, writes: int) -> Press:
    own = {f.name: getattr(press.library, f.name) for f in fields(Library)}
    return replace(press, library=FullDisk(**own, room=[None] * writes))


def files_of(press: Press) -> tuple[str, str]:
    library = press.library
    return (
        library.read(library.article_file(SLUG)),
        library.read(library.removals_file(SLUG)),
    )


def put_back(press: Press) -> None:
    keep(press, SLUG, [1], for_site=False, clock=Clock())


def take_out(press: Press) -> None:
    drop(press, SLUG, [3], for_site=False, clock=Clock())


def bring_changed(press: Press) -> None:
    file = press.library.inbox / "kettles.txt"
    file.write_text(TEXT.replace("rain", "snow"))
    report = ingest(press, [file], rights=Rights.OWN, site=SITE)
    if report.refused:
        raise LibraryError(report.refused[0].message)


def give_rights(press: Press) -> None:
    report = ingest(press, [press.library.inbox / "kettles.txt"], rights=Rights.LICENSED)
    if report.refused:
        raise LibraryError(report.refused[0].message)


def clean_with_a_rule(press: Press) -> None:
    press.library.rules.write_text(
        f'[[rule]]\nname = "a"\nsite = "{SITE}"\nverdict = "keep"\nwords = "Advertisement"\n'
        "made_on = 2026-03-02\n"
    )
    done = clean_site(press, SITE)
    assert not done.edited


@pytest.fixture
def kettles(press: Press) -> str:
    """An article of the site, of which an advertisement was taken out."""
    file = press.library.inbox / "kettles.txt"
    file.write_text(TEXT)
    assert not ingest(press, [file], rights=Rights.OWN, site=SITE).refused
    assert load_record(press, SLUG).removals
    return SLUG


@pytest.mark.parametrize("writes", [0, 1, 2])
@pytest.mark.parametrize("act", [put_back, take_out, bring_changed, give_rights, clean_with_a_rule])
def test_what_was_cut_short_is_done_by_doing_it_again(
    press: Press, kettles: str, act: Callable[[Press], None], writes: int
) -> None:
    before = files_of(press)
    with pytest.raises(LibraryError, match="no space left"):
        act(with_room(press, writes))
    assert is_as_made(press, kettles, load_record(press, kettles))
    assert not any("edited by hand" in notice for notice in report_on(press, kettles).notices)

    act(press)

    after = files_of(press)
    assert after[0] != before[0]
    assert '"earlier"' not in after[1]
    assert is_as_made(press, kettles, load_record(press, kettles))


@pytest.mark.parametrize("act", [put_back, take_out])
def test_an_article_that_hands_have_edited_is_whole_again_too(
    press: Press, kettles: str, act: Callable[[Press], None]
) -> None:
    file = press.library.article_file(kettles)
    file.write_text(file.read_text() + "\nMine.\n")
    before = load_record(press, kettles)

    with pytest.raises(LibraryError, match="no space left"):
        act(with_room(press, 1))
    file.write_text(file.read_text() + "\nMine too.\n")

    assert load_record(press, kettles) == before
    act(press)
    assert load_record(press, kettles) != before
    assert file.read_text().endswith("\nMine.\n\nMine too.\n")


@pytest.mark.parametrize("writes", [0, 1])
def test_a_new_article_that_was_cut_short_is_made_by_the_next_ingest(
    press: Press, writes: int
) -> None:
    file = press.library.inbox / "kettles.txt"
    file.write_text(TEXT)
    assert ingest(with_room(press, writes), [file], rights=Rights.OWN).refused

    assert not ingest(press, [file], rights=Rights.OWN).refused

    assert is_as_made(press, SLUG, load_record(press, SLUG))
