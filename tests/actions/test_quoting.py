"""A series takes no more of its sources than their rights allow, and says what it left out."""

import pytest

from partwork.actions.compose import ComposeReport, compose
from partwork.assembly import Press
from partwork.model.fault import Severity
from partwork.model.series import Division
from tests.actions.test_composing_again import OPENING, STEPS, WORMS

WARNING = "Never put leaves of yew on a heap, because they are poisonous to sheep."


@pytest.fixture
def leaves(press: Press) -> str:
    """An article of about 250 words that may only be quoted."""
    body = f"## What compost is\n{OPENING}\n## How to begin\n{STEPS}\n## Who helps\n{WORMS}\n"
    head = "---\ntitle: Leaves\nlanguage: en\nrights: quotation\n---\n\n"
    file = press.library.article_file("leaves")
    press.library.write(file, f"{head}{body}\n## Take care\n\n{WARNING}\n")
    return "leaves"


def composed(press: Press, parts: int | None = None, **options: bool) -> ComposeReport:
    return compose(
        press,
        "raking",
        ["leaves"],
        title="",
        newsletter="",
        division=Division.THEME,
        parts=parts,
        **options,
    )


def words(report: ComposeReport) -> int:
    return sum(len(s.text.split()) for p in report.series.instalments for s in p.sentences)


def faults(report: ComposeReport) -> list[str]:
    return [f.rule for f in report.faults if f.severity is Severity.FAULT]


def allow(press: Press, percent: int, on_end: int) -> None:
    file = press.library.newsletter_file("the-bench")
    text = file.read_text().partition("[quotation]")[0]
    file.write_text(f"{text}\n[quotation]\npercent = {percent}\nwords = {on_end}\n")


def test_what_is_composed_passes_check_and_says_what_was_left_out(
    press: Press, leaves: str
) -> None:
    report = composed(press)

    assert faults(report) == []
    assert 15 < words(report) < 60
    assert WARNING in {s.text for p in report.series.instalments for s in p.sentences}
    assert "leaves may only be quoted, 15 % of it and 60 words on end" in report.quoted[0]


def test_asked_for_more_parts_than_rights_allow_it_offers_fewer(press: Press, leaves: str) -> None:
    report = composed(press, parts=2)

    assert len(report.series.instalments) == 1
    assert "what may be quoted is enough for 1 of 2 parts; a licence allows more" in report.quoted
    assert faults(report) == []


def test_the_newsletter_sets_how_much_may_be_quoted(press: Press, leaves: str) -> None:
    allow(press, 100, 2_000)
    assert composed(press).quoted == ()

    allow(press, 20, 20)
    report = composed(press)

    assert faults(report) == []
    assert words(report) <= 60
    assert "20 % of it and 20 words on end" in report.quoted[0]


def test_composed_again_nothing_changes_until_the_rights_do(press: Press, leaves: str) -> None:
    before = words(composed(press))
    assert composed(press).written == ()

    file = press.library.article_file("leaves")
    file.write_text(file.read_text().replace("rights: quotation", "rights: licensed"))
    report = composed(press)

    assert words(report) > 3 * before
    assert report.quoted == ()


def test_warnings_are_kept_beyond_the_limit_and_the_editor_is_told(
    press: Press, leaves: str
) -> None:
    allow(press, 1, 60)

    report = composed(press)

    assert WARNING in {s.text for p in report.series.instalments for s in p.sentences}
    assert faults(report) == ["rights"]
    assert any("what warns in it is more and was kept" in line for line in report.quoted)


def test_a_part_of_which_little_may_stand_is_named(press: Press, leaves: str) -> None:
    for percent in (1, 25):
        allow(press, percent, 60)
        report = composed(press)
        (part,) = report.series.instalments
        what = "only what warns" if percent == 1 else f"{words(report)} words"

        assert (
            f"of “{part.title}” {what} may stand; divide by theme, or get a licence"
            in report.quoted
        )
