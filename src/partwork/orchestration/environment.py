"""The environment that Prefect's processes get: nothing of the user's, everything said."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

LOOPBACK = "127.0.0.1"
# What would steer Prefect or its web server, whoever set it.
STEERING = ("PREFECT_", "UVICORN_")


def clean_environment(base: Mapping[str, str], **explicit: str) -> dict[str, str]:
    """`base` without what steers Prefect, then `explicit`.

    Loopback addresses never go through a proxy, and `python` is the interpreter that runs now,
    so that a worker starts flows with the packages that are installed here.
    """
    kept = {name: value for name, value in base.items() if not name.upper().startswith(STEERING)}
    for name in ("NO_PROXY", "no_proxy"):
        kept[name] = ",".join(filter(None, (base.get(name, ""), LOOPBACK, "localhost")))
    here = str(Path(sys.executable).parent)
    kept["PATH"] = os.pathsep.join(filter(None, (here, base.get("PATH", ""))))
    return kept | explicit


def prefect_settings(home: Path, port: int) -> dict[str, str]:
    """Prefect's settings for a home that has its own server on this machine.

    They win over every file that Prefect reads (`.env`, `prefect.toml`, `pyproject.toml`,
    profiles), but only where they speak; so none of its processes starts in a folder that has
    such files: see `partwork.orchestration.child`.
    """
    state = prefect_state(home)
    return {
        "PARTWORK_HOME": str(home),
        "PREFECT_HOME": str(state),
        "PREFECT_PROFILES_PATH": str(state / "profiles.toml"),  # not there: no profile is read
        "PREFECT_API_URL": f"http://{LOOPBACK}:{port}/api",
        "PREFECT_SERVER_API_HOST": LOOPBACK,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{state / 'prefect.db'}",
        "PREFECT_SERVER_UI_API_URL": f"http://{LOOPBACK}:{port}/api",
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_CLI_COLORS": "false",
        # Asking for work each second, not every ten, costs 0.4 % of a core (measured on two).
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }


def prefect_state(home: Path) -> Path:
    """The folder that Prefect keeps its database in, and that its processes start in."""
    return home / ".partwork" / "prefect"
