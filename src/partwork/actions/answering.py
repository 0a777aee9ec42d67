"""Wishes that wait → service messages, each to the one person whose address it is."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, partial

from sqlalchemy import Connection

from partwork.actions.feedback import refusal, take_in
from partwork.actions.late_joining import with_what_runs
from partwork.actions.loading import load_newsletter
from partwork.actions.logo import logo_if_fit
from partwork.actions.media import media_url, with_pictures_served
from partwork.actions.naming import name_of
from partwork.actions.probing import may_probe
from partwork.assembly import Clock, Press, keys_of
from partwork.delivering.addresses import UnfitAddress, wire_address
from partwork.delivering.bounces import MailKind, SentMail
from partwork.delivering.readiness import missing_for_smtp
from partwork.delivering.replies import next_try_at, verdict_of
from partwork.delivering.service import service_message_bytes
from partwork.model.audience import (
    EVERYTHING,
    Act,
    Applicant,
    Request,
    ServiceRequest,
    Subscriber,
    SubscriptionState,
)
from partwork.model.delivery import (
    Envelope,
    LostInDoubt,
    NotSent,
    Transport,
    Verdict,
)
from partwork.model.errors import PartworkError
from partwork.model.newsletter import Newsletter
from partwork.model.picture import Logo
from partwork.rendering.service import ServiceFields, ServiceKind, service_mail
from partwork.store.audience import is_suppressed, load_subscriber, make_subscriber
from partwork.store.consents import load_consents
from partwork.store.everything import left_everything_at
from partwork.store.service_messages import (
    IN_BURSTS,
    Waiting,
    note_answered,
    prune_answered,
    put_off,
    still_waits,
    take_requests,
)
from partwork.store.subscriptions import (
    ask_for_subscription,
    load_subscription,
    load_subscriptions,
)
from partwork.subscribing.tokens import (
    LASTS,
    MOVE_LASTS,
    Departure,
    Pass,
    PassKind,
    move_token,
    pass_token,
    unsubscribe_token,
)

BATCH = 10
A_WHILE = timedelta(hours=1)  # from when on a goodbye tells how long its link is still good
LEASE = timedelta(minutes=5)  # longer than a batch takes at a slow server; a guess

_log = logging.getLogger("partwork.service")


def answer_requests(press: Press, clock: Clock, rest: Callable[[], None] = lambda: None) -> int:
    """Mails what waits, and says how many mails a server has taken.

    Before each that comes in bursts there is a `rest`, since nobody waits for it. Safe to run at
    once or elsewhere. What a server puts off, or nothing takes at all, waits and is tried again
    with growing pauses; whoever is not to be written to gets nothing, and nobody learns it. The
    log has numbers and reasons, never an address.
    """
    sent = 0
    while True:
        with press.engine.begin() as connection:
            waiting = take_requests(connection, clock(), LEASE, BATCH)
            prune_answered(connection, clock())
        if not waiting:
            return sent
        try:
            going_by, templates = press.transport(), press.library.templates()
        except PartworkError as error:  # they come again once the lease has run out
            _log.error("%d service messages wait: %s", len(waiting), error)
            return sent
        with going_by as transport:
            desk = _Desk(press, transport, templates, cache(partial(_worn, press)))
            for one in waiting:
                if one.request.kind in IN_BURSTS:
                    rest()
                sent += _answer(desk, one, clock())


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the mails of one batch have in common; `worn` is read once for each newsletter."""

    press: Press
    transport: Transport
    templates: Mapping[str, str]
    worn: Callable[[str], tuple[Newsletter, Logo | None]]


def _worn(press: Press, slug: str) -> tuple[Newsletter, Logo | None]:
    """A newsletter and its logo. Raises PartworkError where no server must get anything of it."""
    newsletter = load_newsletter(press, slug)
    _demand_ready(press, newsletter)
    return newsletter, logo_if_fit(press, newsletter)


def _answer(desk: _Desk, waiting: Waiting, now: datetime) -> bool:
    """Whether a mail was taken by a server. What goes wrong puts this one off and no other."""
    press = desk.press
    try:
        verdict = _verdict(desk, waiting, now)
    except (NotSent, LostInDoubt) as error:  # a second confirmation does no harm, none does
        _log.warning("service message %d waits: %s", waiting.id, error)
        verdict = Verdict.DEFERRED
    except PartworkError as error:
        _log.error("service message %d waits: %s", waiting.id, error)
        verdict = Verdict.DEFERRED
    again = next_try_at(waiting.attempts, now) if verdict is Verdict.DEFERRED else None
    with press.engine.begin() as connection:
        if again:
            put_off(connection, waiting.id, again)
        else:
            note_answered(connection, waiting.id)
    if verdict is Verdict.REFUSED:
        _log.warning("service message %d was refused", waiting.id)
    return verdict is Verdict.ACCEPTED


def _verdict(desk: _Desk, waiting: Waiting, now: datetime) -> Verdict | None:
    """What a server said to the mail; None where there was none to be sent. Raises PartworkError.

    Refused is also an address that no message or no link can hold.
    """
    press = desk.press
    newsletter, _ = desk.worn(waiting.request.newsletter)
    try:
        with press.engine.begin() as connection:
            waits = still_waits(connection, waiting.id)  # who was erased this moment does not
            letter = _letter(press, connection, newsletter, waiting, now) if waits else None
        made = _made(desk, waiting, letter or _to_nobody(press, waiting, now), now)
    except (UnfitAddress, ValueError):
        return Verdict.REFUSED
    if not letter:
        return None
    reply = desk.transport.send(*made)
    verdict = verdict_of(reply)
    if verdict is Verdict.REFUSED and waiting.request.kind is ServiceRequest.PROBE:
        name = f"service message {waiting.id}"  # what the probe was sent for
        take_in(press, [refusal(name, waiting.request.address, reply, now)], now=now)
    return verdict


def _demand_ready(press: Press, newsletter: Newsletter) -> None:
    """Raises PartworkError where a mail server must not get anything of this newsletter."""
    if not press.has_mail_server:
        return
    if missing := missing_for_smtp(newsletter, press.pages_url, press.mail_host):
        raise PartworkError(f"{newsletter.slug} cannot be sent by SMTP yet: {'; '.join(missing)}")


def _letter(
    press: Press, connection: Connection, newsletter: Newsletter, waiting: Waiting, now: datetime
) -> tuple[ServiceKind, ServiceFields] | None:
    """What the address gets, now that it matters whose it is; None: nothing."""
    request = waiting.request
    keys = keys_of(request.address, press.hash_key)
    person = load_subscriber(connection, keys.address_key)
    match request.kind:
        case ServiceRequest.SUBSCRIBE:
            if is_suppressed(connection, keys.suppression_key):
                return None
            subscriber = make_subscriber(
                connection,
                Applicant(0, request.address, language=newsletter.language),
                address_key=keys.address_key,
                suppression_key=keys.suppression_key,
                at=request.asked_at,
            )
            if _is_asked(connection, subscriber, request):
                return _with_pass(press, ServiceKind.CONFIRM, subscriber, request, now)
            return _with_pass(press, ServiceKind.PREFERENCES, subscriber, request, now)
        case ServiceRequest.PREFERENCES if person:
            return _with_pass(press, ServiceKind.PREFERENCES, person.id, request, now)
        case ServiceRequest.WELCOME if person and _is_confirmed(connection, person, request):
            return _with_way_out(press, ServiceKind.WELCOME, person, request)
        case ServiceRequest.PROBE if person and _is_confirmed(connection, person, request):
            if may_probe(connection, person, waiting.id, now):
                return _with_way_out(press, ServiceKind.PROBE, person, request)
        case ServiceRequest.MOVE if not is_suppressed(connection, keys.suppression_key):
            token = move_token(request.subscriber, request.address, now, press.secrets)
            url = f"{press.pages_url}/move/{token}"
            return ServiceKind.MOVE, ServiceFields(request.address, url, MOVE_LASTS)
        case ServiceRequest.MOVED if not is_suppressed(connection, keys.suppression_key):
            # Whoever has the person's mailbox now has a way to say so that needs no link of ours.
            url = f"mailto:{newsletter.reply_to.address or newsletter.sender.address}"
            return ServiceKind.MOVED, ServiceFields(request.address, url)
        case ServiceRequest.GOODBYE if person:
            return _goodbye(press, connection, person, request, now)
    return None


def _is_asked(connection: Connection, subscriber: int, request: Request) -> bool:
    """Whether the subscription is to be confirmed; recorded once, however often it is tried."""
    noted = any(
        c.act is Act.ASKED and c.at == request.asked_at and c.newsletter == request.newsletter
        for c in load_consents(connection, subscriber)
    )
    if noted:
        held = load_subscription(connection, subscriber, request.newsletter)
        return held is not None and held.state is SubscriptionState.PENDING
    return ask_for_subscription(
        connection, subscriber, request.newsletter, request.evidence, request.asked_at
    )


def _is_confirmed(connection: Connection, person: Subscriber, request: Request) -> bool:
    """Whether what the message speaks of is still so."""
    held = load_subscription(connection, person.id, request.newsletter)
    return held is not None and held.state is SubscriptionState.CONFIRMED


def _goodbye(
    press: Press, connection: Connection, person: Subscriber, request: Request, now: datetime
) -> tuple[ServiceKind, ServiceFields] | None:
    """About all that ended at that instant and still has, with one link that takes it back."""
    at, hashed = request.asked_at, request.suppression_key
    waited = now - at if now - at >= A_WHILE else timedelta()
    left = [
        held.newsletter
        for held in load_subscriptions(connection, person.id)
        if held.state is SubscriptionState.ENDED and held.ended_at == at and held.confirmed_at
    ]
    if not left or waited > LASTS[PassKind.UNDO]:
        return None
    is_of_several = len(left) > 1 or left_everything_at(connection, hashed, at)
    about = replace(request, newsletter=EVERYTHING if is_of_several else left[0])
    kind, fields = _with_pass(press, ServiceKind.GOODBYE, person.id, about, at)
    if waited:
        fields = replace(fields, lasts=timedelta(days=(fields.lasts - waited).days))
    if left == [request.newsletter]:
        return kind, fields
    return ServiceKind.FAREWELL, replace(fields, left=tuple(name_of(press, one) for one in left))


def _with_way_out(
    press: Press, kind: ServiceKind, person: Subscriber, request: Request
) -> tuple[ServiceKind, ServiceFields]:
    token = unsubscribe_token(Departure(person.id, request.newsletter, 0), press.secrets)
    return kind, ServiceFields(person.address, f"{press.pages_url}/u/{token}")


_OPENS = {
    ServiceKind.CONFIRM: (PassKind.CONFIRM, "confirm"),
    ServiceKind.PREFERENCES: (PassKind.ACCESS, "preferences"),
    ServiceKind.GOODBYE: (PassKind.UNDO, "undo"),
}


def _with_pass(
    press: Press, kind: ServiceKind, subscriber: int, request: Request, at: datetime
) -> tuple[ServiceKind, ServiceFields]:
    opens, path = _OPENS[kind]
    token = pass_token(opens, Pass(subscriber, request.newsletter, at), press.secrets)
    url = f"{press.pages_url}/{path}/{token}"
    return kind, ServiceFields(request.address, url, LASTS[opens])


def _to_nobody(press: Press, waiting: Waiting, now: datetime) -> tuple[ServiceKind, ServiceFields]:
    """What is made and not sent for who gets nothing.

    Else whoever asks and then times the pages would see whether there was a mail to be made.
    """
    return _with_pass(press, ServiceKind.PREFERENCES, 0, waiting.request, now)


def _made(
    desk: _Desk, waiting: Waiting, letter: tuple[ServiceKind, ServiceFields], now: datetime
) -> tuple[Envelope, bytes]:
    press, (kind, fields) = desk.press, letter
    newsletter, logo = desk.worn(waiting.request.newsletter)
    if kind is ServiceKind.WELCOME:
        fields = with_what_runs(press, fields, newsletter.slug, now)
    media = media_url(press)
    mail = service_mail(kind, newsletter, fields, desk.templates, logo, media_url=media)
    message = service_message_bytes(
        newsletter,
        fields.address,
        subject=mail.subject,
        html=with_pictures_served(press, mail.html),
        text=mail.text,
        name=f"{waiting.id} {waiting.request.suppression_key} {waiting.request.asked_at}",
        date=now,
        demo=newsletter.demo or not press.has_mail_server,
    )
    sent = SentMail(MailKind.SERVICE, waiting.id)
    sender = press.sender_for(sent, wire_address(newsletter.sender.address))
    return Envelope(sender, wire_address(fields.address)), message
