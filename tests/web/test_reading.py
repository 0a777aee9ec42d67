"""The archive: what was published, and nothing else."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from xml.etree.ElementTree import Element, fromstring

import pytest

from partwork.assembly import Press, assemble
from partwork.model.address import Mailbox
from partwork.model.issue import AudienceRule, Issue
from partwork.settings import Settings
from partwork.store.campaigns import plan_campaign
from partwork.store.issues import save_draft
from partwork.web.app import create_app
from tests.web.conftest import Client

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
PUBLIC = "http://127.0.0.1:8000"  # the default of PARTWORK_PUBLIC_URL


def parsed(text: str) -> Element:
    return fromstring(text)  # noqa: S314 our own XML


def part(newsletter: str, series: str, number: int, title: str = "") -> Issue:
    editor = Mailbox("", "editor@example.org")
    rule = AudienceRule(newsletter, series)
    name = title or f"Part {number} of {series}"
    id_ = f"{series[:6]}{number:02}"
    return Issue(id_, number, name, name, "A handful", editor, editor, name, "t", "p", rule)


def publish(press: Press, issue: Issue, at: datetime) -> None:
    with press.engine.begin() as connection:
        save_draft(connection, issue, at)
        plan_campaign(connection, issue, at, at)


@pytest.fixture
def archive(press: Press, newsletter: str) -> str:
    """Two series, three published parts, a draft; the newsletter's path."""
    publish(press, part(newsletter, "soil", 1), AT)
    publish(press, part(newsletter, "soil", 2), AT + DAY)
    publish(press, part(newsletter, "seeds", 1), AT + 2 * DAY)
    with press.engine.begin() as connection:
        save_draft(connection, part(newsletter, "soil", 3, "Not for the public yet"), AT)
    return f"/newsletters/{newsletter}"


def test_the_front_page_of_one_newsletter_is_its_own(client, newsletter: str) -> None:
    answer = client.get("/")

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"newsletters/{newsletter}"


def test_the_front_page_names_all_newsletters(press: Press, client, newsletter: str) -> None:
    text = press.library.read(press.library.newsletter_file(newsletter))
    plane = text.replace('name = "The Bench"', 'name = "The <Plane>"')
    press.library.write(press.library.newsletter_file("the-plane"), plane)
    press.library.write(press.library.newsletter_file("broken"), "name = ")

    page = client.get("/")

    assert page.status_code == 200
    assert 'href="newsletters/the-bench"' in page.text
    assert "The &lt;Plane&gt;" in page.text
    assert "broken" not in page.text


def test_a_newsletter_s_page_shows_its_latest_parts(client, archive: str) -> None:
    page = client.get(archive).text

    assert page.index("Part 1 of seeds") < page.index("Part 2 of soil") < page.index("1 of soil")
    assert f'href="{archive.rpartition("/")[2]}/archive"' in page


def test_the_archive_has_every_published_part_and_no_draft(client, archive: str) -> None:
    page = client.get(f"{archive}/archive")

    assert page.status_code == 200
    assert page.text.count("<li value=") == 3
    assert "Not for the public" not in page.text
    assert page.headers["Cache-Control"].startswith("public")
    assert "noindex" not in page.text


def test_a_series_has_its_parts_in_order(client, archive: str) -> None:
    page = client.get("/series/soil")

    assert page.status_code == 200
    assert page.text.index("Part 1 of soil") < page.text.index("Part 2 of soil")
    assert "seeds" not in page.text
    assert client.get("/parts/soil01").status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/series/none",
        "/series/%2e%2e",
        "/newsletters/none/archive",
        "/newsletters/none/atom.xml",
        "/newsletters/none/feed.json",
    ],
)
def test_what_is_not_there_gets_a_kind_page(client, archive: str, path: str) -> None:
    assert client.get(path).status_code == 404


def test_an_empty_archive_is_a_page_too(client, newsletter: str) -> None:
    assert "Nothing was published yet" in client.get(f"/newsletters/{newsletter}/archive").text


def test_a_mended_part_stands_once_with_its_new_title(press: Press, client, archive) -> None:
    mended = replace(part(archive.rpartition("/")[2], "soil", 1), title="Soil, mended", html="2")
    publish(press, mended, AT + 9 * DAY)

    page = client.get("/series/soil").text

    assert page.count("<li value=") == 2
    assert "Soil, mended" in page
    assert "Part 1 of soil" not in page


def test_feeds_have_the_newest_parts_first(client, archive: str) -> None:
    atom = client.get(f"{archive}/atom.xml")
    feed = client.get(f"{archive}/feed.json")

    titles = parsed(atom.text).iter("{http://www.w3.org/2005/Atom}title")
    names = [title.text for title in titles]
    assert names == ["The Bench", "Part 1 of seeds", "Part 2 of soil", "Part 1 of soil"]
    assert [i["title"] for i in json.loads(feed.text)["items"]] == names[1:]
    assert atom.headers["Content-Type"].startswith("application/atom+xml")
    assert feed.headers["Content-Type"].startswith("application/feed+json")


def test_every_address_of_the_sitemap_opens(client, archive: str) -> None:
    urls = parsed(client.get("/sitemap.xml").text)
    addresses = [url[0].text or "" for url in urls]

    assert len(addresses) == 1 + 2 + 3
    for address in addresses:
        assert client.get(address.removeprefix(PUBLIC)).status_code == 200


def test_robots_are_told_what_is_private_and_where_the_map_is(client) -> None:
    text = client.get("/robots.txt").text

    assert "Disallow: /u/" in text
    assert f"Sitemap: {PUBLIC}/sitemap.xml" in text


def test_below_a_path_everything_works_with_the_path_and_without(
    press: Press, archive: str
) -> None:
    """A proxy may leave the path on or take it off."""
    below = Settings(home=press.settings.home, public_url="https://example.org/letters")
    with assemble(below) as moved:
        client = Client(create_app(moved))
        for prefix in ("", "/letters"):
            assert client.get(f"{prefix}/healthz").status_code == 200
            assert client.get(f"{prefix}{archive}").status_code == 200
            assert client.get(f"{prefix}/series/soil").status_code == 200
        page = client.get(f"/letters{archive}/archive").text
        assert 'href="/' not in page
        sitemap = client.get("/letters/sitemap.xml").text
        assert "https://example.org/letters/parts/soil01" in sitemap
