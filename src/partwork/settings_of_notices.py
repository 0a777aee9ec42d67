"""The settings of who is told what Prefect's server sees."""

from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator


class NoticeSettings(BaseModel):
    """Whom the server calls."""

    notify_url: SecretStr = Field(
        default=SecretStr(""),
        description="Web address that Prefect's server POSTs to, in JSON, when a run fails or dies "
        "or a part waits for approval, e.g. a chat's incoming webhook. Default: none is called.",
    )

    @field_validator("notify_url")
    @classmethod
    def _is_web_address(cls, url: SecretStr) -> SecretStr:
        written = url.get_secret_value()
        parts = urlsplit(written)
        is_plain = written.isascii() and written.isprintable() and " " not in written
        if written and (
            parts.scheme not in {"http", "https"} or not parts.hostname or not is_plain
        ):
            raise ValueError("must be a web address such as https://chat.example.org/hooks/abc")
        return url
