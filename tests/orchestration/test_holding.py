"""Ports are free or named, and each home has one launcher."""

import os
import signal
import socket
from pathlib import Path

import pytest

from partwork.orchestration.holding import (
    CannotListenHere,
    HomeInUse,
    PortTaken,
    ToldToEnd,
    ended_by_signals,
    free_port,
    only_launcher,
    preferred_port,
)


def test_a_port_in_use_is_named_and_where_none_was_asked_for_another_is_taken() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]

        with pytest.raises(PortTaken, match=f"port {taken} of 127.0.0.1 is in use"):
            free_port(taken)
        assert preferred_port(taken) != taken

    assert free_port(taken) == taken


def test_an_address_of_another_machine_is_refused_in_one_line() -> None:
    with pytest.raises(CannotListenHere, match=r"cannot listen on port 4200 of 192\.0\.2\.1"):
        free_port(4200, "192.0.2.1")


def test_a_home_is_held_by_one_and_free_afterwards(tmp_path: Path) -> None:
    lock = tmp_path / "lock"

    with only_launcher(tmp_path, lock):
        with (
            pytest.raises(HomeInUse, match=f"process {os.getpid()}"),
            only_launcher(tmp_path, lock),
        ):
            pass
        assert lock.read_text().strip() == str(os.getpid())
    with only_launcher(tmp_path, lock):
        pass


@pytest.mark.parametrize("told", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_in_order_and_is_as_before_afterwards(told: signal.Signals) -> None:
    before = signal.signal(told, signal.SIG_DFL)  # under nohup, these tests have SIGHUP ignored
    try:
        with pytest.raises(ToldToEnd) as ended, ended_by_signals():
            os.kill(os.getpid(), told)

        assert ended.value.code == 128 + told
        assert signal.getsignal(told) is signal.SIG_DFL
    finally:
        signal.signal(told, before)


def test_a_closed_terminal_does_not_end_what_was_told_to_outlive_it() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_by_signals():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_interrupt_is_heeded_also_where_a_shell_had_it_ignored() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with pytest.raises(KeyboardInterrupt), ended_by_signals():
            os.kill(os.getpid(), signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
