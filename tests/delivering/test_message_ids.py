"""Message-IDs read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.delivering.message import message_id
from partwork.delivering.message_ids import NamedDelivery, delivery_named

HASH = "0123456789abcdef" * 4


@given(st.integers(1, 10**18 - 1))
def test_what_was_given_is_read_back(delivery: int) -> None:
    name = message_id(delivery, HASH, "news@example.org")

    assert delivery_named(name) == NamedDelivery(delivery, HASH[:24])


@pytest.mark.parametrize(
    "name",
    [
        "",
        "<service.0123456789abcdef0123456789abcdef@example.org>",
        f"<0.{HASH[:24]}@example.org>",
        f"<-1.{HASH[:24]}@example.org>",
        f"<1.{HASH[:23]}@example.org>",
        f"<1.{HASH[:24].upper()}@example.org>",
        f"<{'9' * 40}.{HASH[:24]}@example.org>",
        f"<١.{HASH[:24]}@example.org>",
        f"<1.{HASH[:24]}@example.org> <2.{HASH[:24]}@example.org>",
        f"<1.{HASH[:24]}@example.org>\n",
        f"1.{HASH[:24]}@example.org",
    ],
)
def test_what_we_did_not_give_names_no_delivery(name: str) -> None:
    assert delivery_named(name) is None


@given(st.text())
def test_any_words_are_read(words: str) -> None:
    assert delivery_named(words) is None
