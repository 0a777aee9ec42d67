"""Mailgun's signature: HMAC-SHA-256 over a time and a token, and not over the event.

https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
"""

import hmac
from collections.abc import Collection
from datetime import datetime
from hashlib import sha256

from partwork.model.feedback import Source
from partwork.returning.signatures.refusal import BadSignature, demand_fresh, instant_in
from partwork.returning.webhook_json import told


def signature_of(body: object, keys: Collection[str], now: datetime) -> str:
    """The signature of a webhook's parsed JSON, if one of the keys made it, in hexadecimal.

    It says nothing of the event beside it. Who has seen a webhook could put another event there,
    so let a signature stand for one event alone. Raises BadSignature, UnreadableEvent.
    """
    signed = told(Source.MAILGUN, body).within("signature")
    at, token, made = (signed.text(name) for name in ("timestamp", "token", "signature"))
    demand_fresh(Source.MAILGUN, instant_in(at), now)
    ours = [hmac.new(key.encode(), f"{at}{token}".encode(), sha256).hexdigest() for key in keys]
    found = [one for one in ours if hmac.compare_digest(one.encode(), made.lower().encode())]
    if not found:
        raise BadSignature(Source.MAILGUN, "no key in PARTWORK_MAILGUN_KEYS made its signature")
    return found[0]
