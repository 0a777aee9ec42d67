"""A person's own settings, by a link that went to their address."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from partwork.actions.subscribers import import_subscribers, story_of
from partwork.library import LibraryError
from partwork.model.address import Mailbox
from partwork.model.audience import Act, SubscriptionState
from partwork.model.issue import AudienceRule, Issue
from partwork.store.campaigns import plan_campaign
from partwork.store.columns import metadata
from partwork.store.engine import read_only
from partwork.store.issues import save_draft
from partwork.store.schema import service_messages
from partwork.store.subscriptions import load_skipped
from partwork.subscribing.tokens import Pass, PassKind, move_token, pass_token

ADDRESS = "grace@example.org"  # the visitor's: see conftest.py
NEW = "grace.hopper@example.org"
CONFIRMED, ENDED = SubscriptionState.CONFIRMED, SubscriptionState.ENDED


@pytest.fixture
def reader(site) -> int:
    """Grace has signed up and confirmed; her number."""
    person: int = site.join()
    return person


def published(site, series: str) -> None:
    editor = Mailbox("", "editor@example.org")
    rule = AudienceRule(site.newsletter, series)
    issue = Issue(f"{series:0<8}", 1, "T", "S", "P", editor, editor, series, "t", "p", rule)
    now = datetime.now(UTC)
    with site.press.engine.begin() as connection:
        save_draft(connection, issue, now)
        plan_campaign(connection, issue, now, now)


def subscription(site, address: str = ADDRESS):
    return story_of(site.press, address).subscriptions[0]


def test_opening_the_page_changes_nothing(site, reader: int) -> None:
    link = site.access()
    before = story_of(site.press, ADDRESS)

    page = site.client.get(link)

    assert page.status_code == 200
    assert ADDRESS in page.text
    assert site.client.head(link).status_code == 200
    assert story_of(site.press, ADDRESS) == before


def test_series_are_skipped_and_taken_up(site, reader: int) -> None:
    published(site, "soil")
    published(site, "seed")
    link = site.access()
    assert site.client.get(link).text.count("checked") == 2

    form = {"newsletter": site.newsletter, "do": "save", "pause": "0"}
    form |= {"shown-soil": "yes", "shown-seed": "yes", "series-seed": "yes"}
    published(site, "compost")  # after the page was shown
    page = site.client.post(link, data=form)

    with read_only(site.press.engine) as connection:
        assert load_skipped(connection, reader) == {"soil"}
    assert json.loads(site.client.get(f"{link}/data.json").text)["skipped"] == ["soil"]
    assert page.text.count("checked") == 2
    assert page.text.count('name="shown-') == 3
    site.client.post(link, data={**form, "series-soil": "yes"})
    with read_only(site.press.engine) as connection:
        assert load_skipped(connection, reader) == frozenset()


def test_a_series_that_is_not_published_yet_is_not_told(site, reader: int) -> None:
    site.press.library.write(
        site.press.library.series_folder("secret") / "series.toml",
        f'newsletter = "{site.newsletter}"\ntitle = "A secret"\n',
    )

    assert "secret" not in site.client.get(site.access()).text.lower()


def test_a_pause_of_weeks_begins_ends_and_stays(site, reader: int) -> None:
    link = site.access()

    def paused(weeks: str):
        form = {"newsletter": site.newsletter, "do": "save", "pause": weeks}
        page = site.client.post(link, data=form)
        return subscription(site).paused_until, page.text

    until, page = paused("4")
    assert abs(until - datetime.now(UTC) - timedelta(weeks=4)) < timedelta(minutes=5)
    assert f"until {until.day} {until:%B %Y}" in page
    assert paused("")[0] == until
    assert paused("9999")[0] == until
    assert paused("0")[0] is None


def test_one_newsletter_is_left_and_taken_back(site, reader: int) -> None:
    link = site.access()

    left = site.client.post(link, data={"newsletter": site.newsletter, "do": "leave"})

    assert "You have left The Bench" in left.text
    assert subscription(site).state is ENDED
    assert "subscribed to nothing" in site.client.get(link).text
    site.client.post(site.link("undo"), data={"undo": "yes"})
    assert subscription(site).state is CONFIRMED


def test_a_newsletter_that_is_not_held_cannot_be_chosen(site, reader: int) -> None:
    link = site.access()

    for form in (
        {"newsletter": "another", "do": "leave"},
        {"newsletter": "another", "do": "save", "pause": "4"},
    ):
        assert site.client.post(link, data=form).status_code == 200
    assert subscription(site).state is CONFIRMED
    assert subscription(site).paused_until is None


def test_everything_is_left_at_once(site, reader: int) -> None:
    left = site.client.post(site.access(), data={"do": "leave all"})

    assert "You have left everything" in left.text
    assert subscription(site).state is ENDED


def test_a_new_address_counts_once_its_link_is_opened(site, reader: int) -> None:
    answer = site.client.post(site.access(), data={"do": "move", "email": NEW})
    assert answer.status_code == 200
    link = site.link("move", NEW)
    assert NEW in site.client.get(link).text
    assert subscription(site).state is CONFIRMED  # still at the old one

    moved = site.client.post(link, data={"move": "yes"})
    again = site.client.post(link, data={"move": "yes"})

    assert moved.status_code == again.status_code == 200
    assert story_of(site.press, NEW).subscriber.id == reader
    with pytest.raises(LibraryError, match="no subscriber"):
        story_of(site.press, ADDRESS)


def test_the_old_address_is_told_that_mails_go_elsewhere_and_not_where(site, reader: int) -> None:
    site.client.post(site.access(), data={"do": "move", "email": NEW})
    asked = site.mails(NEW)
    link = site.link("move", NEW)
    before = len(site.mails(ADDRESS))

    for _ in range(2):
        site.client.post(link, data={"move": "yes"})

    told = site.mails(ADDRESS)[before:]
    assert [mail["Subject"] for mail in asked] == [
        "[Demo] Please confirm your new address: The Bench"
    ]
    assert [mail["Subject"] for mail in told] == ["[Demo] The Bench goes to another address now"]
    assert "hopper" not in told[0].as_string()
    assert told[0]["Reply-To"]
    assert f"<mailto:{told[0]['Reply-To']}>" in told[0].get_body(("plain",)).get_content()


def test_what_the_old_mailbox_holds_does_not_tell_where_to(site, reader: int) -> None:
    link = site.access()
    site.client.post(link, data={"do": "move", "email": NEW})
    site.client.post(site.link("move", NEW), data={"move": "yes"})

    opened = [site.client.get(link), site.client.get(f"{link}/data.json")]

    assert [page.status_code for page in opened] == [404, 404]
    assert not any(NEW in page.text for page in opened)
    assert site.client.get(site.access(NEW)).status_code == 200


def test_whoever_had_the_link_to_an_address_given_up_since_gets_nothing(site, reader: int) -> None:
    third = "g.hopper@example.org"
    site.client.post(site.access(), data={"do": "move", "email": NEW})
    first = site.link("move", NEW)
    site.client.post(first, data={"move": "yes"})
    site.client.post(site.access(NEW), data={"do": "move", "email": third})
    site.client.post(site.link("move", third), data={"move": "yes"})

    answer = site.client.post(first, data={"move": "yes"})

    assert answer.status_code == 409
    assert subscription(site, third).state is CONFIRMED


def test_who_asks_to_move_is_told_to_look_in_the_new_mailbox(site, reader: int) -> None:
    page = site.client.post(site.access(), data={"do": "move", "email": NEW}).text

    assert "Please look in your new mailbox" in page
    assert "everything goes to the old address" in page


def test_both_addresses_of_a_move_are_in_the_record_at_once(
    site, reader: int, tmp_path: Path
) -> None:
    site.client.post(site.access(), data={"do": "move", "email": NEW})
    site.client.post(site.link("move", NEW), data={"move": "yes"})
    file = tmp_path / "readers.csv"
    file.write_text(f"email\n{ADDRESS}\n{NEW}\n")

    report = import_subscribers(
        site.press, file, site.newsletter, note="an old list", now=datetime.now(UTC)
    )

    assert (report.left_earlier, report.already, report.added) == (1, 1, 0)
    agreed = story_of(site.press, NEW).consents[-1]
    assert (agreed.act, agreed.evidence.source) == (Act.CONFIRMED, "change of address")


def test_who_left_stays_away_under_an_address_that_came_later(
    site, reader: int, tmp_path: Path
) -> None:
    link = site.access()
    site.client.post(link, data={"do": "leave", "newsletter": site.newsletter})
    site.client.post(link, data={"do": "move", "email": NEW})
    site.client.post(site.link("move", NEW), data={"move": "yes"})
    site.client.post(site.access(NEW), data={"do": "erase", "sure": "yes"})
    file = tmp_path / "readers.csv"
    file.write_text(f"email\n{NEW}\n")

    report = import_subscribers(
        site.press, file, site.newsletter, note="an old list", now=datetime.now(UTC)
    )

    assert (report.left_earlier, report.added) == (1, 0)


def test_a_move_that_cannot_be_logged_does_not_happen(site, reader: int) -> None:
    site.client.post(site.access(), data={"do": "move", "email": NEW})
    log = site.press.suppression_log
    log.unlink(missing_ok=True)
    log.mkdir()

    answer = site.client.post(site.link("move", NEW), data={"move": "yes"})

    assert answer.status_code == 503
    assert subscription(site, ADDRESS).state is CONFIRMED


def test_an_address_that_was_asked_too_often_is_told_as_any_other(site, reader: int) -> None:
    link = site.access()
    cap = site.press.caps.of_address

    answers = [site.client.post(link, data={"do": "move", "email": NEW}) for _ in range(cap + 1)]

    assert len({(answer.status_code, answer.text) for answer in answers}) == 1
    assert len(site.mails(NEW)) == cap


def test_who_erases_themselves_after_a_move_leaves_no_old_address_behind(site, reader: int) -> None:
    site.client.post(site.access(), data={"do": "move", "email": NEW})
    site.client.post(site.link("move", NEW), data={"move": "yes"})
    told = [str(mail["Subject"]) for mail in site.mails(ADDRESS)]
    with site.press.engine.begin() as connection:
        waits = service_messages.c.kind == "moved"
        again = {"address": ADDRESS, "next_try_at": datetime.now(UTC) + timedelta(hours=1)}
        connection.execute(update(service_messages).where(waits).values(again))

    site.client.post(site.access(NEW), data={"do": "erase", "sure": "yes"})

    assert told[-1] == "[Demo] The Bench goes to another address now"
    assert not [*site.mails(ADDRESS), *site.mails(NEW)]
    with read_only(site.press.engine) as connection:
        kept = connection.execute(select(service_messages.c.address)).scalars()
        assert set(kept) == {""}
    state = site.press.settings.state
    held = b"".join(file.read_bytes() for file in state.rglob("*") if file.is_file())
    assert not [one for one in (ADDRESS, NEW) if one.encode() in held]


def test_all_parts_of_a_week_may_come_in_one_mail(site, reader: int) -> None:
    link = site.access()
    form = {"newsletter": site.newsletter, "do": "save", "pause": "0", "shows-bundled": "yes"}
    before = site.client.get(link).text

    ticked = site.client.post(link, data={**form, "bundled": "yes"}).text
    held = json.loads(site.client.get(f"{link}/data.json").text)
    old_page = {"newsletter": site.newsletter, "do": "save", "pause": "0"}
    still = site.client.post(link, data=old_page).text
    unticked = site.client.post(link, data=form).text

    assert "All parts of a week in one mail" in before
    assert ["checked" in page for page in (before, ticked, still, unticked)] == [
        False,
        True,
        True,
        False,
    ]
    assert held["subscriptions"][0]["is_bundled"] is True


def test_an_address_that_somebody_has_is_not_taken_from_them(site, reader: int, ada) -> None:
    site.client.post(site.access(), data={"do": "move", "email": "ada@example.org"})

    answer = site.client.post(site.link("move", "ada@example.org"), data={"move": "yes"})

    assert answer.status_code == 409
    assert story_of(site.press, "ada@example.org").subscriber.id == ada.id
    assert story_of(site.press, ADDRESS).subscriber.id == reader


def test_what_is_no_address_is_asked_for_again(site, reader: int) -> None:
    answer = site.client.post(site.access(), data={"do": "move", "email": "grace"})

    assert answer.status_code == 422
    assert "not an address" in answer.text


def test_all_that_is_held_can_be_taken_home(site, reader: int) -> None:
    answer = site.client.get(f"{site.access()}/data.json")

    held = json.loads(answer.text)
    assert held["subscriber"]["address"] == ADDRESS
    assert [c["act"] for c in held["consents"]] == ["asked", "confirmed"]
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_erasure_wants_a_tick_and_leaves_nothing(site, reader: int) -> None:
    link = site.access()

    unsure = site.client.post(link, data={"do": "erase"})
    assert unsure.status_code == 422
    assert subscription(site).state is CONFIRMED
    done = site.client.post(link, data={"do": "erase", "sure": "yes"})

    assert "You are forgotten" in done.text
    with read_only(site.press.engine) as connection:
        left = repr([connection.execute(t.select()).all() for t in metadata.sorted_tables])
    assert ADDRESS not in left
    assert "127.0.0" not in left
    assert "httpx" not in left
    assert ADDRESS not in site.press.suppression_log.read_text()
    assert site.client.get(link).status_code == 404


def test_a_link_of_yesterday_gets_a_fresh_one_to_the_same_address(site, reader: int) -> None:
    yesterday = datetime.now(UTC) - timedelta(days=1)
    held = Pass(reader, site.newsletter, yesterday)
    old = f"/preferences/{pass_token(PassKind.ACCESS, held, site.press.secrets)}"

    for answer in (
        site.client.get(old),
        site.client.get(f"{old}/data.json"),
        site.client.post(old, data={"do": "erase", "sure": "yes"}),
    ):
        assert answer.status_code == 410
        assert ADDRESS not in answer.text
    before = len(site.mails())
    assert site.client.post(old, data={"again": "yes"}).status_code == 200
    assert len(site.mails()) == before + 1
    assert site.client.get(site.link("preferences")).status_code == 200


@pytest.mark.parametrize("token", ["forged", "x" * 5_000, "a.b", "é"])
def test_a_forged_link_opens_nothing_and_mails_nothing(site, reader: int, token: str) -> None:
    before = len(site.mails())
    answers = [
        site.client.get(f"/preferences/{token}"),
        site.client.get(f"/preferences/{token}/data.json"),
        site.client.post(f"/preferences/{token}", data={"do": "erase", "sure": "yes"}),
        site.client.get(f"/move/{token}"),
        site.client.post(f"/move/{token}", data={"move": "yes"}),
    ]

    assert {answer.status_code for answer in answers} == {404}
    assert site.client.post(f"/preferences/{token}", data={"again": "yes"}).status_code == 200
    assert len(site.mails()) == before


def test_a_link_to_a_new_address_runs_out(site, reader: int) -> None:
    two_days_ago = datetime.now(UTC) - timedelta(days=2)
    token = move_token(reader, NEW, two_days_ago, site.press.secrets)

    assert site.client.post(f"/move/{token}", data={"move": "yes"}).status_code == 404
    assert subscription(site).state is CONFIRMED


def test_another_site_cannot_press_the_buttons(site, reader: int) -> None:
    answer = site.client.request(
        "POST",
        site.access(),
        data={"do": "erase", "sure": "yes"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403
    assert subscription(site).state is CONFIRMED
