"""What a request tells of who asks, and what a form holds."""

from collections.abc import Mapping
from itertools import chain

from fastapi import Request
from starlette.exceptions import HTTPException

from partwork.actions.sign_up import Visitor

_KINDS = ("application/x-www-form-urlencoded", "multipart/form-data")


def visitor_of(request: Request) -> Visitor:
    """Network address and browser; behind a trusted proxy those that it names."""
    host = request.client.host if request.client else ""
    return Visitor(host, request.headers.get("user-agent", ""))


async def form_of(request: Request) -> Mapping[str, str]:
    """The form's fields, of several with one name the last.

    Raises HTTPException: 415 for what is no form, 400 for one that cannot be read or has a file in
    it, 403 for one that another site's page has sent (https://www.w3.org/TR/fetch-metadata/, 2.4).
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise HTTPException(403)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in _KINDS:
        raise HTTPException(415)
    try:
        async with request.form(max_files=0, max_fields=50) as fields:  # raises HTTPException 400
            form = {name: value for name, value in fields.multi_items() if isinstance(value, str)}
        "".join(chain.from_iterable(form.items())).encode()
    except UnicodeError:  # a charset of the sender's choice, or half a character made by it
        raise HTTPException(400) from None
    return form
