"""A page's own address is believed where it is plausible, and nowhere else."""

import pytest

from partwork.fetching.canonical import canonical_url

FETCHED = "https://journal.example.org/ditch?from=mail"


@pytest.mark.parametrize(
    "said",
    [
        "https://journal.example.org/ditch",
        "http://journal.example.org/ditch",
        "https://www.journal.example.org/2024/the-ditch",
        "https://m.journal.example.org/ditch",
        "https://journal.example.org:443/ditch",
    ],
)
def test_an_address_of_the_same_site_is_believed(said: str) -> None:
    assert canonical_url(said, FETCHED) == said


@pytest.mark.parametrize(
    "said",
    [
        "",
        "page.html",
        "/ditch",
        "https://paper.example.org/ditch",
        "https://journal.example.org.evil.example/ditch",
        "https://evil.example/journal.example.org",
        "https://example.org/ditch",
        "https://journal.example.org",
        "https://journal.example.org/",
        "https://journal.example.org:8443/ditch",
        "https://ada:key@journal.example.org/ditch",
        "javascript://journal.example.org/%0aalert(1)",
        "https://[journal.example.org/ditch",
        "https://journal.example.org:port/ditch",
    ],
)
def test_any_other_is_not(said: str) -> None:
    assert canonical_url(said, FETCHED) == FETCHED


def test_the_front_page_may_call_itself_so() -> None:
    said = "https://journal.example.org/"

    assert canonical_url(said, "https://www.journal.example.org") == said


def test_neither_keeps_a_fragment() -> None:
    assert canonical_url(FETCHED + "#a", FETCHED + "#b") == FETCHED
