"""The Message-ID of a delivery, read back."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NamedDelivery:
    """What a Message-ID says: a delivery, and the first 24 digits of its issue's content hash."""

    delivery: int
    content_hash: str


def delivery_named(message_id: str) -> NamedDelivery | None:
    """The delivery that `message.message_id` gave that name; None: it is no name of ours.

    Anybody who has a copy of an issue can make up such names; the ledger knows which it gave.
    """
    found = _OURS.fullmatch(message_id)
    return NamedDelivery(int(found["delivery"]), found["hash"]) if found else None


# 18 digits fit into a column of 64 bits.
_OURS = re.compile(r"<(?P<delivery>[1-9][0-9]{0,17})\.(?P<hash>[0-9a-f]{24})@[^<>@\s]+>")
