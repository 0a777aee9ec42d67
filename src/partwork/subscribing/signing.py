"""How this room signs what its links hold."""

import hmac
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import sha256

from itsdangerous import URLSafeSerializer


def signer_of(secrets: Sequence[str], purpose: str) -> URLSafeSerializer:
    """Signs with the first of `secrets`, verifies with any; `purpose` keeps kinds of links apart.

    Raises ValueError where there is no secret or an empty one.
    """
    if not secrets or not all(secrets):
        raise ValueError("a link needs at least one secret, and none may be empty")
    return URLSafeSerializer(
        list(reversed(secrets)),  # itsdangerous signs with the last
        salt=f"partwork.{purpose}",  # part of what is signed: links that are out depend on it
        signer_kwargs={"key_derivation": "hmac", "digest_method": sha256},
    )


@lru_cache(maxsize=8)  # a campaign signs millions of links with one key
def stamp_of(secrets: tuple[str, ...], purpose: str) -> Callable[[bytes], bytes]:
    """Signs ready bytes as `signer_of` does; the key is derived once, not for each."""
    keyed = hmac.new(_key_of(secrets, purpose), digestmod="sha256")

    def stamped(held: bytes) -> bytes:
        proof = keyed.copy()
        proof.update(held)
        return b"%b.%b" % (held, unpadded(proof.digest()))

    return stamped


def unpadded(octets: bytes) -> bytes:
    """URL-safe base64 without padding, as itsdangerous writes it; that takes twice as long."""
    return b2a_base64(octets, newline=False).translate(_URL_SAFE).rstrip(b"=")


def proof_of(held: bytes, secret: str, purpose: str, octets: int) -> bytes:
    """The first octets of what `secret` signs these bytes with, for links that must be short."""
    return hmac.digest(_key_of((secret,), purpose), held, "sha256")[:octets]


_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@lru_cache(maxsize=8)
def _key_of(secrets: tuple[str, ...], purpose: str) -> bytes:
    return signer_of(secrets, purpose).make_signer().derive_key()
