"""How operators write a mail server's address."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.transport.url import BadSmtpUrl, Security, SmtpAddress, smtp_address


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (
            "smtp://ada:p%40ss%3A%2F@smtp.example.org",
            SmtpAddress("smtp.example.org", 587, Security.STARTTLS, "ada", "p@ss:/"),
        ),
        ("smtps://smtp.example.org/", SmtpAddress("smtp.example.org", 465, Security.TLS)),
        ("smtp://localhost:2525", SmtpAddress("localhost", 2525, Security.NONE)),
        ("smtp://127.0.0.9:25", SmtpAddress("127.0.0.9", 25, Security.NONE)),
        ("smtp://[::1]:25", SmtpAddress("::1", 25, Security.NONE)),
        ("smtps://localhost", SmtpAddress("localhost", 465, Security.TLS)),
        (
            "SMTP://a%40example.org:b@Smtp.Example.Org",
            SmtpAddress("smtp.example.org", 587, Security.STARTTLS, "a@example.org", "b"),
        ),
        (
            "smtp://localhost.example.org",
            SmtpAddress("localhost.example.org", 587, Security.STARTTLS),
        ),
    ],
)
def test_a_url_says_where_as_whom_and_how_safely(url: str, address: SmtpAddress) -> None:
    assert smtp_address(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "smtp.example.org",
        "http://ada:hunter2@smtp.example.org",
        "smtp://ada:hunter2@",
        "smtp://ada:hunter2@smtp.example.org:port",
        "smtp://ada:hunter2@smtp.example.org:0",
        "smtp://ada:hunter2@smtp.example.org:70000",
        "smtp://ada:hunter2@smtp.example.org/path",
        "smtp://ada:hunter2@smtp.example.org?tls=no",
        "smtp://ada:hunter2/x@smtp.example.org",
        "smtp://ada:hunter2#x@smtp.example.org",
        "smtp://ada:hunter2@[::1",
        "smtp://ada@smtp.example.org",
        "smtp://:hunter2@smtp.example.org",
        "smtp://ada:hunter2ü@smtp.example.org",
        "smtp://ada:hunter2@smtp example.org",
        "",
    ],
)
def test_a_url_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadSmtpUrl) as refusal:
        smtp_address(url)

    assert "hunter2" not in str(refusal.value)
    assert "\n" not in str(refusal.value)


@given(st.text())
def test_any_text_is_an_address_or_a_bad_one(text: str) -> None:
    for scheme in ("", "smtp://", "smtps://user:"):
        with suppress(BadSmtpUrl):
            assert smtp_address(scheme + text).host


def test_an_address_is_shown_without_its_login() -> None:
    address = smtp_address("smtps://ada:hunter2@[2001:db8::1]")

    assert str(address) == "[2001:db8::1]:465"
    assert "hunter2" not in repr(address)
