"""Who wants all parts of a week in one mail gets each part once, when the week is over."""

import contextlib
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from itertools import count

import pytest
from sqlalchemy import Connection, event, update

from partwork.actions.approve import approve
from partwork.actions.bundles import Unmailable, bundle_weeks
from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.send import issue_named, send
from partwork.actions.status import status, status_of
from partwork.actions.stopping import Stopped
from partwork.actions.unsubscribe import leaving_behind, skip
from partwork.assembly import Press
from partwork.model.audience import Evidence
from partwork.model.delivery import DeliveryState, Tally
from partwork.model.issue import Issue
from partwork.model.stop import StopKind
from partwork.store.archive import published_parts, published_series
from partwork.store.audience import load_subscriber, move_subscriber
from partwork.store.bundles import parts_of
from partwork.store.campaigns import plan_campaign
from partwork.store.engine import read_only
from partwork.store.issues import published_issue
from partwork.store.ledger import deliveries_of, load_deliveries
from partwork.store.schema import approvals
from partwork.store.sending_schema import stops
from partwork.store.subscriptions import (
    bundle_subscription,
    end_subscription,
    pause_subscription,
    skip_series,
)
from partwork.subscribing.tokens import Departure, unsubscribe_token
from tests.conftest import NOW

ADA, GRACE, MARY = "ada@example.org", "grace@example.org", "mary@example.org"
# The home's newsletter appears at 07:30 in Berlin, 06:30 UTC in winter.
TUESDAY = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
FRIDAY = TUESDAY + timedelta(days=3)
MONDAY = TUESDAY + timedelta(days=6)
WEEK = timedelta(weeks=1)
TICK = timedelta(minutes=15)
DAYS = {"soil": "tue", "seed": "fri"}


@pytest.fixture(autouse=True)
def two_series(press: Press, readers: Sequence[str]) -> None:
    """Two series of one newsletter, approved; Ada and Grace want a week in one mail, Mary not."""
    for series, day in DAYS.items():
        for number in (1, 2):
            name = f"{series.title()} {number}"
            words = f"What there is to say of {series} for the {number}. time."
            said = f"All that part {number} has to say of {series}, and no more."
            begin_letter(
                press, series, title=name, newsletter="", subject=name, preheader=said, text=words
            )
        toml = press.library.series_folder(series) / "series.toml"
        cadence = f'\n[cadence]\ndays = ["{day}"]\ntime = "07:30"\nzone = "Europe/Berlin"\n'
        toml.write_text(toml.read_text() + cadence)
        preview(press, series, None, NOW)
        approve(press, series, None, reviewer="Eve", channel="cli", now=NOW)
    for address in (ADA, GRACE):
        bundle(press, address)


def number_of(press: Press, address: str) -> int:
    with read_only(press.engine) as connection:
        person = load_subscriber(connection, address)
    assert person
    return person.id


def bundle(press: Press, address: str, *, is_bundled: bool = True) -> None:
    with press.engine.begin() as connection:
        person = number_of(press, address)
        assert bundle_subscription(connection, person, "the-bench", is_bundled=is_bundled)


def tick(press: Press, at: datetime) -> list[str]:
    """Publishes and sends what is due, as every 15 minutes; what the report says that waits."""
    report = publish(press, "", at_once=False, now=at)
    for issue in report.unsent:
        send(press, issue, clock=lambda: at)
    return [line for line in report.waiting if line.startswith("the-bench")]


def subjects(press: Press, address: str) -> list[str]:
    """What the reader was sent, in any order."""
    files = press.outbox.glob(f"{address}--*.eml")
    mails = (message_from_bytes(f.read_bytes(), policy=policy.default) for f in files)
    return sorted(str(mail["Subject"]).removeprefix("[Demo] ") for mail in mails)


def the_week(press: Press) -> None:
    for at in (TUESDAY, FRIDAY):
        tick(press, at)


def the_bundle(press: Press) -> Issue:
    return issue_named(press, "the-bench-10")


FIRST_WEEK = "The Bench: Soil 1 · Seed 1"


def test_nothing_comes_before_the_week_is_over(press: Press) -> None:
    the_week(press)
    tick(press, MONDAY - TICK)

    assert [subjects(press, reader) for reader in (ADA, GRACE)] == [[], []]
    assert subjects(press, MARY) == ["Seed 1", "Soil 1"]


def test_when_the_week_is_over_all_its_parts_come_in_one_mail(press: Press) -> None:
    the_week(press)
    tick(press, MONDAY)
    tick(press, MONDAY + TICK)

    assert [subjects(press, reader) for reader in (ADA, GRACE)] == [[FIRST_WEEK]] * 2
    assert subjects(press, MARY) == ["Seed 1", "Soil 1"]


def test_a_monday_that_nobody_saw_is_made_up_for(press: Press) -> None:
    the_week(press)
    tick(press, MONDAY + timedelta(days=2))

    assert FIRST_WEEK in subjects(press, ADA)


def test_two_weeks_that_nobody_saw_end_are_two_mails(press: Press) -> None:
    for at in (TUESDAY, TUESDAY + WEEK):
        for series in DAYS:
            part = issue_named(press, f"{series}-0{1 if at == TUESDAY else 2}")
            with press.engine.begin() as connection:
                plan_campaign(connection, part, at, at)

    tick(press, MONDAY + WEEK)

    weeks = ["The Bench: Seed 1 · Soil 1", "The Bench: Seed 2 · Soil 2"]
    assert subjects(press, ADA) == weeks


def test_of_each_part_the_ledger_goes_on_to_say_who_had_it(press: Press) -> None:
    the_week(press)
    before = status_of(press, "soil-01").tally
    tick(press, MONDAY)

    assert before == Tally(accepted=1, gathered=2)
    assert status_of(press, "soil-01").tally == Tally(accepted=1, bundled=2)
    assert status_of(press, "the-bench-10").tally == Tally(accepted=2)
    with read_only(press.engine) as connection:
        parts = parts_of(connection, the_bundle(press).content_hash)
        states = {d.state for d in deliveries_of(connection, number_of(press, ADA))}
    assert [part.name[:7] for part in parts] == ["soil-01", "seed-01"]
    assert states == {DeliveryState.BUNDLED, DeliveryState.ACCEPTED}


def test_the_status_shows_who_waits_and_what_went_out(press: Press) -> None:
    the_week(press)
    before = status(press, FRIDAY)[-1]
    tick(press, MONDAY)
    after = status(press, MONDAY)[-1]

    assert (before.slug, before.readers, before.next_slot_at) == ("the-bench", 2, MONDAY)
    assert before.issues == ()
    assert [(i.name, i.state) for i in after.issues] == [(the_bundle(press).name, "published")]
    assert after.next_slot_at == MONDAY + WEEK


def test_where_nobody_wants_bundles_the_status_says_nothing_of_them(press: Press) -> None:
    for address in (ADA, GRACE):
        bundle(press, address, is_bundled=False)

    assert [one.slug for one in status(press, NOW)] == ["seed", "soil"]


def test_the_mail_has_the_approved_words_of_each_part(press: Press) -> None:
    the_week(press)
    tick(press, MONDAY)

    (file,) = press.outbox.glob(f"{ADA}--*.eml")
    mail = message_from_bytes(file.read_bytes(), policy=policy.default)
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        for series in DAYS:
            assert f"What there is to say of {series} for the 1. time." in text
    assert mail["Archived-At"] == f"<http://127.0.0.1:8000/issues/{the_bundle(press).name}>"


@pytest.mark.parametrize("is_bundled", [True, False])
def test_a_choice_changed_in_the_week_loses_nothing_and_doubles_nothing(
    press: Press, is_bundled: bool
) -> None:
    for address in (ADA, GRACE, MARY):
        bundle(press, address, is_bundled=is_bundled)
    tick(press, TUESDAY)
    for address in (ADA, GRACE, MARY):
        bundle(press, address, is_bundled=not is_bundled)
    tick(press, FRIDAY)
    tick(press, MONDAY)

    assert {tuple(subjects(press, r)) for r in (ADA, GRACE, MARY)} == {("Seed 1", "Soil 1")}


def test_one_part_alone_comes_as_it_is(press: Press) -> None:
    with press.engine.begin() as connection:
        skip_series(connection, number_of(press, ADA), "soil", NOW)
    the_week(press)
    tick(press, MONDAY)

    assert subjects(press, ADA) == ["Seed 1"]
    assert subjects(press, GRACE) == [FIRST_WEEK]


def test_who_goes_or_skips_or_pauses_in_the_week_gets_nothing_of_it(press: Press) -> None:
    the_week(press)
    bundle(press, MARY)
    with press.engine.begin() as connection:
        end_subscription(connection, number_of(press, ADA), "the-bench", Evidence("test"), FRIDAY)
        pause_subscription(connection, number_of(press, GRACE), "the-bench", MONDAY + WEEK)
    tick(press, MONDAY)

    assert [subjects(press, reader) for reader in (ADA, GRACE)] == [[], []]
    assert status_of(press, "soil-01").tally == Tally(accepted=1, left=2)


def test_who_skips_a_series_in_the_week_gets_the_rest(press: Press) -> None:
    the_week(press)
    with press.engine.begin() as connection:
        skip_series(connection, number_of(press, ADA), "seed", FRIDAY)
    tick(press, MONDAY)

    assert subjects(press, ADA) == ["Soil 1"]


def test_it_goes_to_the_address_the_reader_has_by_then(press: Press) -> None:
    the_week(press)
    with press.engine.begin() as connection:
        new = {"address_key": "ada@new.example.org", "suppression_key": "hash of ada"}
        move_subscriber(connection, number_of(press, ADA), "ada@new.example.org", **new)
    tick(press, MONDAY)

    assert subjects(press, "ada@new.example.org") == [FIRST_WEEK]
    assert subjects(press, ADA) == []


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("commits", range(6))
def test_killed_at_any_moment_the_next_run_does_the_rest(press: Press, commits: int) -> None:
    with press.engine.begin() as connection:
        skip_series(connection, number_of(press, ADA), "soil", NOW)
    the_week(press)
    done = count()

    def kill(_connection: Connection) -> None:
        if next(done) == commits:
            raise Killed

    event.listen(press.engine, "commit", kill)
    with contextlib.suppress(Killed):
        bundle_weeks(press, MONDAY)
    event.remove(press.engine, "commit", kill)
    assert next(done) > commits
    tick(press, MONDAY)
    tick(press, MONDAY + TICK)

    assert subjects(press, ADA) == ["Seed 1"]
    assert subjects(press, GRACE) == [FIRST_WEEK]


def test_two_ticks_at_once_give_each_reader_one_mail(press: Press) -> None:
    the_week(press)
    ticks = [threading.Thread(target=bundle_weeks, args=(press, MONDAY)) for _ in range(4)]
    for one in ticks:
        one.start()
    for one in ticks:
        one.join()
    tick(press, MONDAY)

    assert [subjects(press, reader) for reader in (ADA, GRACE)] == [[FIRST_WEEK]] * 2


def test_parts_whose_templates_mark_nothing_come_one_by_one(press: Press) -> None:
    template = press.library.home / "templates" / "email" / "issue.txt"
    template.write_text(f"Hello!\n\n{template.read_text().replace('{{ bundle.part }}', '')}")
    for series in DAYS:
        preview(press, series, None, NOW)
        approve(press, series, None, reviewer="Eve", channel="cli", now=NOW)
    the_week(press)
    before = subjects(press, ADA)
    tick(press, MONDAY)

    assert before == []
    assert subjects(press, ADA) == ["Seed 1", "Soil 1"]


def test_a_part_without_an_editors_yes_is_in_no_bundle(press: Press) -> None:
    the_week(press)
    publish(press, "", at_once=False, now=MONDAY)
    part = issue_named(press, "seed-01")
    with press.engine.begin() as connection:
        # Only a restore of an old state may lose an approval: the table refuses to forget.
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("DROP TRIGGER approvals_refuse_delete")
        connection.execute(approvals.delete().where(approvals.c.content_hash == part.content_hash))

    with pytest.raises(Unmailable, match=r"seed-01.* is not approved.*partwork approve seed"):
        send(press, the_bundle(press).name, clock=lambda: MONDAY)

    assert subjects(press, ADA) == []


def test_a_part_not_approved_by_monday_keeps_its_readers_waiting(press: Press) -> None:
    the_week(press)
    part = issue_named(press, "seed-01")
    with press.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER approvals_refuse_delete")
        connection.execute(approvals.delete().where(approvals.c.content_hash == part.content_hash))

    (said,) = tick(press, MONDAY)
    approve(press, "seed", 1, reviewer="Eve", channel="cli", now=MONDAY)
    tick(press, MONDAY + TICK)

    assert said.startswith("the-bench: the mail of week 10 waits: seed-01")
    assert subjects(press, ADA) == [FIRST_WEEK]


@pytest.mark.parametrize("kind", [StopKind.PAUSED, StopKind.HELD])
def test_a_part_that_is_stopped_goes_in_no_bundle_until_it_is_let_go(
    press: Press, kind: StopKind
) -> None:
    the_week(press)
    seed = issue_named(press, "seed-01").content_hash
    with press.engine.begin() as connection:
        row = {"content_hash": seed, "kind": kind.value, "reason": "a slip", "at": FRIDAY}
        connection.execute(stops.insert().values(row))
    tick(press, MONDAY)
    first = subjects(press, ADA)
    with press.engine.begin() as connection:
        connection.execute(update(stops).values(kind=StopKind.RESUMED.value))
    tick(press, MONDAY + TICK)

    assert first == ["Soil 1"]
    assert subjects(press, ADA) == ["Seed 1", "Soil 1"]


def test_a_bundle_does_not_leave_once_one_of_its_parts_is_stopped(press: Press) -> None:
    the_week(press)
    publish(press, "", at_once=False, now=MONDAY)
    seed = issue_named(press, "seed-01").content_hash
    with press.engine.begin() as connection:
        row = {"content_hash": seed, "kind": "cancelled", "reason": "a slip", "at": FRIDAY}
        connection.execute(stops.insert().values(row))

    with pytest.raises(Stopped, match=r"waits: seed-01.*, one of its parts, is cancelled"):
        send(press, the_bundle(press).name, clock=lambda: MONDAY)


def test_a_newsletter_whose_file_is_gone_keeps_its_readers_waiting(press: Press) -> None:
    the_week(press)
    file = press.library.newsletter_file("the-bench")
    file.rename(file.with_suffix(".gone"))

    _, (said,) = bundle_weeks(press, MONDAY)
    file.with_suffix(".gone").rename(file)
    tick(press, MONDAY)

    assert said.startswith("the-bench: the mail with all parts of a week waits: there is no")
    assert subjects(press, ADA) == [FIRST_WEEK]


def test_a_bundle_is_no_part_of_any_series(press: Press) -> None:
    the_week(press)
    tick(press, MONDAY)
    bundled = the_bundle(press)

    with read_only(press.engine) as connection:
        titles = {part.title for part in published_parts(connection, "the-bench")}
        series = published_series(connection, "the-bench")
        page = published_issue(connection, bundled.name)
    assert titles == {"Soil 1", "Seed 1"}
    assert set(series) == set(DAYS)
    assert page == bundled
    assert 'href="../parts/' in bundled.page


def test_whoever_has_the_mail_may_leave_by_it_and_skips_no_series(press: Press) -> None:
    the_week(press)
    tick(press, MONDAY)
    ada = number_of(press, ADA)
    with read_only(press.engine) as connection:
        rows = load_deliveries(connection, the_bundle(press).content_hash)
    (mine,) = (row for row in rows if row.subscriber == ada)
    token = unsubscribe_token(Departure(ada, "the-bench", mine.id), press.secrets)

    view = leaving_behind(press, token)
    skip(press, token, wanted=False, now=MONDAY)

    assert view
    assert view.series == ""
    tick(press, TUESDAY + WEEK)
    tick(press, MONDAY + WEEK)
    assert subjects(press, ADA) == ["Soil 2", FIRST_WEEK]
