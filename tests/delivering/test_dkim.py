"""Our signatures, as a receiver verifies them."""

from collections.abc import Callable

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from partwork.delivering.dkim import REWRITTEN, Seal, UnfitKey, seal
from partwork.delivering.dressing import dressed
from partwork.model.delivery import Envelope
from partwork.model.relay import Profile, Relay, Signer

HEADER = (
    b"From: The Letter <letter@example.org>\r\n"
    b"To: ada@example.org\r\n"
    b"Subject: =?utf-8?q?Soil?=\r\n =?utf-8?q?_and_more?=\r\n"
    b"Date: Mon, 04 May 2026 07:30:00 +0000\r\n"
    b"Message-ID: <7.00@example.org>\r\n"
    b"List-Unsubscribe: <https://news.example.org/u/token>\r\n"
    b"List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
)
MESSAGE = HEADER + b"\r\nA handful.\r\n\r\n\r\n"


def pem(key: object, password: bytes = b"") -> bytes:
    how = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, how)  # type: ignore[attr-defined]


RSA = pem(generate_private_key(65537, 2048))
ED25519 = pem(Ed25519PrivateKey.generate())
ONE = seal("example.org", ("one", RSA))
BOTH = seal("example.org", ("one", RSA), ("two", ED25519))


def signed(message: bytes, by: Seal = BOTH) -> bytes:
    return by.fields(message) + message


def records(by: Seal) -> Callable[..., bytes]:
    """What the DNS says."""
    known = {f"{key.selector}._domainkey.{by.domain}.": key.record for key in by.keys}
    return lambda name, **_how: known[name.decode()].encode()


def verified(message: bytes, by: Seal = BOTH) -> list[bool]:
    """Whether a receiver finds each signature good."""
    found = []
    for number in range(len(by.keys)):
        try:
            found.append(dkim.DKIM(message).verify(number, dnsfunc=records(by)))
        except dkim.ValidationError:
            found.append(False)
    return found


def tags(message: bytes) -> list[dict[str, str]]:
    """The tags of each signature."""
    fields = [
        value.replace(b"\r\n", b"")
        for name, value in dkim.rfc822_parse(message)[0]
        if name == b"DKIM-Signature"
    ]
    pairs = ([tag.strip().split("=", 1) for tag in f.decode().split(";")] for f in fields)
    return [{name: value.replace(" ", "") for name, value in each} for each in pairs]


def test_a_receiver_finds_both_signatures_good() -> None:
    assert verified(signed(MESSAGE)) == [True, True]
    assert verified(signed(MESSAGE, ONE), ONE) == [True]


@given(st.lists(st.binary(max_size=40).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b""))))
def test_whatever_the_body(lines: list[bytes]) -> None:
    message = HEADER + b"\r\n" + b"".join(line + b"\r\n" for line in lines)

    assert verified(signed(message, ONE), ONE) == [True]


def test_a_signature_covers_what_matters_and_not_a_part_of_the_body() -> None:
    for each in tags(signed(MESSAGE)):
        covered = each["h"].split(":")
        assert {"list-unsubscribe", "list-unsubscribe-post", "subject", "to"} <= set(covered)
        assert covered.count("from") == 2
        assert each["c"] == "relaxed/simple"
        assert "l" not in each
    assert [each["a"] for each in tags(signed(MESSAGE))] == ["rsa-sha256", "ed25519-sha256"]


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (b"A handful", b"A hanDful"),
        (b"token", b"other"),
        (b"One-Click", b"Two-Click"),
        (b"From: The", b"From: Not the"),
        (b"\r\n\r\nA", b"\r\n\r\n\r\nA"),
    ],
)
def test_what_was_changed_on_the_way_is_found_out(said: bytes, instead: bytes) -> None:
    message = signed(MESSAGE)

    assert verified(message.replace(said, instead, 1)) == [False, False]


def test_a_second_author_is_found_out() -> None:
    assert verified(b"From: eve@example.org\r\n" + signed(MESSAGE)) == [False, False]


def test_what_relays_do_to_a_header_does_no_harm() -> None:
    folded = signed(MESSAGE).replace(
        b"Subject: =?utf-8?q?Soil?=\r\n =", b"subject:  =?utf-8?q?Soil?= ="
    )

    assert verified(b"Received: from a by b\r\n" + folded) == [True, True]


def test_no_line_is_longer_than_mail_allows() -> None:
    assert max(map(len, BOTH.fields(MESSAGE).split(b"\r\n"))) <= 78


def test_where_the_relay_writes_its_own_message_id_it_is_not_signed() -> None:
    relay = Relay("ses", Profile.SES, "", 1, 1, Signer.PARTWORK, keeps_message_id=False)
    _, message = dressed(relay, ONE, Envelope("a@example.org", "b@example.org"), MESSAGE)

    assert not REWRITTEN & set(tags(message)[0]["h"].split(":"))
    changed = message.replace(b"<7.00@", b"<other@").replace(b"07:30", b"09:00")
    assert verified(changed, ONE) == [True]


@pytest.mark.parametrize("signer", [Signer.RELAY, Signer.NOBODY])
def test_where_we_do_not_sign_there_is_no_signature(signer: Signer) -> None:
    relay = Relay("main", Profile.POSTFIX, "", 1, 1, signer)
    envelope = Envelope("a@example.org", "b@example.org")

    assert dressed(relay, ONE, envelope, MESSAGE) == (envelope, MESSAGE)


def test_a_relay_gets_its_own_fields_and_the_sender_it_takes() -> None:
    relay = Relay(
        "ses",
        Profile.SES,
        "",
        1,
        1,
        Signer.NOBODY,
        envelope_sender="fixed@example.org",
        headers=(("X-SES-CONFIGURATION-SET", "letters"),),
    )

    envelope, message = dressed(relay, None, Envelope("a@example.org", "b@example.org"), MESSAGE)

    assert envelope == Envelope("fixed@example.org", "b@example.org")
    assert message == b"X-SES-CONFIGURATION-SET: letters\r\n" + MESSAGE


@pytest.mark.parametrize(
    ("make", "setting"),
    [
        (lambda: seal("", ("one", RSA)), "PARTWORK_DKIM_DOMAIN"),
        (lambda: seal("example.org;d=x", ("one", RSA)), "PARTWORK_DKIM_DOMAIN"),
        (lambda: seal("example.org", ("", RSA)), "PARTWORK_DKIM_SELECTOR"),
        (lambda: seal("example.org", ("a b", RSA)), "PARTWORK_DKIM_SELECTOR"),
        (lambda: seal("example.org", ("one", b"")), "PARTWORK_DKIM_KEY"),
        (lambda: seal("example.org", ("one", b"-----BEGIN nonsense")), "PARTWORK_DKIM_KEY"),
        (lambda: seal("example.org", ("one", ED25519)), "PARTWORK_DKIM_KEY"),
        (
            lambda: seal("example.org", ("one", pem(generate_private_key(65537, 1024)))),  # noqa: S505 what is refused
            "PARTWORK_DKIM_KEY has 1024 bits",
        ),
        (
            lambda: seal(
                "example.org", ("one", pem(generate_private_key(65537, 2048), b"hunter2"))
            ),
            "PARTWORK_DKIM_KEY",
        ),
        (lambda: seal("example.org", ("one", RSA), ("two", RSA)), "PARTWORK_DKIM_SECOND_KEY"),
        (lambda: seal("example.org", ("one", RSA), ("one", ED25519)), "SECOND_SELECTOR"),
    ],
)
def test_a_key_that_cannot_sign_is_refused_by_its_setting(
    make: Callable[[], Seal], setting: str
) -> None:
    with pytest.raises(UnfitKey, match=setting) as refusal:
        make()

    assert "\n" not in str(refusal.value)
    assert "BEGIN" not in str(refusal.value)


def test_no_key_is_shown() -> None:
    assert "private" not in repr(BOTH)


def test_the_same_message_is_signed_alike() -> None:
    assert signed(MESSAGE) == signed(MESSAGE)
