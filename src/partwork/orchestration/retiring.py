"""Deployments that stand in a home's prefect.yaml no more: Prefect itself keeps them for ever."""

from pathlib import Path

import yaml

from partwork.orchestration.automations import Server
from partwork.orchestration.environment import POOL

# What our prefect.yaml has every run do first, and nobody else's.
OUR_STEP = "partwork.orchestration.secrets.bring_secrets"


def retire(server: Server, home: Path) -> tuple[str, ...]:
    """Takes away what was deployed from the file once and is not in it now; the names of it.

    A schedule would start what there is no flow for, every few minutes. Runs stay, and so does
    what was deployed into our pool in another way. Nothing is taken where the file cannot be read.
    """
    try:
        written = yaml.safe_load((home / "prefect.yaml").read_text())
        there = {(one["entrypoint"], one["name"]) for one in written["deployments"]}
    except (OSError, UnicodeDecodeError, yaml.YAMLError, TypeError, KeyError):
        return ()
    gone = []
    for one in server.post("/deployments/filter", {"work_pools": {"name": {"any_": [POOL]}}}):
        is_ours = any(OUR_STEP in step for step in one["pull_steps"] or ())
        if is_ours and (one["entrypoint"], one["name"]) not in there:
            server.delete(f"/deployments/{one['id']}")
            gone.append(one["name"])
    return tuple(gone)
