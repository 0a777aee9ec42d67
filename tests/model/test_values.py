"""The laws of the ground floor."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.address import Mailbox
from partwork.model.article import block_digest, normalised
from partwork.model.host import is_loopback
from partwork.model.issue import AudienceRule, Issue

SENDER = Mailbox("The Quiet Hour", "hello@example.org")
ISSUE = Issue(
    instalment="abcdefgh",
    number=1,
    title="One",
    subject="Subject",
    preheader="Preheader",
    sender=SENDER,
    reply_to=SENDER,
    html="<p>one</p>",
    text="one",
    page="<p>one</p>",
    audience=AudienceRule("quiet-hour", "sleep"),
)


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Another"},
        {"preheader": "Another"},
        {"sender": Mailbox("Another", SENDER.address)},
        {"reply_to": Mailbox(SENDER.name, "another@example.org")},
        {"html": "<p>two</p>"},
        {"text": "two"},
        {"page": "<p>two</p>"},
        {"demo": True},
        {"audience": AudienceRule("quiet-hour", "another")},
        {"audience": AudienceRule("quiet-hour", "sleep", "women over 40")},
    ],
)
def test_all_that_an_editor_approves_is_in_the_content_hash(change: dict[str, object]) -> None:
    assert replace(ISSUE, **change).content_hash != ISSUE.content_hash


def test_what_is_not_approved_is_outside_the_content_hash() -> None:
    other = replace(ISSUE, number=2, title="Two", instalment="zzzzzzzz")

    assert other.content_hash == ISSUE.content_hash


@given(st.text(), st.text())
def test_words_cannot_move_from_one_part_of_the_hash_to_the_next(one: str, other: str) -> None:
    first = replace(ISSUE, subject=one, preheader=other)
    second = replace(ISSUE, subject=one + other, preheader="")

    assert (first.content_hash == second.content_hash) == (other == "")


@given(st.text())
def test_layout_does_not_change_a_blocks_digest(text: str) -> None:
    laid_out = "  " + "\n ".join(text.split()) + "\u00a0"

    assert block_digest(laid_out) == block_digest(" ".join(text.split()))
    assert normalised(normalised(text)) == normalised(text) or not text.isascii()


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("LocalHost", True),
        ("localhost.example.org", False),
        ("10.0.0.1", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_for_certain(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here
