"""The quick look agrees with the long one."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partwork.subscribing.addresses import fault_of
from partwork.subscribing.plain_addresses import is_plain

# Near the border between the two: what each rule speaks of, and what comes next to it.
letters = st.sampled_from("ab9AZ_+-.@!ü \n")
locals_ = st.text(letters, min_size=1, max_size=70)
labels = st.text("ab9AZ-", min_size=1, max_size=65) | st.sampled_from(["xn--a", "local", "test"])
tops = st.sampled_from(
    ["org", "Example", "local", "test", "arpa", "onion", "c", "o-g", "c0", "xn--"]
)
domains = st.builds(lambda parts, top: ".".join([*parts, top]), st.lists(labels, max_size=3), tops)


@given(st.builds("{}@{}".format, locals_, domains) | st.text(letters, max_size=30))
@example("ada@example.org\n")
@example("ada@localhost.localdomain")
@example("ada@a--b.org")
@example("a" * 65 + "@example.org")
@example("ada@" + "b" * 64 + ".org")
@example(".".join("a" * 40) + "@example.org")
def test_what_looks_plain_is_no_fault_for_email_validator(address: str) -> None:
    assert not is_plain(address) or fault_of(address) == ""


@given(
    st.text(string.ascii_letters + string.digits + "_+-", min_size=1, max_size=30),
    st.text(string.ascii_letters + string.digits, min_size=1, max_size=30),
)
def test_most_addresses_look_plain(local: str, label: str) -> None:
    assert is_plain(f"{local}.x@{label}.example.org")


@pytest.mark.parametrize(
    "address", ["jörg@example.org", "ada@straße.example", '"ada"@example.org', "ada@b.test", ""]
)
def test_what_is_not_plain_is_left_to_email_validator(address: str) -> None:
    assert not is_plain(address)
