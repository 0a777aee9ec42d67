"""Leaving by a link from a mail."""

import logging
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urljoin

import pytest

from partwork.actions.answering import answer_requests
from partwork.actions.housekeeping import keep_house
from partwork.actions.subscribers import import_subscribers, story_of
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.audience import Act, Evidence, SubscriptionState
from partwork.model.issue import AudienceRule, Issue
from partwork.store.audience import erase_subscriber
from partwork.store.campaigns import plan_campaign
from partwork.store.claiming import claim
from partwork.store.engine import read_only
from partwork.store.issues import save_draft
from partwork.store.ledger import deliveries_of
from partwork.store.schema import service_messages
from partwork.store.subscriptions import ask_for_subscription, load_skipped
from partwork.subscribing.tokens import (
    Departure,
    Pass,
    PassKind,
    pass_token,
    unsubscribe_token,
)
from tests.store.noting import note_attempt

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

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
    assert "a…@example.org" in page
    assert "ada@example.org" not in page


def test_the_button_ends_the_subscription_and_says_so(client, ada) -> None:
    answer = client.post(f"/u/{ada.token}", data={"leave": "newsletter"})

    assert answer.status_code == 200
    assert "You have left The Bench" in answer.text
    assert ada.state is ENDED
    assert [c.evidence.source for c in ada.departures] == ["page"]
    assert "UTC we do not send it to" in answer.text
    assert "a…@example.org</span> any more" in answer.text
    assert "No mail was under way" in answer.text
    assert "You have left The Bench" in client.get(f"/u/{ada.token}").text


def test_a_provider_s_one_click_urlencoded(client, ada) -> None:
    answer = client.post(f"/u/{ada.token}", data=ONE_CLICK)

    assert answer.status_code == 200
    assert ada.state is ENDED
    assert [c.evidence.source for c in ada.departures] == ["one-click"]


def test_a_provider_s_one_click_multipart(client, ada) -> None:
    answer = client.post(f"/u/{ada.token}", files={"List-Unsubscribe": (None, "One-Click")})

    assert answer.status_code == 200
    assert ada.state is ENDED
    assert [c.evidence.source for c in ada.departures] == ["one-click"]


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

    answer = client.post(f"/u/{ada.token}", data={"leave": "newsletter"})

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


def test_no_page_is_a_dead_end(client, ada) -> None:
    """Each has a way on that answers; a link that is no good leads to one that is."""
    undone = undo_link(client.post(f"/u/{ada.token}", data={"leave": "newsletter"}))
    stuck = [
        client.post(undone, data={"undo": "yes"}),
        client.get(f"/u/{ada.token}"),
        client.post("/leave", data={"email": "ada@example.org"}),
        *(client.get(f"/{door}/x") for door in ("u", "undo", "confirm", "move", "preferences")),
        client.get("/preferences/x/data.json"),
    ]

    for page in stuck:
        (way,) = re.findall(r'<a href="([^"]+)"', page.text)
        assert urljoin(str(page.url), way) == urljoin(str(page.url), "/leave"), page.url
    assert client.get("/leave").status_code == 200


def test_who_asks_for_a_link_is_not_told_of_a_subscription(client, ada) -> None:
    page = client.post("/leave", data={"email": "ada@example.org"}).text

    assert "a mail with a link is on its way" in page
    assert "Nothing is sent before" not in page


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


def begin_another(press: Press, slug: str, name: str) -> None:
    words = press.library.read(press.library.newsletter_file("the-bench"))
    file = press.library.newsletter_file(slug)
    press.library.write(file, words.replace("The Bench", name))


def other_newsletter(press: Press, *addresses: str) -> None:
    """A second newsletter, with subscribers."""
    begin_another(press, "the-plane", "The Plane")
    people = press.settings.home / "people.csv"
    people.write_text("\n".join(("email", *addresses)))
    import_subscribers(press, people, "the-plane", note="a test", now=AT)


def held(press: Press, address: str = "ada@example.org") -> dict[str, SubscriptionState]:
    return {s.newsletter: s.state for s in story_of(press, address).subscriptions}


def undo_link(answer) -> str:
    found = re.search(r'action="\.\.(/undo/[^"]+)"', answer.text)
    assert found
    return found[1]


def test_who_left_by_mistake_takes_it_back_at_once(client, ada) -> None:
    left = client.post(f"/u/{ada.token}", data={"leave": "newsletter"})

    back = client.post(undo_link(left), data={"undo": "yes"})

    assert "You are back" in back.text
    assert ada.state is CONFIRMED
    assert [c.act for c in story_of(ada.press, "ada@example.org").consents] == [
        Act.IMPORTED,
        Act.ENDED,
        Act.RETURNED,
    ]


def test_a_goodbye_goes_to_the_owner_with_a_way_back(site, ada) -> None:
    """A stranger with a forwarded mail may leave for its owner, and the owner can undo it."""
    site.client.post(f"/u/{ada.token}", data={"leave": "newsletter"})
    (mail,) = site.mails("ada@example.org")
    link = site.link("undo", "ada@example.org")

    assert mail["Subject"] == "[Demo] You have left The Bench"
    assert site.client.get(link).text.count("<button") == 1
    assert site.client.head(link).status_code == 200
    assert ada.state is ENDED
    assert site.client.post(link, data={"undo": "yes"}).status_code == 200
    assert ada.state is CONFIRMED


def test_a_stranger_cannot_undo_what_the_owner_did(client, ada) -> None:
    stranger_s = undo_link(client.post(f"/u/{ada.token}", data={"leave": "newsletter"}))
    client.post(stranger_s, data={"undo": "yes"})
    client.post(f"/u/{ada.token}", data={"leave": "newsletter"})

    again = client.post(stranger_s, data={"undo": "yes"})

    assert again.status_code == 410
    assert ada.state is ENDED
    assert "undo" not in client.get(f"/u/{ada.token}").text


def test_an_undo_link_used_again_shows_the_same(client, ada) -> None:
    link = undo_link(client.post(f"/u/{ada.token}", data={"leave": "newsletter"}))

    answers = {client.post(link, data={"undo": "yes"}).text for _ in range(3)}

    assert len(answers) == 1
    assert len(story_of(ada.press, "ada@example.org").consents) == 3


def test_an_undo_link_of_last_month_is_kindly_refused(client, ada) -> None:
    client.post(f"/u/{ada.token}", data=ONE_CLICK)
    long_ago = Pass(ada.id, ada.newsletter, AT)
    link = f"/undo/{pass_token(PassKind.UNDO, long_ago, ada.press.secrets)}"

    for answer in (client.get(link), client.post(link, data={"undo": "yes"})):
        assert answer.status_code == 410
        assert "cannot be taken back" in answer.text
    assert ada.state is ENDED


def test_everything_may_be_left_and_taken_back_at_once(press: Press, client, ada) -> None:
    other_newsletter(press, "ada@example.org", "bob@example.org")

    left = client.post(f"/u/{ada.token}", data={"leave": "everything"})
    both_left = held(press)
    client.post(undo_link(left), data={"undo": "yes"})

    assert "You have left everything" in left.text
    assert both_left == {"the-bench": ENDED, "the-plane": ENDED}
    assert held(press) == {"the-bench": CONFIRMED, "the-plane": CONFIRMED}
    assert held(press, "bob@example.org") == {"the-plane": CONFIRMED}


def leave_all(site, token: str) -> str:
    """Where the page's own way back leads."""
    return undo_link(site.client.post(f"/u/{token}", data={"leave": "everything"}))


def test_of_all_that_is_left_at_once_one_goodbye_tells_and_takes_it_back(site, ada) -> None:
    other_newsletter(site.press, "ada@example.org")
    leave_all(site, ada.token)

    (mail,) = site.mails("ada@example.org")
    file = site.press.settings.home / "an old list.csv"
    file.write_text("email\nada@example.org\n")
    begin_another(site.press, "the-saw", "The Saw")
    kept_away = import_subscribers(site.press, file, "the-saw", note="a list", now=AT)
    site.client.post(site.link("undo", "ada@example.org"), data={"undo": "yes"})

    assert mail["Subject"] == "[Demo] You have left The Bench, The Plane"
    assert held(site.press) == {"the-bench": CONFIRMED, "the-plane": CONFIRMED}
    assert kept_away.left_earlier == 1
    assert import_subscribers(site.press, file, "the-saw", note="a list", now=AT).added == 1


def test_a_goodbye_is_about_what_was_not_taken_up_again_meanwhile(site, ada) -> None:
    other_newsletter(site.press, "ada@example.org")
    with site.press.engine.begin() as connection:
        connection.execute(service_messages.delete())
    done = unsubscribe(site.press, ada.token, Evidence("page"), everything=True, now=AT)
    with site.press.engine.begin() as connection:
        back = Evidence("a form")
        ask_for_subscription(connection, ada.id, ada.newsletter, back, AT + timedelta(minutes=1))

    answer_requests(site.press, lambda: AT + timedelta(minutes=2))

    assert done.undo
    (mail,) = site.mails("ada@example.org")
    assert mail["Subject"] == "[Demo] You have left The Plane"


def test_a_stranger_cannot_use_up_the_goodbyes_of_the_owner(site, ada) -> None:
    """Who leaves and takes it back again and again, and then leaves for good."""
    for _ in range(site.press.caps.of_address + 2):
        site.client.post(leave_all(site, ada.token), data={"undo": "yes"})
    leave_all(site, ada.token)
    so_far = len(site.mails("ada@example.org"))

    answer_requests(site.press, lambda: datetime.now(UTC) + timedelta(days=1, minutes=10))

    assert (so_far, len(site.mails("ada@example.org"))) == (3, 4)
    body = site.mails("ada@example.org")[-1].get_body(("plain",)).get_content()
    assert "The link is good for 5 days" in " ".join(body.split())
    site.client.post(site.link("undo", "ada@example.org"), data={"undo": "yes"})
    assert ada.state is CONFIRMED


def test_one_click_leaves_the_newsletter_of_the_mail_alone(press: Press, client, ada) -> None:
    other_newsletter(press, "ada@example.org")

    client.post(f"/u/{ada.token}", data=ONE_CLICK)

    assert held(press) == {"the-bench": ENDED, "the-plane": CONFIRMED}


@pytest.fixture
def delivered(press: Press, ada) -> str:
    """Ada's token from a mail with the first part of a series."""
    editor = Mailbox("", "editor@example.org")
    rule = AudienceRule(ada.newsletter, "soil")
    issue = Issue("a1b2c3d4", 1, "Soil", "Soil", "A handful", editor, editor, "h", "t", "p", rule)
    with press.engine.begin() as connection:
        save_draft(connection, issue, AT)
        plan_campaign(connection, issue, AT, AT)
        (delivery,) = deliveries_of(connection, ada.id)
    return unsubscribe_token(Departure(ada.id, ada.newsletter, delivery.id), press.secrets)


def test_a_series_may_be_skipped_and_taken_up_again(press: Press, client, ada, delivered) -> None:
    assert "<q>soil</q>" in client.get(f"/u/{delivered}").text

    skipped = client.post(f"/u/{delivered}", data={"leave": "series"})
    with read_only(press.engine) as connection:
        without = load_skipped(connection, ada.id)
    again = client.post(f"/u/{delivered}", data={"leave": "no series"})
    with read_only(press.engine) as connection:
        with_it = load_skipped(connection, ada.id)

    assert (without, with_it) == ({"soil"}, frozenset())
    assert "This series is skipped" in skipped.text
    assert "Only this series?" in again.text
    assert ada.state is CONFIRMED


def test_the_page_says_how_many_mails_are_under_way(press: Press, client, ada, delivered) -> None:
    with press.engine.begin() as connection:
        (delivery,) = deliveries_of(connection, ada.id)
        claim(connection, delivery.content_hash, "lane", AT, timedelta(minutes=5))
        note_attempt(connection, delivery.id, "lane", AT)

    left = client.post(f"/u/{delivered}", data={"leave": "newsletter"})

    assert "One mail was under way already" in left.text


def test_a_mail_s_link_opens_nothing_else(press: Press, client, ada) -> None:
    for path in ("preferences", "confirm", "undo", "move"):
        assert client.get(f"/{path}/{ada.token}").status_code == 404
        assert client.post(f"/{path}/{ada.token}", data={"do": "erase"}).status_code == 404
    assert ada.state is CONFIRMED


def without_database(press: Press) -> Path:
    """Nobody can open the database; where its file is now."""
    press.engine.dispose()  # the last connection leaves all in one file
    file = press.settings.state / "partwork.sqlite"
    hidden = file.with_name("hidden.sqlite")
    file.rename(hidden)
    file.mkdir()
    return hidden


def test_one_click_counts_while_the_database_is_down(press: Press, client, ada) -> None:
    hidden = without_database(press)

    clicked = client.post(f"/u/{ada.token}", data=ONE_CLICK)
    pressed = client.post(f"/u/{ada.token}", data={"leave": "newsletter"})
    looked = client.get(f"/u/{ada.token}")
    (press.settings.state / "partwork.sqlite").rmdir()
    hidden.rename(press.settings.state / "partwork.sqlite")
    still = ada.state
    keep_house(press, lambda: datetime.now(UTC))

    assert (clicked.status_code, pressed.status_code, looked.status_code) == (200, 200, 503)
    assert "Your wish is noted" in pressed.text
    assert looked.headers["Retry-After"]
    assert (still, ada.state) == (CONFIRMED, ENDED)
    assert [c.evidence.source for c in ada.departures] == ["suppression log"]


def test_all_are_left_by_a_wish_from_while_the_database_was_down(press: Press, client, ada) -> None:
    other_newsletter(press, "ada@example.org", "bob@example.org")
    hidden = without_database(press)

    pressed = client.post(f"/u/{ada.token}", data={"leave": "everything"})
    skipped = client.post(f"/u/{ada.token}", data={"leave": "series"})
    (press.settings.state / "partwork.sqlite").rmdir()
    hidden.rename(press.settings.state / "partwork.sqlite")
    keep_house(press, lambda: datetime.now(UTC))

    assert "Your wish is noted" in pressed.text
    assert skipped.status_code == 503  # which the log cannot note
    assert held(press) == {"the-bench": ENDED, "the-plane": ENDED}
    assert held(press, "bob@example.org") == {"the-plane": CONFIRMED}


def test_leaving_without_a_mail_tells_nobody_who_is_known(site, ada) -> None:
    page = site.client.get("/leave")
    assert page.status_code == 200

    known = site.client.post("/leave", data={"email": "ADA@example.org"})
    unknown = site.client.post("/leave", data={"email": "nobody@example.org"})

    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert len(site.mails("ADA@example.org")) == 1
    assert site.mails("nobody@example.org") == []
    assert ada.state is CONFIRMED


@pytest.mark.parametrize("address", ["", "ada", "ada@example.org\r\nBcc: eve@example.org"])
def test_leaving_asks_again_for_an_address(site, address: str) -> None:
    answer = site.client.post("/leave", data={"email": address})

    assert answer.status_code == 422
    assert "not an address" in answer.text


def test_a_newsletter_may_be_chosen_where_there_are_several(site, ada) -> None:
    other_newsletter(site.press, "ada@example.org")

    assert "The Plane" in site.client.get("/leave").text
    form = {"email": "ada@example.org", "newsletter": "the-plane"}
    assert site.client.post("/leave", data=form).status_code == 200
    (mail,) = site.mails("ada@example.org")
    assert "The Plane" in mail["Subject"]
    wrong = {"email": "ada@example.org", "newsletter": "../.env"}
    assert site.client.post("/leave", data=wrong).status_code == 422
