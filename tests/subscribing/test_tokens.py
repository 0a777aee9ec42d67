"""Tokens in links."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.subscribing.tokens import (
    MAX_TOKEN,
    BadToken,
    Departure,
    Pass,
    PassHasRunOut,
    PassKind,
    form_token,
    pass_token,
    read_pass,
    read_unsubscribe_token,
    shown_for,
    unsubscribe_token,
)

ADA_LEAVES = Departure(subscriber=12, newsletter="compost", delivery=3456)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 3, 2, 9, 0, 0, 123456, tzinfo=UTC)
SECRETS = ("new secret", "old secret")

slugs = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=80)
ids = st.integers(0, 2**63 - 1)


@given(ids, slugs, ids)
def test_a_token_says_what_was_signed(subscriber: int, newsletter: str, delivery: int) -> None:
    departure = Departure(subscriber, newsletter, delivery)
    token = unsubscribe_token(departure, SECRETS)

    assert read_unsubscribe_token(token, SECRETS) == departure
    assert set(token) <= set(string.ascii_letters + string.digits + "-_.")
    assert len(token) <= MAX_TOKEN


def test_a_token_is_short_enough_for_a_header_line() -> None:
    assert len(unsubscribe_token(ADA_LEAVES, SECRETS)) < 80


def test_each_kept_secret_verifies_and_the_first_signs() -> None:
    token = unsubscribe_token(ADA_LEAVES, ["old secret"])

    assert read_unsubscribe_token(token, ["newest", *SECRETS]) == ADA_LEAVES
    assert unsubscribe_token(ADA_LEAVES, SECRETS) == unsubscribe_token(ADA_LEAVES, ["new secret"])
    with pytest.raises(BadToken):
        read_unsubscribe_token(token, ["new secret"])


def test_a_changed_token_is_none() -> None:
    token = unsubscribe_token(ADA_LEAVES, SECRETS)
    other = unsubscribe_token(Departure(13, "compost", 3456), SECRETS)
    payload, _, signature = token.rpartition(".")

    for forged in (
        token[:-2],
        token[1:],
        token.swapcase(),
        f"{other.rpartition('.')[0]}.{signature}",
        f"{payload}.",
        f".{signature}",
        f"{token}.{signature}",
        f"{token} ",
    ):
        with pytest.raises(BadToken) as refusal:
            read_unsubscribe_token(forged, SECRETS)
        assert signature not in str(refusal.value)


@pytest.mark.parametrize(
    "junk", ["", ".", "..", "a.b", "x" * 10_000, "." * 10_000, "\ud800", "ü.ü"]
)
def test_junk_is_no_token(junk: str) -> None:
    with pytest.raises(BadToken):
        read_unsubscribe_token(junk, SECRETS)


@given(st.text())
def test_no_text_is_a_token_by_chance(text: str) -> None:
    with pytest.raises(BadToken):
        read_unsubscribe_token(text, SECRETS)


@pytest.mark.parametrize("secrets", [(), ("",), ("kept", "")])
def test_nothing_is_signed_with_an_empty_secret(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="secret"):
        unsubscribe_token(ADA_LEAVES, secrets)


def test_a_link_that_could_not_be_read_is_not_made() -> None:
    long = "".join(f"{n:x}" for n in range(3, 200))

    with pytest.raises(ValueError, match="too long"):
        unsubscribe_token(Departure(1, long, 1), SECRETS)


@given(
    st.sampled_from(PassKind),
    ids,
    slugs,
    st.integers(0, 2**57).map(lambda micros: EPOCH + timedelta(microseconds=micros)),
)
def test_a_pass_says_to_the_microsecond_what_was_signed(
    kind: PassKind, subscriber: int, newsletter: str, at: datetime
) -> None:
    held = Pass(subscriber, newsletter, at)
    token = pass_token(kind, held, SECRETS)

    assert read_pass(kind, token, at, SECRETS) == held
    assert len(token) <= MAX_TOKEN


@pytest.mark.parametrize(
    ("kind", "lasts"),
    [
        (PassKind.CONFIRM, timedelta(days=7)),
        (PassKind.UNDO, timedelta(days=7)),
        (PassKind.ACCESS, timedelta(hours=1)),
    ],
)
def test_a_pass_runs_out_and_says_what_it_was_for(kind: PassKind, lasts: timedelta) -> None:
    held = Pass(12, "compost", NOW)
    token = pass_token(kind, held, SECRETS)

    assert read_pass(kind, token, NOW + lasts, SECRETS) == held
    with pytest.raises(PassHasRunOut) as late:
        read_pass(kind, token, NOW + lasts + timedelta(seconds=1), SECRETS)
    assert late.value.held == held


def test_a_token_opens_what_it_was_made_for_and_nothing_else() -> None:
    held = Pass(12, "compost", NOW)
    made = {kind: pass_token(kind, held, SECRETS) for kind in PassKind}
    leaving = unsubscribe_token(ADA_LEAVES, SECRETS)

    for kind in PassKind:
        for other in (*(made[k] for k in PassKind if k is not kind), leaving):
            with pytest.raises(BadToken):
                read_pass(kind, other, NOW, SECRETS)
        with pytest.raises(BadToken):
            read_unsubscribe_token(made[kind], SECRETS)


def test_a_form_tells_how_long_it_was_shown() -> None:
    token = form_token("compost", NOW, SECRETS)
    later = NOW + timedelta(seconds=30)

    assert abs(shown_for(token, "compost", later, SECRETS) - timedelta(seconds=30)) < timedelta(
        seconds=1
    )
    for newsletter, secrets in (("soil", SECRETS), ("compost", ["another house"])):
        with pytest.raises(BadToken):
            shown_for(token, newsletter, later, secrets)
