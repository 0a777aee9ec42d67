"""A token from a mail → a subscription ended, or a series skipped.

Mails are forwarded: whoever has the token may leave for its owner, and learns nothing of them.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from partwork.actions.departing import Leaver, depart_together
from partwork.actions.left import Left, left_now
from partwork.actions.loading import load_newsletter
from partwork.actions.naming import title_of
from partwork.assembly import Press
from partwork.model.audience import Evidence, SubscriptionState
from partwork.model.errors import PartworkError
from partwork.store.audience import load_subscriber_by_id, load_subscribers_by_id
from partwork.store.engine import StoreError, read_only
from partwork.store.ledger import series_of_delivery
from partwork.store.subscriptions import (
    load_skipped,
    load_subscription,
    load_subscriptions_of,
    skip_series,
    take_up_series,
)
from partwork.store.suppression_log import LogAct, LogEntry, append
from partwork.subscribing.addresses import masked
from partwork.subscribing.tokens import (
    BadToken,
    Departure,
    read_unsubscribe_token,
)


@dataclass(frozen=True, slots=True)
class LeavingView:
    """What a page may say to whoever holds the link of a mail.

    `address` is masked; `series` the title of the series whose part the mail was, with its
    `is_skipped`; all three are empty where the database does not know them. `contact` is the
    address that answers mails to the newsletter, `has_others` whether there are more newsletters.
    """

    newsletter: str
    slug: str
    contact: str
    address: str
    is_confirmed: bool
    series: str = ""
    is_skipped: bool = False
    has_others: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """To end the subscription that a mail's link speaks of, or with `everything` all of theirs."""

    departure: Departure
    evidence: Evidence
    everything: bool = False

    @property
    def newsletter(self) -> str:
        """Which newsletter; empty for all of them."""
        return "" if self.everything else self.departure.newsletter


def leaving_behind(press: Press, token: str) -> LeavingView | None:
    """What the token is about; None for one that is not ours. Changes nothing."""
    try:
        departure = read_unsubscribe_token(token, press.secrets)
    except BadToken:
        return None
    with read_only(press.engine) as connection:
        person = load_subscriber_by_id(connection, departure.subscriber)
        held = load_subscription(connection, departure.subscriber, departure.newsletter)
        skipped = load_skipped(connection, departure.subscriber)
        series = series_of_delivery(connection, departure.delivery, departure.subscriber)
    name, contact = _names(press, departure.newsletter)
    return LeavingView(
        name,
        departure.newsletter,
        contact,
        masked(person.address) if person else "",
        held is not None and held.state is SubscriptionState.CONFIRMED,
        title_of(press, series) if series else "",
        series in skipped,
        len(press.library.newsletter_slugs()) > 1,
    )


def unsubscribe(
    press: Press, token: str, evidence: Evidence, *, everything: bool = False, now: datetime
) -> Left:
    """Ends the subscription that the token speaks of, or all of its owner's.

    As `unsubscribe_together`. Raises BadToken, LogUnusable.
    """
    departure = read_unsubscribe_token(token, press.secrets)
    (left,) = unsubscribe_together(press, [Wish(departure, evidence, everything)], now)
    return left


def unsubscribe_together(press: Press, wishes: Sequence[Wish], now: datetime) -> tuple[Left, ...]:
    """Ends what they speak of, at one instant; of each what became of it.

    Committed when this returns, or, while the database is down, noted in the suppression log and
    applied later. May be repeated, also for subscribers who are long erased. A goodbye is mailed.
    Raises LogUnusable.
    """
    try:
        return _leave(press, wishes, now)
    except StoreError:
        append(press.suppression_log, [_noted(wish, now) for wish in wishes])
        return tuple(Left(now) for _ in wishes)


def skip(press: Press, token: str, *, wanted: bool, now: datetime) -> None:
    """Skips the series whose part the mail was, or takes it up again; the rest stays.

    Raises BadToken.
    """
    departure = read_unsubscribe_token(token, press.secrets)
    with press.engine.begin() as connection:
        series = series_of_delivery(connection, departure.delivery, departure.subscriber)
        if series and wanted:
            take_up_series(connection, departure.subscriber, [series])
        elif series:
            skip_series(connection, departure.subscriber, series, now)


def _leave(press: Press, wishes: Sequence[Wish], now: datetime) -> tuple[Left, ...]:
    with read_only(press.engine) as connection:
        people = load_subscribers_by_id(connection, {w.departure.subscriber for w in wishes})
        held = load_subscriptions_of(connection, people)
    leavers = [
        Leaver(
            people[wish.departure.subscriber],
            [s for s in held[wish.departure.subscriber] if wish.newsletter in {"", s.newsletter}],
            wish.evidence,
            wish.everything,
        )
        if wish.departure.subscriber in held
        else None
        for wish in wishes
    ]
    ended = iter(depart_together(press, [one for one in leavers if one], now=now, farewell=True))
    return tuple(
        _became(press, wish, leaver, next(ended), now) if leaver else Left()
        for wish, leaver in zip(wishes, leavers, strict=True)
    )


def _became(
    press: Press, wish: Wish, leaver: Leaver, ended: Collection[str], now: datetime
) -> Left:
    held = [s for s in leaver.held if s.newsletter in ended]
    return left_now(press, wish.newsletter, held, now)


def _noted(wish: Wish, now: datetime) -> LogEntry:
    """What the log can say without a database: the number stands for the person.

    Without a newsletter it speaks of all of theirs.
    """
    subscriber = wish.departure.subscriber
    return LogEntry(LogAct.LEFT, now, subscriber=subscriber, newsletter=wish.newsletter)


def _names(press: Press, newsletter: str) -> tuple[str, str]:
    """The newsletter's name and contact; leaving must not wait until somebody mends a file."""
    try:
        found = load_newsletter(press, newsletter)
    except PartworkError:
        return newsletter, ""
    return found.name, found.reply_to.address
