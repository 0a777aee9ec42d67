"""The report on an issue: what came back, who left, what it is set beside, and when it is due."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, select

from partwork.actions.folding import fold_old
from partwork.actions.issue_report import issue_report, issue_report_csv, issue_report_html
from partwork.actions.kept_reports import (
    DueReport,
    due_reports,
    holding_reports,
    keep_report,
    report_file,
)
from partwork.actions.preview import preview
from partwork.actions.subscribers import erase
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import Press, assemble
from partwork.library import LibraryError
from partwork.model.audience import Evidence
from partwork.model.feedback import FeedbackKind
from partwork.model.issue_report import Bounces, DomainOutcomes, Outcomes, Period
from partwork.settings import Settings
from partwork.store.engine import read_only
from partwork.store.ledger import load_deliveries
from partwork.store.schema import campaigns, issues
from partwork.subscribing.tokens import Departure, unsubscribe_token
from tests.actions.returned import DAY, MAILBOX_FULL, PATTERN, send, tell
from tests.actions.sending import subscribe
from tests.conftest import NOW

HOUR = timedelta(hours=1)
WEEK = 7 * DAY
READERS = [f"reader{n}@{'one' if n < 16 else 'two'}.example.org" for n in range(20)]
FIRST, SECOND, THIRD = READERS[:3]
ONE_OF_FEW = READERS[-1]


@pytest.fixture
def post(home: Path, database_url: str) -> Iterator[Press]:
    """The press of a home with twenty readers whose mails have bounce addresses."""
    with assemble(Settings(home=home, database_url=database_url, bounce_address=PATTERN)) as press:
        subscribe(press, READERS, NOW - DAY)
        yield press


@pytest.fixture
def own(home: Path) -> Iterator[Press]:
    """The same on SQLite alone, for what is no matter of the database."""
    with assemble(Settings(home=home, bounce_address=PATTERN)) as press:
        subscribe(press, READERS, NOW - DAY)
        yield press


def issue_of(press: Press, at: datetime = NOW) -> str:
    """The name of the issue that was planned then."""
    query = select(issues.c.name).join(campaigns, campaigns.c.content_hash == issues.c.content_hash)
    with read_only(press.engine) as connection:
        name: str = connection.execute(query.where(campaigns.c.due_at == at)).scalar_one()
    return name


def leave(press: Press, reader: str, delivery: int, at: datetime) -> None:
    """By the link of that mail."""
    query = select(issues.c.content_hash)
    with read_only(press.engine) as connection:
        rows = [
            row
            for content_hash in connection.execute(query).scalars().all()
            for row in load_deliveries(connection, content_hash)
        ]
    (subscriber,) = {row.subscriber for row in rows if row.recipient == reader}
    departure = Departure(subscriber, "the-bench", delivery)
    token = unsubscribe_token(departure, press.secrets)
    unsubscribe(press, token, Evidence("one-click"), now=at)


def test_it_counts_what_became_of_every_delivery(post: Press) -> None:
    mails = send(post)
    tell(post, mails[FIRST].bounce(), mails[FIRST].bounce(MAILBOX_FULL), now=NOW + HOUR)
    tell(post, mails[SECOND].told(FeedbackKind.COMPLAINT), now=NOW + HOUR)
    leave(post, THIRD, mails[THIRD].delivery, NOW + 1.5 * HOUR)
    leave(post, ONE_OF_FEW, mails[ONE_OF_FEW].delivery, NOW + 3 * DAY)

    report = issue_report(post, issue_of(post), NOW + 4 * DAY)

    assert report.outcomes == Outcomes(accepted=20, bounced=1, complained=1, left=2)
    assert report.bounces == Bounces(address=1)
    assert report.left_by_hour == (0, 1, *[0] * 22)
    assert report.left_by_day == (1, 0, 0, 1, 0, 0, 0)
    assert (report.planned, report.first_at) == (20, NOW)
    assert [(one.domain, one.outcomes) for one in report.domains] == [
        ("one.example.org", Outcomes(accepted=16, bounced=1, complained=1, left=1)),
        ("", Outcomes(accepted=4, left=1)),
    ]


def test_a_report_that_anybody_could_write_is_not_counted_but_said(post: Press) -> None:
    mails = send(post)
    named = {"bounce_address": "", "message_id": mails[FIRST].message_id}
    forged = mails[FIRST].told(FeedbackKind.COMPLAINT, **named)
    tell(post, forged, now=NOW + HOUR)

    report = issue_report(post, issue_of(post), NOW + DAY)

    assert (report.outcomes.complained, report.unproven) == (0, 1)


def test_it_stands_beside_the_issues_before_it_as_they_were_at_its_age(own: Press) -> None:
    early = send(own, NOW)
    late = send(own, NOW + WEEK)
    tell(own, late[FIRST].bounce(MAILBOX_FULL), now=NOW + WEEK + HOUR)
    tell(own, early[SECOND].bounce(MAILBOX_FULL), now=NOW + HOUR)
    leave(own, THIRD, early[THIRD].delivery, NOW + 3 * DAY)
    name = issue_of(own, NOW + WEEK)

    young = issue_report(own, name, NOW + WEEK + DAY)
    old = issue_report(own, name, NOW + 2 * WEEK)

    assert young.within == DAY
    assert [one.outcomes.left for one in young.earlier] == [0]
    assert [one.outcomes.bounced for one in young.earlier] == [1]
    assert young.compared.outcomes.bounced == 1
    assert old.within == WEEK
    assert [one.outcomes.left for one in old.earlier] == [1]
    assert [one.issue for one in old.earlier] == [issue_of(own, NOW)]


def test_an_issue_is_set_beside_ten_at_most_and_never_beside_later_ones(own: Press) -> None:
    for day in range(13):
        send(own, NOW + day * DAY)

    report = issue_report(own, issue_of(own, NOW + 11 * DAY), NOW + 20 * DAY)

    assert [one.due_at for one in report.earlier] == [NOW + n * DAY for n in range(10, 0, -1)]


def test_folding_changes_no_number_but_says_which_are_gone(post: Press) -> None:
    mails = send(post)
    tell(post, mails[FIRST].bounce(), now=NOW + HOUR)
    leave(post, THIRD, mails[THIRD].delivery, NOW + HOUR)
    later = NOW + 100 * DAY
    before = issue_report(post, issue_of(post), later)

    assert fold_old(post, later) == 20
    after = issue_report(post, issue_of(post), later)

    assert after.outcomes == before.outcomes
    assert after.bounces == before.bounces
    assert (after.left_by_hour, after.left_by_day) == (before.left_by_hour, before.left_by_day)
    assert after.compared == before.compared
    assert (before.folded, after.folded) == (0, 20)
    assert (after.domains, after.first_at, after.last_at) == ((), None, None)
    assert any("kept in short" in notice for notice in after.notices)


def test_an_erased_reader_is_in_no_domain_and_still_a_delivery(post: Press) -> None:
    send(post)
    erase(post, FIRST, now=NOW + HOUR)

    report = issue_report(post, issue_of(post), NOW + DAY)

    assert report.outcomes.accepted == 20
    assert [one.outcomes.accepted for one in report.domains] == [15, 5]


def test_an_issue_to_few_readers_tells_no_domain(press: Press) -> None:
    subscribe(press, READERS[:19], NOW - DAY)
    send(press)

    assert issue_report(press, issue_of(press), NOW + DAY).domains == ()


def test_it_says_what_cannot_be_known_or_may_still_change(press: Press) -> None:
    subscribe(press, READERS, NOW - DAY)
    send(press)
    name = issue_of(press)

    young = " ".join(issue_report(press, name, NOW + HOUR).notices)
    week_old = " ".join(issue_report(press, name, NOW + WEEK).notices)

    assert "The first day is not over" in young
    assert "not over" not in week_old
    assert "Neither a mailbox nor a webhook is set" in week_old


def test_a_draft_and_an_unknown_name_are_refused_in_a_line(press: Press, series: str) -> None:
    preview(press, series, None, NOW)

    with pytest.raises(LibraryError, match="is not published; there is nothing to report yet"):
        issue_report(press, f"{series}-01", NOW)
    with pytest.raises(LibraryError, match="there is no issue 'nothing'"):
        issue_report(press, "nothing", NOW)


def test_a_domain_comes_to_a_spreadsheet_as_words(own: Press) -> None:
    send(own)
    formula = (DomainOutcomes("=cmd|' /C calc'!A0", Outcomes(accepted=9)),)
    report = replace(issue_report(own, issue_of(own), NOW + DAY), domains=formula)

    table = issue_report_csv(report)

    rows = list(csv.reader(io.StringIO(table)))
    assert "'=cmd|' /C calc'!A0" in [row[1] for row in rows]
    assert {len(row) for row in rows} == {5}


def test_a_report_is_due_a_day_and_a_week_after_the_first_delivery_and_then_no_more(
    own: Press,
) -> None:
    send(own)
    name = issue_of(own)
    day, week = DueReport(name, Period.DAY), DueReport(name, Period.WEEK)
    second = timedelta(seconds=1)

    assert due_reports(own, NOW + DAY - second) == ()
    assert due_reports(own, NOW + DAY) == (day,)
    assert due_reports(own, NOW + WEEK - second) == (day,)
    assert due_reports(own, NOW + WEEK) == (week,)
    assert due_reports(own, NOW + 2 * WEEK - second) == (week,)
    assert due_reports(own, NOW + 2 * WEEK) == ()


def test_of_an_issue_whose_reports_cannot_be_due_yet_no_delivery_is_read(own: Press) -> None:
    send(own)
    read: list[str] = []

    @event.listens_for(own.engine, "before_cursor_execute")
    def note(_conn, _cursor, statement: str, *_more: object) -> None:
        if "FROM deliveries" in statement:
            read.append(statement)

    assert due_reports(own, NOW + DAY - timedelta(seconds=1)) == ()
    assert read == []
    assert due_reports(own, NOW + DAY)
    assert read


def test_a_report_that_was_kept_is_due_no_more_even_after_a_restart(own: Press) -> None:
    send(own)
    name = issue_of(own)
    page = keep_report(own, issue_report(own, name, NOW + DAY), Period.DAY)

    with assemble(own.settings) as again:
        assert due_reports(again, NOW + DAY) == ()
        assert due_reports(again, NOW + WEEK) == (DueReport(name, Period.WEEK),)
    data = json.loads(report_file(own, name, Period.DAY).read_text())
    assert (data["issue"], data["accepted"]) == (name, 20)
    assert page.read_text() == issue_report_html(own, issue_report(own, name, NOW + DAY))


def test_a_report_of_which_only_the_page_was_written_is_still_due(own: Press) -> None:
    send(own)
    name = issue_of(own)
    page = keep_report(own, issue_report(own, name, NOW + DAY), Period.DAY)
    report_file(own, name, Period.DAY).unlink()

    assert page.exists()
    assert due_reports(own, NOW + DAY) == (DueReport(name, Period.DAY),)


def test_two_do_not_make_reports_at_once(own: Press) -> None:
    with holding_reports(own) as first, holding_reports(own) as second:
        assert (first, second) == (True, False)
    with holding_reports(own) as afterwards:
        assert afterwards


def test_nothing_that_is_kept_names_a_reader(own: Press) -> None:
    mails = send(own)
    tell(own, mails[FIRST].bounce(), now=NOW + HOUR)
    keep_report(own, issue_report(own, issue_of(own), NOW + DAY), Period.DAY)

    kept = [file.read_text() for file in (own.settings.state / "reports").iterdir()]
    assert len(kept) == 2
    assert not any("@" in words.replace("@media", "") for words in kept)
