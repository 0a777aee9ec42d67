"""Signed links to the report of one article, and to the draft of one part."""

import string
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.subscribing.page_links import (
    MAX_KEY,
    LinkHasRunOut,
    check_draft_key,
    check_report_key,
    check_waiting_key,
    draft_key,
    draft_to_read,
    read_key,
    report_key,
    waiting_key,
)
from partwork.subscribing.tokens import BadToken, Departure, unsubscribe_token

SECRETS = ("new secret", "old secret")
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(days=14)
SECOND = timedelta(seconds=1)

names = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=80)


@given(names)
def test_a_key_opens_the_report_it_was_made_for(name: str) -> None:
    key = report_key(name, UNTIL, SECRETS)

    check_report_key(name, key, NOW, SECRETS)
    assert set(key) <= set(string.ascii_letters + string.digits + "-_.")
    assert len(key) <= MAX_KEY


@given(names, names)
def test_it_opens_no_other(name: str, other: str) -> None:
    key = report_key(name, UNTIL, SECRETS)

    if name != other:
        with pytest.raises(BadToken):
            check_report_key(other, key, NOW, SECRETS)


def test_it_is_good_until_its_time_and_not_at_it() -> None:
    key = report_key("compost", UNTIL, SECRETS)

    check_report_key("compost", key, UNTIL - SECOND, SECRETS)
    with pytest.raises(LinkHasRunOut, match=r"until 16 March 2026.*partwork report compost --link"):
        check_report_key("compost", key, UNTIL, SECRETS)


def test_each_kept_secret_opens_and_the_first_signs() -> None:
    key = report_key("compost", UNTIL, ["old secret"])

    check_report_key("compost", key, NOW, ["newest", *SECRETS])
    with pytest.raises(BadToken):
        check_report_key("compost", key, NOW, ["new secret"])
    assert report_key("compost", UNTIL, SECRETS) == report_key("compost", UNTIL, ["new secret"])


def test_a_changed_key_opens_nothing() -> None:
    key = report_key("compost", UNTIL, SECRETS)
    later = report_key("compost", UNTIL + timedelta(days=1), SECRETS)
    payload, _, signature = key.rpartition(".")

    for forged in (
        key[:-2],
        key[1:],
        key.swapcase(),
        f"{later.rpartition('.')[0]}.{signature}",
        f"{payload}.",
        f".{signature}",
        f"{key} ",
    ):
        with pytest.raises(BadToken) as refusal:
            check_report_key("compost", forged, NOW, SECRETS)
        assert signature not in str(refusal.value)


@pytest.mark.parametrize("junk", ["", ".", "a.b", "x" * 10_000, "\ud800", "ü.ü"])
def test_junk_opens_nothing(junk: str) -> None:
    with pytest.raises(BadToken):
        check_report_key("compost", junk, NOW, SECRETS)


def test_a_token_from_a_mail_opens_no_report() -> None:
    token = unsubscribe_token(Departure(12, "compost", 3), SECRETS)

    with pytest.raises(BadToken):
        check_report_key("compost", token, NOW, SECRETS)


@given(names)
def test_a_link_to_a_draft_opens_that_part_until_its_time(series: str) -> None:
    key = draft_key(series, "a1b2c3d4", UNTIL, SECRETS)

    check_draft_key(series, "a1b2c3d4", key, UNTIL - SECOND, SECRETS)
    assert len(key) <= MAX_KEY
    with pytest.raises(LinkHasRunOut, match=f"a draft of {series} was good until 16 March 2026"):
        check_draft_key(series, "a1b2c3d4", key, UNTIL, SECRETS)
    for other in ((series, "a1b2c3d5"), (f"{series}x", "a1b2c3d4"), (f"{series}/a1b2c3d4", "")):
        with pytest.raises(BadToken):
            check_draft_key(*other, key, NOW, SECRETS)


def test_a_report_and_a_draft_have_no_key_in_common() -> None:
    with pytest.raises(BadToken):
        check_report_key(
            "heaps/a1b2c3d4", draft_key("heaps", "a1b2c3d4", UNTIL, SECRETS), NOW, SECRETS
        )
    with pytest.raises(BadToken):
        check_draft_key(
            "heaps", "a1b2c3d4", report_key("heaps/a1b2c3d4", UNTIL, SECRETS), NOW, SECRETS
        )


@pytest.mark.parametrize("secrets", [(), ("",), ("one", "")])
def test_without_a_secret_nothing_is_signed(secrets: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="secret"):
        report_key("compost", UNTIL, secrets)


@given(names)
def test_a_key_to_read_tells_the_draft_it_was_made_for_and_opens_nothing_else(name: str) -> None:
    key = read_key(name, UNTIL, SECRETS)

    assert draft_to_read(key, NOW, SECRETS) == (name, UNTIL)
    with pytest.raises(LinkHasRunOut):
        draft_to_read(key, UNTIL, SECRETS)
    for opens in (
        lambda: check_waiting_key(key, NOW, SECRETS),
        lambda: check_report_key(name, key, NOW, SECRETS),
        lambda: draft_to_read(waiting_key(UNTIL, SECRETS), NOW, SECRETS),
        lambda: draft_to_read(key, NOW, ["another secret"]),
    ):
        with pytest.raises(BadToken):
            opens()


def test_a_key_to_what_waits_is_good_until_its_time() -> None:
    key = waiting_key(UNTIL, SECRETS)

    assert check_waiting_key(key, UNTIL - SECOND, SECRETS) == UNTIL
    with pytest.raises(LinkHasRunOut):
        check_waiting_key(key, UNTIL, SECRETS)
