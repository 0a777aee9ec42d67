"""A change of address, pressed by several at the same moment."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import func, select

from partwork.actions.moving import move
from partwork.actions.sign_up import Visitor
from partwork.actions.subscribers import story_of
from partwork.assembly import Press, assemble
from partwork.model.audience import ServiceRequest
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.schema import service_messages
from partwork.subscribing.tokens import move_token
from tests.actions.sending import subscribe
from tests.conftest import NOW

VISITOR = Visitor("192.0.2.7", "Browser 1.0")
TIMES = 8


@pytest.fixture
def shared(home: Path, database_url: str) -> Iterator[Press]:
    with assemble(Settings(home=home, database_url=database_url)) as press:
        yield press


def pressed_at_once(press: Press, *links: str) -> list[bool]:
    """What becomes of each of them."""
    together = Barrier(len(links))

    def button(link: str) -> bool:
        together.wait()
        return move(press, link, VISITOR, NOW)

    with ThreadPoolExecutor(len(links)) as readers:
        return list(readers.map(button, links))


def link(press: Press, old: str, new: str) -> str:
    return move_token(story_of(press, old).subscriber.id, new, NOW, press.secrets)


def told(press: Press) -> int:
    """How many mails tell an old address that it is one."""
    is_moved = service_messages.c.kind == ServiceRequest.MOVED.value
    with read_only(press.engine) as connection:
        return connection.execute(select(func.count()).where(is_moved)).scalar_one()


def test_of_two_people_one_gets_the_new_address(shared: Press) -> None:
    olds = [f"{who}{n}@example.org" for n in range(TIMES) for who in ("ada", "bob")]
    subscribe(shared, olds, NOW)

    for n in range(TIMES):
        new = f"new{n}@example.org"
        links = [link(shared, f"{who}{n}@example.org", new) for who in ("ada", "bob")]

        assert sorted(pressed_at_once(shared, *links)) == [False, True]
        assert story_of(shared, new).subscriptions


def test_a_link_pressed_twice_moves_once(shared: Press) -> None:
    subscribe(shared, [f"ada{n}@example.org" for n in range(TIMES)], NOW)

    for n in range(TIMES):
        new = link(shared, f"ada{n}@example.org", f"new{n}@example.org")

        assert pressed_at_once(shared, new, new) == [True, True]
        assert told(shared) == n + 1
