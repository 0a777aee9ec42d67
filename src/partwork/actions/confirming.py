"""A link from a confirmation mail → a subscription confirmed."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from partwork.actions.loading import load_newsletter
from partwork.actions.sign_up import Answer, Visitor, ask, ask_in_vain, evidence_of
from partwork.actions.wishes import wish_of
from partwork.assembly import Press
from partwork.model.audience import (
    Evidence,
    ServiceRequest,
    Subscriber,
    SubscriptionState,
)
from partwork.store.audience import load_subscriber_by_id
from partwork.store.consents import has_ever_left, save_wording
from partwork.store.engine import read_only
from partwork.store.service_messages import save_request
from partwork.store.subscriptions import confirm_subscription, load_subscription
from partwork.store.suppression_log import LogAct, LogEntry, append
from partwork.subscribing.suppression import suppression_key
from partwork.subscribing.tokens import Pass, PassKind, read_any_pass, read_pass
from partwork.subscribing.wording import wording_of


class Confirmation(StrEnum):
    """Where the subscription behind a confirmation link stands."""

    WAITS = "waits"
    DONE = "done"
    RUN_OUT = "run out"
    GONE = "gone"  # ended since, or the person is


@dataclass(frozen=True, slots=True)
class ConfirmationView:
    """What the page of a confirmation link shows; `words` are what is agreed to."""

    newsletter: str
    slug: str
    words: str
    standing: Confirmation


def confirmation_behind(press: Press, token: str, now: datetime) -> ConfirmationView:
    """What a confirmation link is about, and changes nothing. Raises BadToken, LibraryError."""
    held, in_time = read_any_pass(PassKind.CONFIRM, token, now, press.secrets)
    newsletter = load_newsletter(press, held.newsletter)
    with read_only(press.engine) as connection:
        subscription = load_subscription(connection, held.subscriber, held.newsletter)
    if subscription is None or subscription.state is SubscriptionState.ENDED:
        standing = Confirmation.GONE
    elif subscription.state is SubscriptionState.CONFIRMED:
        standing = Confirmation.DONE
    elif subscription.asked_at > held.at:
        standing = Confirmation.GONE
    else:
        standing = Confirmation.WAITS if in_time else Confirmation.RUN_OUT
    words = wording_of(newsletter.name).text
    return ConfirmationView(newsletter.name, newsletter.slug, words, standing)


def confirm(press: Press, token: str, visitor: Visitor, now: datetime) -> ConfirmationView:
    """Confirms what the link is about, if it still waits, and has a welcome mailed.

    May be repeated; committed when this returns. Raises BadToken, LibraryError, LogUnusable.
    """
    view = confirmation_behind(press, token, now)
    if view.standing is not Confirmation.WAITS:
        return view
    held = read_pass(PassKind.CONFIRM, token, now, press.secrets)
    with read_only(press.engine) as connection:
        person = load_subscriber_by_id(connection, held.subscriber)
        hashed = suppression_key(person.address, press.hash_key) if person else ""
        may_have_left = has_ever_left(connection, hashed)  # also before they were erased
    if person is None:
        return confirmation_behind(press, token, now)
    if may_have_left:
        append(
            press.suppression_log,
            [LogEntry(LogAct.RETURNED, now, hashed, newsletter=held.newsletter)],
        )
    _confirm(press, held, person, visitor, now)
    return confirmation_behind(press, token, now)


def ask_again(press: Press, token: str, visitor: Visitor, now: datetime) -> Answer:
    """Has a new confirmation mailed to the address of a link that has run out.

    The answer tells nothing of the address. Raises BadToken for a link that is not ours.
    """
    held, _ = read_any_pass(PassKind.CONFIRM, token, now, press.secrets)
    with read_only(press.engine) as connection:
        person = load_subscriber_by_id(connection, held.subscriber)
    if person is None:
        return ask_in_vain(press, held.newsletter, held.subscriber, visitor, now)
    wording = wording_of(load_newsletter(press, held.newsletter).name)
    kind = ServiceRequest.SUBSCRIBE
    return ask(press, kind, held.newsletter, person.address, visitor, wording=wording, now=now)


def _confirm(press: Press, held: Pass, person: Subscriber, visitor: Visitor, now: datetime) -> None:
    wording = wording_of(load_newsletter(press, held.newsletter).name)
    evidence = evidence_of(press, visitor, "confirmation page", wording)
    kind, seen = ServiceRequest.WELCOME, Evidence("confirmation page")
    welcome = wish_of(press, kind, held.newsletter, person.address, evidence=seen, at=now)
    with press.engine.begin() as connection:
        save_wording(connection, wording.digest, wording.text, now)
        if confirm_subscription(
            connection, held.subscriber, held.newsletter, evidence, linked_at=held.at, at=now
        ):
            save_request(connection, welcome, press.caps)
