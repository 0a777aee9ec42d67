"""The Prefect server that PREFECT_API_URL names, wherever it is, asked by Prefect's own client."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from httpx import HTTPError, InvalidURL  # Prefect's client speaks by it
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.exceptions import PrefectHTTPStatusError
from prefect.settings import get_current_settings

from partwork.model.errors import PartworkError

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]


class NoServer(PartworkError):
    """There is none, or it does not do what it is asked for."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Prefect's server {why}; look at PREFECT_API_URL, and whether it runs")


class RemoteServer:
    """Its HTTP interface; the client sees to login and tokens."""

    def __init__(self, client: SyncPrefectClient) -> None:
        self._client = client

    def get(self, path: str) -> Any:
        """What a path answers. Raises NoServer."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: object) -> Any:
        """What a path answers to a body. Raises NoServer."""
        return self._ask("POST", path, body)

    def put(self, path: str, body: object) -> Any:
        """The same for something that is there. Raises NoServer."""
        return self._ask("PUT", path, body)

    def patch(self, path: str, body: object) -> Any:
        """The same for a part of it. Raises NoServer."""
        return self._ask("PATCH", path, body)

    def delete(self, path: str) -> None:
        """Deletes what the path names. Raises NoServer."""
        self._ask("DELETE", path, None)

    def _ask(self, method: Method, path: str, body: object) -> Any:
        try:
            # Its paths are a list of words to the type checker, which ours are not among.
            answer = self._client.request(method, path, json=body)  # type: ignore[arg-type]
        except PrefectHTTPStatusError as error:
            status = error.response.status_code
            raise NoServer(f"refused {method} {path} ({status})") from None
        return answer.json() if answer.content else None


@contextmanager
def remote_server() -> Iterator[RemoteServer]:
    """That server. Raises NoServer, here and while it is asked."""
    if not get_current_settings().api.url:
        raise NoServer("is not named")
    try:
        with get_client(sync_client=True) as client:
            yield RemoteServer(client)
    except (HTTPError, InvalidURL) as error:
        raise NoServer(f"does not answer ({type(error).__name__})") from None
