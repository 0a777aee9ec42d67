"""Links to the cleaning report of one article, for whoever an editor gives one to.

They are signed in this room since it is the one that knows how tokens are made.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from itsdangerous import BadData

from partwork.model.errors import PartworkError
from partwork.subscribing.signing import signer_of
from partwork.subscribing.tokens import BadToken

MAX_KEY = 300  # characters; with the longest name of an article, 80 letters, ours have 170
_PURPOSE = "report"


class LinkHasRunOut(PartworkError):
    """A link that we made for `article`, and that was good until `until`."""

    def __init__(self, article: str, until: datetime) -> None:
        self.article, self.until = article, until
        super().__init__(
            f"this link to the report of {article} was good until {until:%d %B %Y}; "
            f"ask for a new one: partwork report {article} --link"
        )


def report_key(article: str, until: datetime, secrets: Sequence[str]) -> str:
    """The URL-safe string that opens the article's report until then, to the second.

    Signed with the first of `secrets`.
    """
    return str(signer_of(secrets, _PURPOSE).dumps([article, int(until.timestamp())]))


def check_report_key(article: str, key: str, now: datetime, secrets: Sequence[str]) -> None:
    """Returns where `key` opens the report of `article` at `now`; any of `secrets` may have signed.

    Raises BadToken for a key that is not ours or opens another article, else LinkHasRunOut.
    """
    if len(key) > MAX_KEY or not key.isascii():
        raise BadToken
    try:
        held = signer_of(secrets, _PURPOSE).loads(key)
    except BadData:
        raise BadToken from None
    match held:
        case [str(named), int(seconds)] if named == article:
            until = datetime.fromtimestamp(seconds, UTC)
        case _:
            raise BadToken
    if now >= until:
        raise LinkHasRunOut(article, until)
