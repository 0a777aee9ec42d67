"""Links to pages that only whoever an editor gives one to may see: reports, drafts, what waits.

They are signed in this room since it is the one that knows how tokens are made.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from itsdangerous import BadData

from partwork.model.errors import PartworkError
from partwork.subscribing.signing import signer_of
from partwork.subscribing.tokens import BadToken

MAX_KEY = 300  # characters; with the longest names, 89 letters, ours have about 180
_REPORT, _DRAFT, _READ, _WAITING = "report", "draft", "read", "waiting"


class LinkHasRunOut(PartworkError):
    """A link that we made for `page`, and that was good until `until`."""

    def __init__(self, page: str, until: datetime, remedy: str) -> None:
        self.page, self.until = page, until
        super().__init__(
            f"this link to {page} was good until {until:%d %B %Y}; ask for a new one: {remedy}"
        )


def report_key(article: str, until: datetime, secrets: Sequence[str]) -> str:
    """The URL-safe string that opens the article's cleaning report until then, to the second.

    Signed with the first of `secrets`.
    """
    return _key(_REPORT, article, until, secrets)


def check_report_key(article: str, key: str, now: datetime, secrets: Sequence[str]) -> None:
    """Returns where `key` opens the report of `article` at `now`; any of `secrets` may have signed.

    Raises BadToken for a key that is not ours or opens another article, else LinkHasRunOut.
    """
    until = _until(_REPORT, article, key, secrets)
    if now >= until:
        raise LinkHasRunOut(f"the report of {article}", until, f"partwork report {article} --link")


def draft_key(series: str, part: str, until: datetime, secrets: Sequence[str]) -> str:
    """The same for the draft of a part; `part` is its id, which no renumbering changes."""
    return _key(_DRAFT, f"{series}/{part}", until, secrets)


def check_draft_key(
    series: str, part: str, key: str, now: datetime, secrets: Sequence[str]
) -> None:
    """Returns where `key` opens that draft at `now`. Raises as `check_report_key` does."""
    until = _until(_DRAFT, f"{series}/{part}", key, secrets)
    if now >= until:
        remedy = f"the flow check, run for {series}, leaves one"
        raise LinkHasRunOut(f"a draft of {series}", until, remedy)


def read_key(content_hash: str, until: datetime, secrets: Sequence[str]) -> str:
    """The same for the stored draft with this content hash: just these words, whatever follows."""
    return _key(_READ, content_hash, until, secrets)


def draft_to_read(key: str, now: datetime, secrets: Sequence[str]) -> tuple[str, datetime]:
    """The content hash that `key` opens, and until when. Raises BadToken or LinkHasRunOut."""
    content_hash, until = _held(_READ, key, secrets)
    if now >= until:
        raise LinkHasRunOut("a draft", until, "the flow review, run for its series, makes one")
    return content_hash, until


def waiting_key(until: datetime, secrets: Sequence[str]) -> str:
    """The same for the list of all that waits for approval."""
    return _key(_WAITING, "", until, secrets)


def check_waiting_key(key: str, now: datetime, secrets: Sequence[str]) -> datetime:
    """Until when `key` opens that list. Raises BadToken or LinkHasRunOut."""
    _, until = _held(_WAITING, key, secrets)
    if now >= until:
        raise LinkHasRunOut("what waits", until, "the flow review makes one")
    return until


def _key(purpose: str, name: str, until: datetime, secrets: Sequence[str]) -> str:
    return str(signer_of(secrets, purpose).dumps([name, int(until.timestamp())]))


def _until(purpose: str, name: str, key: str, secrets: Sequence[str]) -> datetime:
    """Until when `key` opens what is called so. Raises BadToken where it does not."""
    named, until = _held(purpose, key, secrets)
    if named != name:
        raise BadToken
    return until


def _held(purpose: str, key: str, secrets: Sequence[str]) -> tuple[str, datetime]:
    """What `key` opens, and until when. Raises BadToken for one that is not ours."""
    if len(key) > MAX_KEY or not key.isascii():
        raise BadToken
    try:
        held = signer_of(secrets, purpose).loads(key)
    except BadData:
        raise BadToken from None
    match held:
        case [str(named), int(seconds)]:
            return named, datetime.fromtimestamp(seconds, UTC)
    raise BadToken
