"""The mailto address of List-Unsubscribe."""

from urllib.parse import parse_qs, unquote, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from partwork.delivering.bounces import MailKind, SentMail, bounce_address, checked_pattern
from partwork.delivering.leaving_by_mail import leaving_address
from partwork.returning.wishes import asks_to_leave

PATTERN = "bounces+{token}@example.org"


def test_it_is_what_rfc_6068_has_programs_write_a_mail_from():
    address = leaving_address("bounces+dabc@news.example.org")

    assert address == "mailto:bounces%2Bdabc@news.example.org?subject=unsubscribe"


@given(
    local=st.text("abcxyz019!#$%&'*+-/=?^_`{|}~", min_size=1, max_size=34),
    number=st.integers(0, 2**40),
)
def test_whatever_the_address_has_in_it_the_mail_goes_there_and_asks_to_leave(local, number):
    pattern = f"{local.replace('{', '').replace('}', '')}{{token}}@example.org"
    sent = SentMail(MailKind.DELIVERY, number)
    sender = bounce_address(checked_pattern(pattern), sent, ["a secret"])

    uri = leaving_address(sender)

    parts = urlsplit(uri)
    assert parts.scheme == "mailto"
    assert unquote(parts.path) == sender
    (subject,) = parse_qs(parts.query)["subject"]
    assert asks_to_leave(f"To: {sender}\r\nSubject: {subject}\r\n\r\n".encode())
    assert len(uri) < 300  # far from what a field may have on a line, 998 (RFC 5322, 2.1.1)
    assert not set(uri) & set("<> ,")
