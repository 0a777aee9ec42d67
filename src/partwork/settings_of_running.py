"""The settings of `partwork up`: where dashboard and web pages are, and who may log in."""

import re
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit

from pydantic import BaseModel, Field, SecretStr, field_validator

SHORTEST_PASSWORD = 16  # characters, as for the webhooks' logins


class RunningSettings(BaseModel):
    """Ports and addresses on this machine, and the addresses that a proxy has for them."""

    dashboard_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="Port of the dashboard that `partwork up` starts. Default: 4200, or any free "
        "one where that is in use.",
    )
    dashboard_host: str = Field(
        default="127.0.0.1",
        description="IP address that the dashboard listens on; loopback, unless a proxy on another "
        "machine needs more.",
    )
    dashboard_url: str = Field(
        default="",
        description="Address at which a proxy shows the dashboard, e.g. "
        "https://dashboard.example.org, without a path. Default: there is none in front.",
    )
    dashboard_login: SecretStr = Field(
        default=SecretStr(""),
        description="Who may use the dashboard, name:password with 16 characters or more. "
        "Default: made once, kept in .partwork/prefect/login.",
    )
    web_port: int = Field(
        default=0,
        ge=0,
        le=65_535,
        description="Port of the web pages that `partwork up` starts. Default: 8000, or any free "
        "one where that is in use.",
    )
    web_host: str = Field(
        default="127.0.0.1",
        description="IP address that the web pages listen on; loopback, unless a proxy on another "
        "machine needs more.",
    )
    web_proxies: str = Field(
        default="",
        description="Addresses or networks of reverse proxies in front of the web pages, "
        "comma-separated, whose word on visitors' addresses and https is taken. Default: none.",
    )

    @field_validator("dashboard_host", "web_host")
    @classmethod
    def _ip_address(cls, host: str) -> str:
        try:
            return str(ip_address(host))
        except ValueError:
            raise ValueError("must be an IP address such as 127.0.0.1 or 0.0.0.0") from None

    @field_validator("dashboard_url")
    @classmethod
    def _origin(cls, url: str) -> str:
        parts = urlsplit(url.rstrip("/"))
        origin = f"{parts.scheme}://{parts.netloc}"
        is_origin = parts.hostname and "@" not in parts.netloc and origin == url.rstrip("/")
        if url and not (parts.scheme in {"http", "https"} and is_origin and url.isascii()):
            raise ValueError(
                "must be a web address without a path, such as https://dashboard.example.org"
            )
        return url and origin

    @field_validator("dashboard_login")
    @classmethod
    def _login(cls, login: SecretStr) -> SecretStr:
        if login.get_secret_value() and not is_login(login.get_secret_value()):
            raise ValueError(
                f"must be name:password, the password of {SHORTEST_PASSWORD} characters or more, "
                "all of them ASCII and none a space"
            )
        return login

    @field_validator("web_proxies")
    @classmethod
    def _networks(cls, proxies: str) -> str:
        for proxy in filter(None, map(str.strip, proxies.split(","))):
            try:
                ip_network(proxy, strict=False)
            except ValueError:
                raise ValueError(
                    "must be addresses or networks such as 10.0.0.7 or 10.0.0.0/24"
                ) from None
        return proxies

    @property
    def trusted_proxies(self) -> tuple[str, ...]:
        """Each of `web_proxies`."""
        return tuple(filter(None, map(str.strip, self.web_proxies.split(","))))


def is_login(words: str) -> bool:
    """Whether it is a name and a password, as the dashboard's login has them."""
    return re.fullmatch(rf"[!-9;-~]+:[!-~]{{{SHORTEST_PASSWORD},}}", words) is not None
