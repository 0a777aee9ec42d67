"""An editor has saved half a newsletter's file: whoever opens a page is told to come back."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from partwork.actions.answering import answer_requests
from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.issue import AudienceRule, Issue
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft
from partwork.subscribing.tokens import Pass, PassKind, move_token, pass_token
from tests.web.conftest import ADDRESS, AT, Client, Reader, Site
from tests.web.description import READ, WRITTEN

HALF_SAVED = {
    "within a line": b'name = "The Be',
    "within a letter": 'name = "Die Hobelb\u00e4'.encode()[:-1],
    "before the first": b"",
}
SAYS_SO = "Please come back shortly"
# What says what is agreed to, and by whose name, or lists what there is.
NEED_THE_FILE = {
    "/",
    "/newsletters/{slug}",
    "/newsletters/{slug}/archive",
    "/newsletters/{slug}/atom.xml",
    "/newsletters/{slug}/feed.json",
    "/series/{slug}",
    "/sitemap.xml",
    "/confirm/{token}",
}


def paths(press: Press, ada: Reader) -> Mapping[str, str]:
    """Each route with what opens it, where anything of a newsletter does."""
    now = datetime.now(UTC)

    def token(kind: PassKind) -> str:
        return pass_token(kind, Pass(ada.id, ada.newsletter, now), press.secrets)

    tokens = {
        "/confirm/{token}": token(PassKind.CONFIRM),
        "/undo/{token}": token(PassKind.UNDO),
        "/u/{token}": ada.token,
        "/preferences/{token}": token(PassKind.ACCESS),
        "/preferences/{token}/data.json": token(PassKind.ACCESS),
        "/move/{token}": move_token(ada.id, "new@example.org", now, press.secrets),
    }
    return {
        route: route.format(
            token=tokens.get(route),
            slug="soil" if route == "/series/{slug}" else ada.newsletter,
            instalment="a1b2c3d4",
            name="none",
            series="soil",
            part="a1b2c3d4",
            view="375",
            key="none",
            issue="none",
        )
        for route in READ
    }


@pytest.fixture
def opened(press: Press, ada: Reader) -> Mapping[str, str]:
    """The paths of a newsletter that has a published part."""
    editor, rule = Mailbox("", "editor@example.org"), AudienceRule(ada.newsletter, "soil")
    issue = Issue("a1b2c3d4", 1, "Soil", "Soil", "A handful", editor, editor, "h", "t", "p", rule)
    with press.engine.begin() as connection:
        save_draft(connection, issue, AT)
        plan_campaign(connection, issue, AT, AT)
    return paths(press, ada)


@pytest.fixture(params=HALF_SAVED)
def half_saved(press: Press, client: Client, ada: Reader, request: Any) -> str:
    """The whole file, which is not there any more."""
    file = press.library.newsletter_file(ada.newsletter)
    whole = press.library.read(file)
    press.library.write(file, HALF_SAVED[request.param])
    return whole


@pytest.mark.usefixtures("half_saved")
def test_every_page_opens_or_asks_to_come_back(client: Client, opened: Mapping[str, str]) -> None:
    answers = {route: client.get(path) for route, path in opened.items()}

    later = {route for route, answer in answers.items() if answer.status_code == 503}
    assert later == NEED_THE_FILE
    for route in later:
        assert SAYS_SO in answers[route].text
        assert answers[route].headers["Retry-After"]
    assert [route for route, answer in answers.items() if answer.status_code == 500] == []


@pytest.mark.usefixtures("half_saved")
def test_every_form_is_taken_or_asks_to_come_back(
    client: Client, opened: Mapping[str, str]
) -> None:
    form = {"email": "bob@example.org", "again": "yes", "List-Unsubscribe": "One-Click"}

    answers = {route: client.post(opened[route], data=form) for route in WRITTEN}

    later = {route for route, answer in answers.items() if answer.status_code == 503}
    assert later == {"/newsletters/{slug}", "/confirm/{token}"}
    assert all(SAYS_SO in answers[route].text for route in later)
    assert [route for route, answer in answers.items() if answer.status_code == 500] == []


@pytest.mark.usefixtures("half_saved")
def test_leaving_and_coming_back_need_no_file(client: Client, ada: Reader) -> None:
    page = client.get(f"/u/{ada.token}")
    left = client.post(f"/u/{ada.token}", data={"leave": "newsletter"})
    (departure,) = ada.departures
    held = Pass(ada.id, ada.newsletter, departure.at)
    undo = pass_token(PassKind.UNDO, held, ada.press.secrets)
    back = client.post(f"/undo/{undo}", data={"undo": "yes"})

    assert "<button" in page.text
    assert (left.status_code, back.status_code) == (200, 200)
    assert "You are back" in back.text
    assert ada.state == "confirmed"


def test_nothing_that_was_asked_meanwhile_is_lost(
    press: Press, client: Client, site: Site, half_saved: str
) -> None:
    asked = client.post("/leave", data={"email": ADDRESS})
    none_yet = site.mails(ADDRESS)
    press.library.write(press.library.newsletter_file(site.newsletter), half_saved)
    answer_requests(press, lambda: datetime.now(UTC).replace(year=2100))

    assert (asked.status_code, none_yet) == (200, [])
    assert len(site.mails(ADDRESS)) == 1


def test_of_two_newsletters_the_whole_one_is_there(
    press: Press, client: Client, ada: Reader, half_saved: str
) -> None:
    press.library.write(press.library.newsletter_file("the-plane"), half_saved)

    front = client.get("/")

    assert (front.status_code, front.headers["location"]) == (302, "newsletters/the-plane")
    assert client.get("/sitemap.xml").status_code == 200
    assert ada.newsletter in client.get("/leave").text
