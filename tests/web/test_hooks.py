"""What SES, Postmark, Mailgun and SendGrid post: taken in if it is theirs, and once."""

import asyncio
import json
import logging
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from partwork.actions.subscribers import story_of
from partwork.actions.webhooks import MOST_FETCHES, Amazon
from partwork.assembly import Press, assemble
from partwork.fetching.document import Documents
from partwork.model.audience import SuppressionReason
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.event_schema import events
from partwork.web.app import create_app
from tests.conftest import wait_until
from tests.fetching.conftest import Names, Site, certificate, serving
from tests.returning.signing import (
    FILE,
    LOGIN,
    MAILGUN_KEY,
    TOPIC,
    Sns,
    certificate_for,
    of_mailgun,
    of_postmark,
    of_sendgrid,
    other_rsa_key,
    sendgrid_key,
    shown,
)
from tests.web.conftest import ADDRESS, Client, Reader
from tests.web.test_hostile import pieces_of, status_of
from tests.web.test_serve import serving as serving_home

NAME = "sns.eu-west-1.example.org"
JSON = {"content-type": "application/json"}
SERVICES = ("ses", "postmark", "mailgun", "sendgrid")
CONNECTED = {
    "ses_topics": TOPIC,
    "postmark_logins": LOGIN,
    "mailgun_keys": f"an older key, {MAILGUN_KEY}",
    "sendgrid_keys": shown(sendgrid_key()),
}


def bounce(service: str, address: str = ADDRESS, name: str = "one") -> Any:
    """A mailbox that is not there, as each service tells it; `name` is the event's."""
    match service:
        case "ses":
            gone = {"emailAddress": address, "status": "5.1.1"}
            return {
                "eventType": "Bounce",
                "mail": {"messageId": "0102018f"},
                "bounce": {"feedbackId": name, "bouncedRecipients": [gone]},
            }
        case "postmark":
            details = "smtp;550 5.1.1 no such user"
            return {
                "RecordType": "Bounce",
                "ID": name,
                "Type": "HardBounce",
                "Email": address,
                "Details": details,
            }
        case "mailgun":
            return {
                "event": "failed",
                "severity": "permanent",
                "recipient": address,
                "id": name,
                "delivery-status": {"enhanced-code": "5.1.1", "message": "no such user"},
            }
    reason = "550 5.1.1 no such user"
    return [{"event": "bounce", "email": address, "sg_event_id": name, "reason": reason}]


@dataclass
class Services:
    """The four, each before its own door, and SNS's host on loopback."""

    press: Press
    client: Client
    site: Site
    sns: Sns
    more: dict[str, str] = field(default_factory=dict)

    def post(self, service: str, told: object = None, **how: Any) -> httpx.Response:
        """Posts what the service tells, as `made` has it."""
        return self.send(service, *self.made(service, told, **how))

    def made(
        self,
        service: str,
        told: object = None,
        *,
        at: datetime | None = None,
        body: bytes | None = None,
        **signed: Any,
    ) -> tuple[bytes, dict[str, str]]:
        """Body and headers as the service makes them; with `body` it signs that, if it can."""
        at = at or datetime.now(UTC)
        told = bounce(service) if told is None else told
        if service == "ses":
            told = self.sns.event(told, at, **signed)
        elif service == "mailgun":
            told = of_mailgun(told, at, **signed)
        content = json.dumps(told).encode() if body is None else body
        match service:
            case "ses":
                return content, {"content-type": "text/plain; charset=UTF-8"}
            case "postmark":
                return content, of_postmark(**signed) | JSON
            case "sendgrid":
                return content, of_sendgrid(content, at, **signed) | JSON
        return content, JSON

    def send(self, service: str, content: bytes, headers: Mapping[str, str]) -> httpx.Response:
        return self.client.post(
            f"/hooks/{service}", content=content, headers={**headers, **self.more}
        )

    def ask(self, post: dict[str, object]) -> httpx.Response:
        """SNS posts something else than an event."""
        kind = {"content-type": "text/plain; charset=UTF-8"}
        return self.send("ses", json.dumps(post).encode(), kind)

    @property
    def inbox(self) -> list[tuple[str, str]]:
        """Source and recipient of each event; those of nobody of ours have lost theirs."""
        with read_only(self.press.engine) as connection:
            rows = connection.execute(select(events.c.source, events.c.recipient))
        return [(source, recipient) for source, recipient in rows]


@pytest.fixture
def press(home: Path) -> Iterator[Press]:
    with assemble(Settings(home=home, **CONNECTED)) as assembled:
        yield assembled


@contextmanager
def sns_on_loopback(press: Press, folder: Path) -> Iterator[Services]:
    chain, context = certificate(folder, NAME)
    with serving(context) as site:
        site.has(f"/{FILE}", certificate_for("sns.example.org"))
        documents = Documents(allows_private=True, resolver=Names(), certificates=str(chain))
        amazon = Amazon(documents, lambda topic: f"sns.{topic.region}.example.org:{site.port}")
        client = Client(create_app(press, amazon))
        yield Services(press, client, site, Sns(host=f"{NAME}:{site.port}"))


@pytest.fixture
def services(press: Press, tmp_path: Path) -> Iterator[Services]:
    with sns_on_loopback(press, tmp_path) as found:
        yield found


@pytest.mark.parametrize("service", SERVICES)
def test_a_bounce_is_taken_in_and_judged_after_the_answer(
    services: Services, ada: Reader, service: str
) -> None:
    assert services.post(service).status_code == 200

    story = story_of(services.press, ADDRESS)
    assert story.why_suppressed is SuppressionReason.HARD_BOUNCE
    assert [row.event.source.value for row in story.came_back] == [service]


@pytest.mark.parametrize("service", SERVICES)
def test_what_is_told_again_is_answered_alike_and_taken_in_once(
    services: Services, ada: Reader, service: str
) -> None:
    content, headers = services.made(service)

    answers = [services.send(service, content, headers).status_code for _ in range(3)]
    answers += [services.post(service).status_code for _ in range(2)]  # signed anew

    assert answers == [200] * 5
    assert services.inbox == [(service, ADDRESS)]


@pytest.mark.parametrize("service", ["ses", "mailgun", "sendgrid"])
def test_an_old_webhook_is_refused_and_one_that_was_long_tried_is_not(
    services: Services, ada: Reader, service: str
) -> None:
    lasts = {"ses": 1, "mailgun": 8, "sendgrid": 24}[service]
    now = datetime.now(UTC)

    old = services.post(service, at=now - timedelta(hours=lasts + 1))
    to_come = services.post(service, at=now + timedelta(hours=1))
    assert (old.status_code, to_come.status_code, services.inbox) == (403, 403, [])

    assert services.post(service, at=now - timedelta(hours=lasts)).status_code == 200
    assert services.inbox == [(service, ADDRESS)]


def forged(services: Services, service: str) -> Iterator[tuple[bytes, dict[str, str]]]:
    """Posts that the service did not make, or not so."""
    content, headers = services.made(service)
    match service:
        case "ses":
            yield services.made(service, TopicArn=f"{TOPIC}2")
            yield services.made(service, SigningCertURL=f"https://evil.example.org/{FILE}")
            yield content.replace(b"ada@", b"eve@"), headers
            services.sns.key = other_rsa_key()
            yield services.made(service)
        case "postmark":
            yield content, JSON
            yield services.made(service, login="postmark:another-password")
            yield content, JSON | {"authorization": "Bearer x"}
        case "mailgun":
            yield services.made(service, key="another key")
            yield json.dumps({"event-data": bounce(service)}).encode(), headers
        case _:
            yield content, JSON
            yield content.replace(b"ada@", b"eve@"), headers
            yield content[:-1] + b" ]", headers


@pytest.mark.parametrize("service", SERVICES)
def test_what_a_service_did_not_sign_is_refused_with_one_line_that_names_nobody(
    services: Services, ada: Reader, caplog: pytest.LogCaptureFixture, service: str
) -> None:
    for content, headers in forged(services, service):
        caplog.clear()
        answer = services.send(service, content, headers)

        (line,) = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
        assert answer.status_code == 403
        assert line.startswith(f"a webhook of {service} was refused: ")
        assert "@example.org" not in caplog.text + answer.text
        assert LOGIN not in caplog.text

    assert story_of(services.press, ADDRESS).why_suppressed is None


def test_what_is_cut_off_or_no_json_is_refused(services: Services) -> None:
    for service in SERVICES:
        whole, _ = services.made(service)
        doubled = whole.replace(b"{", b'{"event": 1, "event": 2, ', 1)
        for broken in (whole[: len(whole) // 2], b"", b"<event/>", doubled, b"\xff", b"[" * 9999):
            assert services.post(service, body=broken).status_code == 400, (service, broken[:20])

    assert services.inbox == []


@pytest.mark.parametrize("service", SERVICES)
def test_another_form_than_documented_is_refused_with_one_line(
    services: Services, caplog: pytest.LogCaptureFixture, service: str
) -> None:
    told = {
        "ses": {"eventType": "Bounce", "bounce": []},
        "postmark": {"RecordType": "Bounce", "Email": [ADDRESS]},
        "mailgun": {"event": [ADDRESS]},
        "sendgrid": [{"event": "bounce", "email": {"is": ADDRESS}}],
    }[service]

    answer = services.post(service, told)

    assert answer.status_code == 400
    assert f"a webhook of {service} was not understood" in caplog.text
    assert ADDRESS not in caplog.text
    assert services.inbox == []


def test_no_other_method_and_no_form_gets_an_answer(services: Services) -> None:
    for service in SERVICES:
        content, headers = services.made(service)
        for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"):
            assert services.client.request(method, f"/hooks/{service}").status_code == 405
        for kind in ("application/x-www-form-urlencoded", "multipart/form-data", "text/html", ""):
            answer = services.send(service, content, {**headers, "content-type": kind})
            assert answer.status_code == 415

    assert services.inbox == []


def test_there_is_no_door_for_a_service_that_is_not_connected(home: Path) -> None:
    with assemble(Settings(home=home, postmark_logins=LOGIN)) as press:
        services = Services(press, Client(create_app(press)), Site(0), Sns())
        answers = {s: services.post(s).status_code for s in SERVICES}

        assert answers == {"ses": 404, "postmark": 200, "mailgun": 404, "sendgrid": 404}
        assert services.client.post("/hooks/smtp").status_code == 404
        assert services.client.get("/hooks").status_code == 404


def test_it_does_not_matter_what_a_browser_would_say_of_the_origin(
    services: Services, ada: Reader
) -> None:
    services.more = {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example.org"}

    assert services.post("postmark").status_code == 200


@pytest.mark.postgres
def test_while_the_database_is_away_each_service_is_asked_to_try_again(
    home: Path, tmp_path: Path, own_postgresql: Any
) -> None:
    url = own_postgresql.get_uri()
    with (
        assemble(Settings(home=home, database_url=url, **CONNECTED)) as press,
        sns_on_loopback(press, tmp_path) as services,
    ):
        posts = [(service, *services.made(service)) for service in SERVICES]
        own_postgresql.stop()
        assert [services.send(*post).status_code for post in posts] == [503] * 4

        own_postgresql.start()
        wait_until(lambda: services.client.get("/readyz").status_code == 200)
        assert [services.send(*post).status_code for post in posts] == [200] * 4
        assert [source for source, _ in services.inbox] == list(SERVICES)


def test_a_hundred_at_once_are_each_taken_in(services: Services, ada: Reader) -> None:
    posts = [
        (service, *services.made(service, bounce(service, name=str(n))))
        for n in range(50)
        for service in ("postmark", "sendgrid")
    ]

    async def answers() -> list[httpx.Response]:
        wire = httpx.ASGITransport(services.client.app)
        async with httpx.AsyncClient(transport=wire, base_url="http://web", timeout=60) as client:
            asked = (client.post(f"/hooks/{s}", content=c, headers=h) for s, c, h in posts)
            return list(await asyncio.gather(*asked))

    assert {answer.status_code for answer in asyncio.run(answers())} == {200}
    assert len(services.inbox) == 100


def test_of_a_batch_what_can_be_read_is_taken_in(
    services: Services, ada: Reader, caplog: pytest.LogCaptureFixture
) -> None:
    batch = [*bounce("sendgrid"), {"event": []}, *bounce("sendgrid", "bob@example.org", "two")]

    assert services.post("sendgrid", batch).status_code == 200

    assert len(services.inbox) == 2
    assert "of 3 events 2 were taken in" in caplog.text


def test_a_batch_as_large_as_sendgrid_s_are_is_taken_in(services: Services, ada: Reader) -> None:
    padded = [{**bounce("sendgrid", name=str(n))[0], "useragent": "x" * 7_000} for n in range(109)]
    content, headers = services.made("sendgrid", padded)
    assert len(content) > 768_000

    assert services.send("sendgrid", content, headers).status_code == 200

    assert len(services.inbox) == 109


def test_a_signature_of_mailgun_stands_for_one_event_alone(services: Services, ada: Reader) -> None:
    """It covers no event, so who has seen one could put it beside another."""
    now = datetime.now(UTC)

    assert services.post("mailgun", bounce("mailgun", "bob@example.org"), at=now).status_code == 200
    assert services.post("mailgun", at=now).status_code == 403
    assert services.post("mailgun", at=now, token="another" * 7).status_code == 200


def test_what_says_nothing_of_a_mail_is_not_kept(services: Services) -> None:
    told = {
        "ses": {"eventType": "Open", "mail": {}},
        "postmark": {"RecordType": "Open"},
        "mailgun": {"event": "opened"},
        "sendgrid": [{"event": "open", "email": ADDRESS}],
    }
    answers = [services.post(service, each).status_code for service, each in told.items()]
    greeting = services.post("ses", "Successfully validated the topic.")

    assert [*answers, greeting.status_code] == [200] * 5
    assert services.inbox == []


def test_a_topic_is_confirmed_where_amazon_asks_for_it(services: Services) -> None:
    services.site.has(services.sns.confirm_path, "<ConfirmSubscriptionResponse/>")

    assert services.ask(services.sns.confirmation(datetime.now(UTC))).status_code == 200

    assert services.site.asked == [f"/{FILE}", services.sns.confirm_path]


def test_a_confirmation_that_fails_is_tried_again(services: Services) -> None:
    for status in (301, 403, 500):
        services.site.has(services.sns.confirm_path, "", status, location="/elsewhere")
        assert services.ask(services.sns.confirmation(datetime.now(UTC))).status_code == 503

    assert services.site.asked == [f"/{FILE}", *[services.sns.confirm_path] * 3]


def test_nothing_else_is_confirmed(services: Services) -> None:
    now = datetime.now(UTC)
    genuine = services.sns.confirmation(now)
    evil = "https://evil.example.org/?Action=ConfirmSubscription"

    for forged_one in (
        {**genuine, "Token": "another"},
        {**genuine, "Signature": "AAAA"},
        {**genuine, "SubscribeURL": evil},
        services.sns.confirmation(now, TopicArn=f"{TOPIC}2"),  # what Amazon signs for others
        services.sns.confirmation(now, SubscribeURL=evil),
        services.sns.confirmation(now, SubscribeURL="http://169.254.169.254/latest/meta-data/"),
    ):
        assert services.ask(forged_one).status_code == 403

    assert services.site.asked == [f"/{FILE}"]


def test_a_topic_that_leaves_is_told_in_the_log(
    services: Services, caplog: pytest.LogCaptureFixture
) -> None:
    assert services.ask(services.sns.goodbye(datetime.now(UTC))).status_code == 200

    assert f"{TOPIC} tells us nothing any more" in caplog.text
    assert services.site.asked == [f"/{FILE}"]


def test_a_certificate_is_fetched_once(services: Services, ada: Reader) -> None:
    for n in range(5):
        assert services.post("ses", bounce("ses", name=str(n))).status_code == 200

    assert services.site.asked == [f"/{FILE}"]


def test_a_certificate_that_cannot_be_had_now_may_be_had_later(
    services: Services, ada: Reader
) -> None:
    path = f"/{FILE}"
    services.site.has(path, "", 500)
    assert services.post("ses").status_code == 503
    services.site.passes_on(path, "/elsewhere")
    assert services.post("ses").status_code == 503
    services.site.has(path, certificate_for("s3.example.org"))
    assert services.post("ses").status_code == 403
    assert services.inbox == []

    services.site.has(path, certificate_for("sns.example.org"))
    assert services.post("ses").status_code == 200
    assert services.site.asked == [path] * 4


def test_nobody_can_have_us_fetch_without_end(services: Services, ada: Reader) -> None:
    assert services.post("ses").status_code == 200
    for n in range(30):
        url = f"https://{services.sns.host}/SimpleNotificationService-{n:032}.pem"
        assert services.post("ses", SigningCertURL=url).status_code == 503

    assert len(services.site.asked) == MOST_FETCHES
    assert services.post("ses").status_code == 200


def test_a_large_post_is_refused(home: Path, tmp_path: Path) -> None:
    (home / ".env").write_text(f"PARTWORK_POSTMARK_LOGINS={LOGIN}\n")
    five_megabytes = b'{"RecordType": "' + b"x" * 5_000_000 + b'"}'

    with serving_home(home, tmp_path / "log") as (url, process):
        for body in (five_megabytes, pieces_of(five_megabytes)):  # with and without a length
            assert status_of(f"{url}/hooks/postmark", body, of_postmark() | JSON) in {413, None}
        bounced = json.dumps(bounce("postmark")).encode()
        answer = httpx.post(f"{url}/hooks/postmark", content=bounced, headers=of_postmark() | JSON)
        assert answer.status_code == 200
        process.send_signal(signal.SIGINT)  # its last line may come after the answer
        process.communicate(timeout=20)

    log = (tmp_path / "log").read_text()
    assert re.search(r"POST /hooks/postmark 200 \d+ ms", log)
    assert "@example.org" not in log
    assert "Traceback" not in log


def test_nothing_that_anybody_makes_up_is_taken_in(services: Services, ada: Reader) -> None:
    values = st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
        max_leaves=5,
    )
    known = st.dictionaries(
        st.sampled_from([*services.sns.event({}, datetime.now(UTC)), "signature", "event-data"]),
        values,
    )
    bodies = st.binary(max_size=200) | (known | values).map(lambda v: json.dumps(v).encode())

    @settings(max_examples=50, deadline=None)
    @given(st.sampled_from(SERVICES), bodies, st.sampled_from([*JSON.values(), "text/plain"]))
    def refused(service: str, body: bytes, kind: str) -> None:
        answer = services.send(service, body, {"content-type": kind})
        assert answer.status_code in {400, 403}

    refused()
    assert services.inbox == []
    assert services.site.asked == []
