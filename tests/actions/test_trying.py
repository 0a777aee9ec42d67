"""`doctor --feedback`: what must come back is sent, and told apart from all other mail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from partwork.actions.feedback import judge, take_in
from partwork.actions.finding import Finding
from partwork.actions.listening import listening
from partwork.actions.subscribers import story_of
from partwork.actions.trying import NothingToTry, Patience, try_feedback
from partwork.assembly import Press
from partwork.delivering.addresses import UnfitAddress
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.store.engine import read_only
from partwork.store.event_schema import events
from partwork.store.events import count_unjudged
from partwork.store.notes_schema import facts
from partwork.store.trials import Trial, load_trials
from tests.actions.test_collect_bounces import report
from tests.actions.test_relaying import relay, relayed, senders
from tests.conftest import NOW, Clock
from tests.transport.rough_server import RoughServer

PATTERN = "bounces+{token}@news.example.org"
ADA, DAY = "ada@example.org", timedelta(days=1)
BOUNCE, COMPLAINT = FeedbackKind.BOUNCE, FeedbackKind.COMPLAINT


@dataclass
class World:
    """A home whose mail goes to `server`, and what becomes of it while somebody waits."""

    press: Press
    server: RoughServer
    clock: Clock
    told: list[str] = field(default_factory=list)

    def try_it(
        self, address: str = "", *, comes_back: Callable[[], None] = lambda: None
    ) -> tuple[Finding, ...]:
        """Waits a minute; what comes back does so after seven seconds."""

        def rest() -> None:
            self.clock.at += timedelta(seconds=7)
            comes_back()

        patience = Patience(timedelta(minutes=1), rest)
        return try_feedback(
            self.press, address, clock=self.clock, patience=patience, tell=self.told.append
        )

    def trials(self) -> tuple[Trial, ...]:
        with read_only(self.press.engine) as connection:
            return load_trials(connection)

    def recipient(self, which: int = 0) -> str:
        return list(self.server.got)[which]

    def told_by(self, source: Source, kind: FeedbackKind, **named: str) -> None:
        """An event that a service has signed."""
        event = Feedback(source, kind, f"{source} {kind} {named}", at=self.clock(), **named)
        take_in(self.press, [event], now=self.clock())


@contextmanager
def world(
    press: Press, server: RoughServer, table: str = "", **settings: object
) -> Iterator[World]:
    tables = (table or relay(server.url),)
    with relayed(press, *tables, **settings) as by_relay:
        yield World(by_relay, server, Clock())


@pytest.fixture
def posted(press: Press, readers: object, server: RoughServer, maildir: Path) -> Iterator[World]:
    """Mail goes to a Postfix, and what comes back lies in a Maildir."""
    mailbox = f"maildir:{maildir}"
    with world(press, server, bounce_address=PATTERN, bounce_mailbox=mailbox) as made:
        yield made


def bounced(posted: World, maildir: Path, **changes: str) -> None:
    """The relay returns the mail to its envelope sender."""
    to = posted.recipient()
    (maildir / "new" / "1").write_bytes(report(senders(posted.server)[to], to, **changes))


def test_a_bounce_that_comes_back_by_mail_is_told_with_how_long_it_took(
    posted: World, maildir: Path
) -> None:
    found = posted.try_it(comes_back=lambda: bounced(posted, maildir))

    bounce, complaint = found
    assert bounce == Finding(
        "bounce by relay main", True, "came back after 7 s by mailbox, known by bounce address"
    )
    assert complaint.well
    assert "cannot be tried with this relay" in complaint.words
    assert "forged evidence" in complaint.words
    assert posted.told == [
        f"bounce by relay main: sending to {posted.recipient()}",
        "0 of 1 came back; waiting for 1 min at most",
    ]


def test_the_mail_that_must_bounce_goes_to_nobody_at_the_senders_own_domain(
    posted: World,
) -> None:
    posted.try_it()
    posted.try_it()

    first, second = posted.server.got
    for to in (first, second):
        local, _, domain = to.partition("@")
        assert local.startswith("partwork-bounce-test-")
        assert domain == "example.org"
    assert first != second
    content = posted.server.contents[first]
    assert b"Auto-Submitted: auto-generated" in content
    assert b"List-Unsubscribe" not in content


def test_what_comes_back_of_a_trial_counts_against_nobody(posted: World, maildir: Path) -> None:
    posted.try_it(ADA, comes_back=lambda: bounced(posted, maildir))

    story = story_of(posted.press, ADA)
    assert not story.is_suppressed
    assert story.came_back == ()
    with read_only(posted.press.engine) as connection:
        assert count_unjudged(connection) == (0, 0)
    assert list(posted.server.got) == [ADA]
    assert (maildir / "cur" / "1:2,S").exists()


def test_nothing_that_is_kept_of_a_trial_names_whom_it_went_to(
    posted: World, maildir: Path
) -> None:
    posted.try_it("nobody@example.org", comes_back=lambda: bounced(posted, maildir))

    assert "nobody@" not in repr(posted.trials())
    with posted.press.engine.connect() as connection:
        for table in (facts, events):
            assert "nobody@" not in repr(connection.execute(select(table)).all())


def test_where_nothing_comes_back_the_likely_causes_are_told(posted: World) -> None:
    bounce, _ = posted.try_it()

    assert not bounce.well
    assert bounce.words.startswith("nothing came back in 1 min: mail to bounces+try@news.example")
    assert "the sender's domain takes mail for any address" in bounce.words
    assert "it takes longer" in bounce.words


def test_a_delay_or_a_delivery_is_not_what_was_waited_for(posted: World, maildir: Path) -> None:
    bounce, _ = posted.try_it(comes_back=lambda: bounced(posted, maildir, status="4.4.1"))

    assert not bounce.well


def test_a_mailbox_that_cannot_be_read_is_the_likeliest_cause(posted: World, maildir: Path) -> None:
    (maildir / "new").rmdir()

    bounce, _ = posted.try_it()

    assert bounce.words.startswith(f"nothing came back in 1 min: the mailbox {maildir}: has no")


def test_what_comes_later_is_told_by_doctor(posted: World, maildir: Path) -> None:
    posted.try_it()
    (before,) = (f for f in listening(posted.press, NOW) if f.subject == "feedback")
    posted.clock.at += DAY
    posted.try_it(comes_back=lambda: bounced(posted, maildir))

    (after,) = (f for f in listening(posted.press, NOW) if f.subject == "feedback")
    assert before.words.startswith("never tried; `partwork doctor --feedback`")
    assert after.words == "a bounce came back on 2026-03-03 by mailbox"


def test_a_forged_report_of_a_trial_proves_nothing(posted: World, maildir: Path) -> None:
    def forged() -> None:
        to = posted.recipient()
        guess = senders(posted.server)[to].replace("+t", "+taaaa")
        (maildir / "new" / "1").write_bytes(report(guess, to))

    bounce, _ = posted.try_it(comes_back=forged)

    assert not bounce.well


def test_ses_has_addresses_for_both_and_tells_by_its_own_name_of_the_mail(
    press: Press, readers: object, server: RoughServer
) -> None:
    table = relay(server.url, profile="ses")
    ids = {
        "bounce": "0102018f3b2c4d5e-11111111-2222-3333-4444-555555555555-000000",
        "complaint": "0102018f3b2c4d5e-66666666-2222-3333-4444-555555555555-000000",
    }
    server.answers["."].extend(f"250 Ok {id_}" for id_ in ids.values())
    with world(press, server, table, ses_topics="arn:aws:sns:eu-west-1:123456789012:b") as ses:

        def posts() -> None:
            ses.told_by(Source.SES, BOUNCE, relay_id=ids["bounce"])
            ses.told_by(Source.SES, COMPLAINT, relay_id=ids["complaint"])

        found = ses.try_it(comes_back=posts)

    assert list(server.got) == [
        "bounce@simulator.amazonses.com",
        "complaint@simulator.amazonses.com",
    ]
    words = "came back after 7 s by webhook of ses, known by relay's id"
    assert [(one.subject, one.well, one.words) for one in found] == [
        ("bounce by relay main", True, words),
        ("complaint by relay main", True, words),
    ]


def test_a_service_that_does_not_post_is_told_by_its_address(
    press: Press, readers: object, server: RoughServer
) -> None:
    table = relay(server.url, profile="ses")
    with world(press, server, table, ses_topics="arn:aws:sns:eu-west-1:123456789012:b") as ses:
        bounce, complaint = ses.try_it()

    assert "ses does not post bounces to http://127.0.0.1:8000/hooks/ses" in bounce.words
    assert "ses does not post complaints to" in complaint.words


def test_where_nothing_listens_that_is_the_cause(
    press: Press, readers: object, server: RoughServer
) -> None:
    with world(press, server) as deaf:
        bounce, _ = deaf.try_it()

    assert "nothing listens: set PARTWORK_BOUNCE_MAILBOX" in bounce.words


def test_a_message_id_that_nobody_can_guess_is_as_good_as_a_bounce_address(
    posted: World, maildir: Path
) -> None:
    def mail_without_a_bounce_address() -> None:
        to = posted.recipient()
        (trial,) = posted.trials()
        returned = f"--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {trial.message_id}"
        whole = report("hello@example.org", to).replace(
            b"--b--", f"{returned}\r\n\r\n--b--".encode()
        )
        (maildir / "new" / "1").write_bytes(whole)

    bounce, _ = posted.try_it(comes_back=mail_without_a_bounce_address)

    assert bounce.words.endswith("by mailbox, known by Message-ID")


@pytest.mark.parametrize(
    ("changes", "is_trials"),
    [
        ({}, True),
        ({"at": NOW + 2 * DAY}, False),
        ({"at": NOW - timedelta(hours=1)}, False),
        ({"message_id": "<7.abc@example.org>"}, False),
        ({"kind": COMPLAINT}, False),
        ({"source": Source.MAILBOX}, False),
    ],
)
def test_an_address_alone_is_a_trials_for_a_day_where_a_service_names_no_mail(
    posted: World, changes: dict[str, object], is_trials: bool
) -> None:
    posted.try_it(ADA)
    event = Feedback(Source.POSTMARK, BOUNCE, "7", ADA, status="5.1.1", at=NOW)

    take_in(posted.press, [replace(event, **changes)], now=NOW)
    judge(posted.press, now=NOW + 3 * DAY)

    told = next(f for f in listening(posted.press, NOW) if f.subject == "feedback")
    assert told.words.startswith("a bounce came back") is is_trials
    assert (story_of(posted.press, ADA).came_back == ()) is is_trials


def test_a_relay_that_refuses_at_once_is_told_so(posted: World) -> None:
    posted.server.answers["RCPT"].append("550 5.1.1 nobody here")

    bounce, _ = posted.try_it()

    assert not bounce.well
    assert bounce.words.startswith("was refused at once, 550 5.1.1 nobody here")
    assert "`partwork doctor --feedback ADDRESS`" in bounce.words


def test_each_relay_is_tried_by_itself(press: Press, readers: object, server: RoughServer) -> None:
    with RoughServer() as other:
        tables = (relay(server.url), relay(other.url, name="spare"))
        with relayed(press, *tables) as both:
            found = World(both, server, Clock()).try_it()
        assert len(other.got) == len(server.got) == 1

    assert {one.subject for one in found if not one.well} == {
        "bounce by relay main",
        "bounce by relay spare",
    }


def test_from_the_outbox_nothing_comes_back(press: Press, clock: Clock) -> None:
    with pytest.raises(NothingToTry, match="mails go to the outbox"):
        try_feedback(press, "", clock=clock, patience=Patience(DAY, lambda: None))


def test_an_address_that_is_none_is_refused_before_anything_leaves(posted: World) -> None:
    with pytest.raises(UnfitAddress):
        posted.try_it("ada@example.org\r\nRCPT TO:<eve@example.org>")
    assert not posted.server.got


def test_no_newsletter_that_may_be_sent_is_told(press: Press, server: RoughServer) -> None:
    file = press.library.newsletter_file("the-bench")
    file.write_text(file.read_text().replace("imprint_url", "# imprint_url"))
    with world(press, server) as bare, pytest.raises(NothingToTry, match="`imprint_url`"):
        bare.try_it()
