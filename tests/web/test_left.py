"""What the page after leaving says: since when, what may still arrive, and a way back."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from partwork.actions.left import LOADED_AGAIN
from partwork.actions.sign_up import Visitor, evidence_of
from partwork.actions.subscribers import import_subscribers, story_of
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import Press
from partwork.model.address import Mailbox
from partwork.model.audience import SubscriptionState
from partwork.model.issue import AudienceRule, Issue
from partwork.store.audience import erase_subscriber
from partwork.store.campaigns import plan_campaign
from partwork.store.claiming import claim
from partwork.store.issues import save_draft
from partwork.store.ledger import deliveries_of
from partwork.subscribing.tokens import Pass, PassKind, pass_token
from tests.store.noting import note_attempt
from tests.web.conftest import ADDRESS, Reader

CONFIRMED, ENDED = SubscriptionState.CONFIRMED, SubscriptionState.ENDED
NEWSLETTER, EVERYTHING = {"leave": "newsletter"}, {"leave": "everything"}
AGENT = {"User-Agent": "Firefox"}


@pytest.fixture
def two(press: Press, ada: Reader) -> Reader:
    """Ada, who gets two newsletters."""
    file = press.library.newsletter_file(ada.newsletter)
    other = press.library.read(file).replace("The Bench", "The Plane")
    press.library.write(press.library.newsletter_file("the-plane"), other)
    people = press.settings.home / "people.csv"
    people.write_text(f"email\n{ADDRESS}")
    import_subscribers(press, people, "the-plane", note="a test", now=datetime.now(UTC))
    return ada


def mail_is_under_way(press: Press, ada: Reader, newsletter: str) -> None:
    """A lane has noted its attempt, and has no answer yet."""
    now, editor = datetime.now(UTC), Mailbox("", "editor@example.org")
    rule, instalment = AudienceRule(newsletter, newsletter), f"{newsletter:0<9}"[:9]
    issue = Issue(instalment, 1, "A part", "S", "P", editor, editor, newsletter, "t", "p", rule)
    with press.engine.begin() as connection:
        save_draft(connection, issue, now)
        plan_campaign(connection, issue, now, now)
        claim(connection, issue.content_hash, "lane", now, timedelta(minutes=5))
        hers = deliveries_of(connection, ada.id)
        (sent,) = (d for d in hers if d.content_hash == issue.content_hash)
        note_attempt(connection, sent.id, "lane", now)


def access(ada: Reader) -> str:
    held = Pass(ada.id, ada.newsletter, datetime.now(UTC))
    return f"/preferences/{pass_token(PassKind.ACCESS, held, ada.press.secrets)}"


def states(ada: Reader) -> set[SubscriptionState]:
    return {s.state for s in story_of(ada.press, ADDRESS).subscriptions}


def undo_in(page: str) -> str:
    found = re.search(r'action="\.\.(/undo/[^"]+)"', page)
    return found[1] if found else ""


def since(page: str) -> str:
    found = re.search(r"Since (.+?) UTC we do not send", page)
    return found[1] if found else ""


def told(at: datetime) -> str:
    return f"{at.day} {at:%B %Y, %H:%M}"


def test_who_leaves_everything_is_told_of_mails_of_every_newsletter(
    press: Press, client, two: Reader
) -> None:
    for newsletter in (two.newsletter, "the-plane"):
        mail_is_under_way(press, two, newsletter)

    page = client.post(f"/u/{two.token}", data=EVERYTHING).text

    assert "2 mails were under way already and may still arrive" in page


def test_who_leaves_one_newsletter_is_told_of_its_mails_alone(
    press: Press, client, two: Reader
) -> None:
    mail_is_under_way(press, two, "the-plane")

    page = client.post(f"/u/{two.token}", data=NEWSLETTER).text

    assert "No mail was under way" in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "leave all"}, "2 mails were under way"),
        ({"do": "leave", "newsletter": "the-plane"}, "One mail was under way"),
    ],
)
def test_the_page_of_settings_looks_too_before_it_says_what_is_under_way(
    press: Press, client, two: Reader, form: dict[str, str], words: str
) -> None:
    for newsletter in (two.newsletter, "the-plane"):
        mail_is_under_way(press, two, newsletter)

    assert words in client.post(access(two), data=form).text


def test_of_who_was_erased_neither_time_nor_mails_are_told(
    press: Press, client, ada: Reader
) -> None:
    with press.engine.begin() as connection:
        erase_subscriber(connection, ada.id)

    page = client.post(f"/u/{ada.token}", data=NEWSLETTER)

    assert page.status_code == 200
    assert "You have left The Bench" in page.text
    assert "under way" not in page.text
    assert since(page.text) == undo_in(page.text) == ""


@pytest.mark.parametrize("form", [NEWSLETTER, EVERYTHING])
def test_a_page_that_is_loaded_again_says_the_same_and_still_takes_it_back(
    client, two: Reader, form: dict[str, str]
) -> None:
    first, again = (client.post(f"/u/{two.token}", data=form, headers=AGENT) for _ in range(2))

    assert again.text == first.text
    client.post(undo_in(again.text), data={"undo": "yes"})
    assert states(two) == {CONFIRMED}


def test_so_does_the_one_that_follows_the_settings(client, two: Reader) -> None:
    link = access(two)

    first, again = (client.post(link, data={"do": "leave all"}) for _ in range(2))

    assert again.text == first.text
    client.post(undo_in(again.text), data={"undo": "yes"})
    assert states(two) == {CONFIRMED}


@pytest.mark.parametrize("ago", [LOADED_AGAIN - timedelta(minutes=2), LOADED_AGAIN, timedelta(9)])
def test_who_asks_later_is_told_since_when_and_a_stranger_undoes_nothing(
    press: Press, client, ada: Reader, ago: timedelta
) -> None:
    """Sooner than that it takes the browser that left."""
    left_at = datetime.now(UTC) - ago
    owner = evidence_of(press, Visitor("127.0.0.1", AGENT["User-Agent"]), "page")
    unsubscribe(press, ada.token, owner, now=left_at)

    hers = client.post(f"/u/{ada.token}", data=NEWSLETTER, headers=AGENT).text
    stranger_s = client.post(f"/u/{ada.token}", data=NEWSLETTER).text
    one_s_mail_provider = client.post(f"/u/{ada.token}", data={"List-Unsubscribe": "One-Click"})

    assert since(hers) == since(stranger_s) == told(left_at)
    assert undo_in(stranger_s) == ""
    assert bool(undo_in(hers)) is (ago < LOADED_AGAIN)
    assert one_s_mail_provider.status_code == 200
    assert [c.at for c in ada.departures] == [left_at]


def test_what_was_never_confirmed_has_no_way_back(site) -> None:
    """Nothing has come of it: to want it after all is to subscribe."""
    number = site.join()
    held = Pass(number, site.newsletter, datetime.now(UTC))
    link = f"/preferences/{pass_token(PassKind.ACCESS, held, site.press.secrets)}"
    form = {"do": "leave", "newsletter": site.newsletter}
    site.client.post(link, data=form)
    site.sign_up()

    page = site.client.post(link, data=form).text

    assert site.state() is ENDED
    assert undo_in(page) == ""
