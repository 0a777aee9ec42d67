"""Messages of SNS: which of them Amazon has signed, for a topic of ours, and lately."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from partwork.returning.signatures.refusal import BadSignature
from partwork.returning.signatures.sns import (
    SnsKind,
    SnsMessage,
    demand_signed,
    host_of,
    message_of,
    topic_of,
)
from partwork.returning.signatures.sns_certificate import certificate_of
from partwork.returning.webhook_json import UnreadableEvent
from tests.returning.signing import (
    FILE,
    TOPIC,
    Sns,
    certificate_for,
    other_rsa_key,
    rsa_key,
)

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
HOST = "sns.eu-west-1.amazonaws.com"
TOPICS = (topic_of(TOPIC),)
CERTIFICATE = certificate_of(certificate_for("sns.amazonaws.com"), HOST)
TOLD = {"eventType": "Bounce", "words": 'ä "quoted"\n'}


def checked(post: object, now: datetime = NOW) -> SnsMessage:
    message = message_of(json.loads(json.dumps(post)), TOPICS, now)
    demand_signed(message, CERTIFICATE, now)
    return message


def refused(post: object, now: datetime = NOW) -> str:
    with pytest.raises(BadSignature) as error:
        checked(post, now)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [{}, {"Subject": "Amazon SES"}, {"Subject": None}])
def test_what_amazon_signs_is_taken(version: str, subject: dict[str, object]) -> None:
    sns = Sns(version=version)

    event = checked(sns.event(TOLD, NOW, **subject))
    asked, ended = checked(sns.confirmation(NOW)), checked(sns.goodbye(NOW))

    assert (event.kind, json.loads(event.text), event.confirm_url) == (SnsKind.EVENT, TOLD, "")
    assert (asked.kind, ended.kind) == (SnsKind.SUBSCRIBED, SnsKind.UNSUBSCRIBED)
    assert asked.confirm_url == f"https://{HOST}{sns.confirm_path}"
    assert asked.certificate_url == f"https://{HOST}/{FILE}"


@pytest.mark.parametrize(
    "change",
    [
        {"Message": "{}"},
        {"MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf325"},
        {"Subject": "Another"},
        {"Timestamp": "2026-05-04T09:30:01.000Z"},
        {"Type": "UnsubscribeConfirmation", "SubscribeURL": "", "Token": "x"},
        {"SignatureVersion": "1"},
        {"Signature": ""},
        {"Signature": "AAAA"},
        {"Signature": "no base64"},
        {"SignatureVersion": "3"},
        {"SignatureVersion": ""},
    ],
    ids=str,
)
def test_what_was_changed_on_the_way_is_refused(change: dict[str, object]) -> None:
    refused({**Sns().event(TOLD, NOW), **change})


def test_a_signature_by_another_key_is_refused() -> None:
    assert "Amazon did not sign it" in refused(Sns(key=other_rsa_key()).event(TOLD, NOW))


@pytest.mark.parametrize(
    "topic",
    [
        "arn:aws:sns:eu-west-1:123456789012:bounces2",
        "arn:aws:sns:eu-west-1:210987654321:bounces",
        "arn:aws:sns:us-east-1:123456789012:bounces",
        f" {TOPIC}",
        TOPIC.upper(),
        "",
    ],
)
def test_another_s_topic_is_refused_though_amazon_signed_it(topic: str) -> None:
    assert "none of PARTWORK_SES_TOPICS" in refused(Sns(topic=topic).event(TOLD, NOW))


@pytest.mark.parametrize(
    "url",
    [
        f"https://sns.us-east-1.amazonaws.com/{FILE}",  # another region's
        f"https://sns.eu-west-1.amazonaws.com.evil.example.org/{FILE}",
        f"https://evil.example.org/{FILE}",
        f"https://sns.eu-west-1.amazonaws.com@evil.example.org/{FILE}",
        f"https://evil.example.org/?https://sns.eu-west-1.amazonaws.com/{FILE}",
        f"https://sns.eu-west-1.amazonaws.com:8443/{FILE}",
        f"https://SNS.eu-west-1.amazonaws.com/{FILE}",
        f"http://sns.eu-west-1.amazonaws.com/{FILE}",
        f"https://sns.eu-west-1.amazonaws.com/../{FILE}",
        f"https://sns.eu-west-1.amazonaws.com/{FILE}?x",
        f"https://sns.eu-west-1.amazonaws.com/{FILE}#x",
        f"https://sns.eu-west-1.amazonaws.com/{FILE}\n",
        f"https://sns.eu-west-1.amazonaws.com\\@evil.example.org/{FILE}",
        "https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe",
        f"https://bucket.s3.amazonaws.com/{FILE}",
        FILE,
        "https://[",
        "",
    ],
)
def test_no_certificate_is_asked_for_elsewhere(url: str) -> None:
    post = Sns().event(TOLD, NOW, SigningCertURL=url)

    with pytest.raises(BadSignature, match="not its topic's host's"):
        message_of(post, TOPICS, NOW)


@pytest.mark.parametrize(
    "url",
    [
        f"https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"https://{HOST}.evil.example.org/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=x",
        f"http://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Token=x",
        f"https://{HOST}/?Action=Unsubscribe&TopicArn={TOPIC}&Token=x",
        f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}2&Token=x",
        f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}&Action=Publish",
        f"https://{HOST}/x?Action=ConfirmSubscription&TopicArn={TOPIC}",
        f"https://{HOST}/?Action=ConfirmSubscription&TopicArn={TOPIC}\r\nHost: x",
        "http://169.254.169.254/latest/meta-data/",
        f"?Action=ConfirmSubscription&TopicArn={TOPIC}",
        "https://[",
        "",
    ],
)
def test_nothing_is_confirmed_elsewhere_though_amazon_signed_it(url: str) -> None:
    assert "confirmed elsewhere" in refused(Sns().confirmation(NOW, SubscribeURL=url))


def test_an_old_message_is_refused_and_one_that_was_tried_for_an_hour_is_not() -> None:
    post = Sns().event(TOLD, NOW)

    checked(post, NOW + timedelta(hours=1))
    assert "old" in refused(post, NOW + timedelta(hours=2))
    assert "to come" in refused(post, NOW - timedelta(hours=1))
    assert "does not say when" in refused({**post, "Timestamp": "soon"})


@pytest.mark.parametrize(
    "post",
    [
        None,
        [],
        {**Sns().event(TOLD, NOW), "Message": None},
        {**Sns().event(TOLD, NOW), "Message": 1},
        {**Sns().event(TOLD, NOW), "Message": "\ud800"},
        {**Sns().event(TOLD, NOW), "Signature": []},
        {**Sns().event(TOLD, NOW), "MessageId": None},
        {**Sns().event(TOLD, NOW), "TopicArn": None},
        {**Sns().event(TOLD, NOW), "SigningCertURL": {}},
        {**Sns().confirmation(NOW), "SubscribeURL": None},
        {**Sns().confirmation(NOW), "Token": 5},
    ],
)
def test_what_is_no_message_is_one_clear_error(post: object) -> None:
    with pytest.raises(UnreadableEvent):
        message_of(post, TOPICS, NOW)


@pytest.mark.parametrize("kind", ["", "notification", "Bounce", 1, None])
def test_an_event_without_its_envelope_is_told_what_to_switch_off(kind: object) -> None:
    assert "raw message delivery" in refused({**Sns().event(TOLD, NOW), "Type": kind})


@pytest.mark.parametrize(
    ("name", "host"),
    [
        ("sns.amazonaws.com", HOST),
        ("sns.eu-west-1.amazonaws.com", HOST),
        ("sns-signing.af-south-1.amazonaws.com", "sns.af-south-1.amazonaws.com"),
        ("sns-us-gov-west-1.amazonaws.com", "sns.us-gov-east-1.amazonaws.com"),
        ("sns-cn-north-1.amazonaws.com.cn", "sns.cn-north-1.amazonaws.com.cn"),
        ("sns-signing.eusc-de-east-1.amazonaws.eu", "sns.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_a_certificate_of_sns_is_known_by_its_name(name: str, host: str) -> None:
    assert certificate_of(certificate_for(name), host).key


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (b"", "no certificate"),
        (b"<html>", "no certificate"),
        (certificate_for("sns.amazonaws.com")[:-100], "no certificate"),
        (certificate_for("s3.amazonaws.com"), "another service's"),
        (certificate_for("sns.evil.example.org"), "another service's"),
        (certificate_for("sns.amazonaws.com.evil.example.org"), "another service's"),
        (certificate_for("xsns.amazonaws.com"), "another service's"),
        (certificate_for("sns.notamazonaws.com"), "another service's"),
        (certificate_for("sns.amazonaws.com", rsa_key(1024)), "not RSA of 2048 bits"),
        (
            certificate_for("sns.amazonaws.com", ec.generate_private_key(ec.SECP256R1())),
            "not RSA",
        ),
    ],
    ids=str.split("nothing page cut s3 evil behind before like short elliptic"),
)
def test_another_certificate_is_refused(pem: bytes, why: str) -> None:
    with pytest.raises(BadSignature, match=why):
        certificate_of(pem, HOST)


@pytest.mark.parametrize("day", [timedelta(days=-1), timedelta(days=1)])
def test_a_certificate_counts_while_it_is_valid(day: timedelta) -> None:
    begins, ends = sorted((NOW + day, NOW + 2 * day))
    pem = certificate_for("sns.amazonaws.com", begins=begins, ends=ends)
    message = message_of(Sns().event(TOLD, NOW), TOPICS, NOW)

    with pytest.raises(BadSignature, match="not valid now"):
        demand_signed(message, certificate_of(pem, HOST), NOW)


@pytest.mark.parametrize(
    ("arn", "host"),
    [
        (TOPIC, HOST),
        ("arn:aws-cn:sns:cn-north-1:123456789012:t", "sns.cn-north-1.amazonaws.com.cn"),
        ("arn:aws-us-gov:sns:us-gov-west-1:123456789012:t", "sns.us-gov-west-1.amazonaws.com"),
        ("arn:aws-eusc:sns:eusc-de-east-1:123456789012:t", "sns.eusc-de-east-1.amazonaws.eu"),
    ],
)
def test_each_topic_has_its_region_s_host(arn: str, host: str) -> None:
    assert host_of(topic_of(arn)) == host


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "bounces",
        "arn:aws:sqs:eu-west-1:123456789012:bounces",
        "arn:aws:sns:eu-west-1:123:bounces",
        "arn:aws:sns:eu-west-1.evil.example.org/:123456789012:bounces",
        "arn:aws:sns:evil:123456789012:bounces",
        "arn:other:sns:eu-west-1:123456789012:bounces",
        "arn:aws:sns:eu-west-1:123456789012:bounces\n",
        "arn:aws:sns:eu-west-1:123456789012:bounces:1c",
    ],
)
def test_what_is_no_topic_is_refused(arn: str) -> None:
    with pytest.raises(ValueError, match="must be ARNs of SNS topics"):
        topic_of(arn)


_ANY = st.one_of(st.none(), st.integers(), st.text(max_size=30), st.lists(st.none(), max_size=1))
_GOOD = Sns().event(TOLD, NOW)


@given(st.dictionaries(st.sampled_from([*_GOOD, "Subject"]), _ANY, min_size=1))
def test_nothing_that_anybody_makes_up_passes(changes: dict[str, object]) -> None:
    is_same = all(_GOOD.get(name) == value for name, value in changes.items())
    unsigned = {"UnsubscribeURL"} | ({"SignatureVersion"} if is_same else set())

    try:
        checked({**_GOOD, **changes})
    except (BadSignature, UnreadableEvent):
        return
    assert is_same or set(changes) <= unsigned
