"""Deployments that stand in a home's prefect.yaml no more: Prefect itself keeps them for ever."""

import json
from contextlib import suppress
from pathlib import Path

import yaml

from partwork.library import Library
from partwork.orchestration.automations import Server
from partwork.orchestration.environment import POOL
from partwork.packaged import packaged_home

DEPLOYED = ".partwork/deployed.json"  # what the file had when all of it was deployed, for the next


def retire(server: Server, home: Path) -> tuple[str, ...]:
    """Takes away what was deployed from the file before and is not in it now; the names of it.

    A schedule would start what there is no flow for, every few minutes. Call it when all of the
    file has been deployed: what it has is noted. Runs stay, and so does what was deployed in
    another way. Nothing is taken where the file cannot be read.
    """
    try:
        written = yaml.safe_load((home / "prefect.yaml").read_text())
        there = {(str(one["entrypoint"]), str(one["name"])) for one in written["deployments"]}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError):
        return ()
    before = _noted(home)
    gone = []
    for one in server.post("/deployments/filter", {"work_pools": {"name": {"any_": [POOL]}}}):
        if (one["entrypoint"], one["name"]) in before - there:
            server.delete(f"/deployments/{one['id']}")
            gone.append(one["name"])
    if there != before:
        library = Library(home, packaged_home())
        library.write(home / DEPLOYED, json.dumps(sorted(there), indent=1) + "\n")
    return tuple(gone)


def _noted(home: Path) -> set[tuple[str, str]]:
    with suppress(OSError, ValueError, TypeError):
        return {(str(file), str(name)) for file, name in json.loads((home / DEPLOYED).read_text())}
    return set()
