"""The settings of an installation that several machines share."""

from pydantic import BaseModel, Field


class MachineSettings(BaseModel):
    """How work is spread over machines."""

    lanes: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Lanes over which the flow `send` spreads a large issue: as many as there are "
        "machines that send, each of which takes one. Needs PostgreSQL to be faster than one.",
    )
