"""What the flow that reports on issues leaves for people to read."""

from dataclasses import replace
from pathlib import Path

from markdown_it import MarkdownIt

from partwork.model.issue_report import DomainOutcomes, Period
from partwork.orchestration.issue_report import page
from tests.rendering.test_issue_report import NOBODY_LEFT, OUTCOMES, REPORT

HOSTILE = "<script>alert(1)</script> [x](javascript:y) | # *z*\n\n# heading"


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def test_the_numbers_are_told_with_what_they_mean() -> None:
    shown = html(page(REPORT))

    assert "<h1>The body clock</h1>" in shown
    assert "<strong>900 accepted</strong>" in shown
    assert "median of the 10 before it" in shown
    assert "<td>mail.example.org</td>" in shown
    assert "by days after their delivery" in shown
    assert "by days after their delivery" not in html(page(NOBODY_LEFT))
    assert "partwork issue-report better-sleep-11-0123abcd --html FILE" in shown


def test_a_report_that_is_made_by_itself_says_when() -> None:
    day, week, asked_for = (html(page(REPORT, when)) for when in (Period.DAY, Period.WEEK, None))

    assert ", a day after the first delivery, as of " in day
    assert ", a week after the first delivery, as of " in week
    assert "after the first delivery" not in asked_for


def test_nothing_from_outside_becomes_markup() -> None:
    domains = (DomainOutcomes(HOSTILE, OUTCOMES),)
    hostile = replace(REPORT, title=HOSTILE, domains=domains, notices=(HOSTILE,))
    shown = html(page(hostile))

    assert "<script>" not in shown
    assert "href" not in shown
    assert shown.count("<h1>") == 1


def test_the_flow_is_deployed_under_its_own_name_and_looks_every_hour(flow_file) -> None:
    assert flow_file("issue_report").issue_report.name == "issue_report"
    config = (Path(__file__).parents[2] / "prefect.yaml").read_text()
    deployment = config.partition("entrypoint: flows/issue_report.py:issue_report")[2]
    assert "interval: 3600" in deployment.partition("- name:")[0]
