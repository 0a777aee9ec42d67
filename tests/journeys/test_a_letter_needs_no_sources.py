"""A letter is written by hand: it is checked, shown, approved and published like any series."""

from pathlib import Path

import pytest

from partwork.actions.approve import NotApprovable, approve
from partwork.actions.check import faults_of
from partwork.actions.compose import IsALetter, compose
from partwork.actions.letter import NotALetter, begin_letter
from partwork.actions.loading import load_series
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.assembly import Press
from partwork.manuscript.errors import ManuscriptError
from partwork.model.fault import Severity
from partwork.model.series import Kind
from tests.conftest import NOW

WORDS = "The allotments open again on Monday at nine. Bring gloves, and a friend if you have one."


def written(file: Path, subject: str) -> None:
    text = file.read_text().replace("subject: ''", f"subject: {subject}")
    text = text.replace("preheader: ''", "preheader: What to bring on the first morning.")
    file.write_text(f"{text}\n{WORDS}\n")


def test_a_letter_goes_from_an_empty_file_to_its_readers(
    press: Press, readers: tuple[str, ...]
) -> None:
    file = begin_letter(press, "greetings", title="Spring greetings", newsletter="")
    preview(press, "greetings", None, NOW)
    with pytest.raises(NotApprovable, match=r"2 open faults.*no sentence under its title"):
        approve(press, "greetings", None, reviewer="Ada", channel="cli", now=NOW)

    written(file, "Spring is here")
    (shown,) = preview(press, "greetings", None, NOW)
    approve(press, "greetings", None, reviewer="Ada", channel="cli", now=NOW)
    (planned,) = publish(press, "greetings", at_once=True, now=NOW).planned

    assert WORDS in " ".join((shown.folder / "mail.txt").read_text().split())
    assert planned.recipients == len(readers)


def test_a_letter_may_come_with_its_text(press: Press) -> None:
    file = begin_letter(
        press,
        "greetings",
        title="Spring: a start",
        newsletter="",
        subject="Spring is here\n",
        preheader="What to bring on the first morning at the gate.",
        text=f"\n{WORDS}\n\n## Bring\n\n- gloves\n- a friend\n",
    )

    (part,) = load_series(press, "greetings").instalments
    assert (part.title, part.subject) == ("Spring: a start", "Spring is here")
    assert WORDS in file.read_text()
    assert [f for f in faults_of(press, "greetings") if f.severity is Severity.FAULT] == []


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("Hello.\n\n# Too big", "line 3: a heading begins with ##"),
        ("---\nid: x\n---\n", "line 1: an instalment cannot hold this horizontal rule"),
        ("<script>alert(1)</script>", "line 1: .* HTML is not read here"),
    ],
)
def test_a_text_that_is_no_letter_is_refused_and_nothing_is_written(
    press: Press, text: str, says: str
) -> None:
    with pytest.raises(ManuscriptError, match=f"^the letter's text, {says}"):
        begin_letter(press, "greetings", title="Hello", newsletter="", text=text)

    assert not press.library.series_folder("greetings").exists()


def test_a_letter_may_have_several_parts(press: Press) -> None:
    for title in ("Spring greetings", "Summer greetings"):
        begin_letter(press, "greetings", title=title, newsletter="")

    series = load_series(press, "greetings")

    assert series.kind is Kind.LETTER
    assert series.title == "Spring greetings"
    assert [(p.number, p.title) for p in series.instalments] == [
        (1, "Spring greetings"),
        (2, "Summer greetings"),
    ]
    assert len({part.id for part in series.instalments}) == 2


def test_a_letter_is_not_composed_and_a_composed_series_is_no_letter(
    press: Press, series: str
) -> None:
    file = begin_letter(press, "greetings", title="", newsletter="")
    before = file.read_text()

    with pytest.raises(IsALetter, match=r"greetings is a letter.*compose greetings --letter"):
        compose(press, "greetings", (), title="", newsletter="", division=None, parts=None)
    with pytest.raises(NotALetter, match="composed from articles"):
        begin_letter(press, series, title="", newsletter="")

    assert file.read_text() == before


def test_a_letter_begun_again_with_the_same_words_is_the_same_part(press: Press) -> None:
    once = begin_letter(press, "greetings", title="Hello", newsletter="", text=WORDS)
    again = begin_letter(press, "greetings", title="Hello", newsletter="", text=WORDS)
    other = begin_letter(press, "greetings", title="Hello", newsletter="", text=f"{WORDS} Bye.")

    assert again == once
    assert other.name.startswith("02-")
    assert len(load_series(press, "greetings").instalments) == 2
