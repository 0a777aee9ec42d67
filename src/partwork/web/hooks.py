"""What mail services tell by webhooks: `/hooks/ses` and the like, for programs alone."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from fastapi import APIRouter, Request
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response

from partwork.actions.feedback import judge_meanwhile
from partwork.actions.webhooks import Post, Webhooks
from partwork.assembly import Press
from partwork.fetching.errors import NotFetched
from partwork.model.errors import PartworkError
from partwork.model.feedback import Source
from partwork.returning.signatures.refusal import BadSignature
from partwork.web.together import Together

AT_ONCE = 64  # posts in one transaction, as with departures
_KINDS = {"application/json", "text/plain"}  # SNS says the latter of its JSON

_log = logging.getLogger("partwork.web")


def hook_routes(press: Press, webhooks: Webhooks) -> APIRouter:
    """A route for each service that is connected; there is none for the others.

    No form leads here, so origin and caps are not asked after: a service's own signature is.
    Judging comes after the answer, which it would hold up.
    """
    router = APIRouter()
    judging = judging_of(press)
    for source in webhooks.services:
        posts = Together(partial(_taken_in, webhooks, source), AT_ONCE)
        router.add_api_route(
            f"/hooks/{source}", _door(posts, judging), methods=["POST"], include_in_schema=False
        )
    return router


def judging_of(press: Press) -> BackgroundTask:
    """What judges all that waits, in one thread of the process however many ask for it.

    What goes wrong is logged; what waits then is judged later, by the flow at the latest. The
    guard looks in the same thread, so that a burst of posts is counted a few times.
    """

    def work(asked: Sequence[None]) -> Sequence[None]:
        judge_meanwhile(press, _now)
        return asked

    everybody = 1_000_000
    return BackgroundTask(Together(work, everybody).answer, None)


def _door(
    posts: Together[Post, PartworkError | None], judging: BackgroundTask
) -> Callable[[Request], Awaitable[Response]]:
    async def hear(request: Request) -> Response:
        """200 once it is on the disk; 403 and 400 are for good, 503 asks to try again."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind not in _KINDS:
            raise HTTPException(415)
        fault = await posts.answer(Post(await request.body(), request.headers))
        if fault is None:
            return PlainTextResponse("Taken in.\n", background=judging)
        _log.warning("%s", fault)
        return PlainTextResponse("Not taken in.\n", _status_of(fault))

    return hear


def _status_of(fault: PartworkError) -> int:
    match fault:
        case BadSignature():
            return 403
        case NotFetched():
            return 503
    return 400


def _taken_in(
    webhooks: Webhooks, source: Source, posts: Sequence[Post]
) -> Sequence[PartworkError | None]:
    return webhooks.take_in(source, posts, _now())


def _now() -> datetime:
    return datetime.now(UTC)
