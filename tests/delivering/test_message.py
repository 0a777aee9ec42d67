"""One reader's message, as a mail client would read it."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.delivering.addresses import UnfitAddress
from partwork.delivering.headers import UnfitHeader, one_line
from partwork.delivering.message import WrongReader, message_bytes, message_id, prepared
from partwork.delivering.segments import OpenField, filled
from partwork.model.address import Mailbox
from partwork.model.delivery import Envelope
from partwork.model.issue import MERGE_CLOSE, MERGE_OPEN, AudienceRule, Issue, MergeField
from partwork.model.newsletter import Newsletter

AT = datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
ADA = "ada@example.org"
FIELDS = {
    MergeField.ADDRESS: ADA,
    MergeField.UNSUBSCRIBE_URL: "https://news.example.org/u/token",
    MergeField.PAGE_URL: "https://news.example.org/issues/soil-01-00000000",
}
SENDER = Mailbox("The Compost Letter", "letter@example.org")
ISSUE = Issue(
    instalment="a1b2c3d4",
    number=1,
    title="Soil",
    subject="What lives in a handful of soil",
    preheader="More than there are people",
    sender=SENDER,
    reply_to=Mailbox("", "editor@example.org"),
    html=f'<p>For {MergeField.ADDRESS.mark}</p><a href="{MergeField.UNSUBSCRIBE_URL.mark}">Go</a>',
    text=f"For {MergeField.ADDRESS.mark}\n.\nFrom here: {MergeField.PAGE_URL.mark}\n",
    page="<p>Soil</p>",
    audience=AudienceRule("compost", "soil"),
)
NEWSLETTER = Newsletter("compost", "The Compost Letter", SENDER, ISSUE.reply_to)

# Any text that UTF-8 can carry and that is no merge field's bracket.
texts = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters=MERGE_OPEN + MERGE_CLOSE)
)

marks = st.sampled_from(MergeField).map(lambda field: field.mark)
bodies = st.lists(st.one_of(texts.map(lambda t: t.replace("\r", "\n")), marks)).map("".join)


def raw(
    issue: Issue = ISSUE,
    newsletter: Newsletter = NEWSLETTER,
    *,
    to: str = ADA,
    recipient: str = "",
    demo: bool = False,
    **fields: str,
) -> bytes:
    return message_bytes(
        issue,
        newsletter,
        Envelope("bounces@example.org", recipient or to),
        to=Mailbox("", to),
        fields=FIELDS | {MergeField(name): value for name, value in fields.items()},
        message_id=message_id(7, issue.content_hash, newsletter.sender.address),
        date=AT,
        demo=demo,
    )


def test_a_page_that_is_told_once_is_in_every_copy() -> None:
    shared = prepared(ISSUE, NEWSLETTER, demo=False)
    page = FIELDS[MergeField.PAGE_URL]
    own = {field: value for field, value in FIELDS.items() if field is not MergeField.PAGE_URL}
    known = {"message_id": "<7@example.org>", "date": AT}

    copy = shared.on_page(page).copy(Mailbox("", ADA), own, **known)

    assert copy == shared.copy(Mailbox("", ADA), FIELDS, **known)


def read(message: bytes) -> EmailMessage:
    parsed = message_from_bytes(message, policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    return parsed


def parts_of(message: bytes) -> tuple[str, str]:
    text, html = read(message).iter_parts()
    decoded = [part.get_payload(decode=True) for part in (text, html)]
    assert all(isinstance(d, bytes) for d in decoded)
    plain, marked_up = (d.decode() for d in decoded if isinstance(d, bytes))
    return plain, marked_up


def display_name(message: bytes, field: str) -> str:
    """The name as RFC 2047, 6.2 reads it; Python's newer parser puts spaces between its words."""
    folded = message_from_bytes(message, policy=policy.compat32)[field]
    return str(make_header(decode_header(parseaddr(folded.replace("\r\n", ""))[0])))


def with_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def test_a_reader_sees_who_writes_what_about_which_newsletter() -> None:
    mail = read(raw())

    assert mail["From"].addresses[0].addr_spec == "letter@example.org"
    assert mail["From"].addresses[0].display_name == "The Compost Letter"
    assert mail["To"] == ADA
    assert mail["Reply-To"] == "editor@example.org"
    assert mail["Subject"] == "What lives in a handful of soil"
    assert parsedate_to_datetime(mail["Date"]) == AT
    assert mail["List-Id"] == "The Compost Letter <compost.example.org>"
    assert mail["Archived-At"] == "<https://news.example.org/issues/soil-01-00000000>"
    assert mail["Auto-Submitted"] is None


def test_one_click_is_offered_as_rfc_8058_writes_it() -> None:
    message = raw()

    assert b"\r\nList-Unsubscribe: <https://news.example.org/u/token>\r\n" in message
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in message


def test_the_text_stands_before_the_html() -> None:
    mail = read(raw())

    assert mail.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"]


def test_fields_are_plain_in_text_and_escaped_in_html() -> None:
    text, html = parts_of(
        raw(
            page_url="https://a.example.org/?a=1&b='",
            to="o'hara&co@example.org",
            address="o'hara&co@example.org",
        )
    )

    assert "For o'hara&co@example.org" in text
    assert "https://a.example.org/?a=1&b='" in text
    assert "<p>For o&#x27;hara&amp;co@example.org</p>" in html


def test_a_field_in_an_address_cannot_ask_for_another() -> None:
    sly = f"{MERGE_OPEN}unsubscribe_url{MERGE_CLOSE}"

    assert filled(MergeField.ADDRESS.mark, {MergeField.ADDRESS: sly}, html=False) == sly


@pytest.mark.parametrize(
    "text",
    [
        f"{MERGE_OPEN}birthday{MERGE_CLOSE}",
        f"{MERGE_OPEN}{MERGE_CLOSE}",
        f"{MERGE_OPEN}address",
        f"address{MERGE_CLOSE}",
        f"{MERGE_OPEN}{MERGE_OPEN}address{MERGE_CLOSE}{MERGE_CLOSE}",
    ],
)
def test_a_mark_that_is_no_field_is_an_error(text: str) -> None:
    for issue in (replace(ISSUE, text=text), replace(ISSUE, html=text)):
        with pytest.raises(OpenField):
            raw(issue)


def test_a_field_without_a_value_is_an_error() -> None:
    with pytest.raises(OpenField, match="address"):
        raw(address="")
    with pytest.raises(OpenField, match="unsubscribe_url"):
        raw(replace(ISSUE, html="", text=""), unsubscribe_url="")


def test_a_subject_holds_no_fields() -> None:
    with pytest.raises(OpenField):
        raw(replace(ISSUE, subject=f"Dear {MergeField.ADDRESS.mark}"))


def test_a_demo_says_so_in_its_subject_and_in_a_field() -> None:
    mail = read(raw(demo=True))

    assert mail["Subject"] == "[Demo] What lives in a handful of soil"
    assert mail["X-Partwork-Demo"] == "yes"
    assert read(raw())["X-Partwork-Demo"] is None


def test_a_copy_for_one_reader_never_gets_the_envelope_of_another() -> None:
    with pytest.raises(WrongReader):
        raw(to=ADA, recipient="grace@example.org")


@pytest.mark.parametrize("length", [60, 75, 76, 300, 900])
def test_a_long_unsubscribe_link_stays_whole_on_one_line(length: int) -> None:
    url = "https://news.example.org/u/".ljust(length, "x")

    assert f"\r\nList-Unsubscribe: <{url}>\r\n".encode() in raw(unsubscribe_url=url)


@pytest.mark.parametrize(
    "url",
    [
        "https://news.example.org/u/" + "x" * 900,
        "https://news.example.org/u/a b",
        "https://news.example.org/u/a>\r\nBcc: eve@example.org",
        "https://news.example.org/u/a\r\nBcc: eve@example.org",
        "https://bücher.example.org/u/a",
        "javascript:alert(1)",
        "https://",
    ],
)
def test_a_link_that_a_field_cannot_hold_is_refused(url: str) -> None:
    with pytest.raises(UnfitHeader):
        raw(unsubscribe_url=url)
    with pytest.raises(UnfitHeader):
        raw(page_url=url)


@pytest.mark.parametrize(
    "address",
    [
        "ada@example.org\r\nBcc: eve@example.org",
        "ada@example.org, eve@example.org",
        "<ada@example.org>",
        "ada lovelace@example.org",
        "ada@exa mple.org",
        "ada@[192.0.2.1]",
        "ada@example..org",
        "ada@-example.org",
        "ada@example.org\x00",
        "ada\u202e@example.org",
        "\ud800@example.org",
        "@example.org",
        "ada@",
        "ada",
        "",
        "a" * 65 + "@example.org",
    ],
)
def test_an_address_that_could_be_more_than_one_is_refused(address: str) -> None:
    with pytest.raises(UnfitAddress) as refusal:
        raw(to=address, recipient=address)
    assert not address or address not in str(refusal.value)


def test_an_address_in_another_script_is_written_as_servers_know_it() -> None:
    assert b"\r\nTo: ada@xn--strae-oqa.example\r\n" in raw(to="ada@straße.example")
    assert "\r\nTo: jörg@example.org\r\n".encode() in raw(to="jörg@example.org")


@pytest.mark.parametrize(
    "name",
    [
        'Dr. "Ada", Countess; <eve@example.org>',
        "back\\slash",
        "a@b",
        "=?utf-8?q?not_this?=",
        "Ünïcödé 名前 اسم 😀👩‍🔬",
        "long " * 40,
        "名" * 200,
        "",
    ],
)
def test_a_sender_may_be_called_anything(name: str) -> None:
    issue = replace(ISSUE, sender=Mailbox(name, "letter@example.org"))
    newsletter = replace(NEWSLETTER, name=name)

    message = raw(issue, newsletter)
    mail = read(message)

    assert [a.addr_spec for a in mail["From"].addresses] == ["letter@example.org"]
    assert display_name(message, "From") == one_line(name)
    assert display_name(message, "List-Id") == one_line(name)
    assert mail["List-Id"].endswith("<compost.example.org>")


def test_list_id_stays_when_the_name_changes() -> None:
    renamed = read(raw(newsletter=replace(NEWSLETTER, name="Humus, weekly")))

    assert renamed["List-Id"].rpartition("<")[2] == "compost.example.org>"


@given(subject=texts, name=texts)
def test_no_text_makes_a_second_header_or_is_lost(subject: str, name: str) -> None:
    fields = read(raw()).keys()
    issue = replace(ISSUE, subject=subject, sender=Mailbox(name, "letter@example.org"))
    message = raw(issue, replace(NEWSLETTER, name=name))
    head = message.partition(b"\r\n\r\n")[0]
    mail = read(message)

    assert mail.keys() == fields
    assert str(mail["Subject"]) == one_line(subject)
    assert [a.addr_spec for a in mail["From"].addresses] == ["letter@example.org"]
    assert display_name(message, "From") == one_line(name)
    assert head.isascii()
    assert all(len(line) <= 78 for line in head.split(b"\r\n"))


@given(text=bodies, html=bodies)
def test_each_part_decodes_to_what_the_issue_says(text: str, html: str) -> None:
    message = raw(replace(ISSUE, text=text, html=html))
    mail = read(message)

    assert parts_of(message) == (
        with_line_ends(filled(text, FIELDS, html=False)),
        with_line_ends(filled(html, FIELDS, html=True)),
    )
    assert [d for part in mail.walk() for d in part.defects] == []
    assert [d for part in mail.walk() for h in part.values() for d in h.defects] == []
    assert b"\n" not in message.replace(b"\r\n", b"")
    assert b"\r" not in message.replace(b"\r\n", b"")
    assert message.endswith(b"\r\n")
    body = message.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert b"\r\n." not in message  # DATA carries it as it is


@given(value=texts.filter(bool))
def test_a_filled_field_reads_back_as_its_value(value: str) -> None:
    fields = {MergeField.ADDRESS: value}
    shown = filled(f"<b>{MergeField.ADDRESS.mark}</b>", fields, html=True)

    assert unescape(shown).startswith("<b>")
    assert not set("<>\"'") & set(shown.removeprefix("<b>").removesuffix("</b>"))
    assert filled(MergeField.ADDRESS.mark, fields, html=False) == value


def test_a_delivery_has_one_message_id_whatever_the_attempt() -> None:
    first, second = (read(raw())["Message-ID"] for _ in range(2))

    assert first == second == message_id(7, ISSUE.content_hash, "letter@example.org")
    assert first != message_id(8, ISSUE.content_hash, "letter@example.org")
    assert first.endswith("@example.org>")


def test_a_message_is_dated_in_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        message_bytes(
            ISSUE,
            NEWSLETTER,
            Envelope("bounces@example.org", ADA),
            to=Mailbox("", ADA),
            fields=FIELDS,
            message_id="<1@example.org>",
            date=AT.replace(tzinfo=None),
            demo=False,
        )


def test_a_message_id_from_elsewhere_cannot_add_a_line() -> None:
    with pytest.raises(UnfitHeader):
        message_bytes(
            ISSUE,
            NEWSLETTER,
            Envelope("bounces@example.org", ADA),
            to=Mailbox("", ADA),
            fields=FIELDS,
            message_id="<1@example.org>\r\nBcc: eve@example.org",
            date=AT,
            demo=False,
        )
