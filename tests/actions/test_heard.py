"""Whether bounces come back is known of a relay and a mailbox as they are set now, or not."""

from pathlib import Path

import pytest
from sqlalchemy import select

from partwork.actions.heard import way_of
from partwork.actions.listening import listening, why_unheard, why_unheard_of
from partwork.assembly import Press, assemble
from partwork.model.feedback import Certainty, FeedbackKind, Source
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.notes_schema import facts
from partwork.store.trials import Answer, Trial, save_answer, save_trial
from tests.actions.test_relaying import relay, relayed
from tests.actions.test_trying import PATTERN, World, bounced, posted
from tests.conftest import NOW
from tests.transport.rough_server import RoughServer

__all__ = ["posted"]

_FAR = {"smtp_url": "smtp://u:p@mail.example.org:587"}


def test_many_mails_to_others_are_warned_of_until_a_bounce_has_come_back(
    press: Press, maildir: Path
) -> None:
    here = press.settings.home
    with assemble(Settings(home=here, **_FAR)) as far:
        assert why_unheard(far, 1000) == ""
        assert why_unheard(far, 1001) == (
            "1,001 mails are about to leave, and whether bounces come back has never been tried; "
            "`partwork doctor --feedback` does it"
        )
        came_back(far)
        assert why_unheard(far, 1_000_000) == ""
    with assemble(Settings(home=here, **_FAR, bounce_mailbox=f"maildir:{maildir}")) as changed:
        assert "has not been tried as it is set now by relay smtp" in why_unheard(changed, 1001)


def came_back(press: Press) -> None:
    """A trial of the press's one relay, and its bounce."""
    (only,) = press.relays
    with press.engine.begin() as connection:
        sent = Trial(
            1, FeedbackKind.BOUNCE, only.name, "a hash", "<1@x>", NOW, way=way_of(press, only)
        )
        save_trial(connection, sent)
        save_answer(connection, Answer(1, Source.MAILBOX, Certainty.BOUNCE_ADDRESS, NOW))


def test_each_relay_elsewhere_is_asked_after_and_none_on_this_machine(press: Press) -> None:
    by_name = {name: f"smtp://{name}.example.org:587" for name in ("first", "second")}
    tables = [relay(url, name=name) for name, url in by_name.items()]
    with relayed(press, tables[0]) as alone:
        came_back(alone)
        assert why_unheard(alone, 1001) == ""
    with relayed(press, *tables, relay("smtp://127.0.0.1:9", name="here")) as both:
        assert why_unheard(both, 1001).endswith(
            "has not been tried as it is set now by relay second; "
            "`partwork doctor --feedback` does it"
        )
    with relayed(press, relay(by_name["first"], name="renamed")) as renamed:
        assert why_unheard(renamed, 1001) == ""


@pytest.mark.parametrize(
    ("now", "is_another"),
    [
        ({"smtp_url": "smtp://u:another@mail.example.org:587"}, False),
        ({"postmark_logins": "postmark:a-long-password-of-ours"}, True),
        ({"bounce_address": "b+{token}@example.org"}, True),
        ({"smtp_url": "smtp://u:p@other.example.org:587"}, True),
        ({"smtp_url": "smtp://w:p@mail.example.org:587"}, True),
        ({"bounce_mailbox": "imaps://b:p@mail.example.org/INBOX"}, True),
    ],
)
def test_a_trial_shows_nothing_of_a_way_that_it_did_not_go(
    press: Press, now: dict[str, str], *, is_another: bool
) -> None:
    home = press.settings.home
    with assemble(Settings(home=home, **_FAR)) as before:
        came_back(before)
    with assemble(Settings(home=home, **(_FAR | now))) as after:
        assert bool(why_unheard(after, 1001)) is is_another


def test_a_webhook_of_another_service_changes_nothing_for_a_known_one(press: Press) -> None:
    ses = {"smtp_url": "smtp://u:p@email-smtp.eu-west-1.amazonaws.com:587"}
    topic = "arn:aws:sns:eu-west-1:123456789012:letters"
    with assemble(Settings(home=press.settings.home, **ses, ses_topics=topic)) as before:
        came_back(before)
    logins = "postmark:a-long-password-of-ours"
    given = {**ses, "ses_topics": topic, "postmark_logins": logins}
    with assemble(Settings(home=press.settings.home, **given)) as after:
        assert why_unheard(after, 1001) == ""
    with assemble(Settings(home=press.settings.home, **ses)) as unconnected:
        assert why_unheard(unconnected, 1001)


def test_doctor_names_the_relays_of_which_no_bounce_came_back_as_they_are_set_now(
    posted: World, maildir: Path
) -> None:
    posted.try_it(comes_back=lambda: bounced(posted, maildir))
    (before,) = (f for f in listening(posted.press, NOW) if f.subject == "feedback")
    with RoughServer() as other:
        tables = (relay(posted.server.url), relay(other.url, name="spare"))
        kept = {"bounce_address": PATTERN, "bounce_mailbox": f"maildir:{maildir}"}
        with relayed(posted.press, *tables, **kept) as both:
            (found,) = (f for f in listening(both, NOW) if f.subject == "feedback")

    assert found.words.endswith(
        "; no bounce yet as it is set now by relay spare: `partwork doctor --feedback` tries it"
    )
    assert before.words == "a bounce came back on 2026-03-02 by mailbox"


def test_what_is_kept_of_a_way_shows_neither_host_nor_login(press: Press) -> None:
    with assemble(Settings(home=press.settings.home, **_FAR)) as far:
        came_back(far)
        with read_only(far.engine) as connection:
            kept = str(connection.execute(select(facts)).all())

    assert "mail.example.org" not in kept
    assert way_of(far, far.relays[0]) in kept


def test_what_waits_of_an_issue_is_what_is_warned_of(press: Press, issue: str) -> None:
    with assemble(Settings(home=press.settings.home, **_FAR)) as far:
        assert why_unheard_of(far, issue) == ""
    assert why_unheard_of(press, issue) == ""
    assert why_unheard(press, 1_000_000) == ""  # to the outbox
