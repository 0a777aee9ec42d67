"""The page on which an editor stops what is about to be sent."""

from datetime import UTC, datetime

from fastapi import APIRouter
from starlette.responses import Response

from partwork.actions.stop_link import StopView, stop, stop_behind
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.subscribing.page_links import LinkHasRunOut
from partwork.subscribing.tokens import BadToken
from partwork.web.joining import Form
from partwork.web.pages import NO_STOP, STOP_IS_OLD, Pages


def stopping_routes(press: Press, pages: Pages) -> APIRouter:
    """The page of a notice's link, and its one button."""
    router = APIRouter()

    @router.api_route("/stop/{issue}", methods=["GET", "HEAD"])
    def about_to_start(issue: str, key: str = "") -> Response:
        """The page with the button. Mail scanners follow links, so nothing happens here."""
        try:
            view = stop_behind(press, issue, key, datetime.now(UTC))
        except (BadToken, LibraryError):
            return pages.message(NO_STOP, 404)
        except LinkHasRunOut:
            return pages.message(STOP_IS_OLD, 410)
        if view.stopped:
            return _stopped(pages, view)
        text = (
            f"“{view.subject}” ({view.issue}). Press the button, and nothing of it leaves, on no "
            "machine, until somebody lets it go on. What has left cannot be called back"
            f"{_reached(view)}."
        )
        return pages.button(("Stop this issue?", text), "stop", "Stop it", 200)

    @router.post("/stop/{issue}")
    def stopped(issue: str, _form: Form, key: str = "") -> Response:
        """Pauses the issue; a second time changes nothing."""
        try:
            return _stopped(pages, stop(press, issue, key, datetime.now(UTC)))
        except (BadToken, LibraryError):
            return pages.message(NO_STOP, 404)
        except LinkHasRunOut:
            return pages.message(STOP_IS_OLD, 410)

    return router


def _stopped(pages: Pages, view: StopView) -> Response:
    text = f"“{view.subject}”: {view.issue} {view.stopped}{_reached(view)}."
    return pages.message(("It is stopped", text), 200)


def _reached(view: StopView) -> str:
    if not view.reached:
        return ""
    return f"; {view.reached:,} of {view.planned:,} readers have it already"
