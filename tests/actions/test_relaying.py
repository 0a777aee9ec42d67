"""Sending by the relays of a home: their own fields, senders, signatures and pace."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from threading import Event

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import event

from partwork.actions.answering import answer_requests
from partwork.actions.doctor import doctor
from partwork.actions.relaying import seal_of
from partwork.actions.send import send, send_test
from partwork.actions.sign_up import Visitor, ask
from partwork.assembly import Press, assemble
from partwork.delivering.bounces import MailKind, SentMail, mail_behind
from partwork.delivering.dkim import UnfitKey
from partwork.manuscript.errors import FieldsError
from partwork.model.audience import ServiceRequest
from partwork.model.delivery import DeliveryState, Tally
from partwork.settings import Settings
from partwork.settings_faults import SettingsError
from partwork.subscribing.wording import wording_of
from tests.actions.sending import ledger, subscribe
from tests.conftest import NOW, Clock
from tests.transport.name_server import Records, name_server
from tests.transport.rough_server import RoughServer

READERS = tuple(
    f"reader-{n}@{place}" for n in range(6) for place in ("example.org", "b.example.org")
)
BOUNCES = "bounces+{token}@example.org"


@pytest.fixture
def readers(press: Press) -> tuple[str, ...]:
    subscribe(press, READERS)
    return READERS


@pytest.fixture
def key(tmp_path: Path) -> Path:
    made = generate_private_key(65537, 2048)
    file = tmp_path / "key.pem"
    file.write_bytes(made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


@contextmanager
def relayed(press: Press, *tables: str, **settings: object) -> Iterator[Press]:
    """The home with a `relays.toml` of these tables."""
    text = "".join(f"[[relay]]\n{table}\n" for table in tables)
    (press.settings.home / "relays.toml").write_text(text)
    with assemble(Settings(home=press.settings.home, **settings)) as assembled:
        yield assembled


def relay(url: str, *more: str, name: str = "main", profile: str = "postfix") -> str:
    return "\n".join((f'name = "{name}"\nprofile = "{profile}"\nurl = "{url}"', *more))


def senders(server: RoughServer) -> dict[str, str]:
    """Who was told as the sender for each recipient."""
    said = [line for session in server.sessions for line in session]
    pairs = pairwise(said)
    return {
        rcpt.partition("<")[2].partition(">")[0]: mail.partition("<")[2].partition(">")[0]
        for mail, rcpt in pairs
        if mail.startswith("MAIL") and rcpt.startswith("RCPT")
    }


def test_each_relay_gets_its_own_fields(
    press: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    fields = 'headers = { X-SES-CONFIGURATION-SET = "letters" }'
    with relayed(press, relay(server.url, fields, profile="ses")) as by_relay:
        report = send(by_relay, issue, clock=clock)

    assert report.tally == Tally(accepted=len(READERS))
    assert all(
        content.startswith(b"X-SES-CONFIGURATION-SET: letters\r\n")
        for content in server.contents.values()
    )


def test_what_comes_back_names_the_delivery(
    press: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    with relayed(press, relay(server.url), bounce_address=BOUNCES) as by_relay:
        send(by_relay, issue, clock=clock)
        rows = ledger(by_relay, issue)
        told = senders(server)
        named = {to: mail_behind(told[to], BOUNCES, by_relay.secrets) for to in READERS}

    assert named == {to: SentMail(MailKind.DELIVERY, rows[to].id) for to in READERS}


def asked(press: Press, address: str) -> None:
    kind, wording = ServiceRequest.SUBSCRIBE, wording_of("The Bench")
    visitor = Visitor("192.0.2.7", "Browser 1.0")
    ask(press, kind, "the-bench", address, visitor, wording=wording, now=NOW)


def test_service_mails_have_bounce_addresses_of_their_own(
    press: Press, server: RoughServer, clock: Clock
) -> None:
    with relayed(press, relay(server.url), bounce_address=BOUNCES) as by_relay:
        asked(by_relay, "grace@example.org")
        assert answer_requests(by_relay, clock) == 1
        mail = mail_behind(senders(server)["grace@example.org"], BOUNCES, by_relay.secrets)

    assert mail
    assert mail.kind is MailKind.SERVICE


def test_no_service_mail_is_lost_where_a_database_is_slower_than_a_domains_pace(
    press: Press, server: RoughServer, clock: Clock
) -> None:
    people = ("grace@example.org", "mary@b.example.org", "ada@example.org")
    with relayed(press, relay(server.url, profile="direct")) as by_relay:
        asked(by_relay, people[0])  # and so the next second's slots of this domain are gone
        first = answer_requests(by_relay, clock)
        for address in people[1:]:
            asked(by_relay, address)
        event.listen(by_relay.engine, "commit", lambda _connection: Event().wait(0.03))
        second = answer_requests(by_relay, clock)

    assert (first, second) == (1, 2)
    assert server.got == dict.fromkeys(people, 1)


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        ("RCPT", "421 4.7.0 too many for <grace@example.org> today"),
        ("RCPT", '421 4.7.0 too many for <"grace h"@example.org> or grace@example.org'),
        ("RCPT", "150 grace@example.org, what?"),
        ("RCPT", "grace@example.org is not known"),
        ("MAIL", "550 5.7.1 nobody writes to grace@example.org from there"),
        ("DATA", "354 go on\r\n250 grace@example.org is known"),
        (".", "what did grace@example.org order?"),
    ],
)
def test_a_server_that_repeats_the_address_gets_it_into_no_log(
    press: Press,
    server: RoughServer,
    clock: Clock,
    caplog: pytest.LogCaptureFixture,
    *,
    verb: str,
    said: str,
) -> None:
    server.answers[verb] = deque([said] * 9)
    with relayed(press, relay(server.url, profile="direct")) as by_relay:
        asked(by_relay, "grace@example.org")
        assert answer_requests(by_relay, clock) == 0

    assert "service message" in caplog.text
    assert "grace" not in caplog.text


def test_service_mails_wait_while_the_relays_cannot_be_read(
    press: Press, server: RoughServer, clock: Clock
) -> None:
    with relayed(press, relay(server.url, "connections = 0")) as by_relay:
        asked(by_relay, "grace@example.org")
        assert answer_requests(by_relay, clock) == 0
    clock.at += timedelta(hours=1)
    with relayed(press, relay(server.url)) as by_relay:
        assert answer_requests(by_relay, clock) == 1

    assert server.got == {"grace@example.org": 1}


def test_a_relay_that_takes_one_sender_alone_gets_that(
    press: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    fixed = 'envelope_sender = "fixed@example.org"'
    with relayed(press, relay(server.url, fixed), bounce_address=BOUNCES) as by_relay:
        send(by_relay, issue, clock=clock)

    assert set(senders(server).values()) == {"fixed@example.org"}


def test_a_receiver_finds_our_signature_good(
    press: Press, issue: str, server: RoughServer, clock: Clock, key: Path
) -> None:
    signing = {"dkim_domain": "example.org", "dkim_selector": "one", "dkim_key": key}
    with relayed(press, relay(server.url, 'dkim = "partwork"'), **signing) as by_relay:
        send(by_relay, issue, clock=clock)
        send_test(by_relay, issue, "editor@example.org", clock)
        seal = seal_of(by_relay.settings)

    assert seal
    record = seal.keys[0].record
    for content in server.contents.values():
        assert dkim.DKIM(content).verify(dnsfunc=lambda *_, **_how: record.encode())
        assert content.count(b"DKIM-Signature:") == 1
    assert len(server.contents) == len(READERS) + 1


@pytest.mark.parametrize(
    ("at", "is_well", "said"),
    [
        ({"one._domainkey.example.org": {"TXT": ["OURS"]}}, True, "has its key at one._domainkey"),
        ({"one._domainkey.example.org": {"TXT": ['"v=DKIM1; p="']}}, False, "another key or none"),
        ({}, False, "the DNS says nothing at one._domainkey.example.org; write there: v=DKIM1"),
    ],
)
def test_doctor_looks_whether_receivers_find_the_key(
    press: Press, key: Path, *, at: Records, is_well: bool, said: str
) -> None:
    signing = {"dkim_domain": "example.org", "dkim_selector": "one", "dkim_key": key}
    with assemble(Settings(home=press.settings.home, **signing)) as signed:
        seal = seal_of(signed.settings)
    assert seal
    record = seal.keys[0].record
    ours = f'"{record[:200]}" "{record[200:]}"'  # no string in the DNS has more than 255 octets
    records = {
        name: {kind: [ours if text == "OURS" else text for text in texts]}
        for name, kinds in at.items()
        for kind, texts in kinds.items()
    }
    with (
        name_server(records) as names,
        assemble(Settings(home=press.settings.home, dns_servers=names.address, **signing)) as asks,
    ):
        finding = next(f for f in doctor(asks) if f.subject == "signing by rsa-sha256")

    assert finding.well is is_well
    assert said in finding.words


def test_where_no_name_server_answers_the_record_is_told(press: Press, key: Path) -> None:
    signing = {"dkim_domain": "example.org", "dkim_selector": "one", "dkim_key": key}
    with (
        name_server({}, trouble="REFUSED") as names,
        assemble(Settings(home=press.settings.home, dns_servers=names.address, **signing)) as asks,
    ):
        finding = next(f for f in doctor(asks) if f.subject == "signing by rsa-sha256")

    assert finding.well
    assert "no answer; it must say at one._domainkey.example.org: v=DKIM1" in finding.words


def test_where_two_might_sign_nothing_is_sent(
    press: Press, issue: str, server: RoughServer, clock: Clock, key: Path
) -> None:
    signing = {"dkim_domain": "example.org", "dkim_selector": "one", "dkim_key": key}
    with relayed(press, relay(server.url), **signing) as by_relay:
        with pytest.raises(FieldsError, match="line 1: dkim must say who signs"):
            send(by_relay, issue, clock=clock)
        assert not next(f for f in doctor(by_relay) if f.subject == "transport").well

    assert server.sessions == []


def test_a_key_that_is_not_there_is_told_before_anything_is_sent(
    press: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    missing = {"dkim_domain": "example.org", "dkim_selector": "one", "dkim_key": "/nowhere.pem"}
    with relayed(press, relay(server.url, 'dkim = "partwork"'), **missing) as by_relay:
        with pytest.raises(UnfitKey, match="PARTWORK_DKIM_KEY names a file that cannot be read"):
            send(by_relay, issue, clock=clock)
        assert not next(f for f in doctor(by_relay) if f.subject == "signing").well

    assert server.got.total() == 0


@pytest.mark.parametrize(
    "settings",
    [{"dkim_domain": "example.org"}, {"dkim_selector": "one"}, {"dkim_second_key": "/e.pem"}],
)
def test_settings_of_signing_without_a_key_are_not_passed_over(
    press: Press, server: RoughServer, settings: dict[str, str]
) -> None:
    with relayed(press, relay(server.url), **settings) as by_relay:
        with pytest.raises(UnfitKey, match="PARTWORK_DKIM_KEY is not set, and other"):
            by_relay.transport()
        assert not next(f for f in doctor(by_relay) if f.subject == "signing").well


def test_two_places_that_say_where_mails_go_are_refused(
    press: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    with (
        relayed(press, relay(server.url), smtp_url=server.url) as by_relay,
        pytest.raises(SettingsError, match="take one of them out"),
    ):
        send(by_relay, issue, clock=clock)


def test_a_password_is_taken_from_the_homes_env(press: Press) -> None:
    (press.settings.home / ".env").write_text("LETTER_PASSWORD=b/c@d\n")
    url = "smtp://ada:${LETTER_PASSWORD}@localhost:2525"
    with relayed(press, relay(url)) as by_relay:
        (known,) = by_relay.relays

    assert known.url == "smtp://ada:b%2Fc%40d@localhost:2525"


def test_where_the_first_relay_is_away_the_second_carries_all(
    press: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    away = relay("smtp://127.0.0.1:1", name="away")
    with relayed(press, away, relay(server.url)) as by_relay:
        report = send(by_relay, issue, clock=clock)
        findings = {f.subject: f for f in doctor(by_relay) if f.subject.startswith("relay")}

    assert report.tally == Tally(accepted=len(READERS))
    assert not findings["relay away"].well
    assert findings["relay main"].well


def test_a_rate_is_kept_by_all_lanes_and_over_a_restart(
    press: Press, issue: str, server: RoughServer
) -> None:
    began = time.monotonic()
    with relayed(press, relay(server.url, 'rate = "10/second"')) as by_relay:
        send_test(by_relay, issue, "editor@example.org", lambda: datetime.now(UTC))
        report = send(by_relay, issue, clock=lambda: datetime.now(UTC))
    took = time.monotonic() - began

    assert report.tally == Tally(accepted=len(READERS))
    assert took >= len(READERS) / 10


def test_a_relay_that_is_warmed_up_gets_its_days_share_and_no_more(
    press: Press, issue: str, server: RoughServer, clock: Clock
) -> None:
    day = datetime.now(UTC).date()
    plan = f"warm_up = {{ starts_on = {day}, messages = 5, days = 3 }}"
    with relayed(press, relay(server.url, plan)) as by_relay:
        first = send(by_relay, issue, clock=clock)
        second = send(by_relay, issue, clock=clock)

    assert "warm-up" in first.stopped
    assert first.tally == second.tally == Tally(accepted=5, pending=len(READERS) - 5)
    assert server.got.total() == 5


def test_a_domain_that_wants_less_stops_no_other(
    press: Press, issue: str, server: RoughServer
) -> None:
    for reader in READERS:
        if reader.endswith("@b.example.org"):
            server.answers[f"RCPT {reader}"] = deque(["421 4.7.0 too many from you"] * 3)
    slow = 'domain_rate = "100/second"'
    with relayed(press, relay(server.url, slow, profile="direct")) as by_relay:
        report = send(by_relay, issue, clock=lambda: datetime.now(UTC))
        rows = ledger(by_relay, issue)

    assert report.stopped == ""
    assert report.tally == Tally(accepted=6, deferred=6)
    waiting = [row for to, row in rows.items() if to.endswith("@b.example.org")]
    assert {row.state for row in waiting} == {DeliveryState.DEFERRED}
    assert {row.attempts for row in waiting} == {0}
