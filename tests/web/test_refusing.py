"""What the sign-up form refuses where an operator wishes it, and what it never refuses."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from partwork.assembly import Press, assemble
from partwork.settings import Settings
from partwork.settings_faults import SettingsError
from partwork.web.app import create_app
from tests.transport.name_server import name_server
from tests.web.conftest import ADDRESS, Client, Site

THROW_AWAY, SERVICE, NO_MAIL = "throw-away mailbox", "belongs to a service", "No mail arrives"
RECORDS = {
    "example.org": {"MX": ["10 mx.example.org."]},
    "null.example.org": {"MX": ["0 ."]},
}


@contextmanager
def site_with(press: Press, newsletter: str, **chosen: object) -> Iterator[Site]:
    with assemble(Settings(home=press.settings.home, **chosen)) as choosing:
        yield Site(choosing, newsletter, Client(create_app(choosing)))


@pytest.mark.parametrize(
    ("chosen", "address", "words"),
    [
        ({"refuse_disposable": True}, "ada@mailinator.com", THROW_AWAY),
        ({"disposable_domains": "burner.example.org"}, "a@burner.example.org", THROW_AWAY),
        ({"refuse_roles": True}, "abuse@example.org", SERVICE),
    ],
)
def test_what_is_refused_is_said_beside_the_field(
    site: Site, chosen: dict[str, object], address: str, words: str
) -> None:
    with site_with(site.press, site.newsletter, **chosen) as choosing:
        answer = choosing.sign_up(address)

    assert answer.status_code == 422
    assert words in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert f'value="{address}"' in answer.text
    assert site.mails(address) == []
    assert site.sign_up(address).status_code == 200  # nothing of it is refused without the wish
    assert len(site.mails(address)) == 1


def test_a_domain_without_mail_is_refused_only_on_its_name_server_s_word(
    press: Press, newsletter: str
) -> None:
    with name_server(RECORDS) as server:
        asking = {"refuse_without_mx": True, "dns_servers": server.address}
        with site_with(press, newsletter, **asking) as site:
            answers = {
                domain: site.sign_up(f"grace@{domain}")
                for domain in ("example.org", "null.example.org", "gone.example.org")
            }

    assert [answer.status_code for answer in answers.values()] == [200, 422, 422]
    assert NO_MAIL in answers["null.example.org"].text
    with name_server({}, trouble="SERVFAIL") as server:
        asking = {"refuse_without_mx": True, "dns_servers": server.address}
        with site_with(press, newsletter, **asking) as site:
            assert site.sign_up("grace@gone.example.org").status_code == 200


def test_who_is_known_is_asked_about_like_a_stranger(press: Press, newsletter: str, ada) -> None:
    """Neither the answer nor how long it takes tells who subscribes."""
    with name_server(RECORDS) as server:
        asking = {"refuse_without_mx": True, "dns_servers": server.address}
        with site_with(press, newsletter, **asking) as site:
            known, unknown = site.sign_up(ADDRESS), site.sign_up("stranger@example.org")

    assert (known.status_code, known.text) == (unknown.status_code, unknown.text)
    assert server.asked == ["example.org."] * 2


def test_no_name_server_is_asked_for_a_program(press: Press, newsletter: str) -> None:
    with name_server(RECORDS) as server:
        asking = {"refuse_without_mx": True, "dns_servers": server.address}
        with site_with(press, newsletter, **asking) as site:
            site.sign_up("a@gone.example.org", website="https://spam.example.org")
            site.sign_up("a@gone.example.org", form="forged")
            site.sign_up("a@gone.example.org", shown=0.1)

    assert server.asked == []


def test_who_subscribes_with_such_an_address_can_leave_all_the_same(
    press: Press, newsletter: str, site: Site
) -> None:
    site.join("abuse@example.org")
    with site_with(press, newsletter, refuse_roles=True) as choosing:
        answer = choosing.client.post("/leave", data={"email": "abuse@example.org"})

    assert answer.status_code == 200
    assert site.link("preferences", "abuse@example.org")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"disposable_domains": "ada@example.org"}, "PARTWORK_DISPOSABLE_DOMAINS"),
        ({"dns_servers": "ns.example.org"}, "PARTWORK_DNS_SERVERS must be IP addresses such as"),
        ({"dns_servers": "192.0.2.53:70000"}, "PARTWORK_DNS_SERVERS must be IP addresses such as"),
        ({"refuse_roles": "some"}, "PARTWORK_REFUSE_ROLES must be yes or no"),
    ],
)
def test_what_cannot_be_a_setting_is_said_in_a_sentence(press: Press, wrong, said: str) -> None:
    with pytest.raises(SettingsError, match=said):
        Settings(home=press.settings.home, **wrong)
