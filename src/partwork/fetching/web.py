"""The web, as far as an editor sends Partwork there: one page at a time, politely."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from email.message import Message
from importlib.metadata import version
from pathlib import PurePosixPath
from urllib.parse import urljoin, urlsplit

import requests

from partwork.fetching.addresses import checked_url
from partwork.fetching.errors import CHECK, LATER, PASTE, NotFetched
from partwork.fetching.guard import Guard, OutOfTime, Resolver, Withheld, system_addresses
from partwork.fetching.pacing import Pacer
from partwork.fetching.robots import MAX_BYTES as MAX_ROBOTS_BYTES
from partwork.fetching.robots import Robots, parse_robots
from partwork.fetching.walls import is_login, refusal_of

PRODUCT = "Partwork"
PATIENCE = timedelta(seconds=20)
PAUSE = timedelta(seconds=1)  # a guess: what a person takes at least from one page to the next
MAX_BYTES = 10_000_000
MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came.

    `url` is where it was in the end, `raw` its bytes with the transfer's compression undone,
    `suffix` the ending that a file of its type has, `charset` what the Content-Type says.
    """

    url: str
    raw: bytes
    suffix: str
    charset: str


@dataclass(frozen=True, slots=True)
class _Answer:
    url: str
    status: int
    headers: requests.structures.CaseInsensitiveDict[str]
    raw: bytes
    is_whole: bool


class Web:
    """Fetches pages, each within `patience`, and waits `pause` between two of one host.

    A page's robots.txt and its redirects count as the page. `certificates` names a file of
    authorities to trust instead of the usual ones.
    """

    def __init__(
        self,
        *,
        allows_private: bool = False,
        resolver: Resolver = system_addresses,
        patience: timedelta = PATIENCE,
        pause: timedelta = PAUSE,
        certificates: str = "",
    ) -> None:
        self._allows_private, self._resolver = allows_private, resolver
        self._patience = patience
        self._certificates = certificates
        self._pacer = Pacer(pause)
        self._robots: dict[str, Robots] = {}

    def fetch(self, url: str) -> Page:
        """The page at `url`. Raises NotFetched, which says why in one line."""
        asked = checked_url(url)
        self._pacer.wait(asked)  # not at the cost of the page's own time
        with (
            self._pacer.visit(),
            _refusals(asked, self._patience),
            Guard(self._resolver, self._patience, allows_private=self._allows_private) as guard,
            guard.session() as session,
        ):
            session.headers.update(_HEADERS)
            session.verify = self._certificates or True
            visit = _Visit(guard, session, self._robots, self._pacer, asked)
            return _page(asked, visit.answer())


class _Visit:
    """One page's requests: robots.txt of each site on the way, redirects, and the page."""

    def __init__(
        self,
        guard: Guard,
        session: requests.Session,
        robots: dict[str, Robots],
        pacer: Pacer,
        asked: str,
    ) -> None:
        self._guard, self._session, self._pacer = guard, session, pacer
        self._robots, self._asked = robots, asked

    def answer(self) -> _Answer:
        """What stands at the end of the redirects. Raises NotFetched and what requests raises."""
        url = self._asked
        for _ in range(MAX_REDIRECTS + 1):
            self._pacer.wait(url)
            self._demand_leave(url)
            answer, onward = self._asked_once(url, MAX_BYTES)
            if not onward:
                return answer
            url = self._onward(url, onward)
        why = f"is passed on more than {MAX_REDIRECTS} times"
        raise NotFetched(self._asked, why, f"{CHECK}, or {PASTE}")

    def _asked_once(self, url: str, limit: int) -> tuple[_Answer, str]:
        """The answer, at most `limit` bytes of it, and the address it passes us on to."""
        try:
            with self._session.get(
                url, stream=True, allow_redirects=False, timeout=self._guard.left()
            ) as response:
                onward = _target(response)
                raw, is_whole = (b"", True) if onward else _body(response, limit)
        except requests.RequestException:
            self._guard.left()  # what the guard has ended looks like any broken connection
            raise
        self._guard.left()  # or like a page's end
        return _Answer(url, response.status_code, response.headers, raw, is_whole), onward

    def _onward(self, url: str, target: str) -> str:
        """Where a redirect leads. Raises NotFetched for what we do not follow."""
        try:
            onward = urljoin(url, target.strip().replace(" ", "%20"))
            return checked_url(onward)
        except NotFetched as error:
            why = f"is passed on to {error.url}, which {error.why}"
        except ValueError:
            why = "is passed on to what is no web address"
        raise NotFetched(self._asked, why)

    def _demand_leave(self, url: str) -> None:
        """Raises NotFetched where the site asks programs not to read the page.

        A robots.txt that is not there, or that only others may read, forbids nothing (RFC 9309,
        2.3.1.3); one that the site fails to give forbids everything (2.3.1.4).
        """
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._robots:
            self._robots[site] = self._robots_of(f"{site}/robots.txt")
        if not self._robots[site].allows(url):
            raise NotFetched(self._asked, "the site's robots.txt asks programs not to read it")

    def _robots_of(self, url: str) -> Robots:
        for _ in range(MAX_REDIRECTS + 1):
            answer, onward = self._asked_once(url, MAX_ROBOTS_BYTES)
            if not onward:
                break
            url = self._onward(url, onward)
        else:
            return Robots()
        if answer.status >= 500:
            why = f"the site's robots.txt cannot be read ({answer.status})"
            raise NotFetched(self._asked, why, LATER)
        return parse_robots(answer.raw, PRODUCT) if answer.status < 300 else Robots()


@contextmanager
def _refusals(asked: str, patience: timedelta) -> Iterator[None]:
    """Whatever a library raises becomes one line."""
    try:
        yield
    except (OutOfTime, requests.exceptions.Timeout):
        why = f"took longer than {patience.total_seconds():g} seconds"
        raise NotFetched(asked, why, LATER) from None
    except Withheld as error:
        why = f"{error.host} is, or leads to, a private or reserved address"
        raise NotFetched(asked, why) from None
    except requests.exceptions.SSLError:
        why = "no secure connection: the site's certificate is not valid, or its TLS too old"
        raise NotFetched(asked, why) from None
    except requests.exceptions.ContentDecodingError:
        raise NotFetched(asked, "the page's compression is damaged", LATER) from None
    except (requests.exceptions.InvalidURL, UnicodeError):
        raise NotFetched(asked, "is no web address", CHECK) from None
    except requests.exceptions.ConnectionError:
        raise NotFetched(asked, "the site cannot be reached", f"{CHECK}, or {LATER}") from None
    except requests.RequestException:
        raise NotFetched(asked, "the answer broke off", LATER) from None


def _target(response: requests.Response) -> str:
    """The address that a redirect names, empty where the answer is none (RFC 9110, 15.4)."""
    location = response.headers.get("Location", "")
    if response.status_code not in _REDIRECTS:
        return ""
    try:
        return location.encode("latin-1").decode()
    except UnicodeError:  # no UTF-8 under what http.client takes for Latin-1
        return location


def _body(response: requests.Response, limit: int) -> tuple[bytes, bool]:
    """Up to `limit` bytes, decompressed piece by piece, and whether that is all."""
    raw = bytearray()
    for chunk in response.iter_content(64 * 1024):
        raw += chunk
        if len(raw) > limit:
            return bytes(raw[:limit]), False
    return bytes(raw), True


_HEADERS = {
    "User-Agent": f"{PRODUCT}/{version('partwork')} (newsletter editor; reads single pages)",
    "Accept": "text/html, application/xhtml+xml, text/markdown, text/plain;q=0.9, */*;q=0.1",
    "Accept-Encoding": "gzip, deflate",
    "Accept-Language": "en, *;q=0.5",
}

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_SUFFIXES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/x-markdown": ".md",
}
_ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


def _page(asked: str, answer: _Answer) -> Page:
    """The answer as a page. Raises NotFetched where it is none that can be an article."""
    why, remedy = refusal_of(answer.status, answer.headers.get("Retry-After", ""))
    if why:
        raise NotFetched(asked, why, remedy)
    if is_login(asked, answer.url):
        raise NotFetched(asked, "the site wants a login or a subscription first")
    if not answer.is_whole:
        raise NotFetched(asked, f"is larger than {MAX_BYTES // 1_000_000} MB")
    if answer.headers.get("Content-Encoding", "").strip().lower() not in _ENCODINGS:
        raise NotFetched(asked, "is compressed in a way that was not asked for")
    said = Message()
    said["Content-Type"] = answer.headers.get("Content-Type", "")
    kind = said.get_content_type() if answer.headers.get("Content-Type") else ""
    suffix = _SUFFIXES.get(kind, "")
    if not kind:  # reading will tell
        suffix = ".html" if answer.raw.lstrip()[:1] == b"<" else ".txt"
    elif not suffix:
        raise NotFetched(asked, f"is {kind[:60]}, and not HTML, plain text or Markdown")
    ending = PurePosixPath(urlsplit(answer.url).path).suffix.lower()
    if kind == "text/plain" and ending in {".md", ".markdown"}:
        suffix = ".md"
    return Page(answer.url, answer.raw, suffix, str(said.get_content_charset("")))
