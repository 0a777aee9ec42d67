"""What a service message will answer, with the keys by which it is counted."""

from datetime import datetime

from partwork.assembly import Press
from partwork.model.audience import Evidence, Request, ServiceRequest
from partwork.subscribing.suppression import mailbox_key, suppression_key


def wish_of(
    press: Press,
    kind: ServiceRequest,
    newsletter: str,
    address: str,
    *,
    evidence: Evidence,
    at: datetime,
    network_key: str = "",
    subscriber: int = 0,
) -> Request:
    """The wish; `network_key` is that of a visitor's network. Raises ValueError for no address."""
    return Request(
        kind=kind,
        newsletter=newsletter,
        address=address,
        suppression_key=suppression_key(address, press.hash_key),
        mailbox_key=mailbox_key(address, press.hash_key),
        network_key=network_key,
        evidence=evidence,
        asked_at=at,
        subscriber=subscriber,
    )
