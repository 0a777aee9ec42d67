"""What a reviewer reads before they answer: drafts and all that waits, under signed links.

The links expire, and GET changes nothing: the answer is given in the dashboard or by a command.
"""

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response

from partwork.actions.reading_drafts import draft_behind, mail_behind
from partwork.actions.waiting import waiting_behind
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.subscribing.page_links import LinkHasRunOut
from partwork.subscribing.tokens import BadToken
from partwork.web.pages import (
    NO_DRAFT_TO_SHOW,
    NOTHING_TO_READ,
    READING_IS_OVER,
    Pages,
    draft_mail,
)


def review_routes(press: Press, pages: Pages) -> APIRouter:
    """A stored draft, its mail, and the list of all that waits."""
    router = APIRouter()

    def refused(error: Exception) -> Response:
        if isinstance(error, LinkHasRunOut):
            return pages.message(READING_IS_OVER, 410)
        if isinstance(error, BadToken):
            return pages.message(NOTHING_TO_READ, 404)
        return pages.message((NO_DRAFT_TO_SHOW, str(error)), 404)

    @router.api_route("/read/{key}", methods=["GET", "HEAD"])
    def draft(key: str) -> Response:
        """A draft as it was stored: its text and claims, a link to its mail, the other parts."""
        try:
            return pages.draft(draft_behind(press, key, datetime.now(UTC)), key)
        except (BadToken, LinkHasRunOut, LibraryError) as error:
            return refused(error)

    @router.api_route("/read/{key}/mail", methods=["GET", "HEAD"])
    def mail(key: str) -> Response:
        """The mail of that draft, as a reader would see it."""
        try:
            return draft_mail(mail_behind(press, key, datetime.now(UTC)))
        except (BadToken, LinkHasRunOut, LibraryError) as error:
            return refused(error)

    @router.api_route("/waiting/{key}", methods=["GET", "HEAD"])
    def waiting(key: str) -> Response:
        """What waits for a reviewer, with a link to each draft."""
        try:
            return pages.waiting(waiting_behind(press, key, datetime.now(UTC)))
        except (BadToken, LinkHasRunOut) as error:
            return refused(error)

    return router
