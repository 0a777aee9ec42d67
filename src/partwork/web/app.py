"""The web app: what a subscriber reaches from a mail, and an editor by a signed link.

GET changes nothing, ever, but for the counts of `clicks`.
"""

import logging
from datetime import UTC, datetime
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response

from partwork.actions.drafts import draft_behind
from partwork.actions.media import served_picture
from partwork.actions.report import report_behind
from partwork.actions.webhooks import Amazon, Webhooks
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.rendering.templates import TemplateError
from partwork.store.engine import StoreError
from partwork.store.suppression_log import LogUnusable
from partwork.subscribing.page_links import LinkHasRunOut
from partwork.subscribing.tokens import BadToken
from partwork.web.clicks import Clicks, click_routes
from partwork.web.doorkeeper import Doorkeeper
from partwork.web.health import health_routes
from partwork.web.hooks import hook_routes
from partwork.web.housekeeping import keeping_house
from partwork.web.joining import joining_routes
from partwork.web.leaving import leaving_routes
from partwork.web.mailing import Visitors, mailing_of
from partwork.web.metrics import Metrics
from partwork.web.pages import (
    DRAFT_IS_OLD,
    LINK_IS_OLD,
    NO_DATABASE,
    NO_DRAFT,
    NO_DRAFT_TO_SHOW,
    NO_REPORT,
    NOT_FOUND,
    NOT_FROM_THERE,
    NOT_NOW,
    NOT_THAT_WAY,
    NOT_TO_BE_SHOWN,
    OUR_FAULT,
    TOO_LARGE,
    Pages,
    draft_page,
    public_picture,
)
from partwork.web.preferring import preference_routes
from partwork.web.previews import preview_routes
from partwork.web.reading import reading_routes
from partwork.web.reviewing import review_routes

_log = logging.getLogger("partwork.web")


def create_app(press: Press, amazon: Amazon | None = None) -> FastAPI:
    """The app that serves this press. Raises TemplateError for a broken page of the home.

    `amazon` says where SNS is, if it is elsewhere than everybody's.
    """
    pages = Pages(press.library.templates())
    metrics, visitors = Metrics(press), Visitors()
    mailing = mailing_of(press, visitors)
    clicks = Clicks(press)
    app = FastAPI(
        title="Partwork",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,  # RFC 8058, 3.1 forbids redirects
        lifespan=lambda _app: keeping_house(press, mailing, clicks.save),
    )

    def error_page(status: int) -> Response:
        words = {403: NOT_FROM_THERE, 404: NOT_FOUND, 413: TOO_LARGE}.get(status, NOT_THAT_WAY)
        return pages.message(OUR_FAULT if status >= 500 else words, status)

    @app.exception_handler(HTTPException)
    async def explain(_request: Request, error: HTTPException) -> Response:
        page = error_page(error.status_code)
        page.headers.update(error.headers or {})
        return page

    @app.exception_handler(StoreError)
    @app.exception_handler(LogUnusable)
    async def ask_for_patience(_request: Request, error: Exception) -> Response:
        _log.error("%s", error)  # says which database or file, and what to do about it
        return pages.message(NO_DATABASE, 503)

    @app.exception_handler(ManuscriptError)
    async def ask_to_come_back(_request: Request, error: Exception) -> Response:
        _log.error("%s", error)  # a file that an editor has saved by halves, and its line
        return pages.message(NOT_NOW, 503)

    @app.api_route("/articles/{slug}/report", methods=["GET", "HEAD"])
    def report(slug: str, key: str = "") -> Response:
        """What cleaning did to an article, for whoever holds a link that is signed for it."""
        try:
            return pages.report(report_behind(press, slug, key, datetime.now(UTC)))
        except BadToken:
            return pages.message(NO_REPORT, 404)
        except LinkHasRunOut:
            return pages.message(LINK_IS_OLD, 410)
        except (LibraryError, ManuscriptError) as error:
            return pages.message((NOT_TO_BE_SHOWN, str(error)), 404)

    @app.api_route("/drafts/{series}/{part}", methods=["GET", "HEAD"])
    def draft(series: str, part: str, key: str = "") -> Response:
        """A part as it would be read on the web, for whoever holds a link that is signed for it."""
        try:
            return draft_page(draft_behind(press, series, part, key, datetime.now(UTC)))
        except BadToken:
            return pages.message(NO_DRAFT, 404)
        except LinkHasRunOut:
            return pages.message(DRAFT_IS_OLD, 410)
        except (LibraryError, ManuscriptError, TemplateError) as error:
            return pages.message((NO_DRAFT_TO_SHOW, str(error)), 404)

    @app.api_route("/media/{name}", methods=["GET", "HEAD"])
    def media(name: str) -> Response:
        """A picture of a mail or page; its name is its content's, so it may be kept for ever."""
        content = served_picture(press, name)
        return error_page(404) if content is None else public_picture(content, name)

    app.include_router(leaving_routes(press, pages, mailing))
    app.include_router(reading_routes(press, pages, error_page))
    app.include_router(joining_routes(press, pages, error_page, mailing))
    app.include_router(preference_routes(press, pages, mailing))
    app.include_router(click_routes(press, clicks, error_page))
    app.include_router(preview_routes(press, pages, error_page))
    app.include_router(review_routes(press, pages))
    app.include_router(health_routes(press, pages, metrics))
    app.include_router(hook_routes(press, Webhooks(press, amazon)))
    below = urlsplit(press.settings.public_url).path
    app.add_middleware(
        Doorkeeper, error_page=error_page, visitors=visitors, below=below, note=metrics.note
    )
    return app
