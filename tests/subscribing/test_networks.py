"""What is kept of where somebody was."""

import pytest

from partwork.subscribing.networks import Kept, kept_of, network_of
from partwork.subscribing.suppression import network_key


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/48"),
        ("", ""),
        ("testclient", ""),
        ("192.0.2.777", ""),
        ("192.0.2.1\r\nX: y", ""),
    ],
)
def test_a_network_names_no_machine(host: str, network: str) -> None:
    assert network_of(host) == network


def test_as_much_is_kept_as_the_operator_wants() -> None:
    assert [kept_of("192.0.2.77", how) for how in Kept] == ["192.0.2.77", "192.0.2.0/24", ""]
    assert [kept_of("no address", how) for how in Kept] == ["", "", ""]


def test_networks_are_told_apart_without_being_named() -> None:
    one, other = (network_key(n, b"key") for n in ("192.0.2.0/24", "198.51.100.0/24"))

    assert one != other != network_key("198.51.100.0/24", b"another key")
    assert "192" not in one or len(one) == 64
    assert network_key("", b"key") == ""
