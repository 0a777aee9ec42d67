"""Only the public internet is fetched from, however an address is spelt."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.fetching.addresses import checked_url, is_admitted, is_url
from partwork.fetching.errors import NotFetched, shown

PRIVATE = (
    "127.0.0.1", "127.255.0.9", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1",
    "::1", "fd12:3456::1", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1",
)  # fmt: skip
NEVER = (
    "0.0.0.0",  # noqa: S104 nothing is bound to it
    "0.1.2.3", "100.64.0.1", "100.100.100.200", "169.254.169.254", "192.0.0.192",
    "192.0.2.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1", "fd00:ec2::254", "2001:db8::1",
    "2001::1", "2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "100::1",
    "64:ff9b:1::7f00:1", "::127.0.0.1", "::ffff:0:127.0.0.1", "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe", "", "localhost", "127.1", "0x7f000001",
)  # fmt: skip
PUBLIC = ("1.1.1.1", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_admitted(address: str) -> None:
    assert is_admitted(address, allows_private=False)
    assert is_admitted(address, allows_private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_admitted_only_where_the_settings_say_so(address: str) -> None:
    assert not is_admitted(address, allows_private=False)
    assert is_admitted(address, allows_private=True)


@pytest.mark.parametrize("address", NEVER)
def test_reserved_addresses_and_metadata_are_never_admitted(address: str) -> None:
    assert not is_admitted(address, allows_private=False)
    assert not is_admitted(address, allows_private=True)


@given(st.ip_addresses(v=4), st.booleans())
def test_ipv4_inside_ipv6_is_judged_as_that_ipv4(
    address: ipaddress.IPv4Address, allows_private: bool
) -> None:
    verdict = is_admitted(str(address), allows_private=allows_private)

    assert is_admitted(f"::ffff:{address}", allows_private=allows_private) is verdict
    assert is_admitted(f"64:ff9b::{address}", allows_private=allows_private) is verdict


@pytest.mark.parametrize(
    "url",
    [
        "ftp://journal.example.org/a", "file:///etc/passwd", "gopher://journal.example.org/",
        "http:///a", "http://", "https://[::1", "http://journal.example.org:port/",
        "http://ada:key@journal.example.org/", "http://ada@journal.example.org/",
        "http://journal.example.org\\@127.0.0.1/", "http://journal.example.org/a b",
        "http://journal.example.org/\r\nHost:x", "http://journal.example.org/\u202e",
        "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/",
        "http://127.1/", "http://127.0.0.1./", "http://1.2.3.4.5/", "http://0/",
        "http://journal.example.org.1/", "journal.example.org/a", "ada:key@journal.example.org/",
        "", "https:journal.example.org", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_names_no_page_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(NotFetched) as refused:
        checked_url(url)

    assert "\n" not in str(refused.value)
    assert "key" not in str(refused.value)


def test_a_page_keeps_its_query_and_loses_its_fragment() -> None:
    assert checked_url(" https://journal.example.org/a?n=1#top\n") == (
        "https://journal.example.org/a?n=1"
    )


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("https://journal.example.org", True),
        ("HTTP://journal.example.org", True),
        ("ftp://journal.example.org", True),
        ("notes/https.txt", False),
        ("journal.example.org/a.html", False),
        ("-", False),
    ],
)
def test_addresses_are_told_from_files(text: str, answer: bool) -> None:
    assert is_url(text) is answer


def test_a_message_shows_neither_login_nor_query() -> None:
    assert shown("https://ada:key@journal.example.org/a?token=secret#x") == (
        "https://journal.example.org/a?…"
    )
    assert shown("https://[broken") == shown("") == "that address"
    assert shown("ada:key@journal.example.org/a?token=secret") == "journal.example.org/a?…"


@given(st.text())
def test_what_is_shown_is_one_line(text: str) -> None:
    assert len(shown(f"https://journal.example.org/{text}").splitlines()) == 1
