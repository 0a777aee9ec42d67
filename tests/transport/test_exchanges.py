"""A domain is refused only where a name server has said that it takes no mail."""

import threading
import time
from datetime import timedelta

import pytest

from partwork.transport.exchanges import takes_mail
from tests.transport.name_server import NameServer, name_server

TAKES = {
    "with-mx.example.org": {"MX": ["10 mx.example.org."]},
    "address-alone.example.org": {"A": ["192.0.2.7"]},
    "ipv6-alone.example.org": {"AAAA": ["2001:db8::7"]},
    "null-and-another.example.org": {"MX": ["0 .", "10 mx.example.org."]},
}
TAKES_NONE = {
    "null-mx.example.org": {"MX": ["0 ."], "A": ["192.0.2.7"]},
    "words-alone.example.org": {"TXT": ['"no mail here"']},
}


@pytest.mark.parametrize("domain", TAKES)
def test_mail_goes_to_exchanges_and_else_to_the_address_itself(domain: str) -> None:
    with name_server(TAKES) as server:
        assert takes_mail(domain, [server.address])


@pytest.mark.parametrize("domain", [*TAKES_NONE, "no-such-name.example.org"])
def test_null_mx_and_nothing_at_all_take_no_mail(domain: str) -> None:
    with name_server(TAKES_NONE) as server:
        assert not takes_mail(domain, [server.address])


@pytest.mark.parametrize("trouble", ["SERVFAIL", "REFUSED"])
def test_a_name_server_in_trouble_refuses_nobody(trouble: str) -> None:
    with name_server({}, trouble=trouble) as server:
        assert takes_mail("example.org", [server.address], timedelta(seconds=0.3))


def test_a_silent_name_server_refuses_nobody_and_holds_up_a_moment() -> None:
    with name_server({}, silent=True) as server:
        began = time.monotonic()
        assert takes_mail("example.org", [server.address], timedelta(seconds=0.3))
        assert time.monotonic() - began < 2


def test_the_second_server_is_asked_where_the_first_is_silent() -> None:
    with name_server({}, silent=True) as silent, name_server({}) as other:
        assert not takes_mail("example.org", [silent.address, other.address], timedelta(seconds=5))


@pytest.mark.parametrize(
    "domain", ["x" * 64 + ".org", "a..b", "", "xn--.example.org", "\udc80.org"]
)
def test_what_no_server_can_be_asked_for_refuses_nobody(domain: str) -> None:
    assert takes_mail(domain, ["127.0.0.1:9"], timedelta(seconds=0.1))


def test_who_asks_for_many_at_once_holds_up_a_few_threads_alone() -> None:
    with name_server({}, silent=True) as server:
        asking = [_asking(server) for _ in range(30)]
        waiting = _soon(lambda: sum(thread.is_alive() for thread in asking) <= 8)
        for thread in asking:
            thread.join()

    assert waiting


def _asking(server: NameServer) -> threading.Thread:
    patience = timedelta(seconds=1.5)
    thread = threading.Thread(target=takes_mail, args=("example.org", [server.address], patience))
    thread.start()
    return thread


def _soon(holds) -> bool:
    until = time.monotonic() + 1
    while time.monotonic() < until:
        if holds():
            return True
        threading.Event().wait(0.01)
    return False
