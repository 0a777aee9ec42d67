"""Which addresses an operator refuses, and which are nobody's business."""

import pytest
from disposable_email_domains import blocklist
from hypothesis import given
from hypothesis import strategies as st

from partwork.subscribing.refusing import Refusal, Refusing, refusal_of, refusing

ALL = refusing(listed=True, domains="burner.example.org, -kept.burner.example.org", roles=True)


@pytest.mark.parametrize(
    ("address", "refused"),
    [
        ("ada@example.org", None),
        ("ada@MAILINATOR.com", Refusal.DISPOSABLE),
        ("ada@eu.mailinator.com", Refusal.DISPOSABLE),
        ("ada@mailinator.com.example.org", None),
        ("ada@Burner.example.org", Refusal.DISPOSABLE),
        ("ada@deep.down.burner.example.org", Refusal.DISPOSABLE),
        ("ada@kept.burner.example.org", None),
        ("ada@mx.kept.burner.example.org", None),
        ("Postmaster@example.org", Refusal.ROLE),
        ("abuse@example.org", Refusal.ROLE),
        ("gardeners-request@example.org", Refusal.ROLE),
        ("info@example.org", None),
        ("postmaster.jones@example.org", None),
    ],
)
def test_throw_away_mailboxes_and_services_are_told_from_people(
    address: str, refused: Refusal | None
) -> None:
    assert refusal_of(address, ALL) is refused


def test_what_is_kept_may_be_on_the_list() -> None:
    chosen = refusing(listed=True, domains="-mailinator.com", roles=False)

    assert refusal_of("ada@mailinator.com", chosen) is None


@given(st.sampled_from(sorted(blocklist)), st.sampled_from(["ada", "abuse", "x-request"]))
def test_who_chooses_nothing_refuses_nobody(domain: str, local: str) -> None:
    assert refusal_of(f"{local}@{domain}", Refusing()) is None
    assert refusal_of(f"{local}@{domain}", ALL) is not None


def test_domains_are_compared_as_name_servers_know_them() -> None:
    chosen = refusing(listed=False, domains="BÜCHER.example.org.", roles=False)

    assert refusal_of("ada@xn--bcher-kva.example.org", chosen) is Refusal.DISPOSABLE
    assert refusal_of("ada@bücher.example.org", chosen) is Refusal.DISPOSABLE


@pytest.mark.parametrize("domains", ["ada@example.org", "two words.org", "-", "..", "a..b"])
def test_what_is_no_domain_is_refused(domains: str) -> None:
    with pytest.raises(ValueError, match=r"domain|address"):
        refusing(listed=False, domains=domains, roles=False)
