"""Addresses on their way to the wire."""

import unicodedata

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import assume, given
from hypothesis import strategies as st

from partwork.delivering.addresses import UnfitAddress, wire_address


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("Ada.L+news@Example.ORG", "Ada.L+news@Example.ORG"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("jörg@BÜCHER.example", "jörg@xn--bcher-kva.example"),
        ('"ada lovelace"@example.org', '"ada lovelace"@example.org'),
        ('"a@b"@example.org', '"a@b"@example.org'),
    ],
)
def test_the_domain_alone_is_translated(typed: str, sent: str) -> None:
    assert wire_address(typed) == sent


@given(
    st.one_of(
        st.emails(),
        st.builds("{}@example.org".format, st.text(min_size=1, max_size=20)),
        st.builds("ada@{}.example".format, st.text(min_size=1, max_size=20)),
    )
)
def test_an_address_that_may_subscribe_can_be_written_to(address: str) -> None:
    try:
        validate_email(address, check_deliverability=False, strict=True)
    except EmailNotValidError:
        assume(False)

    local, _, domain = wire_address(address).rpartition("@")
    assert local == address.rpartition("@")[0]
    assert domain.isascii()


@given(st.text())
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    for address in (text, f"{text}@example.org", f"ada@{text}"):
        try:
            sent = wire_address(address)
        except UnfitAddress:
            continue
        assert not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(c) for c in sent}
        assert not set("<>\r\n") & set(sent)
        assert " " not in sent or sent.startswith('"')
