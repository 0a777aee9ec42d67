"""The suppression list knows addresses by their hash."""

import pytest

from partwork.subscribing.suppression import fingerprint, mailbox_key, suppression_key

KEY = b"a key of the test"


def test_every_spelling_of_an_address_has_one_key() -> None:
    keys = {
        suppression_key(a, KEY) for a in ("ada@example.org", " Ada@EXAMPLE.org", "ADA@example.ORG")
    }

    assert len(keys) == 1
    assert len(keys.pop()) == 64


def test_dots_and_plus_are_the_mailbox_s_own_affair() -> None:
    addresses = ("ada@example.org", "a.da@example.org", "ada+news@example.org")

    assert len({suppression_key(a, KEY) for a in addresses}) == 3


def test_mails_to_one_mailbox_are_counted_together_and_suppress_nobody() -> None:
    plain, tagged = "ada@example.org", "ada+news@example.org"

    assert mailbox_key(tagged, KEY) == mailbox_key(plain, KEY) == suppression_key(plain, KEY)
    assert suppression_key(tagged, KEY) != suppression_key(plain, KEY)


def test_another_key_gives_other_hashes_and_another_fingerprint() -> None:
    assert suppression_key("ada@example.org", KEY) != suppression_key("ada@example.org", b"other")
    assert fingerprint(KEY) != fingerprint(b"other")
    assert fingerprint(KEY) == fingerprint(b"a key of the test")


@pytest.mark.parametrize("address", ["", "ada", "@example.org", "fingerprint"])
def test_what_is_no_address_is_not_suppressed(address: str) -> None:
    with pytest.raises(ValueError, match="address"):
        suppression_key(address, KEY)


def test_an_empty_key_protects_nobody() -> None:
    with pytest.raises(ValueError, match="empty"):
        suppression_key("ada@example.org", b"")
    with pytest.raises(ValueError, match="empty"):
        fingerprint(b"")
