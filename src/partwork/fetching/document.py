"""One small document at one https address: what programs publish for programs."""

from datetime import timedelta
from importlib.metadata import version

import requests

from partwork.fetching.errors import NotFetched
from partwork.fetching.guard import Guard, OutOfTime, Resolver, Withheld, system_addresses
from partwork.fetching.web import PRODUCT

PATIENCE = timedelta(seconds=5)  # who asked for it waits meanwhile; SNS does for 15
MAX_BYTES = 64 * 1024  # a certificate has 2,000


class Documents:
    """Fetches documents, each within `patience`, from hosts that are named to it by us.

    By TLS alone, no redirect is followed. `certificates` names a file of authorities to trust
    instead of the usual ones.
    """

    def __init__(
        self,
        *,
        allows_private: bool = False,
        resolver: Resolver = system_addresses,
        patience: timedelta = PATIENCE,
        certificates: str = "",
    ) -> None:
        self._allows_private, self._resolver = allows_private, resolver
        self._patience, self._certificates = patience, certificates

    def fetch(self, url: str) -> bytes:
        """What stands at `url`. Raises NotFetched for anything but 200 and MAX_BYTES at most."""
        if not url.startswith("https://"):
            raise NotFetched(url, "is not https", _REMEDY)
        try:
            with Guard(
                self._resolver, self._patience, allows_private=self._allows_private
            ) as guard:
                return self._fetched(url, guard)
        except (OutOfTime, requests.Timeout):
            why = f"took longer than {self._patience.total_seconds():g} seconds"
        except Withheld:
            why = "leads to a private or reserved address"
        except requests.exceptions.SSLError:
            why = "has no valid certificate for TLS"
        except (requests.RequestException, UnicodeError):
            why = "cannot be reached"
        raise NotFetched(url, why, _REMEDY)

    def _fetched(self, url: str, guard: Guard) -> bytes:
        trust = self._certificates or True
        patience = guard.left()
        try:
            with (
                guard.session() as session,
                session.get(
                    url,
                    headers=_HEADERS,
                    verify=trust,
                    stream=True,
                    allow_redirects=False,
                    timeout=patience,
                ) as response,
            ):
                document = _document(url, response)
        except requests.RequestException:
            guard.left()  # what the guard has ended looks like any broken connection
            raise
        guard.left()  # or like a document's end
        return document


def _document(url: str, response: requests.Response) -> bytes:
    if response.status_code != requests.codes.ok:
        raise NotFetched(url, f"answers {response.status_code}", _REMEDY)
    document = bytearray()
    for chunk in response.iter_content(8 * 1024):
        document += chunk
        if len(document) > MAX_BYTES:
            raise NotFetched(url, f"is larger than {MAX_BYTES:,} bytes", _REMEDY)
    return bytes(document)


_REMEDY = "see that this machine reaches it"
_HEADERS = {
    "User-Agent": f"{PRODUCT}/{version('partwork')}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
}
