"""A report and a bar that are there while the work goes on, and say how far it has come."""

import contextvars
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self
from uuid import UUID

from prefect.artifacts import create_markdown_artifact, create_progress_artifact
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import ArtifactUpdate

from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import artifact_key, bounded
from partwork.orchestration.runs import client_aside

ABOUT = "How the sending goes, and what came of it."
BAR = "Deliveries answered, of all in this run"
# Seconds between two updates, each of which is work for the server that all share: each takes
# twice as long, up to half a minute.
FIRST, LONGEST = 2.0, 30.0
LAST = 10.0  # seconds that the last one may take

_log = logging.getLogger("partwork.progress")


class LiveReport:
    """One report of a run and one bar, in per cent, written anew now and then.

    `page` makes the report of done, of all, and of whether it ended before its time. A thread of
    its own writes, so that nobody waits for a server that is slow or away: what cannot be written
    is logged.
    """

    def __init__(
        self, report: str, page: Callable[[int, int, bool], str], *, bar: str, first: float = FIRST
    ) -> None:
        self._report_key, self._bar_key = artifact_key(report), artifact_key(bar)
        self._page, self._first = page, first
        self._seen = (0, 1)
        self._last = ""
        self._report: UUID | None = None
        self._bar: UUID | None = None
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
        """What stays to be read, beside the bar as it was told last."""
        self._last = page

    def _write_on(self) -> None:
        with client_aside() as client:
            pause, written = self._first, (0, 1)
            self._write_bar(client, *written)
            while not self._over.wait(pause):
                if self._seen != written:
                    written = self._seen
                    self._write_bar(client, *written)
                    self._write_so_far(client, *written)
                    pause = min(2 * pause, LONGEST)
            if self._seen != written:
                self._write_bar(client, *self._seen)
            if self._last:
                self._write(client, self._last)
            else:
                self._write_so_far(client, *self._seen, is_cut_short=True)

    def _write_so_far(
        self, client: SyncPrefectClient, done: int, of: int, *, is_cut_short: bool = False
    ) -> None:
        with _or_logged(self._report_key):
            self._write(client, self._page(done, of, is_cut_short))

    def _write(self, client: SyncPrefectClient, page: str) -> None:
        with _or_logged(self._report_key):
            if self._report is None:
                made = create_markdown_artifact(
                    markdown=bounded(page), key=self._report_key, description=ABOUT
                )
                self._report = made if isinstance(made, UUID) else UUID(str(made))
            else:
                client.update_artifact(self._report, ArtifactUpdate(data=bounded(page)))

    def _write_bar(self, client: SyncPrefectClient, done: int, of: int) -> None:
        with _or_logged(self._bar_key):
            progress = 100.0 * done / max(1, of)
            if self._bar is None:
                self._bar = _made_bar(self._bar_key, progress)
            else:
                client.update_artifact(self._bar, ArtifactUpdate(data=progress))


def leave_full_bar(key: str) -> None:
    """Leaves a bar of work that is done whole; a later run's stands before it."""
    _made_bar(artifact_key(key), 100.0)


def _made_bar(key: str, progress: float) -> UUID:
    made = create_progress_artifact(progress=progress, key=key, description=BAR)
    return made if isinstance(made, UUID) else UUID(str(made))


@contextmanager
def _or_logged(key: str) -> Iterator[None]:
    try:
        yield
    except PartworkError as error:
        _log.warning("%s is not shown: %s", key, error)
    except Exception as error:  # noqa: BLE001 a report is worth no run
        _log.warning("%s is not shown: %s", key, type(error).__name__)
