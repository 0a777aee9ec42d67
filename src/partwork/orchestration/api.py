"""The Prefect server of this machine, asked over its HTTP interface.

The launcher does not import Prefect, which would read the settings of whoever started it.
"""

import http.client
import json
import time
from base64 import b64encode
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from partwork.model.errors import PartworkError
from partwork.orchestration.environment import Place

GIST_CHARACTERS = 500
# 503 is what the server says when SQLite was locked for longer than it waits: nothing was done.
BUSY = frozenset({429, 502, 503})
BUSY_LIMIT_SECONDS = 30
PATIENCE_SECONDS = 90.0  # Prefect waits for its SQLite file for 60 before it gives up
BUSY_PAUSE_SECONDS = 0.5


class PrefectRefused(PartworkError):
    """The server's no to a request. `status` is its HTTP status."""

    def __init__(self, method: str, path: str, status: int, detail: str) -> None:
        self.method, self.path, self.status, self.detail = method, path, status, detail
        super().__init__(f"Prefect refused {method} {path} ({status}): {detail}")


class PrefectUnreachable(PartworkError):
    """No answer from the server."""

    def __init__(self, port: int, why: str) -> None:
        self.port = port
        super().__init__(f"Prefect's server on port {port} does not answer ({why})")


class Api:
    """Requests to a server of this machine, never through a proxy; JSON both ways.

    The server wants a login, and of whoever changes something a token that only pages of its own
    origin can read.
    """

    def __init__(
        self,
        place: Place,
        timeout_seconds: float = PATIENCE_SECONDS,
        busy_seconds: float = BUSY_LIMIT_SECONDS,
    ) -> None:
        self.port = place.port
        self._address = urlsplit(place.own_url).hostname or ""
        self._timeout_seconds = timeout_seconds
        self._busy_seconds = busy_seconds
        self._client = str(uuid4())
        self._headers = {
            "Content-Type": "application/json",
            "Authorization": f"Basic {b64encode(place.login.encode()).decode()}",
            "Prefect-Csrf-Client": self._client,
        }

    def get(self, path: str) -> Any:
        """What `path` (below /api) answers. Raises PrefectRefused or PrefectUnreachable."""
        return self._ask("GET", path, None)

    def post(self, path: str, body: object) -> Any:
        """What `path` answers to `body`. Raises PrefectRefused or PrefectUnreachable."""
        return self._ask("POST", path, json.dumps(body))

    def put(self, path: str, body: object) -> Any:
        """What `path` answers to `body`. Raises PrefectRefused or PrefectUnreachable."""
        return self._ask("PUT", path, json.dumps(body))

    def patch(self, path: str, body: object) -> Any:
        """What `path` answers to `body`. Raises PrefectRefused or PrefectUnreachable."""
        return self._ask("PATCH", path, json.dumps(body))

    def delete(self, path: str) -> None:
        """Deletes what `path` names. Raises PrefectRefused or PrefectUnreachable."""
        self._ask("DELETE", path, None)

    def is_up(self) -> bool:
        """Whether the server answers that it is well."""
        try:
            return bool(self.get("/health"))
        except PartworkError:
            return False

    def _ask(self, method: str, path: str, body: str | None) -> Any:
        """The answer; a server that is busy is asked again, as Prefect's own client does.

        So is one that does not know our token: it is good for an hour, or until its database
        is wiped.
        """
        deadline = time.monotonic() + self._busy_seconds
        has_token = method == "GET"  # needs none
        while True:
            status, content = self._ask_once(method, path, body)
            if status == http.client.FORBIDDEN and not has_token:
                has_token = True
                self._headers["Prefect-Csrf-Token"] = self._token()
                continue
            if status not in BUSY or time.monotonic() > deadline:
                break
            time.sleep(BUSY_PAUSE_SECONDS)
        if status >= http.client.BAD_REQUEST:
            raise PrefectRefused(method, path, status, _detail(content))
        return json.loads(content) if content else None

    def _token(self) -> str:
        return str(self.get(f"/csrf-token?client={self._client}")["token"])

    def _ask_once(self, method: str, path: str, body: str | None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(
            self._address, self.port, timeout=self._timeout_seconds
        )
        try:
            connection.request(method, f"/api{path}", body, self._headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise PrefectUnreachable(self.port, str(error) or type(error).__name__) from None
        finally:
            connection.close()


def _detail(content: bytes) -> str:
    try:
        said = json.loads(content)
    except ValueError:
        said = content.decode("utf-8", "replace")
    if isinstance(said, dict):
        said = said.get("detail") or said.get("exception_message") or said
    return " ".join(str(said).split())[:GIST_CHARACTERS]
