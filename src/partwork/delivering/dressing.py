"""A message and its envelope as one relay is to get them."""

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
    head = "".join(token_field(name, value) for name, value in relay.headers).encode()
    if seal and relay.signer is Signer.PARTWORK:
        rewritten = () if relay.keeps_message_id else REWRITTEN
        head = seal.fields(message, unsigned=rewritten) + head
    return envelope, head + message if head else message
