"""When words are the same, and which site a source is of."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.memory import site_named, site_of, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("12 Comments", "# comments"),
        ("See  you\non 3/4/1912", "see you on #/#/#"),
        ("ＦＡＩＲ №\u200b7", "fair no#"),
        ("\u202efair", "fair"),
    ],
)
def test_figures_case_spaces_and_what_is_not_shown_do_not_count(text: str, words: str) -> None:
    assert words_of(text) == words


@given(st.text(max_size=40))
def test_words_have_the_words_they_have(text: str) -> None:
    assert words_of(words_of(text)) == words_of(text)


@pytest.mark.parametrize(
    ("source", "site"),
    [
        ("https://www.Example.org/a?b#c", "example.org"),
        ("http://user:pass@lids.example.org:8080/", "lids.example.org"),
        ("https://example.org./a", "example.org"),
        ("kettles.txt", ""),
        ("ftp://example.org/a", ""),
        ("https://[::1", ""),
        ("https:///a", ""),
        ("", ""),
    ],
)
def test_a_site_is_the_host_of_a_web_address(source: str, site: str) -> None:
    assert site_of(source) == site


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("https://www.Example.org/a", "example.org"),
        ("WWW.example.org", "example.org"),
        (" example.org. ", "example.org"),
        ("bücher.example.org", "bücher.example.org"),
        ("http://[::1]/a", "::1"),
        ("::1", "::1"),
        ("kettle-weekly", "kettle-weekly"),
        ("", ""),
    ],
)
def test_a_site_is_named_by_its_host_or_a_page_of_it(name: str, site: str) -> None:
    assert site_named(name) == site


@pytest.mark.parametrize("name", ["the kettle weekly", "a/b", "-", "x" * 300, "a\x1bb"])
def test_what_cannot_name_a_site_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="cannot name a site"):
        site_named(name)


@given(st.text(max_size=40))
def test_a_site_is_named_by_its_own_name(name: str) -> None:
    try:
        site = site_named(name)
    except ValueError:
        return
    assert site_named(site) == site
