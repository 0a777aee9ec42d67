"""Of which mail an event speaks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.feedback import Certainty, Feedback, FeedbackKind, Source
from partwork.returning.attributing import Attribution, Found, Origin, attributed

SENT = datetime(2026, 5, 4, 9, tzinfo=UTC)
ADA = Origin(1, "Ada@example.org", 7, SENT)
MARY = Origin(2, "mary@example.org", 8, SENT)
BY_ALL = Found(ADA, ADA, ADA, ADA)


def event(recipient: str = "ada@example.org", source: Source = Source.MAILBOX) -> Feedback:
    return Feedback(source, FeedbackKind.BOUNCE, recipient=recipient)


@pytest.mark.parametrize(
    ("found", "certainty"),
    [
        (BY_ALL, Certainty.BOUNCE_ADDRESS),
        (Found(None, ADA, ADA, ADA), Certainty.RELAY_ID),
        (Found(None, None, ADA, ADA), Certainty.MESSAGE_ID),
        (Found(by_address=ADA), Certainty.ADDRESS),
        (Found(), Certainty.NONE),
    ],
)
def test_the_surest_is_taken(found: Found, certainty: Certainty) -> None:
    assert attributed(event(), found).certainty is certainty


def test_a_mail_that_was_forwarded_is_known_by_its_bounce_address() -> None:
    told = attributed(event("ada@elsewhere.example.org"), Found(by_bounce_address=ADA))

    assert told == Attribution(Certainty.BOUNCE_ADDRESS, ADA)


@pytest.mark.parametrize("found", [Found(by_relay_id=MARY), Found(by_message_id=MARY)])
@pytest.mark.parametrize("source", [Source.MAILBOX, Source.SES])
def test_a_name_of_somebody_elses_mail_is_not_believed(found: Found, source: Source) -> None:
    assert attributed(event(source=source), found) == Attribution(Certainty.NONE)


@pytest.mark.parametrize("found", [Found(by_relay_id=ADA), Found(by_message_id=ADA)])
def test_mail_must_name_the_recipient_where_ids_can_be_guessed(found: Found) -> None:
    assert attributed(event(""), found).certainty is Certainty.NONE
    assert attributed(event("", Source.MAILGUN), found).origin == ADA


def test_of_an_address_alone_nobody_knows_when_our_mail_left() -> None:
    told = attributed(event(), Found(by_address=ADA))

    assert told.origin == Origin(1, "Ada@example.org")


def test_who_makes_up_a_bounce_address_is_believed_in_nothing() -> None:
    forged = Found(None, ADA, ADA, ADA, is_forged=True)

    assert attributed(event(), forged) == Attribution(Certainty.NONE)


def test_a_service_may_tell_a_token_whose_secret_is_gone() -> None:
    forgotten = Found(by_relay_id=ADA, is_forged=True)

    told = attributed(event(source=Source.SES), forgotten)

    assert told == Attribution(Certainty.RELAY_ID, ADA)


@given(
    st.builds(Found, *[st.sampled_from([None, ADA, MARY])] * 4, st.booleans()),
    st.sampled_from(["", "ada@example.org", "MARY@EXAMPLE.ORG", "else@example.org"]),
    st.sampled_from(Source),
)
def test_there_is_a_reader_unless_the_certainty_is_none(
    found: Found, recipient: str, source: Source
) -> None:
    told = attributed(event(recipient, source), found)

    assert (told.origin is None) is (told.certainty is Certainty.NONE)
    if told.certainty in {Certainty.RELAY_ID, Certainty.MESSAGE_ID} and recipient:
        assert told.origin
        assert told.origin.recipient.lower() == recipient.lower()
