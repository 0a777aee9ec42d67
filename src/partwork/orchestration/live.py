"""A report that is there while the work goes on, and says how far it has come."""

import contextvars
import logging
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self
from uuid import UUID

from httpx import HTTPError  # Prefect's client speaks by it
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate
from prefect.exceptions import PrefectException

from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import artifact_key, bounded

ABOUT = "How the sending goes, and what came of it."
FIRST, LONGEST = 5.0, 60.0  # seconds between two updates: each takes twice as long, up to a minute
LAST = 10.0  # seconds that the last one may take

_log = logging.getLogger("partwork.progress")


class LiveReport:
    """One artifact of a run, written anew now and then: `page` makes it of done and of all.

    A thread of its own writes, so that nobody waits for a server that is slow or away: what cannot
    be written is logged.
    """

    def __init__(self, key: str, page: Callable[[int, int], str], first: float = FIRST) -> None:
        self._key, self._page, self._first = artifact_key(key), page, first
        self._seen: tuple[int, int] | None = None
        self._last = ""
        self._artifact: UUID | None = None
        self._over = threading.Event()
        # A thread begins without the run that it belongs to.
        run = contextvars.copy_context().run
        self._thread = threading.Thread(target=run, args=(self._write_on,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join(LAST)

    def tell(self, done: int, of: int) -> None:
        """So many are done: what the next update says."""
        self._seen = done, of

    def end(self, page: str) -> None:
        """What stays to be read."""
        self._last = page

    def _write_on(self) -> None:
        pause, written = self._first, None
        while not self._over.wait(pause):
            if self._seen and self._seen != written:
                written = self._seen
                self._write_so_far(*written)
                pause = min(2 * pause, LONGEST)
        if self._last:
            self._write(self._last)

    def _write_so_far(self, done: int, of: int) -> None:
        try:
            page = self._page(done, of)
        except PartworkError as error:
            _log.warning("%s is not shown: %s", self._key, error)
        else:
            self._write(page)

    def _write(self, page: str) -> None:
        try:
            if self._artifact is None:
                made = create_markdown_artifact(
                    markdown=bounded(page), key=self._key, description=ABOUT
                )
                self._artifact = made if isinstance(made, UUID) else UUID(str(made))
                return
            with get_client(sync_client=True) as client:
                client.update_artifact(self._artifact, ArtifactUpdate(data=bounded(page)))
        except (PrefectException, HTTPError, OSError) as error:
            _log.warning("%s is not shown: %s", self._key, type(error).__name__)
