"""How this room signs what its links hold."""

from collections.abc import Sequence
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
