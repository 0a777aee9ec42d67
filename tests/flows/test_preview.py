"""What the preview flow leaves for people to read."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from markdown_it import MarkdownIt

from partwork.actions.letter import begin_letter
from partwork.actions.preview import Previewed, preview
from partwork.assembly import Press
from partwork.orchestration.preview_report import page

HOSTILE = "<script>alert(1)</script> [x](javascript:y) | # *z*"


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def letter(press: Press, subject: str) -> Previewed:
    words = {"subject": subject, "preheader": "Too short a line."}
    begin_letter(press, "greetings", title="Greetings", newsletter="", **words, text="Words.")
    (shown,) = preview(press, "greetings", None, datetime.now(UTC))
    return shown


def test_each_mail_is_linked_and_what_is_wrong_stands_before_measures(
    press: Press,
) -> None:
    shown = letter(press, "A letter")

    report = html(page("greetings", [shown], {1: "https://news.example.org/x?key=y"}, "None."))

    assert '<a href="https://news.example.org/x?key=y">A letter</a>' in report
    assert "Part 1 (preheader)" in report
    assert report.index("the preheader is 17 characters wide") < report.index("<th>Subject</th>")
    assert "<td>8 of 60 characters</td>" in report
    assert "<td>! 17 characters wide, 40 to 100 are good</td>" in report
    assert shown.issue.name in report


def test_without_a_public_address_there_are_names_and_no_links(press: Press) -> None:
    report = html(page("greetings", [letter(press, "A letter")], {}, "None."))

    assert "href" not in report
    assert "A letter" in report


def test_a_subject_is_shown_as_words(press: Press) -> None:
    shown = letter(press, "A letter")
    hostile = replace(shown, issue=replace(shown.issue, subject=HOSTILE))

    report = html(page("greetings", [hostile], {}, "None."))

    assert "<script>" not in report
    assert "href" not in report


def test_the_flow_is_deployed_under_its_own_name(flow_file) -> None:
    assert flow_file("preview").preview.name == "preview"
    config = Path(__file__).parents[2] / "prefect.yaml"
    assert "entrypoint: flows/preview.py:preview" in config.read_text()
