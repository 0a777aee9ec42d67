"""Webhooks: payloads of the form that each service documents."""

import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.feedback import Feedback, FeedbackKind, Source
from partwork.returning.webhook_json import UnreadableEvent
from partwork.returning.webhooks import events_in

PAGE = (Path(__file__).parents[2] / "docs" / "returning.md").read_text()
ADA, US = "ada@example.org", "bounces+dabc@example.org"
OUR_ID = "<7.0123456789abcdef01234567@example.org>"
SES_ID = "0102018f3c2a1b4d-5e6f7a8b-1111-2222-3333-444455556666-000000"
TOLD = "2026-05-04T09:30:00.000Z"
AT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


def of_ses(name: str, **parts: object) -> dict[str, object]:
    return {
        "eventType": name,
        "mail": {
            "timestamp": "2026-05-04T09:00:00.000Z",
            "source": f"Herbalist <{US}>",
            "messageId": SES_ID,
            "destination": [ADA],
            "headersTruncated": False,
            "commonHeaders": {"messageId": OUR_ID, "subject": "Part 3"},
            "tags": {"ses:caller-identity": ["ses-smtp-user"]},
        },
        **parts,
    }


def left(everything: bool) -> dict[str, object]:
    return {"timestamp": TOLD, "newTopicPreferences": {"unsubscribeAll": everything}}


def of_postmark(name: str, **fields: object) -> dict[str, object]:
    return {
        "RecordType": name,
        "MessageStream": "broadcast",
        "MessageID": "883953f4-6105-42a2-a16a-77a8eac79483",
        "ServerID": 23,
        "Tag": "",
        "Metadata": {},
        **fields,
    }


def bounce_of_postmark(kind: str, details: str = "") -> dict[str, object]:
    return of_postmark(
        "Bounce", ID=692560173, Type=kind, Email=ADA, Details=details, BouncedAt=TOLD
    )


def of_mailgun(name: str, **fields: object) -> dict[str, object]:
    return {
        "signature": {"timestamp": "1777887000", "token": "t", "signature": "s"},
        "event-data": {
            "event": name,
            "id": "CPgfbmQMTCKtHW6uIWtuVe",
            "timestamp": 1777887000.5,
            "recipient": ADA,
            "envelope": {"sender": US, "targets": ADA, "transport": "smtp"},
            "message": {"headers": {"message-id": OUR_ID.strip("<>"), "to": ADA}},
            **fields,
        },
    }


def of_sendgrid(name: str, **fields: object) -> list[dict[str, object]]:
    return [
        {
            "event": name,
            "email": ADA,
            "timestamp": 1777887000,
            "smtp-id": OUR_ID,
            "sg_event_id": "ZGVsaXZlcmVkLTA",
            "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
            **fields,
        }
    ]


SAMPLES: Mapping[tuple[str, str], object] = {
    ("ses", "Bounce"): of_ses(
        "Bounce",
        bounce={
            "feedbackId": "0102018f-feed",
            "bounceType": "Permanent",
            "bounceSubType": "General",
            "bouncedRecipients": [
                {
                    "emailAddress": ADA,
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                }
            ],
            "timestamp": TOLD,
            "reportingMTA": "dns; a27-30.smtp-out.example.org",
        },
    ),
    ("ses", "Complaint"): of_ses(
        "Complaint",
        complaint={
            "feedbackId": "0102018f-feed",
            "complainedRecipients": [{"emailAddress": ADA}],
            "complaintFeedbackType": "abuse",
            "userAgent": "ExampleFBL/1.0",
            "timestamp": TOLD,
        },
    ),
    ("ses", "Delivery"): of_ses(
        "Delivery",
        delivery={
            "timestamp": TOLD,
            "processingTimeMillis": 546,
            "recipients": [ADA],
            "smtpResponse": "250 ok",
        },
    ),
    ("ses", "DeliveryDelay"): of_ses(
        "DeliveryDelay",
        deliveryDelay={
            "timestamp": TOLD,
            "delayType": "MailboxFull",
            "delayedRecipients": [
                {"emailAddress": ADA, "status": "4.2.2", "diagnosticCode": "smtp; 452 full"}
            ],
        },
    ),
    ("ses", "Reject"): of_ses("Reject", reject={"reason": "Bad content"}),
    ("ses", "Subscription, all topics left"): of_ses("Subscription", subscription=left(True)),
    ("ses", "Subscription, a topic left"): of_ses("Subscription", subscription=left(False)),
    ("ses", "Open"): of_ses("Open", open={"timestamp": TOLD}),
    ("postmark", "Bounce"): bounce_of_postmark("HardBounce", "smtp;550 5.1.1 no such user"),
    ("postmark", "Bounce, Transient"): bounce_of_postmark("Transient"),
    ("postmark", "Bounce, AutoResponder"): bounce_of_postmark("AutoResponder"),
    ("postmark", "SpamComplaint"): of_postmark(
        "SpamComplaint", ID=42, Type="SpamComplaint", Email=ADA, BouncedAt=TOLD
    ),
    ("postmark", "Delivery"): of_postmark(
        "Delivery", Recipient=ADA, DeliveredAt=TOLD, Details="250 ok"
    ),
    ("postmark", "SubscriptionChange by the reader"): of_postmark(
        "SubscriptionChange",
        Recipient=ADA,
        ChangedAt=TOLD,
        Origin="Recipient",
        SuppressSending=True,
        SuppressionReason="ManualSuppression",
    ),
    ("postmark", "SubscriptionChange by Postmark"): of_postmark(
        "SubscriptionChange",
        Recipient=ADA,
        ChangedAt=TOLD,
        Origin="Recipient",
        SuppressSending=True,
        SuppressionReason="HardBounce",
    ),
    ("mailgun", "failed, permanent"): of_mailgun(
        "failed",
        severity="permanent",
        reason="bounce",
        **{"delivery-status": {"code": 550, "enhanced-code": "5.1.1", "message": "no such user"}},
    ),
    ("mailgun", "failed, temporary"): of_mailgun(
        "failed", severity="temporary", **{"delivery-status": {"code": 452, "message": "full"}}
    ),
    ("mailgun", "failed, suppress-complaint"): of_mailgun(
        "failed", severity="permanent", reason="suppress-complaint"
    ),
    ("mailgun", "delivered"): of_mailgun("delivered"),
    ("mailgun", "complained"): of_mailgun("complained"),
    ("mailgun", "unsubscribed"): of_mailgun("unsubscribed"),
    ("mailgun", "rejected"): of_mailgun("rejected", reject={"reason": "Sandbox"}),
    ("sendgrid", "bounce"): of_sendgrid(
        "bounce", type="bounce", status="5.0.0", reason="550 5.1.1 no such user"
    ),
    ("sendgrid", "deferred"): of_sendgrid("deferred", response="452 4.2.2 full", attempt="5"),
    ("sendgrid", "delivered"): of_sendgrid("delivered", response="250 OK"),
    ("sendgrid", "spamreport"): of_sendgrid("spamreport"),
    ("sendgrid", "unsubscribe"): of_sendgrid("unsubscribe"),
    ("sendgrid", "group_unsubscribe"): of_sendgrid("group_unsubscribe", asm_group_id=10),
    ("sendgrid", "dropped, Bounced Address"): of_sendgrid("dropped", reason="Bounced Address"),
    ("sendgrid", "dropped, Spam Content"): of_sendgrid("dropped", reason="Spam Content"),
    ("sendgrid", "open"): of_sendgrid("open", useragent="Example"),
}


def one(source: Source, body: object) -> Feedback:
    (event,) = events_in(source, body)
    return event


def test_the_page_tells_what_each_event_is() -> None:
    section = PAGE.split("## What webhooks tell")[1].split("\n## ")[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line[:1] == "|"][2:]

    assert {(service, name): kind for service, name, kind in rows} == {
        (service, name): one(Source(service), body).kind
        for (service, name), body in SAMPLES.items()
    }


@pytest.mark.parametrize(("key", "body"), SAMPLES.items(), ids=map(str, SAMPLES))
def test_each_event_names_the_reader_and_itself_the_same_when_told_again(
    key: tuple[str, str], body: object
) -> None:
    first, again = (one(Source(key[0]), json.loads(json.dumps(body))) for _ in range(2))

    assert first == again
    assert first.event
    assert first.source == key[0]
    assert first.recipient in ({ADA, ""} if first.kind is FeedbackKind.UNRELATED else {ADA})


@pytest.mark.parametrize(
    ("key", "event"),
    [
        (
            ("ses", "Bounce"),
            Feedback(
                Source.SES,
                FeedbackKind.BOUNCE,
                event="0102018f-feed",
                recipient=ADA,
                bounce_address=US,
                relay_id=SES_ID,
                message_id=OUR_ID,
                status="5.1.1",
                words="smtp; 550 5.1.1 user unknown",
                at=AT,
            ),
        ),
        (
            ("ses", "Complaint"),
            Feedback(
                Source.SES,
                FeedbackKind.COMPLAINT,
                event="0102018f-feed",
                recipient=ADA,
                bounce_address=US,
                relay_id=SES_ID,
                message_id=OUR_ID,
                words="ExampleFBL/1.0",
                at=AT,
                feedback_type="abuse",
            ),
        ),
        (
            ("postmark", "Bounce"),
            Feedback(
                Source.POSTMARK,
                FeedbackKind.BOUNCE,
                event="692560173",
                recipient=ADA,
                relay_id="883953f4-6105-42a2-a16a-77a8eac79483",
                status="5.1.1",
                words="smtp;550 5.1.1 no such user",
                at=AT,
            ),
        ),
        (
            ("sendgrid", "bounce"),
            Feedback(
                Source.SENDGRID,
                FeedbackKind.BOUNCE,
                event="ZGVsaXZlcmVkLTA",
                recipient=ADA,
                relay_id="14c5d75ce93.dfd.64b469",
                message_id=OUR_ID,
                status="5.1.1",
                words="550 5.1.1 no such user",
                at=AT,
            ),
        ),
    ],
    ids=str,
)
def test_all_that_is_told_is_kept(key: tuple[str, str], event: Feedback) -> None:
    assert one(Source(key[0]), SAMPLES[key]) == event


def test_mailgun_tells_our_bounce_address_and_message_id() -> None:
    event = one(Source.MAILGUN, SAMPLES["mailgun", "failed, permanent"])

    assert (event.bounce_address, event.message_id) == (US, OUR_ID)
    assert (event.status, event.words) == ("5.1.1", "no such user")
    assert event.at == AT.replace(microsecond=500_000)


@pytest.mark.parametrize(
    ("kind", "details", "status"),
    [
        ("Blocked", "", "5.7.1"),
        ("Blocked", "smtp;550 5.1.1 unknown", "5.1.1"),
        ("BadEmailAddress", "", "5.1.3"),
        ("HardBounce", "", ""),
        ("SoftBounce", "smtp;452 4.2.2 full", "4.2.2"),
        ("TypeOfTomorrow", "", ""),
    ],
)
def test_a_servers_code_goes_before_postmarks_class(kind: str, details: str, status: str) -> None:
    event = one(Source.POSTMARK, bounce_of_postmark(kind, details))

    assert (event.kind, event.status) == (FeedbackKind.BOUNCE, status)


@pytest.mark.parametrize(
    ("kinds", "status"),
    [
        (("Permanent", "NoEmail"), "5.1.1"),
        (("Permanent", "General"), ""),
        (("Transient", "MessageTooLarge"), "5.3.4"),
        (("Undetermined", "Undetermined"), ""),
    ],
)
def test_where_no_server_spoke_the_class_of_ses_counts(kinds: tuple[str, str], status: str) -> None:
    bounce = {
        "bounceType": kinds[0],
        "bounceSubType": kinds[1],
        "bouncedRecipients": [{"emailAddress": ADA}],
    }

    event = one(Source.SES, of_ses("Bounce", bounce=bounce))

    assert (event.status, event.words) == (status, " ".join(kinds))


def test_one_report_on_several_readers_is_an_event_for_each() -> None:
    bounced = [{"emailAddress": f"{n}@example.org"} for n in range(3)]

    events = events_in(Source.SES, of_ses("Bounce", bounce={"bouncedRecipients": bounced}))

    assert [event.recipient for event in events] == [f"{n}@example.org" for n in range(3)]
    assert events_in(Source.SENDGRID, []) == ()


@pytest.mark.parametrize("at", ["", "soon", "0001-01-01T00:00:00+14:00", 1e300, -1e300, [], {}])
def test_a_time_that_is_none_is_no_time(at: object) -> None:
    delivery = {"recipients": [ADA], "timestamp": at}

    assert one(Source.SES, of_ses("Delivery", delivery=delivery)).at is None


@pytest.mark.parametrize(
    ("source", "body", "place"),
    [
        (Source.SES, None, "it is not an object"),
        (Source.SES, "Successfully validated SNS topic", "it is not an object"),
        (Source.SES, of_ses("Bounce", bounce=[]), "bounce is not an object"),
        (
            Source.SES,
            of_ses("Bounce", bounce={"bouncedRecipients": {}}),
            "bounce.bouncedRecipients is not a list",
        ),
        (
            Source.SES,
            of_ses("Bounce", bounce={"bouncedRecipients": [1]}),
            "bounce.bouncedRecipients[0] is not an object",
        ),
        (Source.POSTMARK, of_postmark("Bounce", Email=["x"]), "Email is not text"),
        (Source.MAILGUN, {"event-data": "x"}, "event-data is not an object"),
        (
            Source.MAILGUN,
            of_mailgun("failed", message={"headers": {"message-id": True}}),
            "event-data.message.headers.message-id is not text",
        ),
        (Source.SENDGRID, {}, "it is not a list"),
        (Source.SENDGRID, [[]], "it is not an object"),
    ],
)
def test_another_form_is_one_clear_error(source: Source, body: object, place: str) -> None:
    with pytest.raises(UnreadableEvent) as told:
        events_in(source, body)

    assert str(told.value).startswith(f"a webhook of {source} was not understood: {place}; ")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("source", [Source.MAILBOX, Source.SMTP])
def test_who_has_no_webhooks_is_refused(source: Source) -> None:
    with pytest.raises(ValueError, match="no webhooks"):
        events_in(source, {})


def test_words_are_one_line_without_controls_and_not_long() -> None:
    words = "550 5.1.1\r\nBcc: eve@example.org\x00\x1b[31m" + "x" * 100_000

    event = one(Source.POSTMARK, bounce_of_postmark("HardBounce", words))

    assert event.words.isprintable()
    assert len(event.words) < 1000


WEBHOOKS = [Source.SES, Source.POSTMARK, Source.MAILGUN, Source.SENDGRID]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(st.sampled_from(WEBHOOKS), JSON)
def test_any_json_is_read_or_told_to_be_of_another_form(source: Source, body: object) -> None:
    with suppress(UnreadableEvent):
        assert all(event.event for event in events_in(source, body))


@given(st.data(), st.sampled_from(sorted(SAMPLES)), JSON)
def test_any_field_may_be_anything(
    data: st.DataObject, key: tuple[str, str], other: object
) -> None:
    body = json.loads(json.dumps(SAMPLES[key]))
    place = body[0] if isinstance(body, list) else body
    while isinstance(place, dict) and place:
        name = data.draw(st.sampled_from(sorted(place)))
        inner = place[name]
        if not isinstance(inner, dict) or data.draw(st.booleans()):
            place[name] = other
            break
        place = inner

    with suppress(UnreadableEvent):
        assert all(event.source == key[0] for event in events_in(Source(key[0]), body))


def test_what_is_nested_without_end_is_read_or_refused() -> None:
    body: object = {}
    for _ in range(100_000):
        body = {"x": body}

    with pytest.raises(UnreadableEvent):
        events_in(Source.SES, body)
