"""Events → what the store has of the mails and people that they name, for many at once."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from partwork.actions.trials import Trials, known_trials
from partwork.assembly import Press
from partwork.delivering.bounces import TOKEN, MailKind, SentMail, mail_behind
from partwork.delivering.message_ids import NamedDelivery, delivery_named
from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.returning.attributing import Attribution, Found, Origin, attributed
from partwork.store.origins import (
    Mailed,
    deliveries_numbered,
    deliveries_of_relay,
    people_with,
    service_mails,
)
from partwork.store.trials import Trial
from partwork.subscribing.addresses import address_key


@dataclass(frozen=True, slots=True)
class PutDown:
    """Whose an event is.

    `newsletter` is the one whose mail it speaks of, "": not known; `campaign` that of which the
    mail was a delivery, 0: of none, or not known. Of a `trial` it is nobody's, and so it is where
    it `is_about_us`, that a bounce address of ours cannot be reached, or `is_forged`, a mail to one
    that we did not make.
    """

    about: Attribution
    newsletter: str = ""
    campaign: int = 0
    trial: Trial | None = None
    is_about_us: bool = False
    is_forged: bool = False


def put_down(
    press: Press, connection: Connection, events: Sequence[Feedback]
) -> tuple[PutDown, ...]:
    """To which mail and reader each event is put down, in their order."""
    named = [_named(press, event) for event in events]
    marks = [one.mark for one in named if one.mark]
    numbers = {mark.id for mark in marks if mark.kind is MailKind.DELIVERY}
    numbers |= {one.message.delivery for one in named if one.message}
    ledger = _Ledger(
        deliveries_numbered(connection, numbers),
        service_mails(connection, {m.id for m in marks if m.kind is MailKind.SERVICE}),
        deliveries_of_relay(connection, {e.relay_id for e in events if e.relay_id}),
        people_with(connection, {one.address_key for one in named if one.address_key}),
    )
    trials = known_trials(press, connection)
    return tuple(
        _of_trial(trials, e, one) or ledger.put_down(e, one)
        for e, one in zip(events, named, strict=True)
    )


def is_forged(press: Press, address: str) -> bool:
    """Whether that is a bounce address with a token that we did not make."""
    pattern = press.settings.bounce_address
    return _has_our_form(address, pattern) and mail_behind(address, pattern, press.secrets) is None


@dataclass(frozen=True, slots=True)
class _Named:
    """What an event names, before anybody has looked whether there is such a thing."""

    mark: SentMail | None
    is_forged: bool
    is_about_ours: bool
    message: NamedDelivery | None
    address_key: str


@dataclass(frozen=True, slots=True)
class _Ledger:
    """All that was found for the events of one batch."""

    deliveries: Mapping[int, Mailed]
    service_mails: Mapping[int, Mailed]
    of_relay: Mapping[str, tuple[Mailed, ...]]
    people: Mapping[str, Mailed]

    def put_down(self, event: Feedback, named: _Named) -> PutDown:
        if named.is_about_ours:
            return PutDown(Attribution(Certainty.NONE), is_about_us=True)
        by_mark = self._marked(named.mark) if named.mark else None
        by_relay = _of_recipient(event, self.of_relay.get(event.relay_id, ()))
        by_message = self._named(named.message) if named.message else None
        by_address = self.people.get(named.address_key)
        found = Found(
            _origin(by_mark),
            _origin(by_relay),
            _origin(by_message),
            _origin(by_address),
            named.is_forged,
        )
        about = attributed(event, found)
        mails = (mail for mail in (by_mark, by_relay, by_message) if mail)
        mail = next((mail for mail in mails if _origin(mail) == about.origin), None)
        if mail is None:
            is_forged = named.is_forged and event.source is Source.MAILBOX
            return PutDown(about, is_forged=is_forged)
        return PutDown(about, mail.newsletter, mail.campaign)

    def _marked(self, mark: SentMail) -> Mailed | None:
        match mark.kind:
            case MailKind.DELIVERY:
                return self.deliveries.get(mark.id)
            case MailKind.SERVICE:
                return self.service_mails.get(mark.id)
        return None

    def _named(self, message: NamedDelivery) -> Mailed | None:
        mail = self.deliveries.get(message.delivery)
        return mail if mail and mail.content_hash.startswith(message.content_hash) else None


def _of_trial(trials: Trials, event: Feedback, named: _Named) -> PutDown | None:
    found = trials.named_by(event, named.mark)
    if found is None:
        return None
    trial, certainty = found
    return PutDown(Attribution(certainty, is_trial=True), trial=trial)


def _named(press: Press, event: Feedback) -> _Named:
    pattern, told = press.settings.bounce_address, event.bounce_address
    mark = mail_behind(told, pattern, press.secrets) if told else None
    is_forged = mark is None and _has_our_form(told, pattern)
    try:
        key = address_key(event.recipient) if event.recipient else ""
    except ValueError:  # servers tell all sorts of things there
        key = ""
    is_about_ours = event.kind in _REPORTS and _is_bounce_address(event.recipient, pattern)
    return _Named(mark, is_forged, is_about_ours, delivery_named(event.message_id), key)


def _is_bounce_address(address: str, pattern: str) -> bool:
    """Whether that is ours: then a report on it is a bounce of a bounce, and about no reader."""
    told, plain = address.lower(), pattern.lower()
    return bool(told) and (told == plain or _has_our_form(address, pattern))


def _has_our_form(address: str, pattern: str) -> bool:
    """Whether something stands there that may be taken for a token, made by us or not."""
    before, place, after = (part.lower() for part in pattern.partition(TOKEN))
    told = address.lower()
    if not place or not (told.startswith(before) and told.endswith(after)):
        return False
    return bool(_LIKE_A_TOKEN.fullmatch(told[len(before) : len(told) - len(after)]))


def _of_recipient(event: Feedback, mails: Iterable[Mailed]) -> Mailed | None:
    """The latest of them to whom the event says, else the latest."""
    told, in_order = event.recipient.lower(), list(mails)
    theirs = (mail for mail in in_order if mail.recipient.lower() == told)
    return next(theirs, next(iter(in_order), None))


def _origin(mail: Mailed | None) -> Origin | None:
    return Origin(mail.subscriber, mail.recipient, mail.delivery, mail.sent_at) if mail else None


_REPORTS = frozenset({FeedbackKind.BOUNCE, FeedbackKind.DELAY, FeedbackKind.DELIVERED})
# Between the lengths of a name that people write and of the longest token, 29 letters and one.
_LIKE_A_TOKEN = re.compile(r"[a-z0-9]{20,40}")
