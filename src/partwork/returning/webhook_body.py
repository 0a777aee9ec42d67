"""The body of a webhook: JSON that can be read in one way alone."""

import json
from typing import NoReturn

from partwork.model.feedback import Source
from partwork.returning.webhook_json import UnreadableEvent


def json_in(source: Source, body: bytes | str) -> object:
    """What the JSON says (RFC 8259). Raises UnreadableEvent for what is none.

    Of a name that stands twice in an object a checker of signatures and a reader of events could
    each take the other one (8259, 4), so such is none either.
    """
    try:
        text = body if isinstance(body, str) else body.decode()
        return json.loads(text, object_pairs_hook=_once, parse_constant=_refused)
    except (ValueError, RecursionError):
        raise UnreadableEvent(source, "", "JSON in UTF-8 with each name once") from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a name stands twice")
    return values


def _refused(constant: str) -> NoReturn:
    """NaN and Infinity, which Python would take for numbers."""
    raise ValueError(f"{constant} is no number")
