"""Mail that asks to leave."""

import pytest

from partwork.returning.wishes import asks_to_leave


@pytest.mark.parametrize(
    "subject",
    [
        "unsubscribe",
        "Unsubscribe",
        " UNSUBSCRIBE ",
        "[EXTERNAL] unsubscribe",
        "=?utf-8?q?unsubscribe?=",
    ],
)
def test_the_one_word_that_programs_put_in_the_subject_asks(subject):
    assert asks_to_leave(f"Subject: {subject}\r\n\r\nThis was sent by a program.\r\n".encode())


@pytest.mark.parametrize(
    "subject",
    ["", "Re: unsubscribe", "How do I unsubscribe?", "do not unsubscribe", "unsubscribe me not"],
)
def test_what_people_write_is_for_people_to_read(subject):
    assert not asks_to_leave(f"Subject: {subject}\r\n\r\nunsubscribe\r\n".encode())


def test_a_provider_may_have_a_machine_ask_for_a_reader():
    assert asks_to_leave(b"Subject: unsubscribe\r\nAuto-Submitted: auto-generated\r\n\r\n")


@pytest.mark.parametrize("field", ["Auto-Submitted: auto-replied", "X-Autoreply: yes"])
def test_a_machines_answer_asks_for_nothing(field):
    assert not asks_to_leave(f"Subject: unsubscribe\r\n{field}\r\n\r\n".encode())
