"""Inline marks as HTML and as plain text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.text import Mark, Span
from partwork.rendering.inline import as_html, as_text, one_line, safe_url, why_no_link


def test_marks_nest_and_their_words_are_escaped() -> None:
    text = "a <b> c & d"
    spans = (Span(2, 11, Mark.STRONG), Span(6, 7, Mark.EMPHASIS), Span(10, 11, Mark.CODE))

    assert as_html(text, spans) == ("a <strong>&lt;b&gt; <em>c</em> &amp; <code>d</code></strong>")
    assert as_text(text, spans) == text


def test_a_link_in_plain_text_shows_its_address_after_its_words() -> None:
    text = "See the map, please."
    link = Span(8, 11, Mark.LINK, "https://example.org/map?a=1&b=2")

    assert as_text(text, (link,)) == "See the map <https://example.org/map?a=1&b=2>, please."
    assert as_html(text, (link,)) == (
        'See the <a href="https://example.org/map?a=1&amp;b=2">map</a>, please.'
    )


def test_an_address_that_is_its_own_text_is_not_repeated() -> None:
    url = "https://example.org/"

    assert as_text(url, (Span(0, len(url), Mark.LINK, url),)) == url


def test_a_link_inside_a_link_leaves_its_words() -> None:
    spans = (
        Span(0, 7, Mark.LINK, "https://example.org/1"),
        Span(4, 7, Mark.LINK, "https://example.org/2"),
    )

    assert as_html("one two", spans) == '<a href="https://example.org/1">one two</a>'


spans = st.lists(
    st.builds(
        Span,
        st.integers(-2, 14),
        st.integers(-2, 14),
        st.sampled_from(Mark),
        st.sampled_from(["https://example.org/", "javascript:x", ""]),
    ),
    max_size=6,
)


@given(text=st.text("ab <&", max_size=12), marks=spans)
def test_spans_that_break_their_law_never_break_the_html(text: str, marks: list[Span]) -> None:
    html = as_html(text, marks)

    open_tags: list[str] = []
    for closing, tag in re.findall(r"<(/?)(\w+)[^>]*>", html):
        if closing:
            assert open_tags.pop() == tag
        else:
            open_tags.append(tag)
    assert not open_tags
    bare = re.sub(r"<[^>]*>", "", html)
    shown = bare.replace("&lt;", "<").replace("&amp;", "&")
    assert shown.replace(" ", "") == text.replace(" ", "")


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a b", "https://example.org/a%20b"),
        ("HTTPS://example.org/", "HTTPS://example.org/"),
        ("https://bücher.example.org/é", "https://bücher.example.org/é"),
        ('https://example.org/"><b>', "https://example.org/%22%3E%3Cb%3E"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
        ("mailto:nobody", ""),
        ("javascript:alert(1)", ""),
        ("java\tscript:alert(1)", ""),
        ("data:text/html,hi", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("//example.org/", ""),
        ("/part-2", ""),
        ("", ""),
    ],
)
def test_only_http_https_and_mailto_make_links(url: str, link: str) -> None:
    assert safe_url(url) == link


@given(st.text())
def test_one_line_is_one_line_that_can_be_encoded(text: str) -> None:
    line = one_line(text)

    assert len(line.splitlines()) <= 1
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\ue000-\ue003\u202d\u202e]|^ | $|  ", line)
    assert line.encode().decode() == line
    assert one_line(line) == line


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "has no address; write one between its ( and )"),
        ("javascript:alert(1)", "goes to 'javascript:alert(1)'; links start with https://"),
        ("data:text/html,x", "goes to 'data:text/html,x'; links start with https://"),
        ("file:///etc/passwd", "links start with https://, http:// or mailto:"),
        ("ftp://example.org/a", "links start with https://, http:// or mailto:"),
        ("mailto:jo", "mailto: is followed by an e-mail address; write one"),
        ("https://", "which is no web address; write it anew"),
        ("https://[::1/", "which is no web address; write it anew"),
        ("www.example.org", "write https:// and the site before it"),
        ("example.org:80/a", "write https:// and the site before it"),
        ("/parts/2", "write https:// and the site before it"),
        ("#below", "write https:// and the site before it"),
        ("//example.org/", "write https:// and the site before it"),
    ],
)
def test_what_makes_no_link_has_a_reason(url: str, why: str) -> None:
    assert safe_url(url) == ""
    assert why in why_no_link(url)


@given(st.text(max_size=40))
def test_there_is_a_reason_where_and_only_where_there_is_no_link(url: str) -> None:
    assert bool(why_no_link(url)) != bool(safe_url(url))
    assert "\n" not in why_no_link(url)
