"""The settings of a language model, for which there need be none."""

from pydantic import BaseModel, Field, SecretStr


class WriterSettings(BaseModel):
    """Where it is asked, what it may take, and what it costs."""

    writer_url: str = Field(
        default="",
        description="OpenAI-compatible address of a language model that rewords what was "
        "composed, e.g. https://api.example.org/v1; https is demanded with a key off loopback. "
        "Default: none, every sentence stands as its source has it.",
    )
    writer_key: SecretStr = Field(
        default=SecretStr(""), description="Key for that address. Default: none is sent."
    )
    writer_model: str = Field(default="", description="Name of the model there; no default.")
    writer_timeout: float = Field(
        default=120,
        gt=0,
        le=3600,
        description="Seconds that one of the model's answers may take in all.",
    )
    writer_price_in: float = Field(
        default=0,
        ge=0,
        allow_inf_nan=False,
        description="Price of a million tokens that go to the model, in the bill's currency.",
    )
    writer_price_out: float = Field(
        default=0,
        ge=0,
        allow_inf_nan=False,
        description="Price of a million tokens that come from the model, in the bill's currency.",
    )
    writer_budget: float = Field(
        default=0,
        ge=0,
        allow_inf_nan=False,
        description="What one `compose` may spend on the model, in the prices' currency; the rest "
        "stands as extracted. Needs prices. Default: 0, no limit.",
    )
