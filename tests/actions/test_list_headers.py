"""What each mail says of its list: who reads it, how it is left, where its issues are kept."""

import re
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from partwork.actions.issue_named import issue_named
from partwork.actions.preview import preview
from partwork.actions.relaying import seal_of
from partwork.actions.send import send
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from tests.actions.test_collect_bounces import PATTERN
from tests.conftest import NOW, Clock
from tests.transport.rough_server import RoughServer

PUBLIC = "https://news.example.org"
ARCHIVE = f"<{PUBLIC}/newsletters/the-bench/archive>"


@pytest.fixture
def all_set(press: Press, server: RoughServer, maildir: Path, tmp_path: Path) -> Settings:
    """The home with all that its mails need at a mail server."""
    key, made = tmp_path / "key.pem", generate_private_key(65537, 2048)
    key.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return Settings(
        home=press.settings.home,
        smtp_url=server.url,
        public_url=PUBLIC,
        bounce_address=PATTERN,
        bounce_mailbox=f"maildir:{maildir}",
        dkim_domain="example.org",
        dkim_selector="one",
        dkim_key=key,
    )


def test_a_mail_says_all_of_it_under_a_signature_that_covers_it(
    all_set: Settings, issue: str, server: RoughServer, clock: Clock
) -> None:
    with assemble(all_set) as by_smtp:
        send(by_smtp, issue, clock=clock)
        seal = seal_of(all_set)
    assert seal
    record = seal.keys[0].record.encode()

    for octets in server.contents.values():
        mail = message_from_bytes(octets, policy=SMTP)
        https, mailto = re.findall(r"<([^<>\s]+)>", mail["List-Unsubscribe"])
        assert https.startswith(f"{PUBLIC}/u/")
        assert mailto.startswith("mailto:bounces%2B")
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert mail["List-Archive"] == ARCHIVE
        assert mail["List-Id"].endswith("<the-bench.example.org>")
        assert mail["Archived-At"] == f"<{PUBLIC}/issues/{issue}>"
        covered = signed_of(mail)
        assert {"list-archive", "list-unsubscribe", "list-unsubscribe-post"} <= covered
        assert dkim.DKIM(octets).verify(dnsfunc=lambda *_, **_how: record)
    assert len(server.contents) == 3


def signed_of(mail: Message) -> set[str]:
    """The fields that the signature says it covers."""
    listed = re.search(r"[;\s]h=([^;]+)", mail["DKIM-Signature"])
    assert listed
    return set(re.sub(r"\s", "", listed[1]).split(":"))


def test_a_preview_shows_the_archive_as_readers_get_it(press: Press, series: str) -> None:
    with assemble(Settings(home=press.settings.home, public_url=PUBLIC)) as reached:
        (made,) = preview(reached, series, 1, NOW)
    mail = message_from_bytes((made.folder / "mail.eml").read_bytes(), policy=SMTP)

    assert mail["List-Archive"] == ARCHIVE


def test_where_readers_reach_no_page_no_archive_is_promised(
    press: Press, issue: str, clock: Clock
) -> None:
    send(press, issue, clock=clock)

    copies = [file.read_bytes() for file in press.outbox.rglob("*.eml")]
    assert len(copies) == 3
    assert not any(b"List-Archive" in copy for copy in copies)


def test_a_change_of_address_needs_no_new_approval_for_the_field(
    press: Press, issue: str, clock: Clock
) -> None:
    approved = issue_named(press, issue).content_hash
    with assemble(Settings(home=press.settings.home, public_url=PUBLIC)) as moved:
        send(moved, issue, clock=clock)
        (one, *_) = (message_from_bytes(f.read_bytes()) for f in moved.outbox.rglob("*.eml"))

        assert issue_named(moved, issue).content_hash == approved
    assert one["List-Archive"] == ARCHIVE
