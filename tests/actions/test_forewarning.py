"""Editors know of a part before it leaves, in time to stop it; and that none can leave."""

import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from partwork.actions.preview import preview
from partwork.actions.stop_link import stop, stop_behind
from partwork.actions.stopping import pause, resume
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.subscribing.page_links import LinkHasRunOut
from partwork.subscribing.tokens import BadToken
from tests.actions.appearing import (
    FRIDAY,
    TICK,
    TUESDAY,
    approve_all,
    change_settings,
    editor_of,
    letters,
    notice,
    tick,
    words_of,
)
from tests.conftest import NOW
from tests.transport.rough_server import RoughServer

MINUTES = timedelta(minutes=1)
A_DAY = timedelta(days=1)


@pytest.fixture
def series(press: Press) -> str:
    """A series of two letters."""
    return letters(press)


@pytest.fixture
def post(by_smtp: Press, series: str, readers: tuple[str, ...]) -> Press:
    """A home with a composed series, three readers and a mail server."""
    return by_smtp


def link_in(press: Press, server: RoughServer) -> tuple[str, str]:
    """The issue and the key of the notice's link."""
    found = re.search(r"<(\S+/stop/\S+)>", words_of(notice(press, server)))
    assert found
    parts = urlsplit(found[1])
    return parts.path.rpartition("/")[2], parse_qs(parts.query)["key"][0]


@pytest.mark.parametrize("late", [-MINUTES / 60, 2 * MINUTES])
def test_an_editor_is_told_long_enough_before_however_the_looks_fall(
    post: Press, series: str, server: RoughServer, late: timedelta
) -> None:
    approve_all(post, series)
    told: list[datetime] = []
    for number in range(-3, 2):
        at = TUESDAY + number * TICK + late
        before = server.got[editor_of(post)]
        planned, _ = tick(post, at)
        told += [at] * (server.got[editor_of(post)] - before)
        if planned:
            break

    assert planned == ["compost-01"]
    assert TUESDAY <= at <= TUESDAY + TICK
    assert len(told) == 1
    assert at - told[0] >= 15 * MINUTES
    mail = notice(post, server)
    assert "starts at Tue 03 Mar 2026, 07:30 Europe/Berlin" in mail["Subject"]
    assert "3 readers" in words_of(mail)


def test_who_could_not_be_told_before_is_given_the_time(
    post: Press, series: str, server: RoughServer
) -> None:
    approve_all(post, series)

    planned, waiting = tick(post, TUESDAY)

    assert planned == []
    assert "goes out at 06:45 UTC" in waiting
    assert server.got[editor_of(post)] == 1
    assert tick(post, TUESDAY + 14 * MINUTES)[0] == []
    assert tick(post, TUESDAY + TICK)[0] == ["compost-01"]
    assert server.got[editor_of(post)] == 1


def test_the_link_stops_the_part_until_it_is_resumed(
    post: Press, series: str, server: RoughServer
) -> None:
    approve_all(post, series)
    tick(post, TUESDAY - 2 * TICK)
    issue, key = link_in(post, server)

    assert stop_behind(post, issue, key, TUESDAY).stopped == ""
    assert stop(post, issue, key, TUESDAY).stopped.startswith("is paused")
    assert stop(post, issue, key, TUESDAY).stopped.startswith("is paused")

    planned, waiting = tick(post, TUESDAY)
    assert planned == []
    assert f"`partwork resume {issue}` goes on" in waiting
    resume(post, issue, TUESDAY + TICK)
    assert tick(post, TUESDAY + TICK)[0] == ["compost-01"]


def test_a_link_stops_one_issue_and_not_for_ever(
    post: Press, series: str, server: RoughServer
) -> None:
    approve_all(post, series)
    tick(post, TUESDAY - 2 * TICK)
    issue, key = link_in(post, server)

    for name, cut in (("compost-02", key), (issue, key[:-1]), (issue, "")):
        with pytest.raises(BadToken):
            stop(post, name, cut, TUESDAY)
    with pytest.raises(LinkHasRunOut):
        stop(post, issue, key, TUESDAY + 3 * A_DAY)
    assert tick(post, TUESDAY)[0] == ["compost-01"]


def test_what_is_not_approved_can_be_neither_paused_nor_resumed(post: Press, series: str) -> None:
    approve_all(post, series)
    change_settings(post, series, title='"Another title"')

    (issue, *_) = preview(post, series, None, NOW)
    with pytest.raises(LibraryError, match="is not published"):
        pause(post, issue.issue.name, "", NOW)


def test_an_editor_who_cannot_be_told_keeps_no_part_back(
    post: Press, series: str, server: RoughServer
) -> None:
    approve_all(post, series)
    server.answers[f"RCPT {editor_of(post)}"].extend(["550 5.1.1 no such editor"] * 9)

    tick(post, TUESDAY - TICK)

    assert tick(post, TUESDAY)[0] == ["compost-01"]


def test_a_day_before_the_editor_is_told_that_nothing_is_approved(
    post: Press, series: str, server: RoughServer
) -> None:
    approve_all(post, series)
    assert tick(post, NOW)[0] == []
    change_settings(post, series, title='"Another title"')
    tick(post, TUESDAY)
    assert server.got[editor_of(post)] == 0

    for number in range(3):
        tick(post, FRIDAY - A_DAY + number * TICK)

    assert server.got[editor_of(post)] == 1
    words = words_of(notice(post, server))
    assert "nothing can go out then: part 1 was changed since it was approved" in words


def test_a_series_that_never_began_asks_for_nothing(
    post: Press, series: str, server: RoughServer
) -> None:
    tick(post, TUESDAY - A_DAY)
    tick(post, TUESDAY - TICK)

    assert server.got[editor_of(post)] == 0
