"""The relay's own name of a message, from the words that relays are known to use."""

import pytest

from partwork.delivering.relay_ids import relay_id_in
from partwork.model.delivery import Reply


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("2.0.0 Ok: queued as 4Y8cKT2Zx7z3B", "4Y8cKT2Zx7z3B"),
        ("OK id=1tE5Zk-00AbCd-2f", "1tE5Zk-00AbCd-2f"),
        ("2.0.0 4AM9xQ5x012345 Message accepted for delivery", "4AM9xQ5x012345"),
        ("Ok 0102018f2a3b4c5d-0a1b2c3d-4e5f-6789-abcd-ef0123456789-000000",
         "0102018f2a3b4c5d-0a1b2c3d-4e5f-6789-abcd-ef0123456789-000000"),
        ("2.0.0 OK  1714991234 a1b2c3d4-e5f6.12 - gsmtp", "1714991234 a1b2c3d4-e5f6.12"),
        ("2.6.0 <x@example.org> [InternalId=1234567890, Hostname=mx] Queued mail", "1234567890"),
        ("2.0.0 Ok", ""),
        ("", ""),
        ("queued as " + "x" * 500, "x" * 128),
    ],
)  # fmt: skip
def test_the_name_is_found_where_the_reply_tells_one(words: str, name: str) -> None:
    assert relay_id_in(Reply(250, words)) == name
