"""What `check` says of a mail."""

from dataclasses import replace
from typing import Any

import pytest

from partwork.model.address import Mailbox
from partwork.model.fault import Fault, Severity
from partwork.model.issue import Issue
from partwork.model.newsletter import Newsletter
from partwork.model.series import Paragraph, Sentence
from partwork.model.text import Mark, Span
from partwork.rendering.preflight import faults_in, preflight
from partwork.rendering.size import CLIPPED_BYTES

# A fixture of conftest.py; its class cannot be imported from there.
Desk = Any

LETTERS = Mailbox("", "letters@example.org")
NEWSLETTER = Newsletter("slow-kitchen", "The Slow Kitchen", LETTERS, LETTERS, "12 Mill Lane")
FILE = "content/series/sharp-enough/02-one-stone.md"


def faults(issue: Issue) -> tuple[Fault, ...]:
    return faults_in(preflight(issue, NEWSLETTER), FILE)


def found(issue: Issue) -> list[tuple[str, Severity]]:
    return [(fault.rule, fault.severity) for fault in faults(issue)]


def with_html(issue: Issue, html: str) -> Issue:
    return replace(issue, html=issue.html.replace("</body>", f"{html}</body>"))


@pytest.fixture
def issue(desk: Desk) -> Issue:
    return desk.issue()  # type: ignore[no-any-return] # see Desk


def test_a_mail_of_ours_has_none(issue: Issue) -> None:
    assert faults(issue) == ()


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [
        (89_000, []),
        (90_000, [("size", Severity.NOTICE)]),
        (CLIPPED_BYTES, [("size", Severity.NOTICE)]),
        (CLIPPED_BYTES + 1, [("size", Severity.FAULT)]),
    ],
)
def test_a_mail_that_gmail_would_cut_is_a_fault(
    issue: Issue, size_bytes: int, expected: list[tuple[str, Severity]]
) -> None:
    padding = "é" * ((size_bytes - len(issue.html.encode())) // 2)
    padded = with_html(issue, padding)
    padded = with_html(padded, "x" * (size_bytes - len(padded.html.encode())))

    assert len(padded.html.encode()) == size_bytes
    assert found(padded) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<a href="https://example.org/">The map</a>', []),
        ('<a href="mailto:ada@example.org">Ada</a>', []),
        ('<a href="http://example.org/">The map</a>', [("link", Severity.NOTICE)]),
        ('<a href="ftp://example.org/">The map</a>', [("link", Severity.FAULT)]),
        ('<a href="/map">The map</a>', [("link", Severity.FAULT)]),
        ('<a href="">The map</a>', [("link", Severity.FAULT)]),
        ("<a>The map</a>", [("link", Severity.FAULT)]),
        ('<a href="https://example.org/"> </a>', [("link-text", Severity.FAULT)]),
        ('<a href="https://example.org/">Click <b>here</b>!</a>', [("link-text", Severity.NOTICE)]),
        ('<a href="https://example.org/">Mehr …</a>', [("link-text", Severity.NOTICE)]),
        ('<a href="https://example.org/"><img src="x" alt="The map"></a>', []),
        ('<img src="x" alt="">', []),
        ('<img src="x">', [("alt", Severity.FAULT)]),
        ("<p>Dear {{ name }},</p>", [("placeholder", Severity.FAULT)]),
        ("<p>Dear {{ <em>name</em> }},</p>", [("placeholder", Severity.FAULT)]),
        ("<p>Dear %recipient%,</p>", [("placeholder", Severity.FAULT)]),
        ("<p>Dear %recipient.name%,</p>", [("placeholder", Severity.FAULT)]),
        ("<p>Dear *|FNAME|*,</p>", [("placeholder", Severity.FAULT)]),
        ("<p>Dear [First name],</p>", [("placeholder", Severity.FAULT)]),
        ("<p>Lorem ipsum dolor</p>", [("placeholder", Severity.FAULT)]),
        ("<p>Jinja writes <code>{{ name }}</code>.</p>", []),
        ("<p>From 50% of people to 20%, or 5%–6%; {so} [it] is.</p>", []),
    ],
)
def test_links_pictures_and_placeholders(
    issue: Issue, html: str, expected: list[tuple[str, Severity]]
) -> None:
    assert found(with_html(issue, html)) == expected


@pytest.mark.parametrize(
    ("subject", "expected"),
    [
        ("", [("subject", Severity.FAULT)]),
        ("x", []),
        ("x" * 60, []),
        ("x" * 61, [("subject", Severity.FAULT)]),
        ("Hello {{ name }}", [("placeholder", Severity.FAULT)]),
    ],
)
def test_a_subject_is_there_short_and_filled_in(
    issue: Issue, subject: str, expected: list[tuple[str, Severity]]
) -> None:
    assert found(replace(issue, subject=subject)) == expected


@pytest.mark.parametrize(
    ("length", "fits"), [(0, False), (39, False), (40, True), (100, True), (101, False)]
)
def test_a_preheader_outside_40_to_100_is_a_notice(issue: Issue, length: int, fits: bool) -> None:
    expected = [] if fits else [("preheader", Severity.NOTICE)]

    assert found(replace(issue, preheader="x" * length)) == expected


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("email/parts/footer.mjml", "templates/email/issue.mjml"),
        ("email/issue.txt", "templates/email/issue.txt"),
    ],
)
def test_a_template_without_a_way_to_leave_is_a_fault(desk: Desk, name: str, told: str) -> None:
    issue = desk.with_template(
        name, lambda s: s.replace("merge.unsubscribe_url", "merge.page_url")
    ).issue()

    (fault,) = faults(issue)
    assert fault.rule == "unsubscribe"
    assert told in fault.message


def test_a_finding_names_the_file_and_what_to_do(issue: Issue) -> None:
    (fault,) = faults(with_html(issue, '<a href="http://example.org/">The map</a>'))

    assert fault == Fault(
        FILE,
        0,
        "link",
        "link “The map” goes to http://example.org/, which is not encrypted; try https",
        Severity.NOTICE,
    )


def test_a_vague_link_of_a_source_is_found_in_what_was_rendered(desk: Desk) -> None:
    said = Sentence("Read more here.", (), (Span(10, 14, Mark.LINK, "http://example.org/x"),))

    issue = desk.issue(body=(Paragraph((said,)),))

    assert found(issue) == [("link", Severity.NOTICE), ("link-text", Severity.NOTICE)]
