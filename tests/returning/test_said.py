"""Addresses, dates, names and codes as reports write them."""

from datetime import UTC, datetime

import pytest

from partwork.model.feedback import FeedbackKind
from partwork.returning.mail import read_mail
from partwork.returning.said import (
    addresses_in,
    instant_of,
    message_id_in,
    typed_address,
    without_xtext,
)
from partwork.returning.status_codes import more_telling, status_in
from tests.returning.test_mail import OUR_BOUNCE_ADDRESS, sample


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Ada <ada@example.org>, eda@example.org", ("ada@example.org", "eda@example.org")),
        ("mail to ada@example.org.", ("ada@example.org",)),
        ("'o'neil@example.org'", ("o'neil@example.org",)),
        ('"ada byron"@example.org', ()),
        ("<ada+news=x@example.org>:", ("ada+news=x@example.org",)),
        ("nobody", ()),
        ("@example.org", ()),
        ("((((((((((", ()),
    ],
)
def test_addresses_are_found_in_words(words: str, found: tuple[str, ...]):
    assert addresses_in(words) == found


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("rfc822;ada@example.org", "ada@example.org"),
        ("RFC822; <ada@example.org>", "ada@example.org"),
        ("utf-8; zo\\x{EB}@example.org", "zoë@example.org"),
        ("utf-8; zo\\x{110000}@example.org", "zo@example.org"),
        ("utf-8; zo\\x{202E}@example.org", "zo@example.org"),
        ("<ada@example.org>", "ada@example.org"),
        ("x400; /S=LOVELACE/C=GB/", ""),
        ("", ""),
    ],
)
def test_a_typed_address_is_read_by_its_type(words: str, address: str):
    assert typed_address(words) == address


def test_of_xtext_only_what_must_be_encoded_is_decoded():
    assert without_xtext("ada+2Bnews+3D1@example.org") == "ada+news=1@example.org"
    assert without_xtext("ada+AB@example.org") == "ada+AB@example.org"


def test_an_original_recipient_that_looks_encoded_stays_where_the_final_one_agrees():
    mail = sample("postfix-xtext-recipient").replace(
        b"Final-Recipient: rfc822; ada@", b"Final-Recipient: rfc822; ada+2Bnews@"
    )

    assert read_mail(mail)[0].recipient == "ada+2Bnews@example.org"


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("Thu, 12 Nov 2026 08:00:00 +0100", datetime(2026, 11, 12, 7, tzinfo=UTC)),
        ("Thu, 12 Nov 2026 07:00:00 -0000", datetime(2026, 11, 12, 7, tzinfo=UTC)),
        ("31 Dec 9999 23:59:59 -2359", None),
        ("12 Nov 2026 07:00:00 +9999", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_date_is_read_as_utc_or_not_at_all(written: str, instant: datetime | None):
    assert instant_of(written) == instant


def test_a_message_is_named_in_angle_brackets():
    assert message_id_in("see <1@example.org> and <2@example.org>") == "<1@example.org>"
    assert message_id_in("<one two@example.org> <>") == ""


@pytest.mark.parametrize(
    ("words", "status"),
    [
        ("550 5.1.1 no such user", "5.1.1"),
        ("550-5.1.1 no such user", "5.1.1"),
        ("no mailbox here. (#5.1.1)", "5.1.1"),
        ("5.1.0 - Unknown address error 550-'5.1.1 x'", "5.1.1"),
        ("5.0.0 and 4.4.7", "5.0.0"),
        ("2.0.0 fine", ""),
        ("from 192.5.1.1 by Exchange 5.5.2653.19, 15.1.1", ""),
        ("5.01.1 5.1.1000", ""),
    ],
)
def test_a_status_code_is_found_in_words(words: str, status: str):
    assert status_in(words) == status


@pytest.mark.parametrize(
    ("status", "diagnostic", "told"),
    [
        ("5.0.0", "550 5.1.1 no such user", "5.1.1"),
        ("5.2.0", "552 5.2.2 full", "5.2.2"),
        ("5.1.1", "550 5.7.1 refused", "5.1.1"),
        ("4.0.0", "550 5.1.1 no such user", "4.0.0"),
        ("4.4.7", "550 4.4.1 silence", "4.4.7"),
        ("", "550 5.1.1 no such user", "5.1.1"),
        ("5.0.0", "no such user", "5.0.0"),
    ],
)
def test_an_undefined_status_gives_way_to_the_words(status: str, diagnostic: str, told: str):
    assert more_telling(status, diagnostic) == told


def test_a_forwarder_that_rewrote_the_sender_does_not_hide_the_bounce_address():
    rewritten = b"SRS0=Ab3d=XY=news.example.org=" + OUR_BOUNCE_ADDRESS.partition("@")[0].encode()
    mail = sample("postfix-unknown-user").replace(
        b"Return-Path: <" + OUR_BOUNCE_ADDRESS.encode(),
        b"Return-Path: <" + rewritten + b"@forwarder.example.org",
    )

    assert read_mail(mail)[0].bounce_address == OUR_BOUNCE_ADDRESS


def test_a_mail_that_someone_forwards_is_no_report_of_outlook_com():
    mail = sample("outlook-jmrp").replace(b"From: <staff@hotmail.", b"From: <ada@hotmail.")

    assert read_mail(mail)[0].kind is FeedbackKind.UNRELATED
