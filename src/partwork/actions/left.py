"""What whoever has left is told: since when, what may still arrive, and how to take it back."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from partwork.assembly import Press
from partwork.model.audience import Act, Evidence, Subscription, SubscriptionState
from partwork.store.audience import load_subscriber_by_id
from partwork.store.consents import load_consents
from partwork.store.engine import read_only
from partwork.store.ledger import count_under_way
from partwork.store.subscriptions import load_subscriptions
from partwork.subscribing.tokens import Pass, PassKind, pass_token

LOADED_AGAIN = timedelta(minutes=10)  # a guess: by then the goodbye mail has come


@dataclass(frozen=True, slots=True)
class Left:
    """What became of a wish to leave: since when it holds, None where nothing was ended by it.

    `undo` is a token that takes it back, empty where nothing can be.
    """

    at: datetime | None = None
    undo: str = ""


def left_now(press: Press, newsletter: str, ended: Collection[Subscription], now: datetime) -> Left:
    """What became of a wish that ended these, of one newsletter, or of all where none is named."""
    return Left(now, _way_back(press, newsletter, ended, now)) if ended else Left()


def left_before(
    press: Press, subscriber: int, newsletter: str, evidence: Evidence, now: datetime
) -> Left:
    """The same to who asks again: since when they have left what they wish to leave.

    Whoever did it themselves, minutes ago, gets the way back once more, as when a page is loaded
    again. Nobody else does: with a forwarded mail one would undo what its owner has done.
    """
    with read_only(press.engine) as connection:
        held = load_subscriptions(connection, subscriber)
        record = load_consents(connection, subscriber)
    ended = [
        s for s in held if s.state is SubscriptionState.ENDED and newsletter in {"", s.newsletter}
    ]
    at = max((s.ended_at for s in ended if s.ended_at), default=None)
    if at is None or now - at > LOADED_AGAIN:
        return Left(at)
    if not any((c.act, c.at, c.evidence) == (Act.ENDED, at, evidence) for c in record):
        return Left(at)
    return Left(at, _way_back(press, newsletter, [s for s in ended if s.ended_at == at], at))


def still_to_come(press: Press, subscriber: int, newsletter: str) -> int | None:
    """How many mails have left for somebody and may still arrive; of all where none is named.

    None where nobody can tell: the ledger has no names of those who were erased.
    """
    with read_only(press.engine) as connection:
        if load_subscriber_by_id(connection, subscriber) is None:
            return None
        return count_under_way(connection, subscriber, newsletter)


def _way_back(press: Press, newsletter: str, ended: Collection[Subscription], at: datetime) -> str:
    """Takes back what ended then; empty where none of it was confirmed, and nothing came."""
    came = next((s for s in ended if s.confirmed_at), None)
    if came is None:
        return ""
    return pass_token(PassKind.UNDO, Pass(came.subscriber, newsletter, at), press.secrets)
