"""SendGrid's signature: ECDSA on P-256 over a time and the body as it came.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features
"""

from base64 import b64decode
from collections.abc import Collection, Mapping
from datetime import datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from partwork.model.feedback import Source
from partwork.returning.signatures.refusal import BadSignature, demand_fresh, instant_in

_SIGNATURE = "x-twilio-email-event-webhook-signature"
_SIGNED_AT = "x-twilio-email-event-webhook-timestamp"


def key_of(written: str) -> EllipticCurvePublicKey:
    """The public key as SendGrid shows it: base64 of its DER. Raises ValueError for another."""
    try:
        key = load_der_public_key(b64decode(written, validate=True))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, EllipticCurvePublicKey) or not isinstance(key.curve, SECP256R1):
        raise ValueError("is no key of SendGrid; copy what Signature Verification shows there")
    return key


def demand_signed(
    body: bytes,
    headers: Mapping[str, str],
    keys: Collection[EllipticCurvePublicKey],
    now: datetime,
) -> None:
    """Raises BadSignature unless one of the keys signed the body, and lately.

    `headers` have their names in small letters.
    """
    at = headers.get(_SIGNED_AT, "")
    demand_fresh(Source.SENDGRID, instant_in(at), now)
    try:
        signature = b64decode(headers.get(_SIGNATURE, ""), validate=True)
    except ValueError:
        signature = b""
    if not any(_signed(key, signature, at.encode() + body) for key in keys):
        raise BadSignature(Source.SENDGRID, "no key in PARTWORK_SENDGRID_KEYS made its signature")


def _signed(key: EllipticCurvePublicKey, signature: bytes, content: bytes) -> bool:
    try:
        key.verify(signature, content, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True
