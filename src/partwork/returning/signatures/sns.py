"""Amazon SNS, which carries the events of SES: its messages and their RSA signatures.

https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
"""

import re
from base64 import b64decode
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import parse_qs

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1, SHA256, HashAlgorithm

from partwork.model.feedback import Source
from partwork.returning.signatures.refusal import BadSignature, demand_fresh
from partwork.returning.signatures.sns_certificate import Certificate
from partwork.returning.webhook_json import Told, UnreadableEvent, told


@dataclass(frozen=True, slots=True)
class Topic:
    """What is subscribed to, by its ARN and the parts of that."""

    arn: str
    partition: str
    region: str


HostOf = Callable[[Topic], str]


class SnsKind(StrEnum):
    """Why SNS posts: an event, or to ask whether we wish for a topic's, or the end of that."""

    EVENT = "Notification"
    SUBSCRIBED = "SubscriptionConfirmation"
    UNSUBSCRIBED = "UnsubscribeConfirmation"


@dataclass(frozen=True, slots=True)
class SnsMessage:
    """A message of a topic that is ours, if the certificate at `certificate_url` signed it.

    That URL, and `confirm_url`, which is "" for events, are at the topic's own host.
    """

    kind: SnsKind
    topic: Topic
    text: str = field(repr=False)
    confirm_url: str = field(repr=False)
    certificate_url: str
    signed: bytes = field(repr=False)
    signature: bytes = field(repr=False)
    digest: HashAlgorithm = field(repr=False)


def topic_of(arn: str) -> Topic:
    """The topic of that ARN. Raises ValueError for what is none of SNS."""
    found = _ARN.fullmatch(arn)
    if not found or found["partition"] not in _DOMAINS:
        raise ValueError(
            "must be ARNs of SNS topics such as arn:aws:sns:eu-west-1:123456789012:bounces"
        )
    return Topic(arn, found["partition"], found["region"])


def host_of(topic: Topic) -> str:
    """The host that signs a topic's messages and confirms its subscriptions."""
    return f"sns.{topic.region}.{_DOMAINS[topic.partition]}"


def message_of(
    body: object, topics: Collection[Topic], now: datetime, host: HostOf = host_of
) -> SnsMessage:
    """The message in a post's parsed JSON, as far as it can be checked without the certificate.

    Raises BadSignature for another topic than `topics`, another host than its own, and an old
    message; UnreadableEvent for what is no message of SNS.
    """
    post = told(Source.SES, body)
    kind, topic = _kind(post), _topic(post, topics)
    demand_fresh(Source.SES, post.instant("Timestamp"), now)
    place = f"https://{host(topic)}/"
    return SnsMessage(
        kind,
        topic,
        _as_it_is(post, "Message"),
        "" if kind is SnsKind.EVENT else _confirm_url(post, topic, place),
        _certificate_url(post, place),
        _canonical(post, kind),
        _signature(post),
        _digest(post),
    )


def demand_signed(message: SnsMessage, certificate: Certificate, now: datetime) -> None:
    """Raises BadSignature unless the certificate, which must be valid now, signed the message."""
    if not certificate.valid_from <= now <= certificate.valid_until:
        raise BadSignature(Source.SES, "the certificate of its signature is not valid now")
    try:
        certificate.key.verify(message.signature, message.signed, PKCS1v15(), message.digest)
    except InvalidSignature:
        raise BadSignature(Source.SES, "Amazon did not sign it") from None


def _kind(post: Told) -> SnsKind:
    try:
        return SnsKind(post.text("Type"))
    except ValueError:
        # As with "raw message delivery", which leaves the signature out.
        why = "it is no message of SNS; switch off raw message delivery of the subscription"
        raise BadSignature(Source.SES, why) from None


def _topic(post: Told, topics: Collection[Topic]) -> Topic:
    arn = _as_it_is(post, "TopicArn")
    for topic in topics:
        if topic.arn == arn:
            return topic
    raise BadSignature(Source.SES, "its topic is none of PARTWORK_SES_TOPICS")


def _certificate_url(post: Told, place: str) -> str:
    url = _as_it_is(post, "SigningCertURL")
    if not _CERTIFICATE.fullmatch(_below(place, url)):
        raise BadSignature(Source.SES, "it names a certificate that is not its topic's host's")
    return url


def _confirm_url(post: Told, topic: Topic, place: str) -> str:
    url = _as_it_is(post, "SubscribeURL")
    query = _QUERY.fullmatch(_below(place, url))
    asked = parse_qs(query[1]) if query else {}
    if asked.get("Action") != ["ConfirmSubscription"] or asked.get("TopicArn") != [topic.arn]:
        raise BadSignature(Source.SES, "it wants to be confirmed elsewhere than at its own host")
    return url


def _below(place: str, url: str) -> str:
    """What follows the place in a URL; "" where that is elsewhere."""
    return url.removeprefix(place) if url.startswith(place) else ""


def _canonical(post: Told, kind: SnsKind) -> bytes:
    """What is signed: each field's name and value on a line, by name; no Subject if it has none."""
    if kind is SnsKind.EVENT:
        names = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    else:
        names = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    there = (name for name in names if name != "Subject" or post.values.get(name) is not None)
    return "".join(f"{name}\n{_as_it_is(post, name)}\n" for name in there).encode()


def _signature(post: Told) -> bytes:
    try:
        return b64decode(_as_it_is(post, "Signature"), validate=True)
    except ValueError:
        raise BadSignature(Source.SES, "its signature is damaged") from None


def _digest(post: Told) -> HashAlgorithm:
    """Version 1, which Amazon uses unless a topic is set to 2, signs a digest by SHA-1."""
    match post.text("SignatureVersion"):
        case "1":
            return SHA1()  # noqa: S303 theirs; docs/operations.md has topics set to 2
        case "2":
            return SHA256()
    raise BadSignature(Source.SES, "its signature is of another version than 1 and 2")


def _as_it_is(post: Told, name: str) -> str:
    """The text there, unchanged, as signatures need it; no half character is in it."""
    value = post.values.get(name)
    if not isinstance(value, str) or not _is_whole(value):
        raise UnreadableEvent(Source.SES, name, "text")
    return value


def _is_whole(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


# By partition: https://docs.aws.amazon.com/general/latest/gr/sns.html
_DOMAINS = {
    "aws": "amazonaws.com",
    "aws-us-gov": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-eusc": "amazonaws.eu",
}
_ARN = re.compile(
    r"arn:(?P<partition>[a-z-]+):sns:(?P<region>[a-z]+(?:-[a-z]+)+-[0-9]+):[0-9]{12}"
    r":[A-Za-z0-9_-]{1,256}"
)
_CERTIFICATE = re.compile(r"SimpleNotificationService-[A-Za-z0-9]{8,64}\.pem")
_QUERY = re.compile(r"\?([A-Za-z0-9%&=+.:_~-]+)")
