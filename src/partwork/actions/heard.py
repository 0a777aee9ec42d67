"""By which relays, as they are set now, a bounce was seen to come back."""

import hmac
import json
from pathlib import Path

from partwork.assembly import Press
from partwork.delivering.simulators import simulator_of
from partwork.model.feedback import FeedbackKind
from partwork.model.relay import Relay
from partwork.store.engine import read_only
from partwork.store.trials import load_answers, load_trials
from partwork.transport.url import smtp_address

LENGTH = 32  # hexadecimal digits: 128 bits


def way_of(press: Press, relay: Relay) -> str:
    """A fingerprint of the way that what a relay's mails bring about takes back to us.

    That is the relay's host and login's name, the envelope sender, the mailbox, and the services
    whose webhooks are connected, of a known service its own alone. Passwords and keys are no part
    of it, and nobody without the hash key can tell what is. Raises BadSmtpUrl.
    """
    settings, server = press.settings, smtp_address(relay.url)
    service = simulator_of(relay, server.host).service
    connected = {service} & set(settings.webhooks) if service else set(settings.webhooks)
    mailbox = settings.mailbox
    parts = (
        *(str(server), server.user, relay.profile.value),
        relay.envelope_sender or settings.bounce_address,
        str(mailbox or ""),
        mailbox.user if mailbox and not isinstance(mailbox, Path) else "",
        sorted(connected),
    )
    return hmac.digest(press.hash_key, json.dumps(parts).encode(), "sha256").hex()[:LENGTH]


def unheard_relays(press: Press) -> tuple[Relay, ...]:
    """Those of which no bounce has come back since they, or what listens, were set as they are.

    Raises as `press.relays` does.
    """
    with read_only(press.engine) as connection:
        answers = load_answers(connection)
        heard = {
            trial.way
            for trial in load_trials(connection)
            if trial.expects is FeedbackKind.BOUNCE and trial.id in answers
        }
    return tuple(relay for relay in press.relays if way_of(press, relay) not in heard)
