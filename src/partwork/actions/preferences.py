"""All that a person may choose, behind a link that went to their own address within the hour."""

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from partwork.actions.departing import depart
from partwork.actions.forgetting import forget
from partwork.actions.left import Left, left_before, left_now
from partwork.actions.moving import person_behind
from partwork.actions.naming import name_of, title_of
from partwork.actions.sign_up import Answer, Visitor, ask_for_link, ask_in_vain, evidence_of
from partwork.actions.subscribers import story_of
from partwork.assembly import Press
from partwork.model.audience import Subscription, SubscriptionState
from partwork.store.archive import published_series
from partwork.store.audience import load_subscriber_by_id
from partwork.store.engine import read_only
from partwork.store.subscriptions import (
    bundle_subscription,
    load_skipped,
    load_subscriptions,
    pause_subscription,
    skip_series,
    take_up_series,
)
from partwork.subscribing.tokens import (
    BadToken,
    Pass,
    PassKind,
    read_any_pass,
)

PAUSES = (1, 2, 4, 8, 12)  # weeks that may be chosen
WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class SeriesChoice:
    """A series that may be skipped."""

    slug: str
    title: str
    is_wanted: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """One subscription, and what may be chosen within it.

    `is_bundled`: all parts of a week come in one mail.
    """

    slug: str
    name: str
    is_confirmed: bool
    paused_until: datetime | None
    series: tuple[SeriesChoice, ...]
    is_bundled: bool = False


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the page shows: whose it is, and their subscriptions that have not ended."""

    address: str
    choices: tuple[Choice, ...]


def preferences_behind(press: Press, token: str, now: datetime) -> Preferences:
    """What the link opens, and changes nothing. Raises BadToken, PassHasRunOut.

    A link whose person is gone, or has another address since, is none of ours any more.
    """
    person = person_behind(press, token, now)
    with read_only(press.engine) as connection:
        held = load_subscriptions(connection, person.id)
        skipped = load_skipped(connection, person.id)
        series = {s.newsletter: published_series(connection, s.newsletter) for s in held}
    return Preferences(
        person.address,
        tuple(
            _choice(press, subscription, series[subscription.newsletter], skipped, now)
            for subscription in held
            if subscription.state is not SubscriptionState.ENDED
        ),
    )


def choose(
    press: Press,
    token: str,
    newsletter: str,
    *,
    series: Mapping[str, bool],
    pause_weeks: int | None,
    is_bundled: bool | None = None,
    now: datetime,
) -> None:
    """Keeps which series are wanted, a pause, and whether all parts of a week come in one mail.

    A pause is for so many weeks, 0 none; None leaves it, and how mails come, as it is. `series`
    are those that the page showed; one that has begun since is not among them. Raises BadToken,
    PassHasRunOut.
    """
    person = person_behind(press, token, now)
    with press.engine.begin() as connection:
        held = {s.newsletter for s in load_subscriptions(connection, person.id)}
        if newsletter not in held:
            return
        for slug in published_series(connection, newsletter):
            if series.get(slug):
                take_up_series(connection, person.id, [slug])
            elif slug in series:
                skip_series(connection, person.id, slug, now)
        if pause_weeks is not None:
            until = now + pause_weeks * WEEK if pause_weeks in PAUSES else None
            pause_subscription(connection, person.id, newsletter, until)
        if is_bundled is not None:
            bundle_subscription(connection, person.id, newsletter, is_bundled=is_bundled)


def leave(press: Press, token: str, newsletter: str, visitor: Visitor, now: datetime) -> Left:
    """Ends one subscription, or all where none is named. Raises BadToken, PassHasRunOut.

    Who asks again is told since when they have left.
    """
    person = person_behind(press, token, now)
    with read_only(press.engine) as connection:
        held = load_subscriptions(connection, person.id)
    chosen = [s for s in held if newsletter in {"", s.newsletter}]
    evidence = evidence_of(press, visitor, "preferences page")
    everything = not newsletter
    ended = depart(press, person, chosen, evidence, now=now, everything=everything, farewell=True)
    left = left_now(press, newsletter, [s for s in chosen if s.newsletter in ended], now)
    return left if left.at else left_before(press, person.id, newsletter, evidence, now)


def ask_for_access(press: Press, token: str, visitor: Visitor, now: datetime) -> Answer:
    """Has a fresh link mailed to the address of one that has run out.

    Whoever holds it learns nothing, not even from one that is not ours.
    """
    try:
        held, _ = read_any_pass(PassKind.ACCESS, token, now, press.secrets)
    except BadToken:
        held = Pass(0, "", now)
    with read_only(press.engine) as connection:
        person = load_subscriber_by_id(connection, held.subscriber)
    there = press.library.newsletter_slugs()
    slug = held.newsletter if held.newsletter in there else next(iter(there), "")
    if not slug:
        return Answer.LOOK_IN_YOUR_MAILBOX
    if person is None:
        return ask_in_vain(press, slug, held.subscriber, visitor, now)
    return ask_for_link(press, slug, person.address, visitor, now)


def my_data(press: Press, token: str, now: datetime) -> Mapping[str, object]:
    """All that is held of the person, to be written as JSON. Raises BadToken, PassHasRunOut."""
    return asdict(story_of(press, person_behind(press, token, now).address))


def erase_me(press: Press, token: str, now: datetime) -> None:
    """Forgets the person. Raises BadToken, PassHasRunOut, LogUnusable."""
    forget(press, person_behind(press, token, now), now)


def _choice(
    press: Press,
    held: Subscription,
    series: Collection[str],
    skipped: Collection[str],
    now: datetime,
) -> Choice:
    is_paused = held.paused_until is not None and held.paused_until > now
    return Choice(
        held.newsletter,
        name_of(press, held.newsletter),
        held.state is SubscriptionState.CONFIRMED,
        held.paused_until if is_paused else None,
        tuple(SeriesChoice(s, title_of(press, s), s not in skipped) for s in series),
        held.is_bundled,
    )
