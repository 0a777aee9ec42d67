"""The settings of an installation that several machines share."""

from pydantic import BaseModel, Field


class MachineSettings(BaseModel):
    """How work is spread over machines."""

    lanes: int = Field(
        default=0,
        ge=0,
        le=64,
        description="Lanes that the flow `send` asks for beside its own when an issue is large: as "
        "many as there are machines that send, each of which takes one. Needs PostgreSQL to be "
        "faster for it.",
    )
