"""How far a run has come, in the dashboard."""

from collections.abc import Callable
from time import monotonic
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact

from partwork.orchestration.artifacts import artifact_key

EVERY = 2.0  # seconds: the dashboard is asked by people, and each update is a request


def shown_progress(key: str, what: str) -> Callable[[int, int], None]:
    """A progress that a task tells; it stands under `key` in the dashboard, in per cent."""
    made = create_progress_artifact(progress=0.0, key=artifact_key(key), description=what)
    artifact = made if isinstance(made, UUID) else UUID(str(made))
    last = monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal last
        if done < of and monotonic() - last < EVERY:
            return
        last = monotonic()
        update_progress_artifact(artifact, progress=100.0 * done / max(1, of))

    return tell
