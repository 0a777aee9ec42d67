"""Commands beside `partwork up`: they speak to the server that it runs for their home."""

import os
from pathlib import Path

from partwork.launched import launched
from partwork.orchestration.environment import (
    STEERING,
    Place,
    clean_environment,
    prefect_settings,
)
from partwork.settings_faults import PREFIX


def meet_server() -> None:
    """Has this process, like those that `up` has started, speak to that server if it runs.

    Where PREFECT_API_URL names a server, that one is meant. To be called before Prefect is
    imported.
    """
    if os.environ.get("PREFECT_API_URL"):
        return
    home = Path(os.environ.get(f"{PREFIX}HOME") or Path.cwd()).expanduser().absolute()
    found = launched(home / ".partwork")
    if found is None:
        return
    settings = prefect_settings(home, Place(found.port, found.login, found.host, found.url))
    told = clean_environment(os.environ, **settings)
    for name in [name for name in os.environ if name.upper().startswith(STEERING)]:
        del os.environ[name]
    os.environ.update(told)
