"""A change of address, by a link to the old one and a link to the new one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from partwork.actions.sign_up import Answer, Visitor, answer_to, evidence_of, network_key_of
from partwork.actions.wishes import wish_of
from partwork.assembly import Press, keys_of
from partwork.model.audience import (
    CHANGE_OF_ADDRESS,
    EVERYTHING,
    Act,
    Evidence,
    Request,
    ServiceRequest,
    Subscriber,
    SubscriptionState,
)
from partwork.store.audience import (
    hold_subscriber,
    is_suppressed,
    load_subscriber_by_id,
    move_subscriber,
)
from partwork.store.consents import load_consents, record_consent, record_of_hash
from partwork.store.engine import read_only
from partwork.store.everything import left_everything
from partwork.store.rekeying import Keys
from partwork.store.service_messages import save_request
from partwork.store.subscriptions import load_subscriptions
from partwork.store.suppression_log import LogAct, LogEntry, append
from partwork.subscribing.addresses import fault_of
from partwork.subscribing.tokens import BadToken, PassKind, read_move, read_pass


def person_behind(press: Press, token: str, now: datetime) -> Subscriber:
    """Whose settings a link opens. Raises PassHasRunOut, and BadToken also where they are gone.

    Or where they have another address since than the one that the link was sent to.
    """
    held = read_pass(PassKind.ACCESS, token, now, press.secrets)
    with read_only(press.engine) as connection:
        person = load_subscriber_by_id(connection, held.subscriber)
        has_moved = _has_moved(connection, held.subscriber, held.at)
    if person is None or has_moved:
        raise BadToken
    return person


def ask_to_move(press: Press, token: str, address: str, visitor: Visitor, now: datetime) -> Answer:
    """Has a link mailed to the new address, which has to be opened before anything changes.

    Raises BadToken, PassHasRunOut.
    """
    person = person_behind(press, token, now)
    held = read_pass(PassKind.ACCESS, token, now, press.secrets)
    address = address.strip()
    if len(address) > 320 or fault_of(address):
        return Answer.NO_ADDRESS
    wish = wish_of(
        press,
        ServiceRequest.MOVE,
        held.newsletter,
        address,
        evidence=evidence_of(press, visitor, "preferences page"),
        at=now,
        network_key=network_key_of(press, visitor),
        subscriber=person.id,
    )
    with press.engine.begin() as connection:
        taken = save_request(connection, wish, press.caps)
    return answer_to(taken)


def new_address_behind(press: Press, token: str, now: datetime) -> str:
    """The address that a link to a new address would make the person's. Raises BadToken."""
    return read_move(token, now, press.secrets)[1]


def move(press: Press, token: str, visitor: Visitor, now: datetime) -> bool:
    """Makes the new address the person's; False: it has subscriptions of its own, or may not be.

    The old address is told that mails go elsewhere, and not where: links to settings that it was
    sent open nothing any more. May be repeated, until there is a newer address. To an import and
    an old backup the old address has left. Raises BadToken, LogUnusable; nothing has changed then.
    """
    subscriber, address, linked_at = read_move(token, now, press.secrets)
    keys = keys_of(address, press.hash_key)
    with press.engine.begin() as connection:
        person = hold_subscriber(connection, subscriber)
        if person is None or is_suppressed(connection, keys.suppression_key):
            return False
        old = keys_of(person.address, press.hash_key)
        if old != keys and _has_moved(connection, subscriber, linked_at):
            return False
        is_moved = move_subscriber(
            connection,
            subscriber,
            address,
            address_key=keys.address_key,
            suppression_key=keys.suppression_key,
        )
        if is_moved and old != keys:
            evidence = evidence_of(press, visitor, CHANGE_OF_ADDRESS)
            _record_move(press, connection, _Move(person, old, keys, evidence, now))
    return is_moved


# What an address takes over from the one before it, as its own part of the consent record.
_TAKEN_OVER = {
    SubscriptionState.PENDING: Act.ASKED,
    SubscriptionState.CONFIRMED: Act.CONFIRMED,
    SubscriptionState.ENDED: Act.ENDED,
}


@dataclass(frozen=True, slots=True)
class _Move:
    """Somebody, with the address that they had until now, who has another."""

    person: Subscriber
    old: Keys
    new: Keys
    evidence: Evidence
    at: datetime

    def word_to_the_old(self, press: Press, newsletter: str) -> Request:
        return wish_of(
            press,
            ServiceRequest.MOVED,
            newsletter,
            self.person.address,
            evidence=Evidence(CHANGE_OF_ADDRESS),
            at=self.at,
            subscriber=self.person.id,
        )


def _has_moved(connection: Connection, subscriber: int, since: datetime) -> bool:
    record = load_consents(connection, subscriber)
    return any(c.evidence.source == CHANGE_OF_ADDRESS and c.at > since for c in record)


def _record_move(press: Press, connection: Connection, move: _Move) -> None:
    """Has the old address leave all that it held, and tells it; the new one stands as it did."""
    left = []
    for held in load_subscriptions(connection, move.person.id):
        slug, old = held.newsletter, move.old.suppression_key
        by_move = Evidence(CHANGE_OF_ADDRESS)
        record_of_hash(connection, old, slug, Act.ENDED, by_move, at=move.at)
        taken_over = _TAKEN_OVER[held.state]
        record_consent(connection, move.person.id, slug, taken_over, move.evidence, at=move.at)
        left.append(LogEntry(LogAct.LEFT, move.at, old, newsletter=slug))
        if held.state is SubscriptionState.ENDED:
            hashed = move.new.suppression_key
            left.append(LogEntry(LogAct.LEFT, move.at, hashed, newsletter=slug))
        if held.state is SubscriptionState.CONFIRMED:
            save_request(connection, move.word_to_the_old(press, slug), press.caps)
    if left_everything(connection, [move.old.suppression_key]):
        who, hashed = move.person.id, move.new.suppression_key
        record_consent(connection, who, EVERYTHING, Act.ENDED, move.evidence, at=move.at)
        left.append(LogEntry(LogAct.LEFT, move.at, hashed, newsletter=EVERYTHING))
    append(press.suppression_log, left)
