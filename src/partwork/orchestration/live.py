"""A report that is there while the work goes on, and says how far it has come."""

import logging
from collections.abc import Callable
from time import monotonic
from uuid import UUID

from httpx import HTTPError  # Prefect's client speaks by it
from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.client.schemas.actions import ArtifactUpdate
from prefect.exceptions import PrefectException

from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import artifact_key, bounded

FIRST, LONGEST = 5.0, 60.0  # seconds between two updates: each takes twice as long, up to a minute

_log = logging.getLogger("partwork.progress")


class LiveReport:
    """One artifact of a run, written anew now and then: `page` makes it of done and of all.

    Nothing of it stops the work: where it cannot be written, that is logged.
    """

    def __init__(self, key: str, page: Callable[[int, int], str]) -> None:
        self._key, self._page = artifact_key(key), page
        self._artifact: UUID | None = None
        self._pause, self._told_at = FIRST, monotonic()

    def tell(self, done: int, of: int) -> None:
        """So many are done; it is written if the last time is long enough ago."""
        if monotonic() - self._told_at < self._pause:
            return
        try:
            self._write(self._page(done, of))
        except PartworkError as error:
            _log.warning("how far it has come is not shown: %s", error)
        self._pause, self._told_at = min(2 * self._pause, LONGEST), monotonic()

    def end(self, page: str) -> None:
        """The work is done: what stays to be read."""
        self._write(page)

    def _write(self, page: str) -> None:
        try:
            if self._artifact is None:
                made = create_markdown_artifact(markdown=bounded(page), key=self._key)
                self._artifact = made if isinstance(made, UUID) else None
                return
            with get_client(sync_client=True) as client:
                client.update_artifact(self._artifact, ArtifactUpdate(data=bounded(page)))
        except (PrefectException, HTTPError, OSError) as error:
            _log.warning("%s is not shown: %s", self._key, type(error).__name__)
