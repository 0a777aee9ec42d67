"""What automations in Prefect may listen to: an issue that was held."""

from collections.abc import Iterable

from prefect.events import emit_event

from partwork.actions.guarding import Held

HELD = "partwork.issue.held"


def tell_held(held: Iterable[Held]) -> None:
    """Emits an event for each. It names the issue alone: reasons may repeat servers' words."""
    for one in held:
        emit_event(
            event=HELD,
            resource={
                "prefect.resource.id": f"partwork.issue.{one.issue}",
                "prefect.resource.name": one.issue,
                "partwork.newsletter": one.newsletter,
            },
        )
