"""The settings of who is told what Prefect's server sees."""

from pydantic import BaseModel, Field, SecretStr

from partwork.settings_faults import SecretUrl


class NoticeSettings(BaseModel):
    """Whom the server calls."""

    notify_url: SecretUrl = Field(
        default=SecretStr(""),
        description="Web address that Prefect's server POSTs to, in JSON, when a run fails or dies "
        "or a part waits for approval, e.g. a chat's incoming webhook. Default: none is called.",
    )
