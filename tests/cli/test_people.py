"""Subscribers at the terminal."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partwork.actions.feedback import judge, take_in
from partwork.assembly import assemble
from partwork.cli.main import run
from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.settings import Settings
from partwork.store.audience import load_subscriber
from partwork.store.subscriptions import pause_subscription, skip_series

ADA = "ada@example.org"
TOMORROW = datetime.now(UTC) + timedelta(days=1)  # commands have no clock but the machine's


@pytest.fixture
def file(named_home: Path, tmp_path: Path) -> Path:
    """Two addresses, and a home that the environment names."""
    people = tmp_path / "people.csv"
    people.write_text(f"email\n{ADA}\ngrace@example.org\n")
    return people


def imported(file: Path) -> int:
    into = ("--newsletter", "the-bench", "--confirmed", "at the fair")
    return run(["subscribers", "import", str(file), *into])


def test_an_import_says_who_was_left_out_and_where_it_is_written(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(f"email,status\n{ADA},cleaned\ngrace@example.org,subscribed\n")
    assert imported(file) == 0  # who left is no mistake
    file.write_text(f"email,status\n{ADA},cleaned\nno address,subscribed\n")
    assert imported(file) == 1

    told = capsys.readouterr()
    assert "left, bounced or unconfirmed where they come from: 1" in told.out
    assert "people.errors.csv" in told.out.replace("\n", "")
    assert "people.csv, line 3: its address has no @" in told.err.replace("\n", "")


def test_a_suppressed_address_is_not_imported_until_it_is_not_any_more(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["subscribers", "suppress", ADA, "--reason", "complaint"]) == 0
    assert run(["subscribers", "suppress", ADA]) == 0
    assert imported(file) == 0
    assert run(["subscribers", "unsuppress", ADA, "--reason", "she wrote to us"]) == 0
    assert run(["subscribers", "unsuppress", ADA, "--reason", "she wrote to us"]) == 0
    assert imported(file) == 0

    assert capsys.readouterr().out.splitlines() == [
        "suppressed",
        "was suppressed already",
        "added 1, already there 0, left earlier 0, suppressed 1, unusable 0",
        "not suppressed any more",
        "was not suppressed",
        "added 1, already there 1, left earlier 0, suppressed 0, unusable 0",
    ]


def test_a_story_says_how_they_agreed(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    imported(file)

    assert run(["subscribers", "show", ADA]) == 0

    assert "imported the-bench (import: at the fair)" in capsys.readouterr().out


def test_a_story_says_what_keeps_mails_away(
    file: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(file)
    with assemble(Settings(home=home)) as press, press.engine.begin() as connection:
        ada = load_subscriber(connection, ADA)
        pause_subscription(connection, ada.id, "the-bench", datetime(2031, 5, 6, 7, 8, tzinfo=UTC))
        skip_series(connection, ada.id, "soil", datetime(2026, 5, 6, tzinfo=UTC))
    run(["subscribers", "suppress", ADA])
    capsys.readouterr()

    assert run(["subscribers", "show", ADA]) == 0

    told = [line.strip() for line in capsys.readouterr().out.splitlines()]
    assert told[1] == "suppressed: gets no campaign"
    assert told[3:5] == ["pause: until 2031-05-06 07:08 UTC", "skips: soil"]


def test_a_story_tells_each_thing_that_came_back_in_words(
    file: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(file)
    told = Feedback(
        Source.SES, FeedbackKind.BOUNCE, "1", ADA, status="5.1.1", words="no such user", at=TOMORROW
    )
    with assemble(Settings(home=home)) as press:
        take_in(press, [told], now=TOMORROW)
        judge(press, now=TOMORROW)
    capsys.readouterr()

    assert run(["subscribers", "show", ADA]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.endswith(
        "bounce → suppress: the address itself is no good, for ever (ses, by address): 5.1.1 no "
        "such user on the suppression list: hard bounce"
    )
    assert run(["subscribers", "show", ADA, "--json"]) == 0
    (came_back,) = json.loads(capsys.readouterr().out)["came_back"]
    assert (came_back["rule"], came_back["event"]["status"]) == ("hard bounce", "5.1.1")


def test_of_an_address_that_nobody_subscribed_it_is_said_whether_it_is_suppressed(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["subscribers", "show", ADA]) == 1
    run(["subscribers", "suppress", ADA])
    assert run(["subscribers", "show", ADA]) == 1

    assert capsys.readouterr().err.splitlines() == [
        f"partwork: {ADA}: no subscriber has this address",
        f"partwork: {ADA}: no subscriber has this address; it is on the suppression list",
    ]


def test_a_slip_in_an_address_suppresses_nobody(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["subscribers", "suppress", "ada@@example.org"]) == 1

    told = capsys.readouterr()
    assert (told.out, told.err) == ("", "partwork: 'ada@@example.org' is not an e-mail address\n")


def test_a_default_is_shown_as_it_is_typed(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["subscribers", "suppress", "--help"]) == 0

    assert "[default: wish]" in capsys.readouterr().out


def test_a_story_says_that_a_probe_decides_and_why_a_suppression_was_lifted(
    file: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(file)
    run(["subscribers", "suppress", ADA])
    run(["subscribers", "unsuppress", ADA, "--reason", "she wrote to us"])
    with assemble(Settings(home=home)) as press:
        for day in (TOMORROW + timedelta(days=n) for n in range(5)):
            told = Feedback(Source.SES, FeedbackKind.BOUNCE, f"{day}", ADA, status="5.2.2", at=day)
            take_in(press, [told], now=day)
            judge(press, now=day)
    capsys.readouterr()

    assert run(["subscribers", "show", ADA]) == 0

    told = [line.strip() for line in capsys.readouterr().out.splitlines()]
    until = (TOMORROW + timedelta(days=12)).date()
    assert told[1] == f"mail keeps bouncing: a probe decides, no campaign until {until} 00:00 UTC"
    assert told[2] == "a suppression was lifted: she wrote to us"


def test_tags_and_fields_are_shown_and_counted_in_segments(
    file: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(f"email,City\n{ADA},Köln\ngrace@example.org,\n")
    settings = home / "content" / "newsletters" / "the-bench.toml"
    settings.write_text(settings.read_text() + "\n[segments.local]\nfield.city = 'Köln'\n")
    kept = ("--tag", "fair", "--tag", "spring", "--field", "city")
    into = ("--newsletter", "the-bench", "--confirmed", "at the fair")
    assert run(["subscribers", "import", str(file), *into, *kept]) == 0
    capsys.readouterr()

    assert run(["subscribers", "show", ADA]) == 0
    told = capsys.readouterr().out
    assert "tags: fair, spring\n  city: Köln" in told

    assert run(["subscribers", "segments", "--json"]) == 0
    counted = json.loads(capsys.readouterr().out)
    assert [(one["segment"], one["readers"]) for one in counted] == [("", 2), ("local", 1)]

    assert run(["subscribers", "export"]) == 0
    assert ",tags,field.city" in capsys.readouterr().out


def test_an_erasure_is_reported_without_a_name(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    imported(file)
    capsys.readouterr()

    assert run(["subscribers", "erase", ADA, "--yes"]) == 0
    told = capsys.readouterr().out
    assert run(["subscribers", "erase", "grace@example.org", "--yes", "--json"]) == 0
    report = json.loads(capsys.readouterr().out)

    assert told.startswith("erased 20")
    assert "out of reach: backups" in told
    assert "ada@" not in told
    assert report["deleted"]["address, name, language, tags and imported fields"] == 1
    assert run(["subscribers", "erase", ADA, "--yes"]) == 1
    assert "no subscriber has this address" in capsys.readouterr().err


def test_nobody_is_erased_without_a_yes(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(file)

    assert run(["subscribers", "erase", ADA]) == 1
    assert run(["subscribers", "show", ADA]) == 0
