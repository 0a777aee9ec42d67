"""The settings of reviews: how long a question waits, and when somebody is reminded of it."""

from pydantic import BaseModel, Field


class ReviewSettings(BaseModel):
    """How patient a review is."""

    review_waits: int = Field(
        default=14,
        ge=1,
        le=365,
        description="Days that a run of `review` waits for its answer, and that links to the "
        "drafts are good for.",
    )
    review_reminds: int = Field(
        default=24,
        ge=0,
        le=8760,
        description="Hours after which the newsletter's reply-to is mailed that drafts wait for "
        "approval, once for each set of drafts. 0: never.",
    )
