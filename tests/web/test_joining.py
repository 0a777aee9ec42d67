"""From the form to the confirmed subscription, and what a stranger learns on the way."""

from datetime import UTC, datetime, timedelta

import pytest

from partwork.actions.departing import depart, suppress
from partwork.actions.subscribers import story_of
from partwork.assembly import assemble
from partwork.model.audience import Act, Evidence, SubscriptionState, SuppressionReason
from partwork.settings import Settings
from partwork.store.consents import load_wording
from partwork.store.engine import read_only
from partwork.store.schema import service_messages
from partwork.subscribing.networks import Kept
from partwork.subscribing.tokens import Pass, PassKind, pass_token
from partwork.web.app import create_app
from tests.web.conftest import Client
from tests.web.test_leaving import without_database

ADDRESS = "grace@example.org"  # the visitor's: see conftest.py
PENDING, CONFIRMED = SubscriptionState.PENDING, SubscriptionState.CONFIRMED


def test_from_the_form_to_the_welcome(site) -> None:
    page = site.client.get(site.path)
    assert page.status_code == 200
    assert 'type="email"' in page.text

    answer = site.sign_up()
    assert answer.status_code == 200
    assert "look in your mailbox" in answer.text
    assert f'href="..{site.path}"' in answer.text  # whoever mistyped goes back
    assert site.state() is PENDING
    (mail,) = site.mails()
    assert mail["Subject"] == "[Demo] Please confirm: The Bench"
    assert mail["Auto-Submitted"] == "auto-generated"

    link = site.link("confirm")
    assert site.client.get(link).text.count("<button") == 1
    assert site.client.head(link).status_code == 200
    assert site.state() is PENDING

    done = site.client.post(link, data={"confirm": "yes"})
    assert done.status_code == 200
    assert "You are subscribed to The Bench" in done.text
    assert site.state() is CONFIRMED
    assert [m["Subject"] for m in site.mails()][1:] == ["[Demo] Welcome to The Bench"]


def test_the_record_says_what_was_agreed_to_and_where(site) -> None:
    shown = site.client.get(site.path).text
    site.sign_up()
    site.client.post(site.link("confirm"), data={"confirm": "yes"})

    consents = story_of(site.press, ADDRESS).consents
    with read_only(site.press.engine) as connection:
        words = [load_wording(connection, c.evidence.wording) for c in consents]

    assert [c.act for c in consents] == [Act.ASKED, Act.CONFIRMED]
    assert [c.evidence.source for c in consents] == ["subscribe form", "confirmation page"]
    assert all(c.evidence.network == "127.0.0.0/24" for c in consents)
    assert all(c.evidence.user_agent.startswith("python-httpx") for c in consents)
    assert all(text and text in shown for text in words)


def test_a_confirmation_link_shows_the_same_success_again_and_mails_nothing(site) -> None:
    site.sign_up()
    link = site.link("confirm")

    answers = [site.client.post(link, data={"confirm": "yes"}) for _ in range(3)]

    assert len({(a.status_code, a.text) for a in answers}) == 1
    assert "You are subscribed" in site.client.get(link).text
    assert len(site.mails()) == 2


def test_a_repeat_sign_up_changes_nothing_of_a_confirmed_subscriber(site, ada) -> None:
    before = story_of(site.press, "ada@example.org")

    answer = site.sign_up("ADA@example.org")

    assert story_of(site.press, "ada@example.org") == before
    (mail,) = site.mails("ADA@example.org")
    assert "settings" in mail["Subject"]
    assert answer.text == site.sign_up("stranger@example.org").text


@pytest.mark.parametrize("who", ["confirmed", "unknown", "suppressed", "pending", "left"])
def test_the_answer_is_the_same_whoever_has_the_address(site, ada, who: str) -> None:
    story = story_of(site.press, "ada@example.org")
    address = "ada@example.org" if who != "unknown" else ADDRESS
    now = datetime.now(UTC)
    if who == "suppressed":
        suppress(site.press, address, SuppressionReason.COMPLAINT, now)
    if who in {"left", "pending"}:
        depart(site.press, story.subscriber, story.subscriptions, Evidence("a test"), now=now)
    if who == "pending":
        site.sign_up(address)

    answer = site.sign_up(address)

    expected = site.sign_up("somebody-else@example.org")
    assert (answer.status_code, answer.text) == (expected.status_code, expected.text)
    assert set(answer.headers) == set(expected.headers)
    assert len(site.mails(address)) == (0 if who == "suppressed" else 2 if who == "pending" else 1)


def test_an_address_is_mailed_three_times_a_day_and_told_nothing_else(site) -> None:
    answers = {site.sign_up().text for _ in range(site.press.caps.of_address + 2)}

    assert len(answers) == 1
    assert len(site.mails()) == site.press.caps.of_address


def test_a_network_that_asks_too_often_is_told_so(site) -> None:
    answers = [
        site.sign_up(f"reader{n}@example.org").status_code
        for n in range(site.press.caps.of_network + 1)
    ]

    assert answers[-2:] == [200, 429]
    assert site.sign_up("one-more@example.org").headers["Retry-After"] == "3600"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "grace",
        "grace@",
        "a b@example.org",
        "grace@example.org\r\nBcc: eve@example.org",
        "grace@example.org, eve@example.org",
        "x" * 400 + "@example.org",
        "<script>alert(1)</script>@example.org",
        "grace@localhost",
        "grace@[192.0.2.1]",
        "=cmd()@example.org\t",
        "\ud800@example.org".encode("utf-8", "surrogatepass").decode("latin-1"),
        "\x00@example.org",
    ],
)
def test_what_is_no_address_is_asked_for_again(site, address: str) -> None:
    answer = site.sign_up(address)

    assert answer.status_code == 422
    assert "not an address" in answer.text
    assert "<script" not in answer.text
    assert not list(site.press.outbox.glob("*"))


def test_a_form_that_comes_too_quickly_or_too_late_is_shown_once_more(site) -> None:
    for shown in (0.1, 2 * 86_400):
        answer = site.sign_up(shown=shown)
        assert answer.status_code == 422
        assert "press the button once more" in answer.text
        assert f'value="{ADDRESS}"' in answer.text
    assert site.sign_up(form="forged").status_code == 422
    assert site.state() is None


def test_a_program_that_fills_in_every_field_is_told_what_people_are_told(site) -> None:
    caught = site.sign_up(website="https://spam.example.org")

    assert caught.text == site.sign_up("another@example.org").text
    assert site.state() is None
    assert site.mails() == []


def test_no_word_of_the_visitor_s_is_mailed(site) -> None:
    site.client.post(site.path, data={**site.form(), "name": "BUY NOW", "note": "http://spam"})

    (mail,) = site.mails()
    assert "BUY NOW" not in mail.as_string()
    assert "spam" not in mail.as_string()


def test_an_old_confirmation_link_gets_a_new_one_with_one_click(site) -> None:
    site.sign_up()
    person = story_of(site.press, ADDRESS).subscriber.id
    month_ago = datetime.now(UTC) - timedelta(days=30)
    old = pass_token(PassKind.CONFIRM, Pass(person, site.newsletter, month_ago), site.press.secrets)
    with site.press.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE subscriptions SET asked_at = '2020-01-01 00:00:00'")
        connection.execute(service_messages.delete())

    page = site.client.get(f"/confirm/{old}")
    refused = site.client.post(f"/confirm/{old}", data={"confirm": "yes"})
    asked = site.client.post(f"/confirm/{old}", data={"again": "yes"})

    assert (page.status_code, refused.status_code, asked.status_code) == (410, 410, 200)
    assert "Send me a new link" in page.text
    assert site.state() is PENDING
    assert len(site.mails()) == 2
    site.client.post(site.link("confirm"), data={"confirm": "yes"})
    assert site.state() is CONFIRMED


def test_a_link_from_before_leaving_brings_nobody_back(site) -> None:
    site.sign_up()
    link = site.link("confirm")
    site.client.post(link, data={"confirm": "yes"})
    story, now = story_of(site.press, ADDRESS), datetime.now(UTC)
    depart(site.press, story.subscriber, story.subscriptions, Evidence("a test"), now=now)

    answer = site.client.post(link, data={"confirm": "yes"})

    assert answer.status_code == 410
    assert site.state() is SubscriptionState.ENDED


def test_one_sign_up_serves_all_series_of_the_newsletter(site) -> None:
    site.sign_up()
    site.client.post(site.link("confirm"), data={"confirm": "yes"})

    held = story_of(site.press, ADDRESS).subscriptions

    assert [(s.newsletter, s.state) for s in held] == [(site.newsletter, CONFIRMED)]


@pytest.mark.parametrize("token", ["forged", "x" * 5_000, "%00", "a.b", "é"])
def test_a_forged_confirmation_link_gets_a_kind_page(site, token: str) -> None:
    for answer in (
        site.client.get(f"/confirm/{token}"),
        site.client.post(f"/confirm/{token}", data={"confirm": "yes"}),
        site.client.post(f"/confirm/{token}", data={"again": "yes"}),
    ):
        assert answer.status_code == 404
        assert "<h1>" in answer.text


@pytest.mark.parametrize("slug", ["none", "%2e%2e", "x" * 3_000, "<b>"])
def test_a_newsletter_that_is_not_there_gets_a_kind_page(site, slug: str) -> None:
    assert site.client.get(f"/newsletters/{slug}").status_code == 404
    assert site.client.post(f"/newsletters/{slug}", data=site.form()).status_code == 404


def test_another_site_s_form_is_not_ours(site) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}

    answer = site.client.request("POST", site.path, data=site.form(), headers=headers)

    assert answer.status_code == 403
    assert site.state() is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data", b"no boundary"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data"),
        ("", b""),
    ],
)
def test_what_is_no_form_is_refused_with_a_page(site, kind: str, body: bytes) -> None:
    answer = site.client.request("POST", site.path, content=body, headers={"Content-Type": kind})

    assert 400 <= answer.status_code < 500
    assert "<h1>" in answer.text


def test_the_page_says_what_happens_to_the_address(site) -> None:
    page = site.client.get(site.path)

    for words in ("1 Example Street", "Article 6(1)(a)", "complain", "imprint", "leave"):
        assert words in page.text
    assert "X-Robots-Tag" not in page.headers
    assert "noindex" not in page.text
    assert "set-cookie" not in page.headers


@pytest.mark.parametrize(
    ("network", "days", "noted"),
    [
        (Kept.FULL, 8, "we note when, from which network address and with which browser"),
        (Kept.TRUNCATED, 30, "we note when, from which network and with which browser"),
        (Kept.NONE, 36_500, "we note when and with which browser"),
    ],
)
def test_it_says_what_this_house_notes_of_a_network_and_when_it_forgets(
    site, network: Kept, days: int, noted: str
) -> None:
    given = {"consent_network": network, "forget_pending": days}
    with assemble(Settings(home=site.press.settings.home, **given)) as press:
        page = Client(create_app(press)).get(site.path).text

    assert f"{noted} you agreed" in page
    assert f"an address that nobody confirms goes after {days} days" in page


def test_without_a_database_nobody_is_told_that_all_is_well(site) -> None:
    without_database(site.press)

    answer = site.sign_up()

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "120"
    assert "look that up" in answer.text


def test_a_file_in_the_form_is_refused(site) -> None:
    fields = {name: (None, value) for name, value in site.form().items()}
    upload = {"upload": ("a.exe", b"x")}

    answer = site.client.request("POST", site.path, files=fields | upload)

    assert answer.status_code == 400
    assert site.state() is None


def test_a_broken_mail_server_loses_no_wish(site) -> None:
    site.press.outbox.parent.mkdir(exist_ok=True)
    site.press.outbox.write_text("a file stands where the folder should be")

    answer = site.sign_up()

    assert answer.status_code == 200
    with read_only(site.press.engine) as connection:
        (row,) = connection.execute(service_messages.select()).all()
    assert row.next_try_at > datetime.now(UTC)
    assert row.address == ADDRESS
