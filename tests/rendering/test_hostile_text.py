"""Text from outside is read, never obeyed."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partwork.model.issue import MERGE_CLOSE, MERGE_OPEN, Issue
from partwork.model.series import Bullets, Heading, Paragraph, Quotation, Sentence
from partwork.model.text import Mark, Span

# Fixtures of conftest.py; their classes cannot be imported from there.
Desk = Any
Reader = Any

ATTACKS = [
    "Salt & <b>pepper</b> \"a\" 'b' &amp; &lt;",
    "{{ merge.address }} {% raw %} {# x #} {{ 7 * 7 }}",
    "</mj-text></mj-column><mj-raw><script>alert(1)</script>",
    "<script>alert(1)</script>",
    "</title></style><img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)" x="',
    "<!-- --> ]]> <![CDATA[ <!--[if mso]>",
    'C:\\new\\u{41} \\" %(number)d %s {0}',
    "* { display: none } </mj-style>",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_it_shows_as_it_was_written_wherever_it_stands(
    desk: Desk, reader: Reader, attack: str
) -> None:
    attacked = desk.with_(
        newsletter=replace(desk.newsletter, name=attack, postal_address=attack, notices=(attack,)),
        series=replace(desk.series, title=attack),
        articles={"edges": replace(desk.articles["edges"], title=attack, byline=attack)},
    )
    said = Sentence(attack, desk.part.lead[0].citations)
    issue = attacked.issue(
        title=attack,
        subject=attack,
        preheader=attack,
        lead=(said,),
        key_points=(said,),
        body=(Heading(attack), Paragraph((said,)), Bullets((said,)), Quotation((said,), attack)),
        cautions=(said,),
    )

    assert issue.subject == attack
    assert " ".join(attack.split()) in " ".join(issue.text.split())
    for html in (issue.html, issue.page):
        assert reader.text(html, "//h1") == [attack]
        assert reader.text(html, "//title") == [f"{attack} · {attack}"]
        assert attack in reader.text(html, "//li")
        assert attack in reader.text(html, "//blockquote/p")
        assert not reader.values(html, "//script | //img | //b | //@onmouseover | //@onerror")
    assert reader.values(issue.html, "//*[@role='article']/@aria-label") == [f"{attack} · {attack}"]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "java\nscript:x", " file:///etc/passwd", "//x.org"],
)
def test_a_link_to_where_we_do_not_go_leaves_its_words(
    desk: Desk, reader: Reader, url: str
) -> None:
    said = Sentence("Go there now.", (), (Span(3, 8, Mark.LINK, url),))
    bad = replace(desk.newsletter, imprint_url=url, privacy_url=url)

    issue = desk.with_(newsletter=bad).issue(lead=(said,))

    assert "Go there now." in reader.text(issue.html, "//p")
    for link in reader.links(issue.html) + reader.links(issue.page):
        assert link.startswith(("https://", "mailto:", MERGE_OPEN)), link


def test_no_text_can_forge_a_merge_field(desk: Desk) -> None:
    forged = f"To {MERGE_OPEN}unsubscribe_url{MERGE_CLOSE} and \ue0020:7\ue003"

    issue = desk.issue(title=forged, subject=forged, preheader=forged, lead=(Sentence(forged),))

    assert issue.title == issue.subject == "To unsubscribe_url and 0:7"
    assert fields_in(issue) == fields_in(desk.issue())
    assert "\ue002" not in issue.html + issue.text + issue.page


def fields_in(issue: Issue) -> list[list[str]]:
    """The merge fields of HTML and text, and what stands between such brackets otherwise."""
    mark = f"{MERGE_OPEN}[^{MERGE_CLOSE}]*{MERGE_CLOSE}?"
    return [re.findall(mark, part) for part in (issue.html, issue.text)]


@pytest.fixture(scope="session")
def issue_of(desk: Desk) -> Callable[..., Issue]:
    """`desk.issue`; a law that failed would print all of a desk, and that is too much to print."""

    def issue(**changes: object) -> Issue:
        made: Issue = desk.issue(**changes)
        return made

    return issue


hostile = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("<>&\"'{}%#\\/-!= \r\n\t\x00\u2028\u202e\ue000\ue001\ue002\ue003\ud800"),
    ),
    max_size=60,
)


@settings(max_examples=60, deadline=None)
@given(words=hostile)
def test_any_text_renders_and_stays_text(
    issue_of: Callable[..., Issue], reader: Reader, words: str
) -> None:
    issue = issue_of(title=words, preheader=words, lead=(Sentence(f"a {words} z"),))

    for html in (issue.html, issue.page):
        (title,) = reader.text(html, "//h1")
        assert title == " ".join(issue.title.split())
        assert not reader.values(html, "//script")
    assert fields_in(issue) == fields_in(issue_of())
    issue.content_hash  # noqa: B018 a lone surrogate could not be hashed


urls = st.builds(
    "{}://{}{}/{}".format,
    st.sampled_from(["https", "http", "HTTPS"]),
    st.sampled_from(["example.org", "xn--bcher-kva.example.org", "bücher.example.org", "[::1]"]),
    st.sampled_from(["", ":8080"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Zs", "Zl", "Zp", "Cf"])),
)


@settings(max_examples=60, deadline=None)
@given(addresses=st.lists(urls, min_size=1, max_size=4))
def test_rendering_loses_no_link(
    issue_of: Callable[..., Issue], reader: Reader, addresses: list[str]
) -> None:
    said = tuple(
        Sentence(f"See this {count}.", (), (Span(4, 8, Mark.LINK, url),))
        for count, url in enumerate(addresses)
    )

    issue = issue_of(body=(Paragraph(said[:1]), Bullets(said[1:])))

    wanted = [percent_encoded(url) for url in addresses]
    for html in (issue.html, issue.page):
        found = reader.links(html)
        start = found.index(wanted[0])
        assert found[start : start + len(wanted)] == wanted
    for url in wanted:
        assert f"<{url}>" in issue.text


def percent_encoded(url: str) -> str:
    return "".join(f"%{ord(c):02X}" if c in '<>"\\^`{|} ' else c for c in url)
