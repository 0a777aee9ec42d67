"""What is approved does not depend on the port that `partwork up` has found for the web pages."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from partwork.actions.answering import answer_requests
from partwork.actions.approve import approve
from partwork.actions.letter import begin_letter
from partwork.actions.look import look_urls
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.read_issue import published_page
from partwork.actions.reading_drafts import mail_behind
from partwork.actions.reviewing import Answer, Question, answer, ask
from partwork.actions.send import send
from partwork.actions.sign_up import Visitor, ask_for_link
from partwork.assembly import Press
from partwork.launched import Launched, told_beside
from partwork.model.review import Decision
from partwork.settings import Settings
from tests.actions.sending import subscribe
from tests.conftest import NOW, Clock

SERIES = "spring"
FIRST, SECOND = "http://127.0.0.1:8123", "http://127.0.0.1:8456"
BY_DEFAULT = "http://127.0.0.1:8000"
NOTE = 'alt = "Gloves"\ncredit = "Photo: Marit Oduya"\npermission = "by letter of 3 May"\n'
Up = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def up(press: Press) -> Up:
    """`partwork up` for the home, its web pages at that address, for as long as a context lasts."""
    (press.settings.state / "prefect").mkdir(parents=True, exist_ok=True)

    def running(pages: str) -> AbstractContextManager[None]:
        return told_beside(press.settings.state, Launched(1, "a:b", "127.0.0.1", pages=pages))

    return running


@pytest.fixture(autouse=True)
def letter(press: Press) -> Path:
    """A letter with a picture, which mails and pages show from our address, and a reader."""
    subscribe(press, ["ada@example.org"])
    media = press.library.home / "content" / "media"
    media.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (600, 400), "teal").save(media / "gloves.jpg")
    (media / "gloves.toml").write_text(NOTE)
    words = {"subject": "Spring is here", "preheader": "What to bring on the first morning."}
    text = "Bring gloves.\n\n![](gloves.jpg)\n\nAnd a spade.\n"
    return begin_letter(press, SERIES, title="Spring", newsletter="", text=text, **words)


def asked(press: Press, run: str = "run-1") -> Question:
    question = ask(press, SERIES, None, run_id=run, asked_before=0, now=NOW)
    assert isinstance(question, Question)
    return question


def approved(press: Press) -> str:
    """By a command; the content hash."""
    (issue,) = approve(press, SERIES, None, reviewer="Ada", channel="cli", now=NOW)
    return issue.content_hash


def test_what_the_dashboard_asks_about_a_terminal_approves_and_publishes(
    press: Press, up: Up
) -> None:
    with up(FIRST):
        question = asked(press)
        link = question.parts[0].url

    assert link.startswith(f"{FIRST}/read/")
    assert question.waiting_url.startswith(f"{FIRST}/waiting/")
    assert approved(press) == question.parts[0].issue.content_hash
    assert len(publish(press, SERIES, at_once=True, now=NOW).planned) == 1


def test_what_a_terminal_previewed_is_approved_in_the_dashboard_on_whatever_port(
    press: Press, up: Up
) -> None:
    before = preview(press, SERIES, None, NOW)[0].issue
    with up(FIRST):
        question = asked(press)

    with up(SECOND):  # the first port was taken at the next start
        given = Answer(Decision.APPROVE, "Ada")
        outcome = answer(press, "run-1", question.review.key, given, NOW)

    assert outcome is not None
    assert [issue.content_hash for issue in outcome.approved] == [before.content_hash]
    assert "edited" not in outcome.message
    assert len(publish(press, SERIES, at_once=True, now=NOW).planned) == 1


def test_links_and_pictures_lead_to_where_the_pages_are_now(
    press: Press, up: Up, clock: Clock
) -> None:
    preview(press, SERIES, None, NOW)
    approved(press)
    (planned,) = publish(press, SERIES, at_once=True, now=NOW).planned
    with up(FIRST):
        send(press, planned.issue, clock=clock)
        page = published_page(press, planned.issue)

    (mail,) = press.outbox.glob("*.eml")
    words = mail.read_text().replace("=\n", "")
    assert f"<{FIRST}/u/" in words
    assert f"{FIRST}/media/gloves-" in words
    assert BY_DEFAULT not in words
    assert isinstance(page, str)
    assert f"{FIRST}/media/gloves-" in page
    assert BY_DEFAULT not in page


def test_a_draft_shows_its_pictures_where_they_are_served(press: Press, up: Up) -> None:
    with up(FIRST):
        link = asked(press).parts[0].url
    with up(SECOND):
        mail = mail_behind(press, link.rpartition("/")[2], NOW)

    assert f"{SECOND}/media/gloves-" in mail
    assert FIRST not in mail


def test_a_service_mail_leads_there_too(press: Press, up: Up, clock: Clock) -> None:
    ask_for_link(press, "the-bench", "ada@example.org", Visitor("192.0.2.7", "Browser 1.0"), NOW)
    with up(FIRST):
        assert answer_requests(press, clock) == 1

    (mail,) = press.outbox.glob("*.eml")
    assert f"{FIRST}/preferences/" in mail.read_text().replace("=\n", "")


def test_without_pages_nothing_links_to_them(press: Press, up: Up) -> None:
    issue = preview(press, SERIES, None, NOW)[0].issue
    with up(FIRST):
        looks = look_urls(press, [issue], NOW)
    with up(""):  # as under `partwork demo`, before it stays
        assert look_urls(press, [issue], NOW) == {}

    assert looks[1].startswith(f"{FIRST}/drafts/{SERIES}/")
    assert look_urls(press, [issue], NOW) == {}


def test_an_address_that_is_set_is_what_is_approved_and_no_port_of_ours_counts(
    press: Press, up: Up
) -> None:
    public = replace(
        press, settings=Settings(home=press.settings.home, public_url="https://news.example.org")
    )
    with up(FIRST):
        (shown,) = preview(public, SERIES, None, NOW)
        question = asked(public)

    assert "https://news.example.org/newsletters/" in shown.issue.html
    assert question.parts[0].url.startswith("https://news.example.org/read/")
    assert shown.issue.content_hash != preview(press, SERIES, None, NOW)[0].issue.content_hash
