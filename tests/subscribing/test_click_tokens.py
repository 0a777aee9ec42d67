"""What a counted link's address holds, and what it does not."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.subscribing.click_tokens import click_token, read_click_token
from partwork.subscribing.tokens import BadToken, Departure, unsubscribe_token

SECRETS = ("new secret", "old secret")
ISSUE = "0123456789abcdef" * 4

hashes = st.text("0123456789abcdef", min_size=64, max_size=64)
links = st.integers(1, 65_535)


@given(hashes, links)
def test_it_names_an_issue_and_a_link_and_is_short(issue: str, link: int) -> None:
    token = click_token(issue, link, SECRETS)

    assert read_click_token(token, SECRETS) == (issue[:16], link)
    assert len(token) == 24
    assert set(token) <= set(string.ascii_letters + string.digits + "-_")


def test_each_kept_secret_opens_and_the_first_signs() -> None:
    old = click_token(ISSUE, 1, ["old secret"])

    assert read_click_token(old, SECRETS) == (ISSUE[:16], 1)
    assert click_token(ISSUE, 1, SECRETS) == click_token(ISSUE, 1, ["new secret"])
    with pytest.raises(BadToken):
        read_click_token(old, ["new secret"])


@given(links, st.integers(0, 23), st.sampled_from(string.ascii_letters + "-_é\n"))
def test_one_character_changed_makes_it_nobody_s(link: int, place: int, other: str) -> None:
    good = click_token(ISSUE, link, SECRETS)
    changed = good[:place] + other + good[place + 1 :]

    if changed != good:
        with pytest.raises(BadToken):
            read_click_token(changed, SECRETS)


@given(st.text(max_size=40))
def test_any_other_string_is_none(token: str) -> None:
    with pytest.raises(BadToken):
        read_click_token(token, SECRETS)


def test_a_link_to_leave_counts_nothing() -> None:
    for token in (unsubscribe_token(Departure(1, "the-bench", 7), SECRETS), "A" * 24):
        with pytest.raises(BadToken):
            read_click_token(token, SECRETS)
