"""Composing writes parts that check finds nothing wrong with, and leaves hand edits alone."""

from pathlib import Path

import pytest

from partwork.actions.approve import approve
from partwork.actions.check import check, faults_of
from partwork.actions.compose import ComposeReport, compose
from partwork.actions.loading import load_series
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.turns import TurnTaken, Work, taking_turn
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.fault import Severity
from partwork.model.series import Division
from tests.conftest import NOW


def composed_again(press: Press, division: Division = Division.ARTICLE) -> ComposeReport:
    return compose(press, "compost", (), title="", newsletter="", division=division, parts=None)


def test_every_sentence_has_evidence(press: Press, series: str) -> None:
    for part in load_series(press, series).instalments:
        assert part.sentences
        assert all(sentence.citations for sentence in part.sentences)


def test_what_was_composed_has_no_open_fault(press: Press, series: str) -> None:
    faults = [f for f in faults_of(press, series) if f.severity is Severity.FAULT]

    assert faults == []


def test_promotion_and_announcements_enter_no_part(press: Press, series: str) -> None:
    whole = "\n".join(press.library.read(file) for file in press.library.instalment_files(series))

    assert "Green Barrow" not in whole
    assert "stick around" not in whole


def test_composing_again_keeps_each_parts_id(press: Press, series: str) -> None:
    before = [part.id for part in load_series(press, series).instalments]
    composed_again(press)

    assert [part.id for part in load_series(press, series).instalments] == before


def test_a_hand_edit_survives_composing_again(press: Press, series: str) -> None:
    file = press.library.instalment_files(series)[0]
    edited = file.read_text().replace("\n---\n", "\n---\n\nA line of my own.\n", 1)
    file.write_text(edited)

    report = composed_again(press)

    assert file.read_text() == edited
    assert report.kept[0].startswith(file.name)


def test_a_published_part_never_changes(
    press: Press, series: str, readers: tuple[str, ...]
) -> None:
    preview(press, series, None, NOW)
    approve(press, series, None, reviewer="Ada", channel="cli", now=NOW)
    publish(press, series, at_once=True, now=NOW)
    file = press.library.instalment_files(series)[0]
    before = file.read_text()

    report = composed_again(press, Division.THEME)

    assert file.read_text() == before
    assert "published" in report.kept[0]


def test_an_added_sentence_without_evidence_is_a_fault_with_its_line(
    press: Press, series: str
) -> None:
    file = press.library.instalment_files(series)[0]
    text = file.read_text().rstrip() + "\n\n## More\n\nCompost cures 90 percent of all colds.\n"
    file.write_text(text)

    faults = [f for f in check(press, [file]) if f.severity is Severity.FAULT]

    assert faults
    assert {f.line for f in faults} == {len(text.splitlines())}


def test_a_series_is_composed_by_one_run_at_a_time(press: Press, series: str) -> None:
    with (
        taking_turn(press, Work.COMPOSED, series, "Ada's run"),
        pytest.raises(TurnTaken, match=f"{series} is already being composed by Ada's run, since"),
    ):
        composed_again(press)

    assert composed_again(press).series.instalments


def test_a_series_of_no_articles_is_refused_in_words(press: Press) -> None:
    with pytest.raises(LibraryError, match="partwork ingest"):
        composed_again(press)


def test_a_broken_part_is_a_fault_and_nothing_is_overwritten(press: Press, series: str) -> None:
    file: Path = press.library.instalment_files(series)[0]
    broken = file.read_text().replace("number: 1", "number: [1")
    file.write_text(broken)

    (fault,) = faults_of(press, series)

    assert fault.file.endswith(file.name)
    assert fault.line > 0
    assert file.read_text() == broken
