"""What fetching refuses, and how it names a page without giving away what its URL may hold."""

from urllib.parse import urlsplit

from partwork.model.errors import PartworkError

PASTE = (
    "paste the text instead: copy it in your browser, then `partwork ingest -` "
    "or the dashboard form's text field"
)
LATER = "try again later, or paste the text: `partwork ingest -`"
CHECK = "check the address"

_SHOWN_CHARACTERS = 200


class NotFetched(PartworkError):
    """A page that was not taken from the web; `why` says so, `remedy` what to do now."""

    def __init__(self, url: str, why: str, remedy: str = PASTE) -> None:
        self.url, self.why, self.remedy = shown(url), why, remedy
        super().__init__(f"{self.url}: {why}; {remedy}")


def shown(url: str) -> str:
    """`url` as it may stand in a message or a log: on one line, without login, query or fragment.

    Links to shared drafts and from newsletters carry secrets in their query.
    """
    plain = " ".join("".join(c if c.isprintable() else " " for c in url).split())
    try:
        parts = urlsplit(plain)
    except ValueError:  # such as an unclosed bracket: nothing in it can be trusted to be a host
        return "that address"
    before, _, _ = plain.partition("#")[0].partition("?")
    scheme = f"{parts.scheme}://" if parts.netloc else ""
    path = parts.path if parts.netloc else before.rpartition("@")[2]
    host, query = parts.netloc.rpartition("@")[2], "?…" if parts.query else ""
    whole = f"{scheme}{host}{path}{query}" or "that address"
    return whole if len(whole) <= _SHOWN_CHARACTERS else f"{whole[:_SHOWN_CHARACTERS]}…"
