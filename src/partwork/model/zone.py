"""Time zones by their IANA names."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones


def zone_named(name: str) -> ZoneInfo | None:
    """The time zone that IANA calls so; None where there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown; not a key at all; a folder of keys
        return None


def zone_meant(written: str) -> str:
    """The name of the zone that is meant, whatever the case of its letters; "" for none."""
    return _by_small_letters().get(written.strip().casefold(), "")


@cache
def _by_small_letters() -> dict[str, str]:
    return {name.casefold(): name for name in sorted(available_timezones())}
