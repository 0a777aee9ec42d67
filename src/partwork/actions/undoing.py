"""A link that takes a departure back, for whoever left or got the goodbye."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partwork.actions.naming import name_of
from partwork.actions.sign_up import Visitor, evidence_of
from partwork.assembly import Press, keys_of
from partwork.model.audience import EVERYTHING, Subscription, SubscriptionState
from partwork.store.audience import load_subscriber_by_id
from partwork.store.engine import read_only
from partwork.store.everything import left_everything_at, take_back_everything
from partwork.store.subscriptions import load_subscriptions, return_to_subscription
from partwork.store.suppression_log import LogAct, LogEntry, append
from partwork.subscribing.tokens import Pass, PassKind, read_any_pass, read_pass


class Undoing(StrEnum):
    """Where the departure behind a link stands."""

    WAITS = "waits"
    DONE = "done"
    GONE = "gone"  # too old, or something else happened since


@dataclass(frozen=True, slots=True)
class UndoView:
    """What the page of such a link shows. `newsletter` is a name, empty for all of them."""

    newsletter: str
    slug: str
    standing: Undoing


def undo_behind(press: Press, token: str, now: datetime) -> UndoView:
    """What the link would take back, and changes nothing. Raises BadToken."""
    held, in_time = read_any_pass(PassKind.UNDO, token, now, press.secrets)
    about = _about(press, held)
    if in_time and any(_is_that(s, held) for s in about):
        standing = Undoing.WAITS
    elif any(s.state is SubscriptionState.CONFIRMED for s in about):
        standing = Undoing.DONE
    else:
        standing = Undoing.GONE
    name = name_of(press, held.newsletter) if held.newsletter else ""
    return UndoView(name, held.newsletter, standing)


def undo(press: Press, token: str, visitor: Visitor, now: datetime) -> UndoView:
    """Takes the departure back, if it is still the last word. May be repeated.

    Raises BadToken, LogUnusable.
    """
    view = undo_behind(press, token, now)
    if view.standing is not Undoing.WAITS:
        return view
    held = read_pass(PassKind.UNDO, token, now, press.secrets)
    with read_only(press.engine) as connection:
        person = load_subscriber_by_id(connection, held.subscriber)
    ended = [s.newsletter for s in _about(press, held) if _is_that(s, held)]
    if person is None or not ended:
        return undo_behind(press, token, now)
    hashed = keys_of(person.address, press.hash_key).suppression_key
    with read_only(press.engine) as connection:
        of_all = not held.newsletter and left_everything_at(connection, hashed, held.at)
    append(
        press.suppression_log,
        [
            LogEntry(LogAct.RETURNED, now, hashed, newsletter=name)
            for name in (*ended, *([EVERYTHING] if of_all else []))
        ],
    )
    evidence = evidence_of(press, visitor, "undo page")
    with press.engine.begin() as connection:
        is_back = [
            return_to_subscription(connection, person.id, name, evidence, ended_at=held.at, at=now)
            for name in ended
        ]
        if of_all and any(is_back):
            take_back_everything(connection, person.id, hashed, evidence, ended_at=held.at, at=now)
    return undo_behind(press, token, now)


def _about(press: Press, held: Pass) -> list[Subscription]:
    """The subscriptions that the link speaks of; of a link for all those that it ended."""
    with read_only(press.engine) as connection:
        all_of_them = load_subscriptions(connection, held.subscriber)
    return [s for s in all_of_them if held.newsletter in {"", s.newsletter}]


def _is_that(subscription: Subscription, held: Pass) -> bool:
    return (
        subscription.state is SubscriptionState.ENDED
        and subscription.ended_at == held.at
        and subscription.confirmed_at is not None
    )
