"""The sign of life that a look at what is due, or a finished sending, gives."""

from partwork.assembly import Press


def beat(press: Press) -> None:
    """Fetches the address that the settings name, if they name one; a failure is logged alone."""
    if url := press.settings.heartbeat_url.get_secret_value():
        from partwork.fetching.heartbeat import ping  # noqa: PLC0415 most homes have none

        ping(url)
