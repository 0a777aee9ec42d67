"""Tokens: signed strings in links that say what the link may do, and for whom."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from itsdangerous import BadData

from partwork.model.errors import PartworkError
from partwork.subscribing.signing import signer_of, stamp_of, unpadded

# Characters; ours have about 80, with the longest name of a newsletter 190. One that holds an
# address has more, but then no header has to hold it.
MAX_TOKEN = 300
MAX_MOVE = 600
_UNSUBSCRIBE, _FORM, _MOVE = "unsubscribe", "form", "move"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Departure(NamedTuple):  # made for each message: a dataclass takes three times as long
    """What an unsubscribe link may do: end one subscription. `delivery` says by which mail."""

    subscriber: int
    newsletter: str
    delivery: int


class PassKind(StrEnum):
    """What a link of a service message opens, for a time."""

    CONFIRM = "confirm"  # a subscription that was asked for
    UNDO = "undo"  # one departure
    ACCESS = "access"  # everything of one person; sent to their address alone


LASTS: Mapping[PassKind, timedelta] = {
    PassKind.CONFIRM: timedelta(days=7),
    PassKind.UNDO: timedelta(days=7),
    PassKind.ACCESS: timedelta(hours=1),
}


MOVE_LASTS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Pass:
    """For whom and which newsletter a link is good, and from when its time runs.

    For UNDO that is the instant of the departure, which it takes back and no other.
    """

    subscriber: int
    newsletter: str
    at: datetime


class BadToken(PartworkError):
    """A token that we did not make, or that came through damaged. The message does not hold it."""

    def __init__(self) -> None:
        super().__init__("this link is not one of ours, or a part of it is missing")


class PassHasRunOut(PartworkError):
    """A link that we made and whose time is over; `held` is what it opened."""

    def __init__(self, held: Pass) -> None:
        self.held = held
        super().__init__("this link has run out; ask for a new one")


def unsubscribe_token(departure: Departure, secrets: Sequence[str]) -> str:
    """A URL-safe token that never expires, signed with the first of `secrets`.

    A mail may lie for years, and leaving must work from it as long as the secret is kept.
    """
    named = _as_json(departure.newsletter)
    held = f"[{departure.subscriber},{named},{departure.delivery}]".encode()
    token = stamp_of(tuple(secrets), _UNSUBSCRIBE)(unpadded(held)).decode()
    return _short(token, departure.newsletter)


def read_unsubscribe_token(token: str, secrets: Sequence[str]) -> Departure:
    """What a token signed with any of `secrets` may do. Raises BadToken for any other string."""
    match _held(_UNSUBSCRIBE, token, secrets):
        case [int(subscriber), str(newsletter), int(delivery)]:
            return Departure(subscriber, newsletter, delivery)
    raise BadToken


def pass_token(kind: PassKind, held: Pass, secrets: Sequence[str]) -> str:
    """A URL-safe token that is good for as long as LASTS says, signed with the first secret."""
    micros = (held.at - _EPOCH) // _MICROSECOND
    return _made(kind.value, [held.subscriber, held.newsletter, micros], secrets)


def read_pass(kind: PassKind, token: str, now: datetime, secrets: Sequence[str]) -> Pass:
    """What a token of that kind opens at `now`. Raises BadToken, PassHasRunOut."""
    match _held(kind.value, token, secrets):
        case [int(subscriber), str(newsletter), int(micros)]:
            held = Pass(subscriber, newsletter, _EPOCH + micros * _MICROSECOND)
            if now - held.at > LASTS[kind]:
                raise PassHasRunOut(held)
            return held
    raise BadToken


def read_any_pass(
    kind: PassKind, token: str, now: datetime, secrets: Sequence[str]
) -> tuple[Pass, bool]:
    """The same, also of a link that has run out; and whether it is in time. Raises BadToken."""
    try:
        return read_pass(kind, token, now, secrets), True
    except PassHasRunOut as late:
        return late.held, False


def move_token(subscriber: int, address: str, at: datetime, secrets: Sequence[str]) -> str:
    """What a link to a subscriber's new address carries, good for MOVE_LASTS from `at`."""
    held = [subscriber, address, (at - _EPOCH) // _MICROSECOND]
    return _made(_MOVE, held, secrets, longest=MAX_MOVE)


def read_move(token: str, now: datetime, secrets: Sequence[str]) -> tuple[int, str, datetime]:
    """Subscriber, new address, and when it was made. Raises BadToken, also if it has run out."""
    match _held(_MOVE, token, secrets, longest=MAX_MOVE):
        case [int(subscriber), str(address), int(micros)]:
            at = _EPOCH + micros * _MICROSECOND
            if now - at <= MOVE_LASTS:
                return subscriber, address, at
    raise BadToken


def form_token(newsletter: str, shown_at: datetime, secrets: Sequence[str]) -> str:
    """What a form carries, so that it tells when it was shown and that we made it."""
    return _made(_FORM, [newsletter, (shown_at - _EPOCH) // timedelta(seconds=1)], secrets)


def shown_for(token: str, newsletter: str, now: datetime, secrets: Sequence[str]) -> timedelta:
    """How long ago the form was shown, to the second. Raises BadToken, also for another's."""
    match _held(_FORM, token, secrets):
        case [str(named), int(seconds)] if named == newsletter:
            return now - (_EPOCH + timedelta(seconds=seconds))
    raise BadToken


def _made(
    purpose: str, held: Sequence[object], secrets: Sequence[str], longest: int = MAX_TOKEN
) -> str:
    return _short(str(signer_of(secrets, purpose).dumps(held)), str(held[1]), longest)


@lru_cache(maxsize=8)  # all copies of an issue name one newsletter
def _as_json(name: str) -> str:
    return json.dumps(name)


def _short(token: str, name: str, longest: int = MAX_TOKEN) -> str:
    if len(token) > longest:
        raise ValueError(f"a name of {len(name)} letters is too long for a link")
    return token


def _held(purpose: str, token: str, secrets: Sequence[str], longest: int = MAX_TOKEN) -> object:
    if len(token) > longest or not token.isascii():
        raise BadToken
    try:
        held: object = signer_of(secrets, purpose).loads(token)
    except BadData:
        raise BadToken from None
    return held
