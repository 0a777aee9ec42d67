"""Mails to one person as they go over the wire."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest

from partwork.delivering.addresses import UnfitAddress
from partwork.delivering.service import service_message_bytes
from partwork.model.address import Mailbox
from partwork.model.newsletter import Newsletter

NEWSLETTER = Newsletter(
    "bench", "The Bench", Mailbox("The Bench", "hello@example.org"), Mailbox("", "us@example.org")
)
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def made(recipient: str = "ada@example.org", **changes: Any) -> bytes:
    fields: dict[str, Any] = {
        "subject": "Please confirm: Über",
        "html": "<p>Confirm → here</p>\n",
        "text": "Confirm → here\n",
        "name": "17",
        "date": AT,
        "demo": False,
    }
    return service_message_bytes(NEWSLETTER, recipient, **(fields | changes))


def test_it_says_that_no_person_wrote_it_and_belongs_to_no_list() -> None:
    message = message_from_bytes(made(), policy=policy.default)

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["From"] == "The Bench <hello@example.org>"
    assert message["To"] == "ada@example.org"
    assert message["Reply-To"] == "us@example.org"
    assert message["Subject"] == "Please confirm: Über"
    assert not any(name.lower().startswith("list-") for name in message)
    assert "X-Partwork-Demo" not in message


def test_both_parts_arrive_as_they_were() -> None:
    message = message_from_bytes(made(), policy=policy.default)

    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    assert [p.get_content().replace("\r\n", "\n").strip() for p in message.iter_parts()] == [
        "Confirm → here",
        "<p>Confirm → here</p>",
    ]


def test_each_has_a_name_of_its_own_and_keeps_it() -> None:
    ids = [message_from_bytes(made(name=name))["Message-ID"] for name in ("17", "17", "18")]

    assert ids[0] == ids[1] != ids[2]


def test_a_demo_is_marked() -> None:
    message = message_from_bytes(made(demo=True), policy=policy.default)

    assert message["Subject"].startswith("[Demo] ")
    assert message["X-Partwork-Demo"] == "yes"


def test_its_lines_are_short_ascii_and_end_in_crlf() -> None:
    for line in made(subject="x" * 500, text="y" * 2_000).split(b"\r\n"):
        assert len(line) <= 998
        assert line.isascii()
        assert b"\n" not in line
        assert b"\r" not in line


def test_no_address_ends_a_header_line() -> None:
    with pytest.raises(UnfitAddress):
        made("ada@example.org\r\nBcc: eve@example.org")


def test_a_naive_date_is_a_defect() -> None:
    with pytest.raises(ValueError, match="aware"):
        made(date=datetime(2026, 3, 2))  # noqa: DTZ001 that is the point
