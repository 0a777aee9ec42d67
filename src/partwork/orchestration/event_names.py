"""The events that are told to Prefect's server; docs/operations.md says what each means."""

INGESTED = "partwork.article.ingested"
COMPOSED = "partwork.series.composed"
APPROVED = "partwork.issue.approved"
SENT = "partwork.issue.sent"
HELD = "partwork.issue.held"
SLOWED = "partwork.domain.slowed"
INBOX_CHANGED = "partwork.inbox.changed"
ALL = (INGESTED, COMPOSED, APPROVED, SENT, HELD, SLOWED, INBOX_CHANGED)
