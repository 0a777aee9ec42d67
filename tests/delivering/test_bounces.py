"""An envelope sender names the mail it was made for, and nobody else can make one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.delivering.bounces import (
    MailKind,
    SentMail,
    UnfitPattern,
    bounce_address,
    checked_pattern,
    mail_behind,
)

PATTERN = "Bounces+{token}@example.org"
SECRETS = ("the newest", "an older one")
MAIL = SentMail(MailKind.DELIVERY, 56_000_123)

mails = st.builds(SentMail, st.sampled_from(MailKind), st.integers(0, 2**64 - 1))


@given(mails, st.text(min_size=1).filter(lambda secret: secret.isprintable()))
def test_what_was_made_for_a_mail_leads_back_to_it(mail: SentMail, secret: str) -> None:
    address = bounce_address(PATTERN, mail, (secret,))

    assert mail_behind(address, PATTERN, (secret,)) == mail
    assert mail_behind(address, PATTERN, (f"{secret}x",)) is None
    assert len(address.partition("@")[0]) <= 64
    assert address.isascii()


@given(mails)
def test_servers_may_change_the_case_of_letters(mail: SentMail) -> None:
    address = bounce_address(PATTERN, mail, SECRETS)

    assert mail_behind(address.upper(), PATTERN, SECRETS) == mail
    assert mail_behind(address.lower(), PATTERN, SECRETS) == mail


def test_a_secret_that_no_longer_signs_still_verifies() -> None:
    old = bounce_address(PATTERN, MAIL, SECRETS[1:])

    assert mail_behind(old, PATTERN, SECRETS) == MAIL
    assert mail_behind(old, PATTERN, SECRETS[:1]) is None


@given(st.integers(0, 200), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567@+"))
def test_no_letter_can_be_another(place: int, letter: str) -> None:
    address = bounce_address("b+{token}@example.org", MAIL, SECRETS)
    at = place % len(address)
    forged = address[:at] + letter + address[at + 1 :]

    found = mail_behind(forged, "b+{token}@example.org", SECRETS)

    assert (found == MAIL) == (forged == address)
    assert found in {MAIL, None}


@given(st.text(max_size=90))
def test_what_we_did_not_make_leads_nowhere(address: str) -> None:
    assert mail_behind(address, PATTERN, SECRETS) is None
    assert mail_behind(f"bounces+{address}@example.org", PATTERN, SECRETS) is None
    assert mail_behind(address, "bounces@example.org", SECRETS) is None


def test_mails_of_different_kinds_are_told_apart_though_they_have_one_number() -> None:
    made = {kind: bounce_address(PATTERN, SentMail(kind, 7), SECRETS) for kind in MailKind}

    assert len(set(made.values())) == len(MailKind)
    for kind, address in made.items():
        for other in set(MailKind) - {kind}:
            taken_for = address.replace(f"+{kind}", f"+{other}")
            assert mail_behind(taken_for, PATTERN, SECRETS) is None


def test_an_address_without_a_place_is_the_sender_of_every_mail() -> None:
    assert bounce_address("bounces@example.org", MAIL, SECRETS) == "bounces@example.org"


@pytest.mark.parametrize(
    "pattern",
    [
        "bounces",
        "bounces@{token}.example.org",
        "{token}{token}@example.org",
        f"{'b' * 40}+{{token}}@example.org",
        "bünces+{token}@example.org",
        "bounces +{token}@example.org",
        "bounces+{token}@example.org\r\nDATA",
        "bounces+{Token}@example.org",
        "bounces+{token}@exa mple.org",
    ],
)
def test_an_address_that_cannot_be_one_is_refused(pattern: str) -> None:
    with pytest.raises(UnfitPattern, match=r"write an address such as bounces\+\{token\}"):
        checked_pattern(pattern)


@pytest.mark.parametrize("pattern", ["bounces@example.org", "{token}@example.org", PATTERN])
def test_an_address_with_one_place_or_none_will_do(pattern: str) -> None:
    assert checked_pattern(pattern) == pattern
