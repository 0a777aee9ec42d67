"""Mail that came back, of many systems, and what it tells: `tests/data/returning`."""

import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.returning.attributing import Attribution, Origin
from partwork.returning.judging import Limits, Record, judged
from partwork.returning.mail import read_mail

SAMPLES = Path(__file__).parents[1] / "data" / "returning"
EXPECTED = tomllib.loads((SAMPLES / "expected.toml").read_text(encoding="utf-8"))

OUR_MESSAGE_ID = "<4711.7f3a91c2d0e4b6a85913c2f7@news.example.org>"
OUR_BOUNCE_ADDRESS = "bounces+daaaaaaacjfq3vb6zk2x7mwpoe4t5gy@news.example.org"


def sample(name: str) -> bytes:
    return (SAMPLES / f"{name}.eml").read_bytes()


def told(events: tuple[Feedback, ...]) -> list[dict[str, str]]:
    return [
        {
            "kind": event.kind.value,
            "recipient": event.recipient,
            "status": event.status,
            "feedback_type": event.feedback_type,
        }
        for event in events
    ]


def test_each_sample_is_in_the_table_and_there_are_many():
    assert {file.stem for file in SAMPLES.glob("*.eml")} == set(EXPECTED)
    told_of = [{event["kind"] for event in row["events"]} for row in EXPECTED.values()]
    assert sum("bounce" in kinds for kinds in told_of) >= 60


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mail_tells_what_its_system_meant(name: str):
    expected = EXPECTED[name]["events"]

    events = read_mail(sample(name))

    empty = {"recipient": "", "status": "", "feedback_type": ""}
    assert told(events) == [
        empty | {key: value for key, value in event.items() if key not in {"verdict", "at"}}
        for event in expected
    ]
    for event, row in zip(events, expected, strict=True):
        if "at" in row:
            assert event.at == datetime.fromisoformat(row["at"])


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mail_names_our_mail_where_it_says_so(name: str):
    expected = EXPECTED[name]

    for event in read_mail(sample(name)):
        assert event.source is Source.MAILBOX
        assert event.message_id == expected.get("message_id", OUR_MESSAGE_ID)
        assert event.bounce_address == expected.get("bounce_address", OUR_BOUNCE_ADDRESS)
        assert event.relay_id == expected.get("relay_id", event.relay_id)
        assert event.at is not None


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mail_ends_as_the_verdict_it_deserves(name: str):
    sent_at = datetime(2026, 11, 12, 7, 0, 3, tzinfo=UTC)
    record = Record(since=sent_at - timedelta(days=30))

    for event, row in zip(read_mail(sample(name)), EXPECTED[name]["events"], strict=True):
        ours = Origin(1, event.recipient, delivery=4711, sent_at=sent_at)
        about = Attribution(Certainty.BOUNCE_ADDRESS, ours)
        _, judgement = judged(record, event, about, sent_at + timedelta(days=1), Limits())

        assert judgement.rule == row["verdict"]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mail_tells_the_same_with_the_line_ends_of_the_wire(name: str):
    mail = sample(name)
    wired = mail.replace(b"\n", b"\r\n")

    assert told(read_mail(wired)) == told(read_mail(mail))


@pytest.mark.parametrize("name", EXPECTED)
def test_words_that_come_back_are_kept_as_evidence(name: str):
    for event in read_mail(sample(name)):
        if event.kind is FeedbackKind.BOUNCE and event.recipient and event.status:
            assert event.words or event.status in sample(name).decode()
        assert "\n" not in event.words
