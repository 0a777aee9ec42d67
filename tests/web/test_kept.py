"""Public pages are rendered once for each state of what is published, and never stale for long."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

import pytest
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from partwork.assembly import Press
from partwork.store.engine import StoreError
from partwork.web.kept import LOOK_AFTER, MAX_AGE, MAX_BYTES, Kept
from tests.web.conftest import Client
from tests.web.test_reading import AT, DAY, archive, part, publish

__all__ = ["archive"]  # a fixture


@dataclass
class House:
    """What is published, how often it was looked at and rendered, and a clock to be moved."""

    words: str = "first"
    state: int = 1
    now: float = 1000.0
    looks: int = 0
    rendered: int = 0
    is_away: bool = False
    kept: Kept = field(init=False)

    def __post_init__(self) -> None:
        self.kept = Kept(self._look, lambda: self.now)

    def _look(self) -> int:
        self.looks += 1
        if self.is_away:
            raise StoreError("partwork", "away")
        return self.state

    def _page(self) -> Response:
        self.rendered += 1
        if self.is_away:
            raise StoreError("partwork", "away")
        return HTMLResponse(self.words, 200 if self.words else 404)

    def get(self, path: str = "/", **headers: str) -> Response:
        raw = [(name.replace("_", "-").encode(), v.encode()) for name, v in headers.items()]
        request = Request({"type": "http", "method": "GET", "path": path, "headers": raw})
        return asyncio.run(self.kept.answer(request, self._page))

    def publish(self, words: str) -> None:
        self.words, self.state = words, self.state + 1


def test_a_page_is_rendered_once_however_many_read_it() -> None:
    house = House()

    bodies = {house.get().body for _ in range(20)}
    house.now += MAX_AGE / 2
    house.get()

    assert bodies == {b"first"}
    assert house.rendered == 1
    assert house.looks == 2


def test_what_is_published_is_seen_after_the_time_that_is_promised() -> None:
    house = House()
    house.get()
    house.publish("second")

    house.now += LOOK_AFTER

    assert house.get().body == b"second"


def test_what_the_state_does_not_know_of_is_seen_after_a_minute() -> None:
    house = House()
    house.get()
    house.words = "second"

    house.now += MAX_AGE

    assert house.get().body == b"second"


def test_who_has_the_page_is_told_so() -> None:
    house = House()
    first = house.get()

    for known in (first.headers["ETag"], f'"x", W/{first.headers["ETag"]}', "*"):
        again = house.get(if_none_match=known)
        assert (again.status_code, again.body) == (304, b"")
        assert again.headers["ETag"] == first.headers["ETag"]
        assert again.headers["Cache-Control"] == first.headers["Cache-Control"]
        assert "Content-Length" not in again.headers
    assert house.get(if_modified_since=first.headers["Last-Modified"]).status_code == 304
    assert house.rendered == 1


def test_who_has_another_page_gets_this_one() -> None:
    house = House()
    old = house.get().headers
    house.publish("second")
    house.now += LOOK_AFTER

    # The tag is believed, whatever date comes with it (RFC 9110, 13.1.3).
    new = house.get(if_none_match=old["ETag"], if_modified_since="Fri, 31 Dec 2100 23:59:59 GMT")

    assert (new.status_code, new.body) == (200, b"second")
    assert new.headers["ETag"] != old["ETag"]


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 02 Mar 2026 09:00:00 GMT", "Mon, 02 Mar 2026 09:00:00 -0000"]
)
def test_an_old_date_or_none_is_no_reason_to_leave_the_page_out(date: str) -> None:
    assert House().get(if_modified_since=date).status_code == 200


def test_a_page_rendered_again_with_the_same_words_is_as_old_as_it_was() -> None:
    house = House()
    first = house.get().headers["Last-Modified"]
    house.publish("first")
    house.now += LOOK_AFTER

    assert house.get().headers["Last-Modified"] == first
    assert house.rendered == 2
    assert parsedate_to_datetime(first).utcoffset() is not None


def test_while_the_database_is_away_pages_are_shown_as_they_were() -> None:
    house = House()
    house.get()
    house.is_away = True
    house.now += MAX_AGE / 2

    assert house.get().body == b"first"
    with pytest.raises(StoreError):
        house.get("/another")


def test_a_page_that_is_not_there_is_not_kept() -> None:
    house = House(words="")

    assert [house.get().status_code for _ in range(3)] == [404, 404, 404]
    assert house.rendered == 3


def test_pages_take_no_more_memory_than_they_may() -> None:
    house = House(words="x" * (MAX_BYTES // 4))

    for number in range(6):
        house.get(f"/{number}")
    house.rendered = 0
    house.get("/5")
    house.get("/0")

    assert house.rendered == 1


def eventually(condition: Callable[[], bool]) -> bool:
    return any(condition() for _ in range(2_000))  # a request takes a millisecond or more


def test_every_kind_of_public_page_has_a_tag_and_follows_what_is_published(
    press: Press, client: Client, archive: str
) -> None:
    paths = [f"{archive}/archive", "/series/soil", f"{archive}/atom.xml", f"{archive}/feed.json"]
    for path in [*paths, "/sitemap.xml", "/parts/soil01"]:
        answer = client.get(path)
        tag = {"If-None-Match": answer.headers["ETag"]}
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        assert client.request("GET", path, headers=tag).status_code == 304
        assert client.head(path).headers["ETag"] == answer.headers["ETag"]

    publish(press, part(archive.rpartition("/")[2], "soil", 3, "A third of soil"), AT + 9 * DAY)

    for path in paths:
        assert eventually(lambda path=path: "A third of soil" in client.get(path).text)


def test_a_newsletter_s_new_name_is_seen_too(press: Press, client: Client, archive: str) -> None:
    assert "The Bench" in client.get(f"{archive}/archive").text
    file = press.library.newsletter_file(archive.rpartition("/")[2])
    press.library.write(file, press.library.read(file).replace("The Bench", "The Workbench"))

    assert eventually(lambda: "The Workbench" in client.get(f"{archive}/archive").text)
