"""The settings of what happens by itself, in its time."""

from pydantic import BaseModel, Field, SecretStr

from partwork.settings_faults import SecretUrl


class ScheduleSettings(BaseModel):
    """When editors are told of what is about to leave, and who is told that we are alive."""

    notice_minutes: int = Field(
        default=15,
        ge=0,
        le=1440,
        description="Minutes before a part leaves in its slot at which its editors have been told "
        "of it at least, with a link that stops it. 0: they are not told.",
    )
    heartbeat_url: SecretUrl = Field(
        default=SecretStr(""),
        description="Web address that is fetched at the end of each look at what is due, and of "
        "each finished sending, for a service that tells when that stops. Default: none.",
    )
