"""Leaving: by a mail's link, by a provider's one click, without a link; and the way back."""

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import PlainTextResponse, Response

from partwork.actions.left import Left, left_before, still_to_come
from partwork.actions.naming import all_named
from partwork.actions.sign_up import Answer, ask_for_link, evidence_of
from partwork.actions.undoing import Undoing, UndoView, undo, undo_behind
from partwork.actions.unsubscribe import Wish, leaving_behind, skip, unsubscribe_together
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.store.engine import StoreError
from partwork.subscribing.tokens import BadToken, read_unsubscribe_token
from partwork.web.joining import Form
from partwork.web.pages import (
    LINK_IS_COMING,
    NOT_A_LINK,
    NOT_TO_BE_UNDONE,
    NOTED,
    TAKE_IT_BACK,
    TAKEN_BACK,
    TO_A_LINK,
    TO_NEWSLETTERS,
    TO_SETTINGS,
    Pages,
)
from partwork.web.together import Together
from partwork.web.visits import visitor_of

# Departures in one transaction: they hold SQLite's write lock for some 25 ms.
AT_ONCE = 64


async def _body(request: Request) -> bytes:
    return await request.body()


def leaving_routes(press: Press, pages: Pages, mailing: BackgroundTask) -> APIRouter:
    """What mails link to for leaving, and what is there for those without a mail."""
    router = APIRouter()
    departures = Together[Wish, Left](
        lambda wishes: unsubscribe_together(press, wishes, _now()), AT_ONCE
    )

    @router.api_route("/u/{token}", methods=["GET", "HEAD"])
    def leaving(token: str) -> Response:
        """The page with the buttons. Mail scanners follow links, so nothing happens here."""
        view = leaving_behind(press, token)
        if view is None:
            return pages.message(NOT_A_LINK, 404, way=TO_A_LINK)
        return pages.leaving(view)

    @router.post("/u/{token}")
    async def leave(
        token: str, body: Annotated[bytes, Depends(_body)], request: Request
    ) -> Response:
        """Ends the subscription, whoever asks: the page's button or a mail provider (RFC 8058).

        No cookie, no redirect, and done before the answer; a second time changes nothing. A wish
        to leave is never refused for its form: what cannot be read means the newsletter.
        """
        what = _chosen(body)
        try:
            departure = read_unsubscribe_token(token, press.secrets)
            if what in {"series", "no series"}:
                return await run_in_threadpool(only_series, token, what == "no series")
            source = "one-click" if what == "One-Click" else "page"
            evidence = evidence_of(press, visitor_of(request), source)
            wish = Wish(departure, evidence, what == "everything")
            left = await departures.answer(wish)
        except BadToken:
            return pages.message(NOT_A_LINK, 404, way=TO_A_LINK)
        if what == "One-Click":  # nobody reads it, and providers ask in bursts
            return PlainTextResponse("You have left.\n")
        return await run_in_threadpool(farewell, token, wish, left)

    def only_series(token: str, wanted: bool) -> Response:
        skip(press, token, wanted=wanted, now=_now())
        return leaving(token)

    def farewell(token: str, wish: Wish, left: Left) -> Response:
        page = _farewell(press, pages, token, wish, left)
        page.background = mailing
        return page

    @router.api_route("/undo/{token}", methods=["GET", "HEAD"])
    def way_back(token: str) -> Response:
        """The page with one button; nothing happens here."""
        try:
            return _undo_page(pages, undo_behind(press, token, _now()))
        except BadToken:
            return pages.message(NOT_A_LINK, 404, way=TO_A_LINK)

    @router.post("/undo/{token}")
    def back(token: str, _form: Form, request: Request) -> Response:
        """Takes one departure back."""
        try:
            return _undo_page(pages, undo(press, token, visitor_of(request), _now()))
        except BadToken:
            return pages.message(NOT_A_LINK, 404, way=TO_A_LINK)

    @router.api_route("/leave", methods=["GET", "HEAD"])
    def without_a_mail() -> Response:
        """A form for an address."""
        return pages.leave(all_named(press))

    @router.post("/leave")
    def ask(form: Form, request: Request) -> Response:
        """Has a link mailed to the address, if we know it; the answer is the same for all."""
        known = all_named(press)
        slug = form.get("newsletter", "") or (known[0].slug if known else "")
        try:
            visitor = visitor_of(request)
            answer = ask_for_link(press, slug, form.get("email", ""), visitor, _now())
        except LibraryError:
            answer = Answer.NO_ADDRESS
        if answer is Answer.NO_ADDRESS:
            return pages.leave(known, answer)
        return pages.asked(answer, LINK_IS_COMING, mailing, ("Try another address", "leave"))

    return router


def _farewell(press: Press, pages: Pages, token: str, wish: Wish, left: Left) -> Response:
    who, what = wish.departure.subscriber, wish.newsletter
    try:
        view = leaving_behind(press, token)
        under_way = still_to_come(press, who, what)
        if left.at is None:
            left = left_before(press, who, what, wish.evidence, _now())
    except StoreError:
        return pages.message(NOTED, 200)
    if view is None:
        return pages.message(NOT_A_LINK, 404, way=TO_A_LINK)
    if left.at is None:  # nobody knows since when, as of those who were erased
        return pages.leaving(view)
    return pages.left(what and view.newsletter, view.address, left, under_way)


def _chosen(body: bytes) -> str:
    """Which button was pressed: "One-Click" for a provider's; empty for anything unknown."""
    if b"One-Click" in body:  # urlencoded or multipart
        return "One-Click"
    fields = parse_qs(body[:1000].decode("ascii", "replace"))
    return fields.get("leave", [""])[-1]


def _undo_page(pages: Pages, view: UndoView) -> Response:
    match view.standing:
        case Undoing.WAITS:
            return pages.button(TAKE_IT_BACK, "undo", f"Get {view.newsletter or 'all'} again", 200)
        case Undoing.DONE:
            return pages.message(TAKEN_BACK, 200, way=TO_SETTINGS)
        case Undoing.GONE:
            return pages.message(NOT_TO_BE_UNDONE, 410, way=TO_NEWSLETTERS)


def _now() -> datetime:
    return datetime.now(UTC)
