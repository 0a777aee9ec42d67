"""Web links by number, and the HTML in which other addresses take their place."""

from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.issue import MergeField
from partwork.rendering.counted_links import Redirected, is_below, redirected, web_links

SITE = "https://news.example.org"
ONE, TWO = "https://one.example.org/a?x=1&y=2", "http://two.example.org/é"


def go(link: int) -> str:
    return f"{SITE}/l/{link}"


def mailed(html: str) -> Redirected:
    return redirected(html, go, lambda url: is_below(url, SITE))


def test_each_address_has_one_number_in_the_order_of_the_mail() -> None:
    html = f'<a href="{escape(TWO)}">b</a><a href="{escape(ONE)}">a</a><a href="{TWO}">again</a>'

    assert web_links(html) == (TWO, ONE)
    assert mailed(html) == Redirected(
        f'<a href="{go(1)}">b</a><a href="{go(2)}">a</a><a href="{go(1)}">again</a>', (1, 2)
    )


@pytest.mark.parametrize(
    "kept",
    [
        f'<a href="{SITE}/newsletters/the-bench/archive">Archive</a>',
        f'<a href="{SITE.upper()}/leave">Settings</a>',
        f'<a href="{MergeField.UNSUBSCRIBE_URL.mark}">Leave</a>',
        f'<a href="{MergeField.PAGE_URL.mark}">Online</a>',
        f'<a href="https://one.example.org/{MergeField.ADDRESS.mark}">You</a>',
        '<a href="mailto:editor@example.org">Write</a>',
        '<a href="tel:+123">Call</a>',
        '<a href="#top">Up</a>',
        '<a href="javascript:alert(1)">No</a>',
        '<a href="https:///nowhere">Nowhere</a>',
        '<a href="https://one.example.org/a b">Not as it is written</a>',
        '<a name="here">Here</a>',
        f'<!-- <a href="{ONE}">not shown</a> -->',
        f'<style>a[href="{ONE}"] {{ color: red }}</style>',
        f'<img src="{ONE}" alt="">',
    ],
)
def test_what_is_no_web_link_of_the_content_stays(kept: str) -> None:
    assert mailed(kept) == Redirected(kept)


@pytest.mark.parametrize(
    "words",
    [
        "https://one.example.org/a",
        " one.example.org ",
        "see www.example.org",
        '<img src="x" alt="HTTP://one.example.org">',
    ],
)
def test_a_link_whose_words_are_an_address_goes_where_they_say(words: str) -> None:
    html = f'<a href="{ONE}">{words}</a> and <a href="{ONE}">words</a>'

    assert mailed(html) == Redirected(
        f'<a href="{ONE}">{words}</a> and <a href="{go(1)}">words</a>', (1,)
    )


@pytest.mark.parametrize(
    "before",
    [
        f"<a href='{ONE}'>a</a>",
        f"<A HREF={ONE}>a</A>",
        f'<a\n class="x > y" data-href="no" title="href=no"\n href = "{ONE}" href="no">a</a>',
        f'<p>\ntwo\nlines</p>\n<a href=" {ONE} ">a</a>',
    ],
)
def test_an_address_is_found_however_it_is_written(before: str) -> None:
    after = mailed(before)

    assert web_links(before) == (ONE,)
    assert web_links(after.html) == (go(1),)
    assert after.links == (1,)
    assert "no" not in web_links(before)


def test_a_merge_field_beside_a_link_stays_open() -> None:
    html = f'<p>{MergeField.ADDRESS.mark} <a href="{ONE}">a</a></p>'

    assert mailed(html).html.startswith(f"<p>{MergeField.ADDRESS.mark} <a ")


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["<p>", "</p>", "\n", "<br>", "<!-- x -->", "<a name=x>", "</a>"]),
            st.text("ab é\ue000&;\n\r'", max_size=9),
            st.builds(
                lambda n, words: f'<a href="https://{n}.example.org/?a&amp;b">{words}</a>',
                st.integers(1, 4),
                st.text("xyz ", max_size=5),
            ),
        ),
        max_size=20,
    )
)
def test_put_back_the_addresses_give_the_mail_as_it_was(pieces: list[str]) -> None:
    html = "".join(pieces)
    after, links = mailed(html), web_links(html)

    back = after.html
    for number in after.links:
        back = back.replace(f'"{go(number)}"', f'"{escape(links[number - 1])}"')
    assert back == html
    assert set(after.links) == set(range(1, len(links) + 1))


@given(st.text(alphabet="<>/ahref=\"' https:e.x!-\n", max_size=80))
def test_any_text_is_read_to_its_end(html: str) -> None:
    after = mailed(html)

    assert bool(after.links) == (after.html != html)


@pytest.mark.parametrize(
    ("url", "base", "is_ours"),
    [
        ("https://example.org/letters/u/x", "https://example.org/letters", True),
        ("https://EXAMPLE.org/letters", "https://example.org/letters", True),
        ("https://example.org/lettersandmore", "https://example.org/letters", False),
        ("https://example.org/shop", "https://example.org/letters", False),
        ("https://example.org.evil.example/", "https://example.org", False),
        ("https://example.org", "https://example.org", True),
    ],
)
def test_our_own_pages_are_told_by_host_and_path(url: str, base: str, is_ours: bool) -> None:
    assert is_below(url, base) is is_ours
