"""What stands between a newsletter and a mail server."""

from dataclasses import replace

import pytest

from partwork.delivering.readiness import missing_for_smtp
from partwork.model.address import Mailbox
from partwork.model.newsletter import Newsletter

READY = Newsletter(
    slug="compost",
    name="The Compost Letter",
    sender=Mailbox("", "letter@example.org"),
    reply_to=Mailbox("", "editor@example.org"),
    postal_address="1 Heap Lane, Loam",
    imprint_url="https://example.org/imprint",
)
PUBLIC = "https://news.example.org"
RELAY = "smtp.example.org"


def test_a_newsletter_with_all_that_the_law_asks_for_lacks_nothing() -> None:
    assert missing_for_smtp(READY, PUBLIC, RELAY) == ()


@pytest.mark.parametrize(
    ("lacking", "names"),
    [
        (replace(READY, sender=Mailbox("Compost", "")), "`sender`"),
        (replace(READY, sender=Mailbox("Compost", "letter@")), "`sender`"),
        (replace(READY, reply_to=Mailbox("", "")), "`reply_to`"),
        (replace(READY, postal_address=" \n"), "`postal_address`"),
        (replace(READY, imprint_url=""), "`imprint_url`"),
        (replace(READY, imprint_url="http://example.org/imprint"), "`imprint_url`"),
        (replace(READY, demo=True), "`demo = true`"),
    ],
)
def test_what_is_missing_is_named_with_its_file(lacking: Newsletter, names: str) -> None:
    (instruction,) = missing_for_smtp(lacking, PUBLIC, RELAY)

    assert names in instruction
    assert "content/newsletters/compost.toml" in instruction


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://news.example.org",
        "http://127.0.0.1:8000",
        "https://localhost",
        "http://localhost.example.org",
        "https://",
        "https://[::1",
        "ftp://news.example.org",
    ],
)
def test_readers_elsewhere_get_links_they_can_follow(url: str) -> None:
    (instruction,) = missing_for_smtp(READY, url, RELAY)

    assert "PARTWORK_PUBLIC_URL" in instruction


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1"])
def test_a_mail_server_on_this_machine_takes_demos_and_links_to_it(host: str) -> None:
    demo = replace(READY, demo=True)

    assert missing_for_smtp(demo, "http://127.0.0.1:8000", host) == ()
    assert missing_for_smtp(demo, "http://news.example.org", host) != ()


@pytest.mark.parametrize("host", ["", "0.0.0.0", "127.0.0.1.example.org", "localhost.example.org"])  # noqa: S104 hosts that look like this machine
def test_a_demo_goes_to_no_server_that_may_be_elsewhere(host: str) -> None:
    assert len(missing_for_smtp(replace(READY, demo=True), PUBLIC, host)) == 1


def test_everything_missing_is_said_at_once() -> None:
    bare = Newsletter("compost", "", Mailbox("", ""), Mailbox("", ""), demo=True)

    assert len(missing_for_smtp(bare, "", RELAY)) == 6
