"""The look at a draft, for whoever an editor gives the signed link to before it is approved."""

from collections.abc import Callable
from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response

from partwork.actions.look import look_behind, picture_behind
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.subscribing.page_links import LinkHasRunOut
from partwork.subscribing.tokens import BadToken
from partwork.web.pages import DRAFT_IS_OLD, NO_DRAFT, NO_DRAFT_TO_SHOW, Pages, private_picture


def preview_routes(press: Press, pages: Pages, error_page: Callable[[int], Response]) -> APIRouter:
    """A draft's mail with what was looked at in it, and the pictures of it."""
    router = APIRouter()

    @router.api_route("/drafts/{series}/{part}/mail", methods=["GET", "HEAD"])
    def mail(series: str, part: str, key: str = "") -> Response:
        """A draft as it will be mailed, with its pictures, and what was looked at in it."""
        try:
            return pages.look(look_behind(press, series, part, key, datetime.now(UTC)), key)
        except BadToken:
            return pages.message(NO_DRAFT, 404)
        except LinkHasRunOut:
            return pages.message(DRAFT_IS_OLD, 410)
        except (LibraryError, ManuscriptError) as error:
            return pages.message((NO_DRAFT_TO_SHOW, str(error)), 404)

    @router.api_route("/drafts/{series}/{part}/mail/{view}.png", methods=["GET", "HEAD"])
    def picture(series: str, part: str, view: str, key: str = "") -> Response:
        """One of these pictures."""
        try:
            png = picture_behind(press, series, part, view, key=key, now=datetime.now(UTC))
        except (BadToken, LinkHasRunOut, LibraryError):
            return error_page(404)
        return private_picture(png)

    return router
