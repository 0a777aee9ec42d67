"""Tokens: signed strings in links that say what the link may do, and for whom."""

from collections.abc import Sequence
from dataclasses import dataclass

from itsdangerous import BadData

from partwork.model.errors import PartworkError
from partwork.subscribing.signing import signer_of

MAX_TOKEN = 300  # characters; ours have about 80, with the longest name of a newsletter 190
_PURPOSE = "unsubscribe"


@dataclass(frozen=True, slots=True)
class Departure:
    """What an unsubscribe link may do: end one subscription. `delivery` says by which mail."""

    subscriber: int
    newsletter: str
    delivery: int


class BadToken(PartworkError):
    """A token that we did not make, or that came through damaged. The message does not hold it."""

    def __init__(self) -> None:
        super().__init__("this link is not one of ours, or a part of it is missing")


def unsubscribe_token(departure: Departure, secrets: Sequence[str]) -> str:
    """A URL-safe token that never expires, signed with the first of `secrets`.

    A mail may lie for years, and leaving must work from it as long as the secret is kept.
    """
    token = signer_of(secrets, _PURPOSE).dumps(
        [departure.subscriber, departure.newsletter, departure.delivery]
    )
    if len(token) > MAX_TOKEN:
        raise ValueError(f"a newsletter's name of {len(departure.newsletter)} letters is too long")
    return str(token)


def read_unsubscribe_token(token: str, secrets: Sequence[str]) -> Departure:
    """What a token signed with any of `secrets` may do. Raises BadToken for any other string."""
    if len(token) > MAX_TOKEN or not token.isascii():
        raise BadToken
    try:
        held = signer_of(secrets, _PURPOSE).loads(token)
    except BadData:
        raise BadToken from None
    match held:
        case [int(subscriber), str(newsletter), int(delivery)]:
            return Departure(subscriber, newsletter, delivery)
    raise BadToken
