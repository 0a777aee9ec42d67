"""The web version of an issue, once it is published."""

from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.issues import published_issue


def published_page(press: Press, name: str) -> str | None:
    """The stored page of the issue of exactly this name; None for drafts and unknown names."""
    with read_only(press.engine) as connection:
        issue = published_issue(connection, name)
    return issue.page if issue else None
