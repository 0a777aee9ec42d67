"""What automations in Prefect may listen to: an issue that was held."""

from collections.abc import Iterable

from partwork.actions.guarding import Held
from partwork.orchestration.event_names import HELD
from partwork.orchestration.events import tell


def tell_held(held: Iterable[Held]) -> None:
    """Emits an event for each. It names the issue alone: reasons may repeat servers' words."""
    for one in held:
        tell(HELD, "issue", one.issue, newsletter=one.newsletter)
