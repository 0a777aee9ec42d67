"""What of a webhook shows that it is not, or no longer, its service's word."""

from datetime import UTC, datetime, timedelta

from partwork.model.errors import PartworkError
from partwork.model.feedback import Source


class BadSignature(PartworkError):
    """A webhook that its service has not signed, or too long ago; nothing of it is in the words."""

    def __init__(self, source: Source, why: str) -> None:
        self.source, self.why = source, why
        super().__init__(f"a webhook of {source} was refused: {why}")


# For how long each tries again what was not answered with 200. An attempt later than that is
# nobody's; an earlier one may carry the signature of the first, so a tighter limit would lose
# events whenever the database is away: https://github.com/beyondcode/laravel-mailbox/issues/93
TRIES = {
    # "cannot be greater than 3,600 seconds":
    # https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
    Source.SES: timedelta(hours=1),
    # After 10, 10, 15, 30, 60, 120 and 240 minutes:
    # https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-retries
    Source.MAILGUN: timedelta(hours=8, minutes=5),
    # https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook
    Source.SENDGRID: timedelta(hours=24),
}
SLACK = timedelta(minutes=15)  # for queues, and clocks that differ; a guess


def demand_fresh(source: Source, signed_at: datetime | None, now: datetime) -> None:
    """Raises BadSignature for a time at which the service no longer tries, or that is to come."""
    if signed_at is None:
        raise BadSignature(source, "it does not say when it was signed")
    if now - signed_at > TRIES[source] + SLACK:
        raise BadSignature(source, "its signature is old; it was recorded, or this clock is fast")
    if signed_at - now > SLACK:
        raise BadSignature(source, "its signature is of a time to come; set this machine's clock")


def instant_in(seconds: str) -> datetime | None:
    """The time of so many seconds since 1970; None where `seconds` is no plain number of them."""
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) <= 10):
        return None
    return datetime.fromtimestamp(int(seconds), UTC)
