"""A folder in place of a mail server."""

import os
from email import message_from_bytes
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.delivery import Envelope, NotSent
from partwork.transport.outbox import Outbox, file_name


def mail(message_id: str = "<7.abc@example.org>", body: bytes = b"A handful.\r\n") -> bytes:
    return b"Message-ID: " + message_id.encode() + b"\r\nSubject: Soil\r\n\r\n" + body


def to(recipient: str) -> Envelope:
    return Envelope("bounces@example.org", recipient)


def test_a_message_lies_under_its_reader_s_name_byte_for_byte(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "outbox"

    with Outbox(folder) as outbox:
        reply = outbox.send(to("ada@example.org"), mail())

    (file,) = folder.iterdir()
    assert reply.code == 250
    assert file.name == "ada@example.org--7.abc.eml"
    assert file.read_bytes() == mail()
    assert message_from_bytes(file.read_bytes())["Subject"] == "Soil"
    assert file.stat().st_mode & 0o077 == 0


def test_the_ledger_keeps_no_address_from_the_reply(tmp_path: Path) -> None:
    assert "ada" not in Outbox(tmp_path).send(to("ada@example.org"), mail()).text


def test_the_same_delivery_replaces_its_file(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path)
    outbox.send(to("ada@example.org"), mail(body=b"one\r\n"))
    outbox.send(to("ada@example.org"), mail(body=b"two\r\n"))
    outbox.send(to("ada@example.org"), mail("<8.abc@example.org>"))
    outbox.send(to("grace@example.org"), mail())

    assert len(list(tmp_path.iterdir())) == 3
    assert (tmp_path / "ada@example.org--7.abc.eml").read_bytes().endswith(b"two\r\n")


@pytest.mark.parametrize(
    ("recipient", "message_id"),
    [
        ("../../etc/passwd", "<1@example.org>"),
        ("ada@example.org", "<../../../tmp/x@example.org>"),
        ("a/b@example.org", "<1@example.org>"),
        (".hidden@example.org", "<1@example.org>"),
        ("-rf@example.org", "<1@example.org>"),
        ("名前@example.org", "<1@example.org>"),
        ("a\x00b\n@example.org", "<1@example.org>"),
        ("x" * 500 + "@example.org", "<1@example.org>"),
        ("ada@example.org", "<" + "y" * 500 + "@example.org>"),
        ("", ""),
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, recipient: str, message_id: str) -> None:
    folder = tmp_path / "outbox"

    Outbox(folder).send(to(recipient), mail(message_id))

    (file,) = folder.iterdir()
    assert not file.name.startswith((".", "-"))
    assert file.name.isascii()
    assert len(file.name) < 200
    assert os.listdir(tmp_path) == ["outbox"]  # noqa: PTH208 names are all that is asked


@given(st.text(max_size=300), st.text(max_size=300))
def test_two_readers_never_share_a_file(one: str, other: str) -> None:
    names = {file_name(one, mail()).casefold(), file_name(other, mail()).casefold()}

    assert len(names) == len({one, other}) or one.casefold() == other.casefold()


def test_messages_without_a_message_id_are_told_apart_by_their_bytes() -> None:
    one, other = b"Subject: a\r\n\r\n", b"Subject: b\r\n\r\n"

    assert file_name("ada@example.org", one) != file_name("ada@example.org", other)


def test_a_folder_that_cannot_be_written_is_said_plainly(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(NotSent, match="outbox"):
        Outbox(tmp_path / "file").send(to("ada@example.org"), mail())


def test_nothing_half_written_stays_behind(tmp_path: Path) -> None:
    name = file_name("ada@example.org", mail())
    (tmp_path / name).mkdir()  # a folder in the file's place: it cannot be replaced

    with pytest.raises(NotSent):
        Outbox(tmp_path).send(to("ada@example.org"), mail())
    assert [p.name for p in tmp_path.iterdir()] == [name]
