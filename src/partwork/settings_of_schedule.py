"""The settings of what happens by itself, in its time."""

from pydantic import BaseModel, Field, SecretStr, field_validator


class ScheduleSettings(BaseModel):
    """When editors are told of what is about to leave, and who is told that we are alive."""

    notice_minutes: int = Field(
        default=15,
        ge=0,
        le=1440,
        description="Minutes before a part leaves in its slot at which its editors have been told "
        "of it at least, with a link that stops it. 0: they are not told.",
    )
    heartbeat_url: SecretStr = Field(
        default=SecretStr(""),
        description="Web address that is fetched at the end of each look at what is due, and of "
        "each finished sending, for a service that tells when that stops. Default: none.",
    )

    @field_validator("heartbeat_url")
    @classmethod
    def _is_web_address(cls, url: SecretStr) -> SecretStr:
        written = url.get_secret_value()
        if written and not written.startswith(("https://", "http://")):
            raise ValueError(
                "must be a web address such as https://status.example.org/ping/letters"
            )
        return url
