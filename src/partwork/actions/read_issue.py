"""The web version of an issue, once it is published."""

from sqlalchemy import Connection

from partwork.actions.media import with_pictures_served
from partwork.assembly import Press
from partwork.model.correction import Withdrawal
from partwork.model.issue import Issue
from partwork.store.corrections import revision_of
from partwork.store.engine import read_only
from partwork.store.issues import load_issue, published_issue, published_issue_of
from partwork.store.sources import withdrawal_behind


def published_page(press: Press, name: str) -> str | Withdrawal | None:
    """The stored page of the issue of exactly this name, or of the revision in its place.

    None for drafts and unknown names; of an article that was withdrawn there is only why.
    """
    with read_only(press.engine) as connection:
        issue = published_issue(connection, name)
        revision = revision_of(connection, issue.content_hash) if issue else ""
        return _page(press, connection, load_issue(connection, revision) if revision else issue)


def published_page_of(press: Press, instalment: str) -> str | Withdrawal | None:
    """The page that was published last of the instalment with this id; its address for good."""
    with read_only(press.engine) as connection:
        return _page(press, connection, published_issue_of(connection, instalment))


def _page(press: Press, connection: Connection, issue: Issue | None) -> str | Withdrawal | None:
    if issue is None:
        return None
    withdrawn = withdrawal_behind(connection, issue.content_hash)
    return withdrawn or with_pictures_served(press, issue.page)
