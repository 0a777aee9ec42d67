"""What the address of a counted link holds: which link of which issue, and nothing of a reader."""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence

from partwork.subscribing.signing import proof_of
from partwork.subscribing.tokens import BadToken

# Octets of the issue's hash, of the link's number, of the proof: 24 characters in all, since each
# link of a mail has them. Who makes up a proof has counted wrongly, and no more.
_ISSUE, _LINK, _PROOF = 8, 2, 8
_TOKEN = re.compile(r"[A-Za-z0-9_-]{24}")
_PURPOSE = "click"


def click_token(content_hash: str, link: int, secrets: Sequence[str]) -> str:
    """A URL-safe token that never expires, signed with the first of `secrets`.

    It is the same for all readers. `link` counts from 1 to 65,535; raises OverflowError beyond.
    """
    held = bytes.fromhex(content_hash)[:_ISSUE] + link.to_bytes(_LINK)
    return urlsafe_b64encode(held + proof_of(held, secrets[0], _PURPOSE, _PROOF)).decode()


def read_click_token(token: str, secrets: Sequence[str]) -> tuple[str, int]:
    """The first 16 hexadecimal digits of the issue's hash, and the link's number.

    Any of `secrets` may have signed. Raises BadToken for any other string.
    """
    if not _TOKEN.fullmatch(token):
        raise BadToken
    octets = urlsafe_b64decode(token)
    held, proof = octets[:-_PROOF], octets[-_PROOF:]
    good = (proof_of(held, secret, _PURPOSE, _PROOF) for secret in secrets)
    if not any(hmac.compare_digest(proof, one) for one in good):
        raise BadToken
    return held[:_ISSUE].hex(), int.from_bytes(held[_ISSUE:])
