"""Whether a webhook is its service's word: Mailgun, SendGrid and Postmark."""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.feedback import Source
from partwork.returning.signatures import mailgun, postmark, sendgrid
from partwork.returning.signatures.refusal import SLACK, TRIES, BadSignature, demand_fresh
from partwork.returning.webhook_json import UnreadableEvent
from tests.returning.signing import (
    LOGIN,
    MAILGUN_KEY,
    TOKEN,
    of_mailgun,
    of_postmark,
    of_sendgrid,
    rsa_key,
    sendgrid_key,
    shown,
)

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
EVENT = {"event": "failed", "recipient": "ada@example.org"}
BODY = json.dumps([EVENT]).encode()
KEYS = (MAILGUN_KEY,)
PUBLIC = (sendgrid.key_of(shown(sendgrid_key())),)


def refusal(error: pytest.ExceptionInfo[BadSignature]) -> str:
    """The one line that is logged, in which nobody is named."""
    words = str(error.value)
    assert "\n" not in words
    assert "example.org" not in words
    return words


@pytest.mark.parametrize("source", TRIES, ids=str)
@pytest.mark.parametrize(
    ("since", "why"),
    [
        (timedelta(seconds=1), ""),
        (-SLACK, ""),
        (-SLACK - timedelta(seconds=1), "of a time to come"),
        (None, "is old"),
    ],
)
def test_a_signature_is_good_for_as_long_as_its_service_tries(
    source: Source, since: timedelta | None, why: str
) -> None:
    longest = TRIES[source] + SLACK
    demand_fresh(source, NOW - longest, NOW)

    signed_at = NOW - (longest + timedelta(seconds=1) if since is None else since)
    if not why:
        demand_fresh(source, signed_at, NOW)
        return
    with pytest.raises(BadSignature) as error:
        demand_fresh(source, signed_at, NOW)
    assert why in refusal(error)


def test_mailgun_s_signature_is_known_by_any_of_its_keys() -> None:
    body = of_mailgun(EVENT, NOW)

    assert mailgun.signature_of(body, ("an older key", MAILGUN_KEY), NOW) == (
        mailgun.signature_of(of_mailgun({}, NOW), KEYS, NOW)
    )


def test_mailgun_s_signature_may_be_written_in_capitals() -> None:
    body = of_mailgun(EVENT, NOW)
    signature = body["signature"]
    assert isinstance(signature, dict)
    made = signature["signature"]

    loud = {**body, "signature": {**signature, "signature": made.upper()}}

    assert mailgun.signature_of(loud, KEYS, NOW) == made


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"signature": "0" * 64}, "no key"),
        ({"signature": ""}, "no key"),
        ({"signature": "é"}, "no key"),
        ({"token": TOKEN[1:]}, "no key"),
        ({"timestamp": str(int(NOW.timestamp()) + 1)}, "no key"),
        ({"timestamp": int(NOW.timestamp()), "token": None}, "no key"),
        ({"timestamp": "1"}, "old"),
        ({"timestamp": "99999999999999999999"}, "does not say when"),
        ({"timestamp": "-1"}, "does not say when"),
        ({"timestamp": "１７７７８８７０００"}, "does not say when"),
        ({"timestamp": ""}, "does not say when"),
    ],
)
def test_what_mailgun_has_not_signed_is_refused(change: dict[str, object], why: str) -> None:
    body = of_mailgun(EVENT, NOW)
    signature = body["signature"]
    assert isinstance(signature, dict)

    with pytest.raises(BadSignature) as error:
        mailgun.signature_of({**body, "signature": {**signature, **change}}, KEYS, NOW)

    assert why in refusal(error)


def test_digits_of_the_token_cannot_pass_for_the_time() -> None:
    """Both are signed as one run of letters, so what a captured one says could be cut elsewhere."""
    seconds = str(int(NOW.timestamp()))
    genuine = of_mailgun(EVENT, NOW)["signature"]
    assert isinstance(genuine, dict)

    for cut in range(1, 60):
        if cut != len(seconds):
            run = seconds + TOKEN
            moved = {**genuine, "timestamp": run[:cut], "token": run[cut:]}
            with pytest.raises(BadSignature):
                mailgun.signature_of({"signature": moved}, KEYS, NOW)


@pytest.mark.parametrize("body", [None, [], "x", {"signature": []}, {"signature": {"token": []}}])
def test_what_is_no_webhook_of_mailgun_is_one_clear_error(body: object) -> None:
    with pytest.raises(UnreadableEvent):
        mailgun.signature_of(body, KEYS, NOW)


def test_sendgrid_signs_the_body_byte_for_byte() -> None:
    headers = of_sendgrid(BODY, NOW)
    other = sendgrid.key_of(shown(ec.generate_private_key(ec.SECP256R1())))

    sendgrid.demand_signed(BODY, headers, (other, *PUBLIC), NOW)

    for body in (BODY + b" ", BODY[:-1], b"", BODY.replace(b"ada", b"eve")):
        with pytest.raises(BadSignature, match="no key in PARTWORK_SENDGRID_KEYS"):
            sendgrid.demand_signed(body, headers, PUBLIC, NOW)
    with pytest.raises(BadSignature):
        sendgrid.demand_signed(BODY, headers, (other,), NOW)


@pytest.mark.parametrize(
    ("header", "value", "why"),
    [
        ("signature", "", "no key"),
        ("signature", "not base64!", "no key"),
        ("signature", "é", "no key"),
        ("signature", b64encode(b"\x30\x00").decode(), "no key"),
        ("signature", None, "no key"),
        ("timestamp", str(int(NOW.timestamp()) + 1), "no key"),
        ("timestamp", "2026-05-04T09:30:00Z", "does not say when"),
        ("timestamp", None, "does not say when"),
        ("timestamp", "1000000000", "old"),
    ],
)
def test_what_sendgrid_has_not_signed_is_refused(header: str, value: str | None, why: str) -> None:
    headers = of_sendgrid(BODY, NOW)
    name = f"x-twilio-email-event-webhook-{header}"
    changed = {k: v for k, v in {**headers, name: value}.items() if v is not None}

    with pytest.raises(BadSignature) as error:
        sendgrid.demand_signed(BODY, changed, PUBLIC, NOW)

    assert why in refusal(error)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "nonsense",
        b64encode(b"nonsense").decode(),
        shown(rsa_key()),
        shown(ec.generate_private_key(ec.SECP384R1())),
        "-----BEGIN PUBLIC KEY-----",
    ],
    ids=str.split("nothing words encoded-words rsa another-curve begun"),
)
def test_what_is_no_key_of_sendgrid_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="is no key of SendGrid"):
        sendgrid.key_of(written)


def test_postmark_is_known_by_any_of_its_logins() -> None:
    postmark.demand_login(of_postmark(), ("older:password", LOGIN))
    postmark.demand_login(of_postmark("postmark:pässword"), ("postmark:pässword",))


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": "Basic"},
        {"authorization": "Basic !!!"},
        {"authorization": "Bearer " + b64encode(LOGIN.encode()).decode()},
        {"authorization": "Basic é"},
        of_postmark(""),
        of_postmark(LOGIN[:-1]),
        of_postmark(LOGIN + "x"),
        of_postmark(LOGIN.upper()),
        of_postmark(LOGIN.partition(":")[0] + ":"),
    ],
)
def test_another_login_is_not_postmark_s(headers: dict[str, str]) -> None:
    with pytest.raises(BadSignature) as error:
        postmark.demand_login(headers, (LOGIN,))

    assert LOGIN not in refusal(error)


@given(st.binary(max_size=200), st.text(max_size=40), st.text(max_size=40))
def test_nothing_that_anybody_makes_up_passes(body: bytes, one: str, two: str) -> None:
    made_up = {
        "x-twilio-email-event-webhook-timestamp": one,
        "x-twilio-email-event-webhook-signature": two,
        "authorization": f"Basic {one}",
    }
    signature = {"timestamp": one, "token": two, "signature": two}

    with pytest.raises(BadSignature):
        sendgrid.demand_signed(body, made_up, PUBLIC, NOW)
    with pytest.raises(BadSignature):
        postmark.demand_login(made_up, (LOGIN,))
    with pytest.raises(BadSignature):
        mailgun.signature_of({"signature": signature}, KEYS, NOW)
