"""The environment that Prefect's processes get: nothing of the user's, everything said."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

LOOPBACK = "127.0.0.1"
POOL = "partwork"  # where our deployments have their runs done
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a home's dashboard is, and who may use it.

    It listens on `host` and `port` (0: any free one); a proxy may show it at `url`. `login` is
    `name:password` ("": the one that the home keeps).
    """

    port: int = 0
    login: str = field(default="", repr=False)
    host: str = LOOPBACK
    url: str = ""

    @property
    def own_url(self) -> str:
        """The address by which processes of this machine reach it."""
        return web_address(self.host, self.port)

    @property
    def seen_at(self) -> str:
        """The address by which people reach it."""
        return self.url or self.own_url


ANY_PLACE = Place()


def web_address(host: str, port: int) -> str:
    """The http address of what listens there, as this machine reaches it."""
    every = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 what may be asked for
    reached = every.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


def prefect_settings(home: Path, place: Place) -> dict[str, str]:
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
        "PREFECT_API_URL": f"{place.own_url}/api",
        "PREFECT_API_AUTH_STRING": place.login,
        "PREFECT_SERVER_API_AUTH_STRING": place.login,
        "PREFECT_SERVER_API_HOST": place.host,
        "PREFECT_SERVER_API_PORT": str(place.port),
        # A page of another origin may neither read answers nor change anything.
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": place.seen_at,
        "PREFECT_SERVER_API_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_CLIENT_CSRF_SUPPORT_ENABLED": "true",
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{state / 'prefect.db'}",
        "PREFECT_SERVER_UI_API_URL": f"{place.seen_at}/api",
        "PREFECT_UI_URL": place.seen_at,  # else links to runs lead where processes reach it
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # Left alone, the dashboard's files are made where Prefect is installed, which may be
        # root's: then there is a server without a dashboard.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(state / "ui"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        # Left alone, it forgets old events and keeps every run for ever.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LEVEL": "INFO",
        "PREFECT_LOGGING_COLORS": "false",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_CLI_COLORS": "false",
        # Each client of Prefect's, and a run makes several, reads all certificates of the world, in
        # 30 ms and 0.8 MB, though nobody speaks TLS to this server: one of nobody's stands for all.
        "PREFECT_API_SSL_CERT_FILE": str(Path(__file__).with_name("nobody.pem")),
        # Server, worker and runs are of one installation, and nobody looks at a run's own figures.
        "PREFECT_CLIENT_SERVER_VERSION_CHECK_ENABLED": "false",
        "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
        # Asking for work each second, not every ten, costs 0.4 % of a core (measured on two).
        "PREFECT_WORKER_QUERY_SECONDS": "1",
    }


def prefect_state(home: Path) -> Path:
    """The folder that Prefect keeps its database in, and that its processes start in."""
    return home / ".partwork" / "prefect"


def temporary_in(state: Path) -> Path:
    """Where Prefect's worker has its temporary files, in the folder `prefect_state`.

    It makes `runner_storage` in the system's folder for them, where it belongs to the user who was
    first, and keeps all others out.
    """
    return state / "tmp"
