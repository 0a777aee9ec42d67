"""A token from a mail → a subscription ended."""

from dataclasses import dataclass
from datetime import datetime

from partwork.actions.loading import load_newsletter
from partwork.assembly import Press
from partwork.model.audience import SubscriptionState
from partwork.model.errors import PartworkError
from partwork.store.audience import end_subscription, load_subscriptions
from partwork.store.engine import read_only
from partwork.subscribing.tokens import BadToken, Departure, read_unsubscribe_token


@dataclass(frozen=True, slots=True)
class SubscriptionView:
    """What a page may say of a subscription: nothing about the person, since mails are forwarded.

    `contact` is the address that answers mails to the newsletter, empty where it is not known.
    """

    newsletter: str
    contact: str
    is_confirmed: bool


def unsubscribe(press: Press, token: str, now: datetime, source: str) -> Departure:
    """Ends the subscription that the token speaks of; committed when this returns.

    May be repeated, also for subscribers who are long erased. `source` goes into the consent
    record. Raises BadToken.
    """
    departure = read_unsubscribe_token(token, press.secrets)
    with press.engine.begin() as connection:
        end_subscription(
            connection, departure.subscriber, departure.newsletter, source=source, at=now
        )
    return departure


def subscription_behind(press: Press, token: str) -> SubscriptionView | None:
    """The subscription that the token speaks of; None for a token that is not ours."""
    try:
        departure = read_unsubscribe_token(token, press.secrets)
    except BadToken:
        return None
    with read_only(press.engine) as connection:
        held = load_subscriptions(connection, departure.subscriber)
    is_confirmed = any(
        s.newsletter == departure.newsletter and s.state is SubscriptionState.CONFIRMED
        for s in held
    )
    try:
        newsletter = load_newsletter(press, departure.newsletter)
    except PartworkError:  # leaving must not wait until an editor has mended a file
        return SubscriptionView(departure.newsletter, "", is_confirmed)
    return SubscriptionView(newsletter.name, newsletter.reply_to.address, is_confirmed)
