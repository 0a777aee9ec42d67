"""Postmark signs nothing: what shows that it is Postmark is a login that its webhook carries.

https://postmarkapp.com/developer/webhooks/webhooks-overview#protecting-your-webhook; so whoever
reads a request can make another, and only TLS keeps it from being read.
"""

import hmac
from base64 import b64decode
from collections.abc import Collection, Mapping

from partwork.model.feedback import Source
from partwork.returning.signatures.refusal import BadSignature


def demand_login(headers: Mapping[str, str], logins: Collection[str]) -> None:
    """Raises BadSignature unless the request has one of the logins (RFC 7617), `name:password`.

    How long that takes tells nothing of how much was right. `headers` have their names in small
    letters.
    """
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    try:
        given = b64decode(credentials.strip(), validate=True)
    except ValueError:
        given = b""
    right = [hmac.compare_digest(given, login.encode()) for login in logins]
    if scheme.lower() != "basic" or not any(right):
        why = "its login is none of PARTWORK_POSTMARK_LOGINS"
        raise BadSignature(Source.POSTMARK, why)
