"""Somebody is reminded of what waits, once; and is told of a no."""

from collections import deque
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from partwork.actions.approve import approve
from partwork.actions.loading import load_newsletter
from partwork.actions.reviewing import Answer, Question, answer, ask
from partwork.actions.waiting import remind
from partwork.assembly import Press, assemble
from partwork.model.review import Decision
from partwork.settings import Settings
from tests.actions.reviewed import SERIES, edit, letter
from tests.conftest import NOW
from tests.transport.rough_server import RoughServer

HOUR = timedelta(hours=1)


@pytest.fixture
def post(smtp_settings: Settings) -> Iterator[Press]:
    """A press that mails, with a letter; links begin with an address of its own."""
    given = {"home": smtp_settings.home, "smtp_url": smtp_settings.smtp_url}
    with assemble(Settings(**given, public_url="http://127.0.0.1:8123")) as press:
        letter(press, "Bring gloves.", "Bring spades.")
        yield press


def asked(press: Press, run: str = "run", now=NOW) -> Question:
    question = ask(press, SERIES, None, run_id=run, asked_before=0, now=now)
    assert isinstance(question, Question)
    return question


def editor_of(press: Press) -> str:
    return load_newsletter(press, "the-bench").reply_to.address


def mail_to(press: Press, server: RoughServer) -> EmailMessage:
    return message_from_bytes(server.contents[editor_of(press)], policy=policy.default)


def test_who_lets_it_wait_is_reminded_once_however_often_it_is_asked(
    post: Press, server: RoughServer
) -> None:
    asked(post)
    assert remind(post, NOW + 23 * HOUR) == ()

    told = remind(post, NOW + 24 * HOUR)
    asked(post, "another run", NOW + 24 * HOUR)
    again = remind(post, NOW + 72 * HOUR)

    assert (told, again) == ((SERIES,), ())
    assert server.got[editor_of(post)] == 1
    mail = mail_to(post, server)
    assert mail["Subject"] == "[Demo] greetings waits for approval"
    text = mail.get_body(("plain",)).get_content()
    assert "part 1, 2 waits for approval since 2026-03-02 09:00 UTC" in text
    assert text.count("http://127.0.0.1:8123/read/") == 2
    assert "http://127.0.0.1:8123/waiting/" in text
    assert "Greetings &lt;1&gt;" in mail.get_body(("html",)).get_content()


def test_other_words_are_waited_for_anew(post: Press) -> None:
    asked(post)
    remind(post, NOW + 24 * HOUR)
    edit(post, 1, "gloves", "forks")
    asked(post, "another run", NOW + 24 * HOUR)

    assert remind(post, NOW + 48 * HOUR) == (SERIES,)


def test_nobody_is_reminded_of_what_is_decided_or_where_it_is_not_wished(
    post: Press, press: Press
) -> None:
    asked(post)
    assert remind(press, NOW + 24 * HOUR) == ()  # there is no mail server
    never = post.settings.model_copy(update={"review_reminds": 0})
    with assemble(never) as quiet:
        assert remind(quiet, NOW + 24 * HOUR) == ()

    approve(post, SERIES, None, reviewer="Ada", channel="cli", now=NOW)

    assert remind(post, NOW + 24 * HOUR) == ()


def test_a_reminder_that_is_not_taken_is_tried_again(
    post: Press, server: RoughServer, caplog: pytest.LogCaptureFixture
) -> None:
    asked(post)
    server.answers[f"RCPT {editor_of(post)}"] = deque(["450 4.2.1 not now"])

    assert remind(post, NOW + 24 * HOUR) == ()
    assert remind(post, NOW + 25 * HOUR) == (SERIES,)
    assert editor_of(post) not in caplog.text


def test_the_editor_is_mailed_what_should_be_changed(post: Press, server: RoughServer) -> None:
    question = asked(post)
    notes = "Which gloves?\r\nSubject: <b>more</b>\n.\nEnd"

    answer(post, "run", question.review.key, Answer(Decision.SEND_BACK, "Ada", notes=notes), NOW)

    mail = mail_to(post, server)
    assert mail["Subject"] == "[Demo] greetings: sent back"
    text = mail.get_body(("plain",)).get_content().replace("\r\n", "\n")
    assert "parts 1, 2 sent back by Ada as editor." in text
    assert "> Which gloves?\n> Subject: <b>more</b>\n> .\n> End" in text
    assert "&lt;b&gt;more&lt;/b&gt;<br>" in mail.get_body(("html",)).get_content()
