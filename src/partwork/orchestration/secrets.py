"""Secrets that Prefect keeps: a setting may name one of its Secret blocks in place of a value."""

import asyncio
import logging
import os
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from partwork.settings_faults import KEPT_BY_PREFECT, PREFIX

_log = logging.getLogger("partwork.settings")


async def bring_secrets() -> None:
    """Puts the values of blocks in place of their names, in this process's environment alone.

    A variable of the environment or the home's `.env` whose value is `prefect-secret:NAME` gets
    what the block of that name has. One that cannot be had stays as it is, and settings refuse
    it by name. `prefect.yaml` has this run before each flow.
    """
    named = named_blocks()
    if not named or not os.environ.get("PREFECT_API_URL"):  # without one Prefect starts a server
        return
    import httpx  # noqa: PLC0415 commands that need no block start without Prefect
    from prefect.blocks.system import Secret  # noqa: PLC0415 see above
    from prefect.exceptions import PrefectException  # noqa: PLC0415 see above

    for variable, block in named.items():
        try:
            loaded: Any = await Secret.aload(block)
        except (ValueError, RuntimeError, PrefectException, httpx.HTTPError) as error:
            _log.warning("%s: %s", variable, type(error).__name__)
            continue
        if isinstance(value := loaded.get(), str):
            os.environ[variable] = value


def bring_secrets_now() -> None:
    """The same for a command, which no deployment starts."""
    if named_blocks():
        asyncio.run(bring_secrets())


def named_blocks() -> dict[str, str]:
    """The names of blocks by the variables that have them; the environment wins over `.env`."""
    file = Path(os.environ.get(f"{PREFIX}HOME") or Path.cwd()) / ".env"
    try:
        written = dotenv_values(file) if file.is_file() else {}
    except (OSError, UnicodeDecodeError):  # settings say so
        written = {}
    given = {name: value or "" for name, value in written.items()} | dict(os.environ)
    return {
        name: value.removeprefix(KEPT_BY_PREFECT)
        for name, value in given.items()
        if value.startswith(KEPT_BY_PREFECT)
    }
