"""Signing up: the form, the mail that is asked for, the one button of its link."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from partwork.actions.confirming import ask_again, confirm, confirmation_behind
from partwork.actions.sign_up import Answer, sign_up, sign_up_form
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.subscribing.tokens import BadToken
from partwork.web.pages import LOOK_IN_YOUR_MAILBOX, NOT_A_LINK, TO_A_LINK, Pages
from partwork.web.visits import form_of, visitor_of

Form = Annotated[Mapping[str, str], Depends(form_of)]


def joining_routes(
    press: Press,
    pages: Pages,
    error_page: Callable[[int], Response],
    mailing: BackgroundTask,
) -> APIRouter:
    """A newsletter's own page, its form, and confirmations.

    Who somebody is matters to what is mailed, and so `mailing` comes once they have the answer.
    """
    router = APIRouter()

    @router.api_route("/newsletters/{slug}", methods=["GET", "HEAD"])
    def newsletter(slug: str) -> Response:
        """What the newsletter is, and how to get it."""
        try:
            return pages.sign_up(sign_up_form(press, slug, _now()))
        except LibraryError:
            return error_page(404)

    @router.post("/newsletters/{slug}")
    def subscribe(slug: str, form: Form, request: Request) -> Response:
        """Keeps the wish. The answer is the same for every address, and takes as long."""
        try:
            answer = sign_up(
                press,
                slug,
                form.get("email", ""),
                token=form.get("form", ""),
                trap=form.get("website", ""),
                visitor=visitor_of(request),
                now=_now(),
            )
            if answer in {Answer.TOO_MANY, Answer.LOOK_IN_YOUR_MAILBOX}:
                back = ("Enter another address", f"../newsletters/{slug}")
                return pages.asked(answer, LOOK_IN_YOUR_MAILBOX, mailing, back)
            again = sign_up_form(press, slug, _now())
        except LibraryError:
            return error_page(404)
        return pages.sign_up(again, answer, form.get("email", ""))

    @router.api_route("/confirm/{token}", methods=["GET", "HEAD"])
    def confirmation(token: str) -> Response:
        """The page with one button. Mail scanners follow links, so nothing happens here."""
        try:
            return pages.confirmation(confirmation_behind(press, token, _now()))
        except (BadToken, LibraryError):
            return pages.message(NOT_A_LINK, 404, way=TO_A_LINK)

    @router.post("/confirm/{token}")
    def confirmed(token: str, form: Form, request: Request) -> Response:
        """Confirms, or has a new link mailed where this one has run out."""
        try:
            if "again" in form:
                answer = ask_again(press, token, visitor_of(request), _now())
                return pages.asked(answer, LOOK_IN_YOUR_MAILBOX, mailing)
            return pages.confirmation(confirm(press, token, visitor_of(request), _now()), mailing)
        except (BadToken, LibraryError):
            return pages.message(NOT_A_LINK, 404, way=TO_A_LINK)

    return router


def _now() -> datetime:
    return datetime.now(UTC)
