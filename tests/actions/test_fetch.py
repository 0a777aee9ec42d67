"""Web pages become articles of the inbox, under the address they go by."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from partwork.actions.filing import is_as_made, load_record
from partwork.actions.ingest import IngestReport, ingest
from partwork.actions.loading import load_article
from partwork.assembly import Press
from partwork.cli.main import run
from partwork.fetching.web import Web
from partwork.model.article import Article, Rights
from partwork.model.memory import site_of
from tests.fetching.conftest import ARTICLE, Site, serving

Taking = Callable[..., IngestReport]


@pytest.fixture
def site() -> Iterator[Site]:
    with serving() as found:
        yield found


@pytest.fixture
def take(press: Press) -> Taking:
    """Ingests pages of a web in which every name is this machine."""

    def names(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    def taken(*urls: str, rights: Rights = Rights.OWN) -> IngestReport:
        web = Web(allows_private=True, resolver=names, pause=timedelta(0))
        return ingest(press, (), rights=rights, urls=urls, web=web)

    return taken


def page(title: str = "The long ditch", head: str = "", more: str = "") -> str:
    return (
        ARTICLE.replace("The long ditch", title)
        .replace("</head>", f"{head}</head>")
        .replace("</article>", f"{more}</article>")
    )


def only(report: IngestReport) -> Article:
    assert report.refused == ()
    (made,) = report.articles
    return made.cleaned.article


def refusal(report: IngestReport) -> str:
    (refused,) = report.refused
    assert report.articles == ()
    assert "\n" not in refused.message
    return refused.message


def kept(press: Press) -> list[str]:
    return sorted(file.name for file in press.library.inbox.iterdir())


@pytest.fixture(autouse=True)
def _empty_inbox(press: Press) -> None:
    """What `init` put there is another test's."""
    for file in press.library.inbox.iterdir():
        file.unlink()


def test_a_page_becomes_an_article_and_is_kept_byte_for_byte(
    site: Site, take: Taking, press: Press
) -> None:
    raw = ARTICLE.encode().replace(b"<p>", b"<p>\r\n")
    url = site.has("/stories/ditch.html?n=1", raw)

    article = only(take(url))

    assert article.title == "The long ditch"
    assert article.source == url
    assert (press.library.inbox / "journal-example-org-stories-ditch-n-1.html").read_bytes() == raw
    text = press.library.read(press.library.article_file(article.slug))
    assert f"source: {url}" in text.replace('"', "").replace("'", "")


def test_what_the_web_said_is_noted_beside_the_page(site: Site, take: Taking, press: Press) -> None:
    url = site.has("/ditch", content_type="text/html; charset=utf-8")
    take(url)

    noted = json.loads((press.library.inbox / kept(press)[1]).read_text())
    assert noted["url"] == noted["source"] == url
    assert noted["charset"] == "utf-8"
    assert set(noted) == {"url", "source", "charset", "sha256", "fetched_at"}


def test_fetched_again_the_same_page_is_unchanged(site: Site, take: Taking, press: Press) -> None:
    url = site.has("/ditch")
    slug = only(take(url)).slug
    before = {file: file.read_bytes() for file in press.library.inbox.iterdir()}

    report = take(url)

    assert report.unchanged == (slug,)
    assert not report.articles
    assert {file: file.read_bytes() for file in press.library.inbox.iterdir()} == before


def test_a_page_whose_bytes_change_and_words_do_not_is_unchanged(
    site: Site, take: Taking, press: Press
) -> None:
    url = site.has("/ditch", page(head="<meta name='nonce' content='1'>"))
    slug = only(take(url)).slug
    article = press.library.article_file(slug)
    article.write_text(press.library.read(article).replace("every spring", "each spring"))

    site.has("/ditch", page(head="<meta name='nonce' content='2'>"))

    assert take(url).unchanged == (slug,)
    assert "each spring" in press.library.read(article)


def test_a_page_with_other_words_makes_its_article_anew(
    site: Site, take: Taking, press: Press
) -> None:
    url = site.has("/ditch")
    slug = only(take(url)).slug
    site.has("/ditch", page(more="<p>This year it was the miller's turn to clear the ditch.</p>"))

    article = only(take(url))

    assert article.slug == slug
    assert "the miller's turn" in press.library.read(press.library.article_file(slug))
    assert len(kept(press)) == 2
    assert ingest(press, (), rights=Rights.OWN).unchanged == (slug,)


def test_a_hand_edit_of_the_article_is_not_overwritten(
    site: Site, take: Taking, press: Press
) -> None:
    url = site.has("/ditch")
    article = press.library.article_file(only(take(url)).slug)
    edited = press.library.read(article).replace("every spring", "each spring")
    article.write_text(edited)
    site.has("/ditch", page(more="<p>This year it was the miller's turn to clear the ditch.</p>"))

    assert "edited by hand" in refusal(take(url))
    assert press.library.read(article) == edited


def test_a_page_that_was_edited_in_the_inbox_is_not_overwritten(
    site: Site, take: Taking, press: Press
) -> None:
    url = site.has("/ditch")
    take(url)
    file = press.library.inbox / kept(press)[0]
    file.write_bytes(file.read_bytes().replace(b"every spring", b"each spring"))

    assert "was changed by hand" in refusal(take(url))
    assert b"each spring" in file.read_bytes()


def test_the_canonical_address_becomes_the_source(site: Site, take: Taking) -> None:
    said = site.url("/2024/the-ditch")
    url = site.has("/ditch?from=mail", page(head=f"<link rel='canonical' href='{said}'>"))

    assert only(take(url)).source == said


def test_relative_addresses_lead_to_where_the_page_was(site: Site, take: Taking) -> None:
    more = "<p>The <a href='map'>map of the ditch</a> hangs in the mill, behind the door.</p>"
    url = site.has("/tales/ditch", page(head="<link rel=canonical href='/ditch'>", more=more))

    article = only(take(url))

    links = {span.url for block in article.blocks for span in block.spans if span.url}
    assert (article.source, links) == (site.url("/ditch"), {site.url("/tales/map")})


def test_a_canonical_address_of_another_site_is_not_believed(site: Site, take: Taking) -> None:
    said = "https://paper.example.org/a"
    url = site.has("/ditch", page(head=f"<link rel='canonical' href='{said}'>"))

    assert only(take(url)).source == url


def test_one_page_by_two_addresses_is_one_article(site: Site, take: Taking, press: Press) -> None:
    head = f"<link rel='canonical' href='{site.url('/ditch')}'>"
    first = site.has("/ditch", page(head=head))
    second = site.has("/ditch?from=mail", page(head=head, more="<!-- another visit -->"))
    slug = only(take(first)).slug

    assert take(second).unchanged == (slug,)
    assert len(kept(press)) == 2


def test_pages_that_all_name_one_address_do_not_take_each_others_place(
    site: Site, take: Taking
) -> None:
    head = f"<link rel='canonical' href='{site.url('/all')}'>"
    first = site.has("/ditch", page("The long ditch", head))
    second = site.has("/weir", page("The old weir", head))

    report = take(first, second)

    assert report.refused == ()
    sources = [made.cleaned.article.source for made in report.articles]
    assert sources == [site.url("/all"), second]
    assert len({made.cleaned.article.slug for made in report.articles}) == 2


def test_an_address_that_led_on_is_known_by_where_it_led(
    site: Site, take: Taking, press: Press
) -> None:
    url = site.has("/ditch")
    short = site.passes_on("/s", "/ditch")
    slug = only(take(short)).slug

    assert take(url).unchanged == (slug,)
    assert len(kept(press)) == 2


def test_the_encoding_the_server_names_is_used_and_kept(
    site: Site, take: Taking, press: Press
) -> None:
    raw = page("Zażółcona miedza").encode("iso8859-2")
    url = site.has("/ditch", raw, content_type="text/html; charset=ISO-8859-2")

    article = only(take(url))

    assert article.title == "Zażółcona miedza"
    assert (press.library.inbox / kept(press)[0]).read_bytes() == raw
    press.library.article_file(article.slug).unlink()
    again = only(ingest(press, (), rights=Rights.OWN))
    assert (again.title, again.source) == ("Zażółcona miedza", url)


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/plain", "The long ditch\n\nThe ditch runs from the mill to the weir.\n"),
        ("text/markdown", "# The long ditch\n\nIt runs from the *mill* to the weir.\n"),
    ],
)
def test_plain_text_and_markdown_are_taken_too(
    site: Site, take: Taking, press: Press, kind: str, body: str
) -> None:
    article = only(take(site.has("/ditch", body, content_type=kind)))

    assert article.title == "The long ditch"
    suffix = ".txt" if "plain" in kind else ".md"
    assert kept(press)[0] == f"journal-example-org-ditch{suffix}"


@pytest.mark.parametrize(
    "body",
    [
        "<html><head><title>App</title></head><body><div id=root></div>"
        "<noscript>You need to enable JavaScript to run this app.</noscript></body></html>",
        "<html><body><h1>Just a moment…</h1><p>Verify you are human.</p></body></html>",
        "<html><body><h1>Sign in</h1><form><input type=password></form></body></html>",
        "<html><body><h1>A tale</h1><p>Subscribe to unlock this story.</p></body></html>",
        ARTICLE.replace(
            "</head>",
            '<script type="application/ld+json">{"@type":"Article","isAccessibleForFree":false}'
            "</script></head>",
        ),
        "<html><body></body></html>",
        "<html><body><p>The ditch runs fr",
        "",
        bytes(range(256)) * 9,
    ],
    ids=["scripts", "robot", "login", "subscribers", "not free", "bare", "cut", "empty", "binary"],
)
def test_what_stands_in_front_of_an_article_is_refused_and_not_kept(
    site: Site, take: Taking, press: Press, body: str | bytes
) -> None:
    message = refusal(take(site.has("/ditch", body)))

    assert message.startswith(site.url("/ditch") + ": ")
    assert "paste the text instead" in message
    assert kept(press) == []


def test_a_page_that_is_there_as_a_file_is_not_kept_twice_and_gets_its_address(
    site: Site, take: Taking, press: Press
) -> None:
    (press.library.inbox / "ditch.html").write_text(ARTICLE)
    slug = only(ingest(press, (), rights=Rights.OWN)).slug
    url = site.has("/ditch")

    report = take(url)

    assert report.given == {slug: (f"source is now {url}",)}
    assert report.updated == (slug,)
    assert kept(press) == ["ditch.html", "ditch.html.fetched.json"]
    assert load_article(press, slug).source == url
    assert load_record(press, slug).site == site_of(url)
    assert is_as_made(press, slug, load_record(press, slug))
    assert take(url).unchanged == ingest(press, (), rights=Rights.OWN).unchanged == (slug,)


def test_a_file_that_was_edited_as_an_article_gets_its_address_and_keeps_the_edit(
    site: Site, take: Taking, press: Press
) -> None:
    (press.library.inbox / "ditch.html").write_text(ARTICLE)
    file = press.library.article_file(only(ingest(press, (), rights=Rights.OWN)).slug)
    edited = file.read_text().replace("every spring", "each spring")
    file.write_text(edited.replace("source: ditch.html", "source: 'ditch.html' # from Ada"))
    url = site.has("/ditch")

    take(url)

    assert file.read_text() == edited.replace("source: ditch.html", f"source: {url} # from Ada")


@pytest.mark.parametrize("more", ["", "<p>This year it was the miller's turn to clear it.</p>"])
def test_an_address_that_the_page_names_by_now_becomes_the_source(
    site: Site, take: Taking, press: Press, more: str
) -> None:
    url = site.has("/ditch?from=mail")
    slug = only(take(url)).slug
    said = site.url("/ditch")
    site.has("/ditch?from=mail", page(head=f"<link rel='canonical' href='{said}'>", more=more))

    report = take(url)

    assert report.refused == ()
    assert press.library.article_slugs() == (slug,)
    assert load_article(press, slug).source == said
    assert take(url).unchanged == (slug,)


def test_one_page_that_cannot_be_had_stops_no_other(site: Site, take: Taking) -> None:
    report = take(site.url("/gone"), site.has("/ditch"), "ftp://journal.example.org/a")

    assert len(report.articles) == 1
    assert [refused.source for refused in report.refused] == [
        site.url("/gone"),
        "ftp://journal.example.org/a",
    ]


@pytest.mark.usefixtures("named_home")
def test_the_command_takes_addresses_and_files(
    site: Site, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    site.has("/ditch")
    notes = home / "notes.txt"
    notes.write_text("The weir\n\nThe weir holds the water back until the mill wants it.\n")
    url = site.url("/ditch", "127.0.0.1")

    assert run(["ingest", url, str(notes)]) == 1
    refused = capsys.readouterr()
    assert "the-weir: " in refused.out
    assert "private or reserved address; paste the text instead" in refused.err

    monkeypatch.setenv("PARTWORK_FETCH_PRIVATE", "yes")
    assert run(["ingest", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [article["title"] for article in told["articles"]] == ["The long ditch"]
