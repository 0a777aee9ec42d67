"""A round through the house every half minute, beside the requests."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime

from starlette.background import BackgroundTask

from partwork.actions.housekeeping import keep_house
from partwork.assembly import Press

EVERY_SECONDS = 30  # how late a mail may be that a server has put off; a guess

_log = logging.getLogger("partwork.web")


@asynccontextmanager
async def keeping_house(
    press: Press, mailing: BackgroundTask, save_clicks: Callable[[], None]
) -> AsyncIterator[None]:
    """Goes round at once and then again and again, for as long as the app runs.

    `mailing` has rounds of its own, since many mails may take longer, and so has `save_clicks`,
    which has one more at the end.
    """

    async def look_around() -> None:
        # Not in the requests' threads, for which a stop would wait.
        await asyncio.to_thread(keep_house, press, lambda: datetime.now(UTC))

    async def write_down() -> None:
        await asyncio.to_thread(save_clicks)

    works = (look_around, mailing, write_down)
    rounds = [asyncio.create_task(_again_and_again(one)) for one in works]
    yield
    for one in rounds:
        one.cancel()
        with suppress(asyncio.CancelledError):
            await one
    await _tried(write_down)


async def _again_and_again(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await _tried(work)
        await asyncio.sleep(EVERY_SECONDS)


async def _tried(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except Exception as error:  # noqa: BLE001 a round that fails must not end all others
        _log.error("housekeeping: %s", type(error).__name__)
