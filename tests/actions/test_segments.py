"""A series may be for some of its newsletter's readers alone."""

import io
from pathlib import Path

import pytest

from partwork.actions.approve import NotApprovable, approve
from partwork.actions.check import check
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.segments import Reach, readers_of, segments_of
from partwork.actions.status import status
from partwork.actions.subscribers import export_subscribers, import_subscribers, story_of
from partwork.assembly import Press
from partwork.model.fault import Severity
from partwork.subscribing.extras import ExtrasError
from partwork.subscribing.imports import applicants_in
from tests.conftest import NOW

PEOPLE = '''\
email,language,tags,city,shoe size
ada@example.org,de,"beta,""=press, local""",Köln,38
grace@example.org,de-AT,,Wien,39
mary@example.org,en,beta,,40
'''
SEGMENTS = """
[segments.germans]
language = "de"
[segments.testers]
tag = "beta"
"""


@pytest.fixture
def people(press: Press, tmp_path: Path) -> Path:
    """Three readers of two languages, in a file and in the home."""
    file = tmp_path / "people.csv"
    file.write_text(PEOPLE)
    import_subscribers(press, file, "the-bench", note="asked", now=NOW, fields=["City"])
    return file


@pytest.fixture
def narrowed(press: Press, series: str, people: Path) -> str:
    """A series for one of the newsletter's two segments."""
    define(press, SEGMENTS)
    toml = press.library.series_folder(series) / "series.toml"
    toml.write_text('segment = "germans"\n' + toml.read_text())
    return series


def define(press: Press, segments: str) -> None:
    """Write segments in place of those that are there."""
    file = press.library.newsletter_file("the-bench")
    file.write_text(file.read_text().partition("\n[segments.")[0] + segments)


def approved(press: Press, series: str) -> None:
    preview(press, series, None, NOW)
    approve(press, series, None, reviewer="Ada", channel="cli", now=NOW)


def test_a_part_goes_to_the_segment_and_as_many_are_told_before(
    press: Press, narrowed: str
) -> None:
    preview(press, narrowed, None, NOW)
    issues = approve(press, narrowed, 1, reviewer="Ada", channel="cli", now=NOW)

    report = publish(press, narrowed, at_once=True, now=NOW)

    assert readers_of(press, issues, NOW) == (0,)  # they have it
    assert [plan.recipients for plan in report.planned] == [2]
    assert story_of(press, "mary@example.org").deliveries == ()


def test_all_segments_are_counted(press: Press, narrowed: str) -> None:
    assert segments_of(press, "", NOW) == (
        Reach("the-bench", "", 3),
        Reach("the-bench", "germans", 2),
        Reach("the-bench", "testers", 2),
    )


def test_another_definition_asks_for_approval_again(press: Press, narrowed: str) -> None:
    approved(press, narrowed)
    define(press, SEGMENTS.replace('"de"', '["de", "en"]'))

    report = publish(press, narrowed, at_once=True, now=NOW)

    assert report.planned == ()
    assert "changed since it was approved" in report.waiting[0]


def test_the_same_definition_in_other_words_does_not(press: Press, narrowed: str) -> None:
    approved(press, narrowed)
    define(press, SEGMENTS.replace('"de"', '["DE"]  # Germany and Austria'))

    assert len(publish(press, narrowed, at_once=True, now=NOW).planned) == 1


def test_a_segment_that_is_not_defined_is_a_fault_and_reaches_nobody(
    press: Press, narrowed: str
) -> None:
    define(press, SEGMENTS.replace("germans", "german"))

    (fault,) = [fault for fault in check(press, [Path(narrowed)]) if fault.rule == "segment"]
    assert (fault.line, fault.severity) == (1, Severity.FAULT)
    assert fault.file.endswith("compost/series.toml")
    assert "did you mean german" in fault.message
    preview(press, narrowed, None, NOW)
    with pytest.raises(NotApprovable, match="segment"):
        approve(press, narrowed, None, reviewer="Ada", channel="cli", now=NOW)


def test_a_segment_of_a_series_that_is_not_there_is_noticed(press: Press, narrowed: str) -> None:
    define(press, '\n[segments.germans]\ntag = "x"\nseries = ["compost", "hedges"]\n')

    (fault,) = [fault for fault in check(press, [Path(narrowed)]) if fault.rule == "segment"]
    text = press.library.newsletter_file("the-bench").read_text().splitlines()
    assert text[fault.line - 1].startswith("series")
    assert fault.severity is Severity.NOTICE
    assert "'hedges'" in fault.message


def test_a_story_has_the_tags_and_the_fields_that_were_asked_for(
    press: Press, people: Path
) -> None:
    story = story_of(press, "ada@example.org")

    assert story.tags == ["=press, local", "beta"]
    assert story.fields == {"city": "Köln"}


def test_another_import_adds_tags_and_renews_fields(press: Press, people: Path) -> None:
    people.write_text("email,city\nada@example.org,Bonn\ngrace@example.org,\n")

    report = import_subscribers(
        press, people, "the-bench", note="asked", now=NOW, tags=["vip"], fields=["city"]
    )

    assert (report.added, report.already) == (0, 2)
    ada, grace = (story_of(press, f"{name}@example.org") for name in ("ada", "grace"))
    assert (ada.tags, ada.fields) == (["=press, local", "beta", "vip"], {"city": "Bonn"})
    assert (grace.tags, grace.fields) == (["vip"], {"city": "Wien"})


def test_a_dry_run_keeps_no_tags(press: Press, people: Path) -> None:
    import_subscribers(
        press, people, "the-bench", note="asked", now=NOW, tags=["vip"], dry_run=True
    )

    assert story_of(press, "mary@example.org").tags == ["beta"]


def test_an_import_with_a_tag_that_is_none_is_refused(press: Press, people: Path) -> None:
    with pytest.raises(ExtrasError):
        import_subscribers(press, people, "the-bench", note="asked", now=NOW, tags=[" "])


def test_an_export_that_is_imported_again_has_lost_nothing(press: Press, people: Path) -> None:
    exported = "".join(export_subscribers(press, "the-bench"))

    again = {row.address: row for row in applicants_in(io.StringIO(exported, newline=""))}

    ada, mary = again["ada@example.org"], again["mary@example.org"]
    assert (ada.language, ada.tags) == ("de", ("=press, local", "beta"))
    assert (ada.fields, mary.fields) == ((("city", "Köln"),), ())
    assert mary.tags == ("beta",)


def test_the_status_tells_the_readers_of_the_segment(press: Press, narrowed: str) -> None:
    assert [one.readers for one in status(press, NOW) if one.slug == narrowed] == [2]

    define(press, "")
    assert [one.readers for one in status(press, NOW) if one.slug == narrowed] == [0]
