"""What automations in Prefect may listen to: an issue that was held."""

from datetime import UTC, datetime

from partwork.actions.untold import take_untold
from partwork.assembly import Press
from partwork.orchestration.event_names import HELD
from partwork.orchestration.events import tell


def tell_held(press: Press) -> None:
    """Emits an event for each that is held and was not told, whatever process has held it.

    It names the issue alone: reasons may repeat servers' words. It is noted before it is emitted,
    so that it comes once; one that a crash cuts off just between stands in `status` alone.
    """
    for one in take_untold(press, datetime.now(UTC)):
        tell(HELD, "issue", one.issue, newsletter=one.newsletter)
