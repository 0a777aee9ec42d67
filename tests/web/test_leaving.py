"""Leaving by a link from a mail."""

import logging
from urllib.parse import quote

import pytest

from partwork.assembly import Press
from partwork.model.audience import SubscriptionState
from partwork.store.audience import erase_subscriber
from partwork.subscribing.tokens import Departure, unsubscribe_token

CONFIRMED, ENDED = SubscriptionState.CONFIRMED, SubscriptionState.ENDED
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_following_the_link_changes_nothing(client, ada, method: str) -> None:
    answer = client.request(method, f"/u/{ada.token}")

    assert answer.status_code == 200
    assert ada.state is CONFIRMED
    assert ada.departures == ()


def test_the_page_names_the_newsletter_and_has_one_button(client, ada) -> None:
    page = client.get(f"/u/{ada.token}").text

    assert "Leave The Bench?" in page
    assert page.count("<button") == 1
    assert page.count('<form method="post">') == 1
    assert "ada@example.org" not in page


def test_the_button_ends_the_subscription_and_says_so(client, ada) -> None:
    answer = client.post(f"/u/{ada.token}", data={"leave": "yes"})

    assert answer.status_code == 200
    assert "You have left The Bench" in answer.text
    assert ada.state is ENDED
    assert [c.source for c in ada.departures] == ["page"]
    assert "You have left The Bench" in client.get(f"/u/{ada.token}").text


def test_a_provider_s_one_click_urlencoded(client, ada) -> None:
    answer = client.post(f"/u/{ada.token}", data=ONE_CLICK)

    assert answer.status_code == 200
    assert ada.state is ENDED
    assert [c.source for c in ada.departures] == ["one-click"]


def test_a_provider_s_one_click_multipart(client, ada) -> None:
    answer = client.post(f"/u/{ada.token}", files={"List-Unsubscribe": (None, "One-Click")})

    assert answer.status_code == 200
    assert ada.state is ENDED
    assert [c.source for c in ada.departures] == ["one-click"]


def test_one_click_has_neither_cookie_nor_redirect(client, ada) -> None:
    answer = client.post(f"/u/{ada.token}", data=ONE_CLICK)

    assert "set-cookie" not in answer.headers
    assert "location" not in answer.headers


def test_leaving_twice_is_leaving_once(client, ada) -> None:
    answers = [client.post(f"/u/{ada.token}", data=ONE_CLICK).status_code for _ in range(3)]

    assert answers == [200, 200, 200]
    assert len(ada.departures) == 1


@pytest.mark.parametrize("body", [b"", b"--x\r\nbroken", b"\xff\xfe", b"%"])
def test_a_wish_to_leave_is_not_refused_for_its_form(client, ada, body: bytes) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=x"}

    assert client.post(f"/u/{ada.token}", content=body, headers=kind).status_code == 200
    assert ada.state is ENDED


def test_who_was_erased_may_still_press_the_button(press: Press, client, ada) -> None:
    with press.engine.begin() as connection:
        erase_subscriber(connection, ada.id)

    assert client.post(f"/u/{ada.token}", data=ONE_CLICK).status_code == 200


def test_leaving_works_while_the_newsletter_s_file_is_broken(press: Press, client, ada) -> None:
    press.library.write(press.library.newsletter_file(ada.newsletter), "name = <script>")

    answer = client.post(f"/u/{ada.token}", data=ONE_CLICK)

    assert answer.status_code == 200
    assert ada.newsletter in answer.text
    assert ada.state is ENDED


@pytest.mark.parametrize(
    "token",
    [
        "preview",
        "sample",
        "x" * 5_000,
        "a.b",
        "%00",
        "%ED%A0%80",
        "<script>alert(1)</script>",
        "é",
        "..%2F",
    ],
)
def test_a_link_that_is_not_ours_gets_a_kind_page(client, ada, token: str) -> None:
    for answer in (client.get(f"/u/{token}"), client.post(f"/u/{token}", data=ONE_CLICK)):
        assert answer.status_code == 404
        assert "<h1>" in answer.text
        assert "<script" not in answer.text
    assert ada.state is CONFIRMED


def test_a_link_signed_by_another_house_is_not_ours(client, ada) -> None:
    forged = unsubscribe_token(Departure(ada.id, ada.newsletter, 7), ["another secret"])

    assert client.post(f"/u/{forged}", data=ONE_CLICK).status_code == 404
    assert ada.state is CONFIRMED


def test_the_name_of_a_newsletter_is_never_markup(press: Press, client, ada) -> None:
    file = press.library.newsletter_file(ada.newsletter)
    sly = press.library.read(file).replace('"The Bench"', '"<b>Bench & <script>x</script>"')
    press.library.write(file, sly)

    page = client.get(f"/u/{ada.token}").text

    assert "&lt;b&gt;Bench &amp; &lt;script&gt;" in page
    assert "<script" not in page


def test_the_log_has_one_line_a_request_and_no_token(
    client, ada, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)

    client.get(f"/u/{ada.token}")
    client.post(f"/u/{ada.token}", data=ONE_CLICK)
    client.get(f"/nowhere/{quote('ada@example.org')}")

    lines = [r.getMessage() for r in caplog.records if r.name == "partwork.web"]
    assert [line.rsplit(" ", 2)[0] for line in lines] == [
        "GET /u/{token} 200",
        "POST /u/{token} 200",
        "GET (no such page) 404",
    ]
    assert ada.token not in "\n".join(lines)
    assert "ada@" not in "\n".join(lines)
