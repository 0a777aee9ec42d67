"""How each service signs what it posts, with keys of our own in place of theirs."""

import hmac
import json
from base64 import b64encode
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

TOPIC = "arn:aws:sns:eu-west-1:123456789012:bounces"
FILE = "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"
LOGIN = "postmark:a-long-password-of-ours"
MAILGUN_KEY = "key-of-mailgun"
TOKEN = "5" * 50

Headers = dict[str, str]


@lru_cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, bits)


@lru_cache
def other_rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65_537, 2048)


def certificate_for(
    name: str,
    key: Any = None,
    *,
    begins: datetime = datetime(2020, 1, 1, tzinfo=UTC),
    ends: datetime = datetime(2120, 1, 1, tzinfo=UTC),
) -> bytes:
    """A certificate in PEM, as SNS publishes its own."""
    key = key or rsa_key()
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM)


@dataclass
class Sns:
    """A service that signs as SNS does, for topics of one region."""

    host: str = "sns.eu-west-1.amazonaws.com"
    topic: str = TOPIC
    version: str = "2"
    key: rsa.RSAPrivateKey = field(default_factory=rsa_key)

    def event(self, told: object, at: datetime, **changes: object) -> dict[str, object]:
        """A Notification whose `Message` is what SES tells."""
        text = told if isinstance(told, str) else json.dumps(told)
        return self._post("Notification", at, {"Message": text}, changes)

    def confirmation(self, at: datetime, **changes: object) -> dict[str, object]:
        return self._asking("SubscriptionConfirmation", at, changes)

    def goodbye(self, at: datetime, **changes: object) -> dict[str, object]:
        return self._asking("UnsubscribeConfirmation", at, changes)

    @property
    def confirm_path(self) -> str:
        return f"/?Action=ConfirmSubscription&TopicArn={self.topic}&Token=2336412f"

    def _asking(self, kind: str, at: datetime, changes: dict[str, object]) -> dict[str, object]:
        url = f"https://{self.host}{self.confirm_path}"
        said = {"Message": "You have chosen …", "SubscribeURL": url, "Token": "2336412f"}
        return self._post(kind, at, said, changes)

    def _post(
        self, kind: str, at: datetime, said: dict[str, str], changes: dict[str, object]
    ) -> dict[str, object]:
        post: dict[str, object] = {
            "Type": kind,
            "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
            "TopicArn": self.topic,
            "Timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "SignatureVersion": self.version,
            "SigningCertURL": f"https://{self.host}/{FILE}",
            "UnsubscribeURL": f"https://{self.host}/?Action=Unsubscribe",
            **said,
            **changes,
        }
        return {**post, "Signature": self.signature(post)} | changes

    def signature(self, post: dict[str, object]) -> str:
        """Over each of these that is there, by name, a line for the name and one for the value."""
        names = ("Message", "MessageId", "Subject", "SubscribeURL", "Timestamp", "Token")
        there = [name for name in (*names, "TopicArn", "Type") if post.get(name) is not None]
        lines = "".join(f"{name}\n{post[name]}\n" for name in there)
        digest = hashes.SHA1() if self.version == "1" else hashes.SHA256()  # noqa: S303 theirs
        made = self.key.sign(lines.encode("utf-8", "replace"), padding.PKCS1v15(), digest)
        return b64encode(made).decode()


def of_postmark(login: str = LOGIN) -> Headers:
    return {"authorization": f"Basic {b64encode(login.encode()).decode()}"}


def of_mailgun(
    event: object, at: datetime, *, key: str = MAILGUN_KEY, token: str = TOKEN
) -> dict[str, object]:
    """The event with a signature beside it."""
    seconds = str(int(at.timestamp()))
    made = hmac.new(key.encode(), f"{seconds}{token}".encode(), "sha256").hexdigest()
    signature = {"timestamp": seconds, "token": token, "signature": made}
    return {"signature": signature, "event-data": event}


@lru_cache
def sendgrid_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def shown(key: Any) -> str:
    """The public half as SendGrid shows it."""
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return b64encode(der).decode()


def of_sendgrid(
    body: bytes, at: datetime, key: ec.EllipticCurvePrivateKey | None = None
) -> Headers:
    seconds = str(int(at.timestamp()))
    signer = key or sendgrid_key()
    made = signer.sign(seconds.encode() + body, ec.ECDSA(hashes.SHA256()))
    return {
        "x-twilio-email-event-webhook-timestamp": seconds,
        "x-twilio-email-event-webhook-signature": b64encode(made).decode(),
    }
