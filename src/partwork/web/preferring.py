"""A person's settings, behind a link that was mailed to their own address."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.responses import Response

from partwork.actions.left import Left, still_to_come
from partwork.actions.moving import ask_to_move, move, new_address_behind, person_behind
from partwork.actions.naming import name_of
from partwork.actions.preferences import (
    PAUSES,
    ask_for_access,
    choose,
    erase_me,
    leave,
    my_data,
    preferences_behind,
)
from partwork.actions.sign_up import Answer
from partwork.assembly import Press
from partwork.subscribing.tokens import BadToken, PassHasRunOut
from partwork.web.joining import Form
from partwork.web.pages import (
    ASK_FOR_ACCESS,
    ERASED,
    LINK_IS_COMING,
    LOOK_IN_THE_NEW_MAILBOX,
    MOVE_HERE,
    MOVED,
    NOT_A_LINK,
    NOT_MOVED,
    TO_A_LINK,
    TO_SETTINGS,
    Pages,
)
from partwork.web.visits import visitor_of


def preference_routes(press: Press, pages: Pages, mailing: BackgroundTask) -> APIRouter:
    """The settings page, what its buttons do, and the link to a new address."""
    router = APIRouter()

    def shown(token: str, note: str = "") -> Response:
        return pages.preferences(preferences_behind(press, token, _now()), token, note)

    def opened(show: Callable[[], Response], way: tuple[str, str] = TO_A_LINK) -> Response:
        """What `show` gives, or what a link that does not open anything gets, and a `way` on."""
        try:
            return show()
        except PassHasRunOut:
            return pages.button(ASK_FOR_ACCESS, "again", "Send me a new link", 410)
        except BadToken:
            return pages.message(NOT_A_LINK, 404, way=way)

    @router.api_route("/preferences/{token}", methods=["GET", "HEAD"])
    def preferences(token: str) -> Response:
        """All that may be chosen; nothing happens here."""
        return opened(lambda: shown(token))

    @router.post("/preferences/{token}")
    def change(token: str, form: Form, request: Request) -> Response:
        """Does what the button says."""
        newsletter, visitor = form.get("newsletter", ""), visitor_of(request)

        def saved() -> Response:
            weeks = form.get("pause", "")
            choose(
                press,
                token,
                newsletter,
                series=_ticked(form),
                pause_weeks=int(weeks) if weeks in _WEEKS else None,
                is_bundled="bundled" in form if "shows-bundled" in form else None,
                now=_now(),
            )
            return shown(token, "saved")

        def left() -> Response:
            slug = newsletter if form.get("do") == "leave" else ""
            gone = leave(press, token, slug, visitor, _now())
            if gone.at is None:  # it was never theirs
                return shown(token)
            page = _farewell(press, pages, token, slug, gone)
            page.background = mailing
            return page

        def moved() -> Response:
            answer = ask_to_move(press, token, form.get("email", ""), visitor, _now())
            if answer is Answer.NO_ADDRESS:
                return shown(token, "no address")
            return pages.asked(answer, LOOK_IN_THE_NEW_MAILBOX, mailing)

        def erased() -> Response:
            if form.get("sure") != "yes":
                return shown(token, "not sure")
            erase_me(press, token, _now())
            return pages.message(ERASED, 200)

        if "again" in form:
            answer = ask_for_access(press, token, visitor, _now())
            return pages.asked(answer, LINK_IS_COMING, mailing)
        doing = {"leave": left, "leave all": left, "move": moved, "erase": erased}
        return opened(doing.get(form.get("do", ""), saved))

    @router.api_route("/preferences/{token}/data.json", methods=["GET", "HEAD"])
    def data(token: str) -> Response:
        """All that is held of the person, as a file."""

        def downloaded() -> Response:
            text = json.dumps(my_data(press, token, _now()), default=str, indent=2)
            return Response(text, media_type="application/json", headers=_DOWNLOAD)

        label, leave_page = TO_A_LINK
        return opened(downloaded, (label, f"../{leave_page}"))

    @router.api_route("/move/{token}", methods=["GET", "HEAD"])
    def new_address(token: str) -> Response:
        """The page with one button; nothing happens here."""

        def asked() -> Response:
            title, text = MOVE_HERE
            words = (title, text % new_address_behind(press, token, _now()))
            return pages.button(words, "move", "Yes, use this address", 200)

        return opened(asked)

    @router.post("/move/{token}")
    def move_there(token: str, _form: Form, request: Request) -> Response:
        """Changes the address."""

        def moved() -> Response:
            if not move(press, token, visitor_of(request), _now()):
                return pages.message(NOT_MOVED, 409)
            title, text = MOVED
            words = title, text % new_address_behind(press, token, _now())
            return pages.message(words, 200, mailing, TO_SETTINGS)

        return opened(moved)

    return router


def _farewell(press: Press, pages: Pages, token: str, newsletter: str, gone: Left) -> Response:
    person = person_behind(press, token, _now())
    name = name_of(press, newsletter) if newsletter else ""
    return pages.left(name, person.address, gone, still_to_come(press, person.id, newsletter))


def _ticked(form: Mapping[str, str]) -> Mapping[str, bool]:
    """Each series that the page showed, and whether its box is ticked."""
    shown = (name.removeprefix("shown-") for name in form if name.startswith("shown-"))
    return {series: f"series-{series}" in form for series in shown}


_WEEKS = {"0", *map(str, PAUSES)}
_DOWNLOAD = {
    "Cache-Control": "no-store",
    "Content-Disposition": 'attachment; filename="my-data.json"',
}


def _now() -> datetime:
    return datetime.now(UTC)
