"""The settings of signing by DKIM, which there need not be."""

from pathlib import Path

from pydantic import BaseModel, Field


class SigningSettings(BaseModel):
    """For which domain mails are signed, and by which keys."""

    dkim_domain: str = Field(
        default="",
        description="Domain for which Partwork signs with DKIM, e.g. example.org; senders are of "
        "it or below it. Needs a key and its selector.",
    )
    dkim_selector: str = Field(
        default="",
        description="Selector of the key: its public half stands in the DNS at "
        "SELECTOR._domainkey.DOMAIN; `doctor` shows what to write there.",
    )
    dkim_key: Path | None = Field(
        default=None,
        description="PEM file of the RSA key, 2048 to 4096 bits. Default: no mail is signed here.",
    )
    dkim_second_selector: str = Field(
        default="", description="Selector of the second key, as for the first."
    )
    dkim_second_key: Path | None = Field(
        default=None,
        description="PEM file of an Ed25519 key for a second signature (RFC 8463), which not all "
        "receivers know. Default: none.",
    )
