"""What an editor is told of a mail before it leaves."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.fault import Fault, Severity
from partwork.model.issue import Issue
from partwork.model.series import Figure, Heading, Paragraph, Sentence
from partwork.rendering.finding import Check
from partwork.rendering.issue import rendered
from partwork.rendering.layout import look_of
from partwork.rendering.legible import legibility
from partwork.rendering.preflight import faults_in, preflight
from partwork.rendering.seen import seen_of
from partwork.rendering.size import CLIPPED_BYTES

# A fixture of conftest.py; its class cannot be imported from there.
Desk = Any

FILE = "content/series/sharp-enough/02-one-stone.md"
DARK = "@media (prefers-color-scheme: dark)"


@pytest.fixture
def issue(desk: Desk) -> Issue:
    return desk.issue()  # type: ignore[no-any-return] # see Desk


def with_html(issue: Issue, html: str) -> Issue:
    return replace(issue, html=issue.html.replace("</body>", f"{html}</body>"))


def found(desk: Desk, issue: Issue) -> list[tuple[str, Severity]]:
    return [(f.rule, f.severity) for f in faults_in(preflight(issue, desk.newsletter), FILE)]


def check_called(name: str, desk: Desk, issue: Issue) -> Check:
    (check,) = (check for check in preflight(issue, desk.newsletter) if check.name == name)
    return check


def test_a_mail_of_ours_passes_and_says_what_was_measured(desk: Desk, issue: Issue) -> None:
    checks = {check.name: check for check in preflight(issue, desk.newsletter)}

    assert faults_in(checks.values(), FILE) == ()
    assert checks["Subject"].measured == f"{len(issue.subject)} of 60 characters"
    assert checks["Links"].measured == str(issue.html.count("<a "))
    assert checks["Unsubscribe"].measured == "“Unsubscribe from The Slow Kitchen”"
    assert checks["Postal address"].measured == "The Slow Kitchen"


def test_too_large_a_mail_is_told_where_most_of_it_stands(desk: Desk, issue: Issue) -> None:
    long = f"<h2>A long story</h2><p>{'word ' * (CLIPPED_BYTES // 5)}</p><h2>A short one</h2>"

    (finding,) = check_called("Size", desk, with_html(issue, long)).findings

    assert finding.severity is Severity.FAULT
    assert "most of it is under “A long story” (102 kB), “" in finding.message


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<h1>Another title</h1>", "the mail has 2 h1"),
        ("<h2>One</h2><h4>Two</h4>", "“Two” is an h4 under an h2; make it h3"),
        ("<h2> </h2>", "an h2 has no words"),
        ('<h1 style="display: none">Unseen</h1>', ""),
        ("<h2>One</h2><h3>Two</h3><h2>Three</h2>", ""),
    ],
)
def test_headings_stand_in_order_under_one_title(
    desk: Desk, issue: Issue, html: str, said: str
) -> None:
    findings = check_called("Headings", desk, with_html(issue, html)).findings

    assert len(findings) == bool(said)
    assert all(said in f.message and f.severity is Severity.NOTICE for f in findings)


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<p style="color: #777777">Grey</p>', [("contrast", Severity.NOTICE)]),
        ('<p style="color: #777777; font-size: 24px">Large and grey</p>', []),
        ('<p style="color: #777; font-size: 19px"><b>Bold and grey</b></p>', []),
        ('<p style="color: #cccccc">Hardly there</p>', [("contrast", Severity.FAULT)]),
        ('<p style="color: #ffffff; display: none">Not shown</p>', []),
        ('<div style="background: #222"><p style="color: white">Turned</p></div>', []),
        ('<table bgcolor="#222222"><tr><td style="color: white">Turned</td></tr></table>', []),
        ('<p style="color: oklch(60% 0.1 20)">Who knows</p>', [("contrast", Severity.NOTICE)]),
        ('<p style="color: #cccccc"> </p>', []),
    ],
)
def test_words_are_told_from_their_paper_in_the_light(
    issue: Issue, html: str, expected: list[tuple[str, Severity]], desk: Desk
) -> None:
    light = f'<div style="background-color: #ffffff">{html}</div>'
    checks = preflight(with_html(issue, light), desk.newsletter)

    told = {(f.rule, f.severity) for c in checks for f in c.findings if "in light" in f.message}

    assert told == set(expected)


def test_words_are_told_from_their_paper_in_the_dark(desk: Desk, issue: Issue) -> None:
    rule = f"<style>{DARK} {{ .dim {{ color: #444444 !important; }} }}</style>"
    dim = with_html(issue, f'{rule}<p class="dim" style="color: #000000">Dim</p>')

    (finding,) = check_called("Contrast", desk, dim).findings

    assert finding.severity is Severity.FAULT
    assert finding.message.startswith("“Dim” in dark mode, #444444 on #17181a: contrast 1.8")


def test_a_mail_that_says_nothing_of_the_dark_stays_light_there() -> None:
    plain = '<body><p style="color: #1c1b19">Ink</p></body>'
    follows = f'<head><meta name="color-scheme" content="light dark"></head>{plain}'

    assert legibility(plain, dark=True) == legibility(plain, dark=False)
    assert legibility(follows, dark=True).lowest < 1.5


@pytest.mark.parametrize(
    ("subject", "lured"),
    [
        ("ACT NOW AND SLEEP", True),
        ("Sleep better!!!", True),
        ("100% free sleep", True),
        ("Herzlichen Glückwunsch zum Schlaf", True),
        ("Why we act now as we do", True),
        ("What free evenings are for", False),
        ("NATO", False),
        ("IKEA", False),
        ("睡眠について", False),
    ],
)
def test_what_spam_says_is_a_hint_and_no_more(
    desk: Desk, issue: Issue, subject: str, lured: bool
) -> None:
    expected = {("wording", Severity.NOTICE)} if lured else set()

    assert set(found(desk, replace(issue, subject=subject))) == expected


@pytest.mark.parametrize(
    ("template", "named"), [("email/issue.mjml", "issue.mjml"), ("email/issue.txt", "issue.txt")]
)
def test_a_template_that_leaves_the_postal_address_out_is_a_fault(
    desk: Desk, issue: Issue, template: str, named: str
) -> None:
    shown = "12 Mill Lane, Box 40"
    bare = (
        replace(issue, html=issue.html.replace(shown, "")),
        replace(issue, text=issue.text.replace(shown, "")),
    )[template.endswith(".txt")]

    (fault,) = faults_in(preflight(bare, desk.newsletter), FILE)

    assert (fault.rule, fault.severity) == ("address", Severity.FAULT)
    assert named in fault.message


HELP = "Talk to somebody: call 000 at any hour, in any language, free of charge."


@pytest.mark.parametrize("template", ["email/issue.mjml", "email/issue.txt"])
def test_a_template_that_loses_the_crisis_notice_is_a_fault(desk: Desk, template: str) -> None:
    newsletter = replace(desk.newsletter, crisis_notice=HELP, notices=())
    part = replace(desk.part, lead=(Sentence("What to say to a friend who thinks of suicide."),))
    series = replace(desk.series, instalments=(part,))
    printed = {
        "email/issue.mjml": '{% include "email/parts/opening.mjml" %}',
        "email/issue.txt": '{{ crisis|wrapped("! ", "  ") }}',
    }
    templates = dict(desk.templates)

    def faults() -> tuple[Fault, ...]:
        draft = rendered(part, series, newsletter, desk.articles, templates)
        return faults_in(preflight(draft.issue, newsletter, notices=draft.notices), FILE)

    assert "notice" not in {fault.rule for fault in faults()}
    templates[template] = templates[template].replace(printed[template], "")
    (fault,) = (fault for fault in faults() if fault.rule == "notice")
    assert fault.severity is Severity.FAULT
    assert fault.message.startswith(f"templates/{template} leaves out what the newsletter always")


def test_fixed_notices_have_to_be_shown_as_well(desk: Desk, issue: Issue) -> None:
    missing = ("Nothing of this sort.",)

    faults = faults_in(preflight(issue, desk.newsletter, notices=missing), FILE)

    assert [fault.rule for fault in faults] == ["notice", "notice"]
    assert faults_in(preflight(issue, desk.newsletter, notices=desk.newsletter.notices), FILE) == ()


def test_a_title_of_a_paragraph_s_length_is_a_notice(desk: Desk, issue: Issue) -> None:
    assert found(desk, replace(issue, title="T" * 150)) == []
    assert found(desk, replace(issue, title="T" * 151)) == [("title", Severity.NOTICE)]


def test_a_heading_with_nothing_under_it_is_told_at_its_line(desk: Desk) -> None:
    text = Paragraph((Sentence("A stone."),))
    body = (
        Heading("Empty", line=9),
        Heading("Parted", line=11),
        Heading("Smaller", 3, line=13),
        text,
        Heading("Empty too", 3, line=17),
        Heading("Of a picture", line=19),
        Figure("stone.jpg", line=21),
        Heading("Last", line=23),
    )
    part = replace(desk.part, body=body)

    def told(*left_out: str) -> list[int]:
        found = look_of(part, dict.fromkeys(left_out, "is gone")).findings
        return [finding.line for finding in found if finding.rule == "section"]

    assert told() == [9, 17, 23]
    assert told("stone.jpg") == [9, 17, 19, 23]


def test_a_newsletter_without_a_postal_address_is_told_where_to_write_it(
    desk: Desk, issue: Issue
) -> None:
    (fault,) = faults_in(preflight(issue, replace(desk.newsletter, postal_address=" \n")), FILE)

    assert fault.severity is Severity.NOTICE
    assert "content/newsletters/slow-kitchen.toml" in fault.message


def test_an_ideograph_takes_the_room_of_two_letters(desk: Desk, issue: Issue) -> None:
    assert found(desk, replace(issue, preheader="砥" * 20)) == []
    assert found(desk, replace(issue, preheader="砥" * 51)) == [("preheader", Severity.NOTICE)]


def test_a_way_to_leave_that_nobody_sees_is_a_fault(desk: Desk, issue: Issue) -> None:
    hidden = issue.html.replace("<body", '<body style="display: none"', 1)

    assert ("unsubscribe", Severity.FAULT) in found(desk, replace(issue, html=hidden))


def test_the_name_of_a_picture_s_file_is_no_description(desk: Desk, issue: Issue) -> None:
    named = with_html(issue, '<img src="https://example.org/a.png" alt="IMG_1204.JPG">')

    assert found(desk, named) == [("alt", Severity.NOTICE)]


@given(st.text(alphabet="<>/ah1p=\"' style:color#f;!-{}@media&\n", max_size=80))
def test_no_markup_breaks_the_look_at_a_mail(markup: str) -> None:
    seen = seen_of(f"<p>before</p>{markup}")

    assert seen.runs[0].words == "before"
    assert 0 <= legibility(markup, dark=True).lowest <= 21
