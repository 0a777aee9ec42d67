"""A form on a web page → a wish that a service message will answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from partwork.actions.loading import demand_newsletter, load_newsletter
from partwork.actions.wishes import wish_of
from partwork.assembly import Press
from partwork.model.archive import PublishedPart
from partwork.model.audience import Evidence, ServiceRequest
from partwork.model.newsletter import Newsletter
from partwork.store.archive import published_parts
from partwork.store.consents import save_wording
from partwork.store.engine import read_only
from partwork.store.service_messages import Taken, save_request
from partwork.subscribing.addresses import address_key, fault_of
from partwork.subscribing.networks import Kept, kept_of, network_of
from partwork.subscribing.refusing import Refusal, refusal_of, refusing
from partwork.subscribing.suppression import network_key
from partwork.subscribing.tokens import BadToken, form_token, shown_for
from partwork.subscribing.wording import Wording, wording_of
from partwork.transport.exchanges import takes_mail

FILLED_IN = timedelta(seconds=2)  # faster than a person types an address, and a program waits
FORM_LASTS = timedelta(days=1)
LATEST = 5  # parts that a newsletter's own page shows
MAX_USER_AGENT = 200  # characters; browsers have about 120


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as the network tells: an IP address and what the browser says it is."""

    host: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class SignUpForm:
    """What a sign-up page shows: the newsletter, the words to agree to, the form's token.

    `newest` are its latest parts. What people must be told of what is done with their address
    (GDPR, Article 13): `counts_clicks` of links in mails, `network` how much of theirs is noted,
    `forgotten_after` how many days an address is kept that nobody confirms.
    """

    newsletter: Newsletter
    words: str
    token: str
    newest: tuple[PublishedPart, ...] = ()
    counts_clicks: bool = False
    network: Kept = Kept.TRUNCATED
    forgotten_after: int = 30


class Answer(StrEnum):
    """What the visitor is told. Nothing of it depends on who has the address."""

    LOOK_IN_YOUR_MAILBOX = "look in your mailbox"
    NO_ADDRESS = "no address"
    DISPOSABLE = "disposable"
    ROLE = "role"
    NO_MAIL_THERE = "no mail there"
    ONCE_MORE = "once more"
    TOO_MANY = "too many"


def sign_up_form(press: Press, newsletter: str, now: datetime) -> SignUpForm:
    """The form of that newsletter. Raises LibraryError where there is none of that name."""
    found = load_newsletter(press, newsletter)
    token = form_token(newsletter, now, press.secrets)
    with read_only(press.engine) as connection:
        newest = published_parts(connection, newsletter)[:LATEST]
    given = press.settings
    return SignUpForm(
        found,
        wording_of(found.name).text,
        token,
        newest,
        given.count_clicks,
        given.consent_network,
        given.forget_pending,
    )


def sign_up(
    press: Press,
    newsletter: str,
    address: str,
    *,
    token: str,
    trap: str,
    visitor: Visitor,
    now: datetime,
) -> Answer:
    """Keeps the wish to subscribe, so that a confirmation goes to the address; see `answering`.

    `trap` is a field that people do not see: whoever fills it in is told what all are told.
    What the operator refuses is refused for everybody alike, known here or not.
    Raises LibraryError for an unknown newsletter.
    """
    found = load_newsletter(press, newsletter)
    try:
        took = shown_for(token, newsletter, now, press.secrets)
    except BadToken:
        return Answer.ONCE_MORE
    if not FILLED_IN <= took <= FORM_LASTS:
        return Answer.ONCE_MORE
    if trap:
        return Answer.LOOK_IN_YOUR_MAILBOX
    if refused := _refused(press, address.strip()):
        return refused
    wording = wording_of(found.name)
    return ask(
        press, ServiceRequest.SUBSCRIBE, newsletter, address, visitor, wording=wording, now=now
    )


def ask_for_link(
    press: Press, newsletter: str, address: str, visitor: Visitor, now: datetime
) -> Answer:
    """Keeps the wish for a link to somebody's settings, which goes to their address alone.

    Raises LibraryError for an unknown newsletter.
    """
    kind = ServiceRequest.PREFERENCES
    return ask(press, kind, newsletter, address, visitor, now=now)


def ask(
    press: Press,
    kind: ServiceRequest,
    newsletter: str,
    address: str,
    visitor: Visitor,
    *,
    wording: Wording | None = None,
    now: datetime,
) -> Answer:
    """Keeps a visitor's wish, within the caps. One address too often gets the answer of all.

    Raises LibraryError for an unknown newsletter.
    """
    demand_newsletter(press, newsletter)  # its file may be broken: what waits is mailed later
    address = address.strip()
    if not _can_be(address):
        return Answer.NO_ADDRESS
    return _kept(press, kind, newsletter, address, visitor, wording=wording, now=now)


def ask_in_vain(
    press: Press, newsletter: str, subscriber: int, visitor: Visitor, now: datetime
) -> Answer:
    """The same for whoever holds the link of somebody who is gone, and nothing is mailed.

    It is counted as their wish would be, since the caps must not tell that they are gone.
    """
    demand_newsletter(press, newsletter)
    kind, nobody = ServiceRequest.PREFERENCES, f"{subscriber}@nobody.invalid"  # RFC 2606, 2
    return _kept(press, kind, newsletter, nobody, visitor, now=now)


def _kept(
    press: Press,
    kind: ServiceRequest,
    newsletter: str,
    address: str,
    visitor: Visitor,
    *,
    wording: Wording | None = None,
    now: datetime,
) -> Answer:
    wish = wish_of(
        press,
        kind,
        newsletter,
        address,
        evidence=evidence_of(press, visitor, f"{kind} form", wording),
        at=now,
        network_key=network_key_of(press, visitor),
    )
    with press.engine.begin() as connection:
        if wording:
            save_wording(connection, wording.digest, wording.text, now)
        taken = save_request(connection, wish, press.caps)
    return answer_to(taken)


def answer_to(taken: Taken) -> Answer:
    """What a visitor is told. That an address has too many already is nobody else's business."""
    if taken in {Taken.TOO_MANY_OF_NETWORK, Taken.TOO_MANY_IN_ALL}:
        return Answer.TOO_MANY
    return Answer.LOOK_IN_YOUR_MAILBOX


def network_key_of(press: Press, visitor: Visitor) -> str:
    """By which the wishes of a visitor's network are counted.

    Those of whom nobody knows where they are, behind a proxy that does not say, are one network.
    """
    return network_key(network_of(visitor.host) or "of nobody knows where", press.hash_key)


def _can_be(address: str) -> bool:
    return len(address) <= 320 and not fault_of(address)  # 64 + @ + 255: RFC 5321, 4.5.3.1


def _refused(press: Press, address: str) -> Answer | None:
    given = press.settings
    if not _can_be(address):
        return Answer.NO_ADDRESS
    chosen = refusing(
        listed=given.refuse_disposable, domains=given.disposable_domains, roles=given.refuse_roles
    )
    if refusal := refusal_of(address, chosen):
        return _REFUSED[refusal]
    if given.refuse_without_mx:
        domain = address_key(address).rpartition("@")[2]
        servers = given.name_servers
        if not takes_mail(domain, servers):
            return Answer.NO_MAIL_THERE
    return None


_REFUSED = {Refusal.DISPOSABLE: Answer.DISPOSABLE, Refusal.ROLE: Answer.ROLE}


def evidence_of(
    press: Press, visitor: Visitor, source: str, wording: Wording | None = None
) -> Evidence:
    """What is kept of a visit in the consent record."""
    agent = "".join(c for c in visitor.user_agent if c.isprintable())[:MAX_USER_AGENT]
    network = kept_of(visitor.host, press.settings.consent_network)
    return Evidence(source, wording.digest if wording else "", network, agent)
