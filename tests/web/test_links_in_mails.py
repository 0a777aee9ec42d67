"""What mails link to by themselves is there."""

from dataclasses import replace
from typing import Any

from partwork.actions.media import media_url
from partwork.actions.preview import site_of
from partwork.assembly import Press
from partwork.rendering.fields import Site
from partwork.settings import Settings

BASE = "https://news.example.org"
Client = Any  # a fixture of conftest.py


def test_archive_and_preferences_are_where_mails_say(
    press: Press, newsletter: str, client: Client
) -> None:
    reachable = Settings(home=press.settings.home, public_url=BASE)
    site = site_of(replace(press, settings=reachable), newsletter)

    for url in (site.archive_url, site.preferences_url):
        assert url.startswith(f"{BASE}/")
        assert client.get(url.removeprefix(BASE)).status_code == 200


def test_without_a_public_address_no_page_is_linked(press: Press, newsletter: str) -> None:
    assert site_of(press, newsletter) == Site(media_url=media_url(press))
