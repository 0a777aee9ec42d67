"""Settings whose values are kept by the very server that `partwork up` starts."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from partwork.model.errors import PartworkError
from partwork.orchestration.api import Api, PrefectRefused
from partwork.settings import Settings
from partwork.settings_faults import PREFIX
from partwork.settings_of_running import RunningSettings

NOT_FOUND = 404


class NeededBefore(PartworkError):
    """A setting that must be known before there is a server to ask."""

    def __init__(self, variables: list[str]) -> None:
        self.variables = variables
        super().__init__(
            f"{', '.join(variables)} cannot be a Secret block of Prefect here: `partwork up` needs "
            "it before Prefect's server runs; write its value"
        )


class NoSuchBlock(PartworkError):
    """A Secret block that the home's own server does not have, or that holds no text."""

    def __init__(self, variable: str, block: str, why: str) -> None:
        self.variable, self.block = variable, block
        super().__init__(
            f"{variable} names the Secret block {block!r}, {why}; leave the setting out, start "
            "`partwork up`, make the block in the dashboard under Blocks, then set it again"
        )


def settings_before(asked: Mapping[str, Any], named: Mapping[str, str]) -> Settings:
    """The settings as far as they are known before the server runs; the rest is as by default.

    `asked` is what the command line says, `named` are blocks by variable. Raises SettingsError for
    all that is wrong with the others, and NeededBefore.
    """
    fields = Settings.model_fields
    kept = {name.removeprefix(PREFIX).lower(): name for name in named if name.startswith(PREFIX)}
    early = {"home", *RunningSettings.model_fields}
    if needed := sorted(kept[name] for name in kept if name in early):
        raise NeededBefore(needed)
    unknown_yet = {
        name: fields[name].get_default(call_default_factory=True) for name in kept if name in fields
    }
    return Settings(**{**unknown_yet, **asked})


def values_of(api: Api, named: Mapping[str, str]) -> dict[str, str]:
    """What the blocks hold, by variable. Raises NoSuchBlock, or as the server is asked."""
    return {variable: _value(api, variable, block) for variable, block in named.items()}


def _value(api: Api, variable: str, block: str) -> str:
    path = f"/block_types/slug/secret/block_documents/name/{quote(block, safe='')}"
    try:
        found = api.get(f"{path}?include_secrets=true")
    except PrefectRefused as refusal:
        if refusal.status != NOT_FOUND:
            raise
        raise NoSuchBlock(variable, block, "and this home's server has none of that name") from None
    value = found["data"].get("value")
    if not isinstance(value, str):
        raise NoSuchBlock(variable, block, "which holds no text")
    return value
