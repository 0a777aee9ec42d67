"""One request to an OpenAI-compatible endpoint, bounded in time and size."""

import json
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import TypeGuard, TypeVar
from urllib.parse import urlsplit

import requests

from partwork.language_model.errors import NoAnswer, Unusable
from partwork.language_model.spending import Usage
from partwork.model.host import is_loopback

MAX_BYTES = 1_000_000  # a part's answer has some 20,000
CONNECTING = 10.0  # seconds
_PATH = "/chat/completions"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, and under which key.

    `url` may end before `/chat/completions` or with it. Raises Unusable for what is no web
    address, and for a key that would cross a network in clear.
    """

    url: str
    key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname or "", parts.port
        except ValueError:  # its words may hold a piece of a login
            host = ""
        if not host or parts.scheme not in {"http", "https"} or not self.url.isprintable():
            raise Unusable(f"the language model's address is no web address{_EXAMPLE}")
        if "@" in parts.netloc or parts.query or parts.fragment:
            raise Unusable(f"the language model's address has a login, ? or #{_EXAMPLE}")
        if self.key and parts.scheme != "https" and not is_loopback(host):
            raise Unusable(
                f"the language model's key would go to {host} in clear; use https, or no key"
            )
        if not all("!" <= c <= "~" for c in self.key):
            raise Unusable("the language model's key has a space or is not ASCII; copy it again")
        base = self.url.rstrip("/").removesuffix(_PATH)
        object.__setattr__(self, "url", base + _PATH)

    @property
    def host(self) -> str:
        """The host's name, for messages."""
        return urlsplit(self.url).hostname or ""


_EXAMPLE = "; write it as https://api.example.org/v1"


@dataclass(frozen=True, slots=True)
class Reply:
    """What an endpoint answered; `usage` is None where it did not count."""

    text: str
    usage: Usage | None


class Busy(NoAnswer):
    """The endpoint asks to come again, in `wait` seconds where it says when."""

    def __init__(self, why: str, wait: float | None = None) -> None:
        self.wait = wait
        super().__init__(why)


def post(endpoint: Endpoint, body: bytes, patience: float, now: datetime) -> Reply:
    """The endpoint's reply to one request, all of it within `patience` seconds.

    Proxies and certificates are the environment's, its logins are not. Raises Busy where asking
    again may help, and NoAnswer.
    """
    return _within(patience, lambda: _posted(endpoint, body, patience, now))


def _posted(endpoint: Endpoint, body: bytes, patience: float, now: datetime) -> Reply:
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "User-Agent": f"Partwork/{version('partwork')}",
    }
    try:
        with (
            _Session(endpoint) as session,
            session.post(
                endpoint.url,
                data=body,
                headers=headers,
                auth=_Bearer(endpoint.key),
                stream=True,
                allow_redirects=False,
                timeout=(min(CONNECTING, patience), patience),
            ) as response,
        ):
            _demand_success(response, endpoint, now)
            raw = _body(response)
    except requests.exceptions.ReadTimeout:
        raise NoAnswer(_too_slow(patience)) from None
    except requests.exceptions.SSLError:
        raise NoAnswer(f"{endpoint.host} has no valid certificate") from None
    except requests.exceptions.ConnectionError:
        raise Busy(f"{endpoint.host} cannot be reached") from None
    except (requests.RequestException, UnicodeError):
        raise NoAnswer(f"what {endpoint.host} said broke off") from None
    return _reply(raw, endpoint)


class _Session(requests.Session):
    """A session that leaves redirects alone: told not to follow one, requests still reads it.

    This machine is asked without a proxy, which would carry the key out of it.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__()
        self.trust_env = not is_loopback(endpoint.host)

    def get_redirect_target(self, resp: requests.Response) -> str | None:  # noqa: ARG002 theirs
        return None


class _Bearer(requests.auth.AuthBase):
    """The key as RFC 6750 sends it; given as a login, so that no .netrc takes its place."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


def _within(seconds: float, call: Callable[[], T]) -> T:
    """What the call returns in time. Raises NoAnswer, and leaves a late call to itself.

    A socket's timeout begins anew with each byte and none is for the name's look-up, so that only
    a clock beside it all holds.
    """
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(call())
        except BaseException as error:  # noqa: BLE001 it is raised again, where it is waited for
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    try:
        return future.result(timeout=seconds)
    except TimeoutError:
        raise NoAnswer(_too_slow(seconds)) from None


def _too_slow(seconds: float) -> str:
    return f"it took longer than {seconds:g} seconds"


def _demand_success(response: requests.Response, endpoint: Endpoint, now: datetime) -> None:
    """Raises for every answer that is not one of JSON; none of its words is repeated."""
    status, host = response.status_code, endpoint.host
    if status == 429 or status >= 500:
        wait = _wait_asked(response.headers.get("Retry-After", ""), now)
        raise Busy(f"{host} is overloaded or broken ({status})", wait)
    if 300 <= status < 400:
        raise NoAnswer(f"{host} passes requests on elsewhere ({status}); set the final address")
    if status in {401, 403}:
        raise NoAnswer(f"{host} does not accept the key ({status})")
    if status != 200:
        raise NoAnswer(f"{host} does not take the request ({status}); check address and model")
    kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NoAnswer(f"{host} answers with what is not JSON; check the address")


def _wait_asked(retry_after: str, now: datetime) -> float | None:
    """The seconds a Retry-After asks for, in seconds or as a date (RFC 9110, 10.2.3)."""
    said = retry_after.strip()
    if said.isascii() and said.isdigit():
        return float(said)
    try:
        return max(0.0, (parsedate_to_datetime(said) - now).total_seconds())
    except (ValueError, TypeError, OverflowError):  # TypeError: a date that knows no zone
        return None


def _body(response: requests.Response) -> bytes:
    raw = bytearray()
    for chunk in response.iter_content(64 * 1024):
        raw += chunk
        if len(raw) > MAX_BYTES:
            raise NoAnswer(f"its answer is larger than {MAX_BYTES:,} bytes")
    return bytes(raw)


def _reply(raw: bytes, endpoint: Endpoint) -> Reply:
    """The first choice's words. A refusal is an answer too; whether it serves is not seen here."""
    try:
        whole = json.loads(raw)
        message = whole["choices"][0]["message"]
        text = message.get("content") or message.get("refusal")
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        text = None
    if not isinstance(text, str):
        raise NoAnswer(f"{endpoint.host} answers, but not with a message")
    return Reply(text, _usage(whole))


def _usage(whole: Mapping[str, object]) -> Usage | None:
    said = whole.get("usage")
    if not isinstance(said, dict):
        return None
    tokens_in, tokens_out = said.get("prompt_tokens"), said.get("completion_tokens")
    if not (_is_count(tokens_in) and _is_count(tokens_out)):
        return None
    return Usage(tokens_in, tokens_out)


def _is_count(number: object) -> TypeGuard[int]:
    return type(number) is int and 0 <= number < 10**9  # no true, nothing that breaks a sum
