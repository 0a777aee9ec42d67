"""The sign of life that a look at what is due, or a finished sending, gives."""

from partwork.assembly import Press
from partwork.fetching.heartbeat import ping


def beat(press: Press) -> None:
    """Fetches the address that the settings name, if they name one; a failure is logged alone."""
    if url := press.settings.heartbeat_url.get_secret_value():
        ping(url)
