"""A link that has run out sends a new one to its address, within the caps that hold for forms."""

from datetime import UTC, datetime, timedelta

import pytest

from partwork.actions.subscribers import story_of
from partwork.assembly import Press, assemble
from partwork.settings import Settings
from partwork.store.audience import erase_subscriber
from partwork.subscribing.tokens import Pass, PassKind, pass_token
from partwork.web.app import create_app
from tests.web.conftest import VISITOR, Client, Site

KINDS = {PassKind.CONFIRM: "confirm", PassKind.ACCESS: "preferences"}


def capped(press: Press, site: Site, kind: PassKind, whose: str, **caps: int) -> list[tuple]:
    """What four presses of the button are answered, after one sign-up."""
    site.sign_up()
    person = story_of(press, VISITOR).subscriber.id
    if whose == "erased":
        with press.engine.begin() as connection:
            erase_subscriber(connection, person)
    old = Pass(person, site.newsletter, datetime.now(UTC) - timedelta(days=9))
    token = pass_token(kind, old, ["another"] if whose == "forged" else press.secrets)
    with assemble(Settings(home=press.settings.home, **caps)) as strict:
        client = Client(create_app(strict))
        path = f"/{KINDS[kind]}/{token}"
        answers = [client.post(path, data={"again": "yes"}) for _ in range(4)]
    return [(answer.status_code, answer.text) for answer in answers]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("whose", ["known", "erased"])
def test_a_network_that_asks_too_often_is_told_so_whoever_the_link_is_for(
    press: Press, site: Site, kind: PassKind, whose: str
) -> None:
    """The sign-up before has counted too."""
    answers = capped(press, site, kind, whose, mails_per_network=3, mails_per_address=9)

    assert [status for status, _ in answers] == [200, 200, 429, 429]
    assert "Please look in your mailbox" in answers[0][1]
    assert "Too many at once" in answers[-1][1]
    assert len(site.mails()) == (3 if whose == "known" else 1)


def test_nor_does_a_forged_link_tell_that_it_is_none(press: Press, site: Site) -> None:
    caps = {"mails_per_network": 3, "mails_per_address": 9}

    answers = capped(press, site, PassKind.ACCESS, "forged", **caps)

    assert [status for status, _ in answers] == [200, 200, 429, 429]
    assert len(site.mails()) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("whose", ["known", "erased"])
def test_an_address_that_has_its_mails_of_the_day_is_told_nothing_else(
    press: Press, site: Site, kind: PassKind, whose: str
) -> None:
    """What its own cap refuses counts for no network either: so does what is nobody's."""
    answers = capped(press, site, kind, whose, mails_per_network=4, mails_per_address=1)

    assert len(set(answers)) == 1
    assert len(site.mails()) <= 2
    assert answers[0][0] == 200
