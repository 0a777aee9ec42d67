"""The address of a mailbox, as operators write it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.mailbox.address import BadMailboxUrl, ImapAddress, mailbox_address
from partwork.settings import Settings
from partwork.settings_faults import SettingsError


def test_an_imap_address_has_its_parts_decoded():
    address = mailbox_address("imaps://bounces%40example.org:p%2Fw@mail.example.org/In%20box/back")

    assert address == ImapAddress(
        "mail.example.org", 993, True, "bounces@example.org", "p/w", "In box/back"
    )


@pytest.mark.parametrize(
    ("url", "port", "folder"),
    [
        ("imaps://u:p@mail.example.org", 993, "INBOX"),
        ("imaps://u:p@mail.example.org:1993/", 1993, "INBOX"),
        ("imap://u:p@localhost/Bounces", 143, "Bounces"),
        ("imap://u:p@[::1]:1143/Bounces", 1143, "Bounces"),
    ],
)
def test_port_and_folder_may_be_left_out(url, port, folder):
    address = mailbox_address(url)

    assert isinstance(address, ImapAddress)
    assert (address.port, address.folder) == (port, folder)


@pytest.mark.parametrize("url", ["maildir:/srv/a b%20", "maildir:///srv/a b%20"])
def test_a_maildir_is_a_path_as_it_stands(url):
    assert mailbox_address(url) == Path("/srv/a b%20")


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("imap://u:secret@mail.example.org/INBOX", "off this machine it must be imaps://"),
        ("pop3://u:secret@mail.example.org", "it must begin with imaps:// or maildir:"),
        ("imaps://u:secret@:993", "it names no host"),
        ("imaps://u:secret@mail.example.org:0", "it names no host, or port 0"),
        ("imaps://u:sec/ret@mail.example.org", "it is no URL with a host and a port"),
        ("imaps://mail.example.org/INBOX", "it needs a user and a password"),
        ("imaps://secret@mail.example.org/INBOX", "it needs a user and a password"),
        ("imaps://u:secret%0D%0Ax@mail.example.org", "must be printable ASCII"),
        ("imaps://u:secr%C3%A9t@mail.example.org", "must be printable ASCII"),
        ("imaps://u:secret@mail.example.org/a%0D%0Ab", "must be printable ASCII"),
        ("imaps://u:secret@mail.example.org/INBOX?x", "something follows the folder"),
        ("maildir:secret", "after maildir: comes a path from the root"),
        ("maildir://host/secret", "after maildir: comes a path from the root"),
    ],
)
def test_what_cannot_be_used_is_refused_without_repeating_it(url, why):
    with pytest.raises(BadMailboxUrl) as refused:
        mailbox_address(url)

    assert str(refused.value).startswith(why) or why in str(refused.value)
    assert "secr" not in str(refused.value).replace("user:password", "")


def test_no_password_is_shown(tmp_path):
    settings = Settings(home=tmp_path, bounce_mailbox="imaps://u:s3cr3t@mail.example.org")

    assert "s3cr3t" not in f"{settings!r} {settings.mailbox!r} {settings.mailbox}"


def test_a_wrong_setting_is_named_without_its_value(tmp_path):
    with pytest.raises(SettingsError) as refused:
        Settings(home=tmp_path, bounce_mailbox="imap://u:secret@mail.example.org")

    assert str(refused.value).startswith("PARTWORK_BOUNCE_MAILBOX cannot be used: off this machine")
    assert "secret" not in str(refused.value)


@given(st.text() | st.builds("imaps://{}:{}@{}/{}".format, *[st.text()] * 4))
def test_whatever_is_written_is_an_address_or_refused(url):
    try:
        address = mailbox_address(url)
    except BadMailboxUrl:
        return
    assert isinstance(address, ImapAddress | Path)
