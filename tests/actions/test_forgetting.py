"""Erased: gone from everything that is ours, with a report that names nobody."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.actions.answering import answer_requests
from partwork.actions.departing import depart
from partwork.actions.forgetting import forget_unconfirmed
from partwork.actions.housekeeping import keep_house
from partwork.actions.sign_up import Visitor, ask, ask_for_link
from partwork.actions.subscribers import (
    all_subscribers,
    erase,
    import_subscribers,
    story_of,
)
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.audience import Evidence, ServiceRequest
from partwork.store.audience import load_subscriber_by_id
from partwork.store.engine import read_only
from partwork.subscribing.wording import wording_of
from partwork.transport.forgetting import forget_messages
from tests.actions.conftest import READERS
from tests.conftest import NOW, Clock

DAY = timedelta(days=1)
ADA = "ada@example.org"
VISITOR = Visitor("192.0.2.7", "Browser 1.0")


def test_no_file_of_ours_still_holds_the_address(press: Press, readers: object) -> None:
    for address in ("Ada@Example.org", "grace@example.org"):
        ask_for_link(press, "the-bench", address, VISITOR, NOW)
    answer_requests(press, lambda: NOW)
    dry_run = press.settings.state / "dry-run" / "an-issue"
    dry_run.mkdir(parents=True)
    (dry_run / "copy.eml").write_bytes(
        b"From: us@example.org\r\nTo: <ADA@example.org>\r\n\r\nHello"
    )
    ask_for_link(press, "the-bench", ADA, VISITOR, NOW)  # and a wish that nobody has answered yet

    report = erase(press, ADA, NOW)

    held = b"".join(f.read_bytes() for f in press.settings.state.rglob("*") if f.is_file())
    assert b"ada@example.org" not in held.lower()
    assert b"grace@example.org" in held
    assert report.deleted["mails in the outbox"] == 2


def test_what_another_reads_just_now_is_told_and_overwritten_later(
    press: Press, readers: object
) -> None:
    if press.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL overwrites by its own time: VACUUM")
    with read_only(press.engine) as connection:
        load_subscriber_by_id(connection, 1)  # an export, say, that goes on reading

        report = erase(press, ADA, NOW)

        assert "earlier pages of the database" in report.out_of_reach[-1]
    keep_house(press, lambda: NOW)
    held = b"".join(f.read_bytes() for f in press.settings.state.rglob("*") if f.is_file())
    assert b"ada@example.org" not in held.lower()


def test_the_report_is_dated_says_what_stays_and_names_nobody(
    press: Press, readers: object
) -> None:
    report = erase(press, ADA, NOW)

    assert report.at == NOW
    assert report.kept["consents, without person, network address and browser"] == 3
    assert any("backups" in what for what in report.out_of_reach)
    assert "ada" not in json.dumps(asdict(report), default=str).lower().replace("database", "")


def test_who_is_erased_is_nobody(press: Press, readers: object) -> None:
    erase(press, ADA, NOW)

    for act in (erase, lambda p, a, _: story_of(p, a)):
        with pytest.raises(LibraryError, match="no subscriber"):
            act(press, ADA, NOW)


def test_who_never_confirms_is_forgotten_after_a_month(press: Press, readers: object) -> None:
    """Most of them never asked: somebody else typed their address."""
    wording = wording_of("The Bench")
    kind = ServiceRequest.SUBSCRIBE
    for address, at in (("eve@example.org", NOW), ("bob@example.org", NOW + 20 * DAY)):
        ask(press, kind, "the-bench", address, VISITOR, wording=wording, now=at)
    answer_requests(press, lambda: NOW + 20 * DAY)

    keep_house(press, lambda: NOW + 30 * DAY)
    still_there = {person.address for person, *_ in all_subscribers(press, "", None)}
    keep_house(press, lambda: NOW + 31 * DAY)

    left = {person.address for person, *_ in all_subscribers(press, "", None)}
    assert still_there - left == {"eve@example.org"}
    assert left == {*READERS, "bob@example.org"}
    assert not list(press.outbox.glob("eve@*"))


def test_who_asks_again_before_the_time_is_over_has_as_long_again(
    press: Press, readers: object
) -> None:
    clock = Clock()
    for clock.at in (NOW, NOW + 29 * DAY):
        ask(press, ServiceRequest.SUBSCRIBE, "the-bench", "eve@example.org", VISITOR, now=clock())
        answer_requests(press, clock)

    keep_house(press, lambda: NOW + 31 * DAY)
    assert "eve@example.org" in {person.address for person, *_ in all_subscribers(press, "", None)}

    keep_house(press, lambda: NOW + 60 * DAY)
    assert {person.address for person, *_ in all_subscribers(press, "", None)} == set(READERS)


def test_who_is_forgotten_in_two_goes_leaves_no_mail_behind(press: Press) -> None:
    ask(press, ServiceRequest.SUBSCRIBE, "the-bench", "eve@example.org", VISITOR, now=NOW)
    answer_requests(press, lambda: NOW)
    in_the_way = press.outbox / "a folder.eml"
    in_the_way.mkdir()
    with pytest.raises(LibraryError, match="a mail there cannot be removed"):
        forget_unconfirmed(press, NOW + 31 * DAY)

    in_the_way.rmdir()

    assert forget_unconfirmed(press, NOW + 31 * DAY) == 1
    assert not list(press.outbox.glob("eve@*"))


def test_who_left_and_was_asked_for_again_in_vain_is_not_imported_after_that(
    press: Press, readers: object, tmp_path: Path
) -> None:
    story = story_of(press, ADA)
    depart(press, story.subscriber, story.subscriptions, Evidence("link"), now=NOW)
    ask(press, ServiceRequest.SUBSCRIBE, "the-bench", ADA, VISITOR, now=NOW)
    answer_requests(press, lambda: NOW)

    assert forget_unconfirmed(press, NOW + 31 * DAY) == 1

    (tmp_path / "people.csv").write_text(f"email\n{ADA}\n")
    report = import_subscribers(
        press, tmp_path / "people.csv", "the-bench", note="an old list", now=NOW
    )
    assert report.left_earlier == 1


@pytest.mark.parametrize(
    "to",
    [
        "ada@example.org",
        '"Ada, Countess" <ada@example.org>',
        "<ADA@EXAMPLE.ORG>",
        "\r\n ada@example.org",
    ],
)
def test_a_mail_is_known_by_its_header(tmp_path: Path, to: str) -> None:
    (tmp_path / "a.eml").write_bytes(f"To: {to}\r\nSubject: x\r\n\r\n".encode())
    (tmp_path / "b.eml").write_bytes(b"To: bob@example.org\r\n\r\nTo: ada@example.org")
    (tmp_path / "c.eml").write_bytes(b"\xff\xfe\x00")

    gone = forget_messages(
        [tmp_path, tmp_path / "nowhere"], lambda address: address.lower() == "ada@example.org"
    )

    assert gone == 1
    assert sorted(f.name for f in tmp_path.iterdir()) == ["b.eml", "c.eml"]


def test_a_mail_to_letters_beyond_ascii_is_known_too(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes("To: übung@example.org\r\n\r\n".encode())

    assert forget_messages([tmp_path], lambda address: address == "übung@example.org") == 1
