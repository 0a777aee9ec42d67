"""How far a run has come, in the dashboard."""

import logging
from collections.abc import Callable
from time import monotonic
from uuid import UUID

import httpx
from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.exceptions import PrefectException

from partwork.orchestration.artifacts import artifact_key

_log = logging.getLogger("partwork.progress")

EVERY = 2.0  # seconds: the dashboard is asked by people, and each update is a request
UNHEARD = 60.0  # seconds until it is told again; asking in vain has taken Prefect's client as long


def shown_progress(key: str, what: str) -> Callable[[int, int], None]:
    """A progress that a task tells; it stands under `key` in the dashboard, in per cent.

    Where the server does not answer, the work goes on, and it is told again a minute later.
    """
    made = create_progress_artifact(progress=0.0, key=artifact_key(key), description=what)
    artifact = made if isinstance(made, UUID) else UUID(str(made))
    last = monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal last
        if done < of and monotonic() - last < EVERY:
            return
        last = monotonic()
        try:
            update_progress_artifact(artifact, progress=100.0 * done / max(1, of))
        except (PrefectException, httpx.HTTPError, OSError) as error:
            last = monotonic() + UNHEARD
            _log.warning("progress is not shown: %s", error)

    return tell
