"""The web version of an issue, once it is published."""

from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.issues import published_issue, published_issue_of


def published_page(press: Press, name: str) -> str | None:
    """The stored page of the issue of exactly this name; None for drafts and unknown names."""
    with read_only(press.engine) as connection:
        issue = published_issue(connection, name)
    return issue.page if issue else None


def published_page_of(press: Press, instalment: str) -> str | None:
    """The page that was published last of the instalment with this id; its address for good."""
    with read_only(press.engine) as connection:
        issue = published_issue_of(connection, instalment)
    return issue.page if issue else None
