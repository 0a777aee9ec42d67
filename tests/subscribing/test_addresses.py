"""Which addresses are one, and which can be written to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import domains

from partwork.subscribing.addresses import address_key, fault_of, mailbox_of, masked


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ada@Example.ORG", "ada@example.org"),
        (" ada@example.org ", "ada@example.org"),
        ("ada@example.org.", "ada@example.org"),
        ("ada@bücher.example.org", "ada@xn--bcher-kva.example.org"),
        ("ada@straße.example.org", "ada@xn--strae-oqa.example.org"),
        ("ada@STRAẞE.example.org", "ada@straße.example.org"),
        ("ada@bu\u0308cher.example.org", "ada@bücher.example.org"),
        ("ada@ｅxample。org", "ada@example.org"),
        ("RENE\u0301@example.org", "ren\u00e9@example.org"),
    ],
)
def test_two_ways_to_type_an_address_have_one_key(one: str, other: str) -> None:
    assert address_key(one) == address_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ada@example.org", "a.da@example.org"),
        ("ada@example.org", "ada+news@example.org"),
        ("ada@straße.example.org", "ada@strasse.example.org"),  # one in IDNA 2003
        ("ada@φίλος.example.org", "ada@φίλοσ.example.org"),
    ],
)
def test_what_may_be_two_mailboxes_has_two_keys(one: str, other: str) -> None:
    assert address_key(one) != address_key(other)


@given(st.from_regex(r"[a-zA-Z0-9._+-]{1,20}", fullmatch=True), domains())
def test_a_key_is_its_own_key_and_ignores_case(local: str, domain: str) -> None:
    key = address_key(f"{local}@{domain}")

    assert address_key(key) == key == address_key(f"{local}@{domain}".upper())


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        ("ada@example.org", "ada@example.org"),
        ("Ada+News@Example.org", "ada@example.org"),
        ("ada+a+b@example.org", "ada@example.org"),
        ("a.da@example.org", "a.da@example.org"),
        ("a.d.a+x@gmail.com", "ada@gmail.com"),
        ("a.da@GoogleMail.com", "ada@gmail.com"),
        ("+news@example.org", "+news@example.org"),
        ("ada+news@bücher.example.org", "ada@xn--bcher-kva.example.org"),
    ],
)
def test_one_mailbox_has_many_addresses(address: str, mailbox: str) -> None:
    assert mailbox_of(address) == mailbox


@given(
    st.from_regex(r"[a-zA-Z0-9._+-]{1,20}", fullmatch=True),
    st.sampled_from(["example.org", "gmail.com", "googlemail.com"]),
)
def test_a_mailbox_s_plainest_address_is_its_own(local: str, domain: str) -> None:
    mailbox = mailbox_of(f"{local}@{domain}")

    assert mailbox_of(mailbox) == mailbox == address_key(mailbox)


@pytest.mark.parametrize(
    "text",
    ["", "ada", "@example.org", "ada@", "ada@..", "ada@" + "x" * 64 + ".org", "ada@💩.org",
     "ada@\u200b.org", "ada@\udcff.org"],
)  # fmt: skip
def test_what_is_no_address_has_no_key(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        address_key(text)


@pytest.mark.parametrize(
    "text", ["", "ada", "a b@example.com", "a@b", "ada@example.com\r\nBcc: eve@example.com"]
)
def test_a_fault_is_said_without_the_address(text: str) -> None:
    fault = fault_of(text)

    assert fault
    assert not text or text not in fault


def test_an_address_in_any_script_has_no_fault() -> None:
    assert fault_of("übung@bücher.example.com") == ""


def test_a_masked_address_is_known_again_by_its_owner_alone() -> None:
    assert masked("ada.lovelace@example.org") == "a…@example.org"
    assert masked("") == ""
