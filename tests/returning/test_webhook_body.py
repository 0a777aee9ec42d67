"""A webhook's body is JSON that can be read in one way alone, or nothing."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.feedback import Source
from partwork.returning.webhook_body import json_in
from partwork.returning.webhook_json import UnreadableEvent


def test_json_is_read() -> None:
    assert json_in(Source.SES, '{"a": [1, "é", null]}'.encode()) == {"a": [1, "é", None]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a": 1} {"a": 1}',
        b'{"a": 1, "a": 2}',
        b'[{"b": {"a": 1, "\\u0061": 1}}]',
        b'{"a": NaN}',
        b'{"a": -Infinity}',
        b"\xff",
        b'{"a": "\xe9"}',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b"[" * 200_000,
        b"9" * 10_000,
        b"<event/>",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_none_or_can_be_read_in_two_ways_is_one_clear_error(body: bytes) -> None:
    with pytest.raises(UnreadableEvent) as told:
        json_in(Source.MAILGUN, body)

    assert str(told.value).startswith("a webhook of mailgun was not understood: it is not JSON")
    assert "\n" not in str(told.value)


@given(st.binary(max_size=300))
def test_no_bytes_do_more_harm(body: bytes) -> None:
    with suppress(UnreadableEvent):
        json_in(Source.SENDGRID, body)
