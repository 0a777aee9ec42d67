"""A message and its envelope as one relay is to get them."""

from collections.abc import Sequence
from functools import lru_cache

from partwork.delivering.addresses import wire_address
from partwork.delivering.dkim import REWRITTEN, Seal
from partwork.delivering.headers import token_field
from partwork.model.delivery import Envelope
from partwork.model.relay import Relay, Signer


def dressed(
    relay: Relay, seal: Seal | None, envelope: Envelope, message: bytes
) -> tuple[Envelope, bytes]:
    """With the sender that the relay takes, the fields it wants, and our signature if we sign.

    All of that stands before the message, which stays as it is. Dots are not doubled yet.
    """
    if relay.envelope_sender:
        envelope = Envelope(wire_address(relay.envelope_sender), envelope.recipient)
    head = _head_of(relay.headers)
    if seal and relay.signer is Signer.PARTWORK:
        rewritten = () if relay.keeps_message_id else REWRITTEN
        head = seal.fields(message, unsigned=rewritten) + head
    return envelope, head + message if head else message


@lru_cache(maxsize=8)  # all messages by a relay have the same
def _head_of(headers: Sequence[tuple[str, str]]) -> bytes:
    return "".join(token_field(name, value) for name, value in headers).encode()
