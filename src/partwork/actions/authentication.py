"""What the DNS says of those who send: SPF, DMARC, and the rules for who sends much."""

from collections.abc import Collection
from datetime import datetime
from functools import cache

from partwork.actions.finding import Finding
from partwork.actions.loading import load_newsletter
from partwork.actions.relaying import seal_of
from partwork.assembly import Press
from partwork.delivering.authentication import Dmarc, DnsSilent, Texts, dmarc_of, spf_faults
from partwork.model.address import domain_of
from partwork.model.errors import PartworkError
from partwork.model.host import is_loopback
from partwork.model.relay import Profile, Relay, Signer
from partwork.store.engine import read_only
from partwork.store.segments import count_reached
from partwork.transport.names import reverse_names_of, texts_at
from partwork.transport.url import smtp_address

# Mails a day to the mailboxes of one of them, from which on all of their rules hold:
# https://support.google.com/a/answer/81126, https://senders.yahooinc.com/best-practices,
# https://aka.ms/outlookcom-senderrequirements (docs/delivery.md has what they ask for).
MANY = 5000
# Profiles whose server is one's own: its address is what receivers look up.
OWN = frozenset({Profile.DIRECT, Profile.POSTFIX})


def authentication(press: Press, now: datetime) -> tuple[Finding, ...]:
    """What is found of each newsletter that a mail server gets; nothing for the outbox.

    The DNS is asked once for each name; where it is silent, a line says so and nothing is wrong.
    """
    try:
        relays = press.relays
    except PartworkError:  # said of the transport
        return ()
    if not relays:
        return ()
    texts = cache(lambda name: texts_at(name, press.settings.name_servers))
    found: list[Finding] = []
    for slug in press.library.newsletter_slugs():
        try:
            newsletter = load_newsletter(press, slug)
        except PartworkError:  # said of the newsletter
            continue
        if newsletter.demo:
            continue
        author = domain_of(newsletter.sender.address)
        with read_only(press.engine) as connection:
            readers = count_reached(connection, slug, None, now)
        try:
            found += _of_newsletter(press, slug, author, relays, texts, readers=readers)
        except DnsSilent:
            words = f"the DNS does not answer; SPF and DMARC of {author} were not looked at"
            return (*found, Finding(f"sender of {slug}", True, words))
    return tuple(found)


def _of_newsletter(
    press: Press, slug: str, author: str, relays: tuple[Relay, ...], texts: Texts, *, readers: int
) -> list[Finding]:
    """SPF, DMARC and the rules for many mails."""
    envelopes = sorted({_envelope_domain(press, relay, author) for relay in relays})
    spf = [fault for domain in envelopes for fault in spf_faults(domain, texts)]
    dmarc = dmarc_of(author, texts)
    passes = _aligned(press, author, envelopes, relays, dmarc, has_spf=not spf)
    findings = [_spf(slug, envelopes, spf), _dmarc(slug, author, dmarc, passes)]
    missing = [
        *(("SPF",) if spf else ()),
        *(() if all(r.signer is not Signer.NOBODY for r in relays) else ("DKIM",)),
        *(() if dmarc else ("a DMARC record",)),
        *(() if passes else ("SPF or DKIM for the sender's own domain",)),
        *(() if press.settings.public_url.startswith("https://") else ("one-click by https",)),
        *_unnamed(press, relays),
    ]
    return [*findings, _bulk(slug, readers, missing)]


def _envelope_domain(press: Press, relay: Relay, author: str) -> str:
    """Whose SPF is asked for: the envelope sender's (RFC 7208, 2.4)."""
    address = relay.envelope_sender or press.settings.bounce_address
    return domain_of(address) if address else author


def _aligned(
    press: Press,
    author: str,
    envelopes: Collection[str],
    relays: tuple[Relay, ...],
    dmarc: Dmarc | None,
    *,
    has_spf: bool,
) -> tuple[str, ...]:
    """By which of the two a mail is the author's, as DMARC has it: one is enough.

    What a relay signs with by itself is not known here.
    """
    if dmarc is None:
        return ()
    by = []
    if has_spf and all(dmarc.is_aligned(author, e, strict=dmarc.is_spf_strict) for e in envelopes):
        by.append("SPF")
    ours = seal_of(press.settings) if all(r.signer is Signer.PARTWORK for r in relays) else None
    if ours and dmarc.is_aligned(author, ours.domain, strict=dmarc.is_dkim_strict):
        by.append("DKIM")
    if all(relay.signer is Signer.RELAY for relay in relays):
        by.append(f"DKIM, if the relay signs for {author}")
    return tuple(by)


def _spf(slug: str, envelopes: Collection[str], faults: Collection[str]) -> Finding:
    subject = f"SPF of {slug}"
    if faults:
        return Finding(subject, False, f"{'; '.join(faults)} (RFC 7208)")
    words = f"{', '.join(envelopes)} says who may send for it; see that your mail server is named"
    return Finding(subject, True, words)


def _dmarc(slug: str, author: str, dmarc: Dmarc | None, passes: tuple[str, ...]) -> Finding:
    subject = f"DMARC of {slug}"
    if dmarc is None:
        words = (
            f"there is no one record at _dmarc.{author}, or above it; write there: "
            f"v=DMARC1; p=none; rua=mailto:dmarc@{author} (RFC 7489, 6.3)"
        )
        return Finding(subject, False, words)
    asks = f"{author} asks for {dmarc.policy}, at _dmarc.{dmarc.domain}"
    if not passes:
        words = (
            f"{asks}; neither the envelope sender nor a signature is of its domain: sign for it "
            "(PARTWORK_DKIM_DOMAIN), or take a bounce address of it (PARTWORK_BOUNCE_ADDRESS)"
        )
        return Finding(subject, False, words)
    return Finding(subject, True, f"{asks}; mails are its own by {' and '.join(passes)}")


def _unnamed(press: Press, relays: tuple[Relay, ...]) -> list[str]:
    """Servers of one's own whose addresses have no name that leads back to them."""
    lacking = []
    for relay in relays:
        host = smtp_address(relay.url).host
        if relay.profile not in OWN or is_loopback(host):
            continue
        if reverse_names_of(host, press.settings.name_servers) == ():
            lacking.append(f"a PTR record of {host}'s address that leads back to it")
    return lacking


def _bulk(slug: str, readers: int, missing: list[str]) -> Finding:
    """The rules of Gmail, Yahoo and Microsoft for who sends `MANY` mails a day to them."""
    subject = f"rules for many mails of {slug}"
    rules = f"Gmail, Yahoo and Microsoft, from {MANY:,} mails a day to their readers on"
    if not missing:
        words = f"{rules}: all is there that can be seen from here; keep complaints below 0.3 %"
        return Finding(subject, True, words)
    words = f"{rules}, will refuse or hide these: missing {', '.join(missing)}"
    return Finding(subject, readers < MANY, f"{words} ({readers:,} readers now)")
