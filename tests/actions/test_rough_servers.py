"""A lane at servers that put off, refuse and cannot take every address."""

from collections import deque
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from partwork.actions.send import send
from partwork.assembly import Press
from partwork.delivering.message import message_id, prepared
from partwork.delivering.replies import PAUSES
from partwork.model.address import Mailbox
from partwork.model.audience import Applicant, Evidence
from partwork.model.delivery import DeliveryState, Envelope, Tally
from partwork.model.issue import AudienceRule, Issue, MergeField
from partwork.model.newsletter import Newsletter
from partwork.store.importing import Entrant, import_entrants
from partwork.store.schema import deliveries
from partwork.transport.smtp import SmtpServer
from tests.actions.sending import ledger, published
from tests.conftest import NOW, Clock
from tests.transport.rough_server import RoughServer

ADA, GRACE, MARY = "ada@example.org", "grace@slow.example.org", "mary@slow.example.org"


def planned(press: Press, series: str, *addresses: str) -> str:
    """An issue for these, however odd their addresses came to be in the database."""
    people = [Entrant(Applicant(1, each), each, f"hash of {each}") for each in addresses]
    with press.engine.begin() as connection:
        import_entrants(connection, people, "the-bench", Evidence("a test", "yes"), at=NOW)
    return published(press, series)


def words(press: Press, recipient: str) -> str:
    """What the ledger says of the recipient's delivery."""
    query = select(deliveries.c.reply_text).where(deliveries.c.recipient == recipient)
    with press.engine.connect() as connection:
        return connection.execute(query).scalar_one()


def test_who_was_greylisted_gets_the_mail_the_next_time(
    by_smtp: Press, series: str, server: RoughServer, clock: Clock
) -> None:
    issue = planned(by_smtp, series, ADA, GRACE)
    server.answers[f"RCPT {GRACE}"] = deque(["450 4.7.1 greylisted, come back in 5 minutes"])

    first = send(by_smtp, issue, clock=clock)
    too_early = send(by_smtp, issue, clock=clock)
    clock.at += PAUSES[0]
    again = send(by_smtp, issue, clock=clock)

    assert first.tally == too_early.tally == Tally(accepted=1, deferred=1)
    assert again.tally == Tally(accepted=2)
    assert server.got == {ADA: 1, GRACE: 1}


def test_a_domain_that_puts_off_all_stops_no_other(
    by_smtp: Press, series: str, server: RoughServer, clock: Clock
) -> None:
    issue = planned(by_smtp, series, GRACE, MARY, ADA)
    for reader in (GRACE, MARY):
        server.answers[f"RCPT {reader}"] = deque(["451 4.4.1 cannot be reached"])

    report = send(by_smtp, issue, clock=clock)

    assert report.stopped == ""
    assert report.tally == Tally(accepted=1, deferred=2)
    assert ledger(by_smtp, issue)[GRACE].attempts == 1


def test_who_is_put_off_for_three_days_is_given_up_with_the_reason(
    by_smtp: Press, series: str, server: RoughServer, clock: Clock
) -> None:
    issue = planned(by_smtp, series, GRACE)
    server.answers[f"RCPT {GRACE}"] = deque(["452 4.2.2 mailbox full"] * 20)

    tries = 0
    while (report := send(by_smtp, issue, clock=clock)).tally.deferred:
        clock.at += PAUSES[tries]
        tries += 1

    assert clock.at - NOW <= timedelta(days=3)
    assert tries == len(PAUSES)
    assert report.tally == Tally(refused=1)
    assert words(by_smtp, GRACE) == "expired, put off for three days: 4.2.2 mailbox full"
    assert server.got.total() == 0


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        (f"{'a' * 70}@example.org", "over 64 bytes"),
        ("ada\r\nRCPT TO:<eve@example.org>@example.org", "may not stand there"),
        ("ada@example.org\nDATA", "no domain name"),
        ("ada b@example.org", "may not stand there"),
        ("ada\x01@example.org", "may not stand there"),
        ("jörg@example.org", "SMTPUTF8"),
        ("ada", "a part before the @"),
    ],
)
def test_an_address_that_no_server_can_take_is_refused_with_a_reason_and_stops_nobody(
    by_smtp: Press, series: str, server: RoughServer, clock: Clock, *, address: str, reason: str
) -> None:
    issue = planned(by_smtp, series, address, ADA)

    report = send(by_smtp, issue, clock=clock)

    assert report.tally == Tally(accepted=1, refused=1)
    assert ledger(by_smtp, issue)[address].state is DeliveryState.REFUSED
    assert reason in words(by_smtp, address)
    assert server.got == {ADA: 1}


def test_a_quoted_local_part_arrives_as_it_is(
    by_smtp: Press, series: str, server: RoughServer, clock: Clock
) -> None:
    quoted = '"ada b"@example.org'
    issue = planned(by_smtp, series, quoted)

    report = send(by_smtp, issue, clock=clock)

    assert report.tally == Tally(accepted=1)
    assert server.got == {quoted: 1}


lines = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ue000\ue001\r\n")),
    st.sampled_from([".", "..", "", "x" * 5000, "ü" * 3000, "\0", "a\0b", " ", "=", "QUIT", ".\t"]),
)


@given(st.lists(lines, max_size=8), st.lists(lines, max_size=8))
def test_what_was_approved_is_what_a_reader_gets(text: list[str], html: list[str]) -> None:
    sender = Mailbox("The Letter", "letter@example.org")
    mark = MergeField.ADDRESS.mark
    plain, marked_up = ("\n".join([*each, mark]) for each in (text, html))
    rule = AudienceRule("letter", "heaps")
    issue = Issue("0a", 1, "t", "s", "p", sender, sender, marked_up, plain, "", rule)
    made = prepared(issue, Newsletter("letter", "The Letter", sender, sender), demo=False)
    fields = {
        MergeField.ADDRESS: ADA,
        MergeField.UNSUBSCRIBE_URL: "https://news.example.org/u/x",
        MergeField.PAGE_URL: "https://news.example.org/i",
    }
    at = datetime(2026, 5, 4, tzinfo=UTC)
    name = message_id(7, issue.content_hash, sender.address)

    with RoughServer() as server, SmtpServer(server.url) as smtp:
        smtp.offer(
            7,
            Envelope("b@example.org", ADA),
            made.copy(Mailbox("", ADA), fields, message_id=name, date=at),
        )
        (awaited,) = smtp.events()
        smtp.let_go(awaited.key)
        (end,) = smtp.events()

    assert end.outcome is not None
    parts = message_from_bytes(server.contents[ADA], policy=policy.default).iter_parts()
    got = [part.get_payload(decode=True).decode() for part in parts]  # type: ignore[union-attr]
    for sent, arrived in zip((plain, marked_up), got, strict=True):
        assert arrived.replace("\r\n", "\n") == sent.replace(mark, ADA)
