"""Service mails over a real mail server: taken, put off, refused, or not to be sent yet."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from partwork.actions.answering import answer_requests
from partwork.actions.sign_up import Answer, Visitor, ask
from partwork.actions.subscribers import erase, story_of
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import Press, assemble
from partwork.library import LibraryError
from partwork.model.audience import Evidence, ServiceRequest
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.schema import service_messages
from partwork.store.service_messages import count_waiting
from partwork.subscribing.tokens import Departure, unsubscribe_token
from partwork.subscribing.wording import wording_of
from tests.conftest import NOW, Clock
from tests.transport.conftest import Inbox, serve_inbox

__all__ = ["serve_inbox"]

GRACE = "grace@example.org"
VISITOR = Visitor("192.0.2.7", "Browser 1.0")


@pytest.fixture
def inbox(serve_inbox) -> Inbox:
    """A mail server on this machine."""
    started: Inbox = serve_inbox(enable_SMTPUTF8=True)
    return started


@pytest.fixture
def by_smtp(home: Path, inbox: Inbox) -> Iterator[Press]:
    """The press of a home whose mails go to that server."""
    with assemble(Settings(home=home, smtp_url=inbox.url)) as press:
        yield press


def asked(press: Press, address: str = GRACE) -> None:
    kind, wording = ServiceRequest.SUBSCRIBE, wording_of("The Bench")
    ask(press, kind, "the-bench", address, VISITOR, wording=wording, now=NOW)


def waiting(press: Press) -> int:
    with read_only(press.engine) as connection:
        return count_waiting(connection)


def received(inbox: Inbox) -> list[list[str]]:
    return [envelope.rcpt_tos for envelope in inbox.received]


def test_a_confirmation_reaches_the_mail_server_once(
    by_smtp: Press, inbox: Inbox, clock: Clock
) -> None:
    asked(by_smtp)

    assert answer_requests(by_smtp, clock) == 1
    assert answer_requests(by_smtp, clock) == 0

    (envelope,) = inbox.received
    assert envelope.rcpt_tos == [GRACE]
    assert b"Auto-Submitted: auto-generated" in envelope.content
    assert waiting(by_smtp) == 0


def test_letters_beyond_ascii_are_mailed_too(by_smtp: Press, inbox: Inbox, clock: Clock) -> None:
    asked(by_smtp, "grüße@bücher.example.org")

    assert answer_requests(by_smtp, clock) == 1
    assert received(inbox) == [["grüße@xn--bcher-kva.example.org"]]


def test_a_mail_that_is_put_off_comes_again_later(
    by_smtp: Press, inbox: Inbox, clock: Clock
) -> None:
    inbox.refusals[GRACE] = "451 4.7.1 greylisted, come again"
    asked(by_smtp)

    first = answer_requests(by_smtp, clock)
    too_early = answer_requests(by_smtp, clock)
    inbox.refusals.clear()
    clock.at += timedelta(hours=1)

    assert (first, too_early, answer_requests(by_smtp, clock)) == (0, 0, 1)
    assert received(inbox) == [[GRACE]]


def test_a_refused_address_is_not_tried_again(by_smtp: Press, inbox: Inbox, clock: Clock) -> None:
    inbox.refusals[GRACE] = "550 5.1.1 no such mailbox"
    asked(by_smtp)

    answer_requests(by_smtp, clock)
    inbox.refusals.clear()
    clock.at += timedelta(days=1)

    assert answer_requests(by_smtp, clock) == 0
    assert waiting(by_smtp) == 0


def test_one_that_cannot_be_mailed_holds_up_no_other(
    by_smtp: Press, inbox: Inbox, clock: Clock
) -> None:
    inbox.refusals["ada@example.org"] = "550 5.1.1 no such mailbox"
    for address in ("ada@example.org", GRACE):
        asked(by_smtp, address)

    assert answer_requests(by_smtp, clock) == 1
    assert received(inbox) == [[GRACE]]


def test_without_a_server_wishes_wait_for_three_days(home: Path, clock: Clock) -> None:
    with assemble(Settings(home=home, smtp_url="smtp://127.0.0.1:1")) as press:
        asked(press)
        for _ in range(20):
            answer_requests(press, clock)
            clock.at += timedelta(hours=6)

        assert waiting(press) == 0
        with read_only(press.engine) as connection:
            assert GRACE not in repr(connection.execute(service_messages.select()).all())


def test_a_demo_is_mailed_by_no_real_server_and_nothing_is_lost(home: Path, clock: Clock) -> None:
    with assemble(Settings(home=home, smtp_url="smtp://mail.example.org")) as press:
        asked(press)

        assert answer_requests(press, clock) == 0
        assert waiting(press) == 1


def test_a_newsletter_whose_file_is_broken_waits_until_it_is_mended(
    press: Press, clock: Clock
) -> None:
    asked(press)
    file = press.library.newsletter_file("the-bench")
    whole = press.library.read(file)
    press.library.write(file, "name = ")

    assert answer_requests(press, clock) == 0
    press.library.write(file, whole)
    clock.at += timedelta(hours=1)
    assert answer_requests(press, clock) == 1


def test_the_record_has_one_entry_however_often_the_mail_was_tried(
    by_smtp: Press, inbox: Inbox, clock: Clock
) -> None:
    inbox.refusals[GRACE] = "451 4.7.1 come again"
    asked(by_smtp)
    for _ in range(3):
        answer_requests(by_smtp, clock)
        clock.at += timedelta(hours=2)

    with by_smtp.engine.connect() as connection:
        acts = connection.exec_driver_sql("SELECT act FROM consents").scalars().all()
    assert acts == ["asked"]


def test_no_address_gets_into_the_log(
    by_smtp: Press, inbox: Inbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    inbox.refusals[GRACE] = f"550 5.1.1 <{GRACE}> no such mailbox"
    asked(by_smtp)
    asked(by_smtp, "x" * 64 + "@" + ".".join(["y" * 60] * 3) + ".example.org")

    answer_requests(by_smtp, clock)
    broken = replace(
        by_smtp, settings=Settings(home=by_smtp.settings.home, smtp_url="smtp://127.0.0.1:1")
    )
    asked(broken, "hypatia@example.org")
    answer_requests(broken, clock)

    assert "service message" in caplog.text
    assert "grace" not in caplog.text
    assert "hypatia" not in caplog.text


def test_who_is_erased_while_others_are_mailed_stays_erased(
    press: Press, readers: tuple[str, ...]
) -> None:
    ada, grace, _ = readers
    for address in (ada, grace):
        ask(press, ServiceRequest.PREFERENCES, "the-bench", address, VISITOR, now=NOW)
        ask(
            press,
            ServiceRequest.SUBSCRIBE,
            "the-bench",
            address,
            VISITOR,
            wording=wording_of("The bench"),
            now=NOW,
        )
    hours = count()

    def clock_of_a_day_on_which_grace_goes() -> datetime:
        if next(hours) == 3:  # her wishes are taken, and not answered yet
            erase(press, grace, NOW)
        return NOW

    answer_requests(press, clock_of_a_day_on_which_grace_goes)

    assert len(list(press.outbox.glob("ada@*.eml"))) == 2
    assert not list(press.outbox.glob("grace@*.eml"))
    with pytest.raises(LibraryError, match="no subscriber"):
        story_of(press, grace)


def test_who_signs_up_reads_the_language_of_the_newsletter(press: Press, clock: Clock) -> None:
    file = press.library.newsletter_file("the-bench")
    whole = press.library.read(file)
    press.library.write(file, whole.replace('language = "en"', 'language = "de-AT"'))
    asked(press)

    answer_requests(press, clock)

    assert story_of(press, GRACE).subscriber.language == "de-AT"


def test_nobody_is_made_to_wait_by_a_goodbye(press: Press, readers: tuple[str, ...]) -> None:
    ada, *_ = readers
    person = story_of(press, ada).subscriber
    unsubscribe(
        press,
        unsubscribe_token(Departure(person.id, "the-bench", 0), press.secrets),
        Evidence("one-click"),
        now=NOW,
    )
    asked(press)
    mailed: list[str] = []

    def rest() -> None:
        mailed.extend(file.name.partition("--")[0] for file in press.outbox.glob("*.eml"))

    assert answer_requests(press, lambda: NOW, rest) == 2
    assert mailed == [GRACE]


def test_visitors_of_whom_nobody_knows_where_they_are_share_one_cap(press: Press) -> None:
    answers = [
        ask(
            press,
            ServiceRequest.PREFERENCES,
            "the-bench",
            f"reader{number}@example.org",
            Visitor("", "Browser 1.0"),
            now=NOW,
        )
        for number in range(press.caps.of_network + 1)
    ]

    assert answers[-2:] == [Answer.LOOK_IN_YOUR_MAILBOX, Answer.TOO_MANY]
