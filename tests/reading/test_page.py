"""What a page says of itself."""

import json
from datetime import date

import pytest

from partwork.reading.html import read_html
from partwork.reading.raw import read_article

PROSE = "The kettle had stood on the stove since the morning, and nobody had filled it."


def said(head: str = "", body: str = ""):
    html = f"<!doctype html><html><head>{head}</head><body>{body}<p>{PROSE}</body></html>"
    return read_html(html.encode(), "kettle.html")[0]


def linked(**properties) -> str:
    data = {"@type": "NewsArticle", **properties}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


@pytest.mark.parametrize(
    ("title", "site"),
    [
        ("The Kettle | Norrbridge Press", "Norrbridge Press"),
        ("The Kettle - Norrbridge Press", "Norrbridge Press"),
        ("The Kettle – The Norrbridge Press", "Norrbridge Press"),
        ("Norrbridge Press: The Kettle", "Norrbridge Press"),
        ("Norrbridge Press » The Kettle", "Norrbridge Press"),
        ("The Kettle", "Norrbridge Press"),
    ],
)
def test_the_sites_name_is_no_part_of_a_title(title, site):
    named = f"<meta property=og:site_name content='{site}'>"

    assert said(f"<title>{title}</title>{named}").title == "The Kettle"


def test_the_sites_name_is_known_by_its_domain_and_its_publisher_too():
    canonical = "<link rel=canonical href='https://www.norrbridge.example.org/kettle'>"
    publisher = linked(publisher={"@type": "Organization", "name": "Norrbridge"})

    assert said(f"<title>The Kettle | Norrbridge</title>{canonical}").title == "The Kettle"
    assert said(f"<title>The Kettle | Norrbridge</title>{publisher}").title == "The Kettle"


@pytest.mark.parametrize("title", ["Tea - a life", "Kettles | Pans | Pots", "Stove: a farewell"])
def test_a_part_of_a_title_that_is_no_name_of_the_site_stays(title):
    named = "<meta property=og:site_name content='Norrbridge Press'>"

    assert said(f"<title>{title}</title>{named}").title == title


def test_the_heading_that_other_sources_agree_with_is_the_title():
    logo, heading = "<h1>Norrbridge Press</h1>", "<h1>The Kettle's last winter</h1>"

    found = said("<title>The Kettle's last winter - Norrbridge Press</title>", logo + heading)

    assert found.title == "The Kettle's last winter"


def test_a_heading_that_agrees_with_nothing_is_not_the_title():
    assert said("<title>The Kettle</title>", "<h1>Welcome</h1>").title == "The Kettle"
    assert said("<title>Of kettles and pans and pots</title>", "<h1>Pots</h1>").title == (
        "Of kettles and pans and pots"
    )


@pytest.mark.parametrize(
    ("author", "byline"),
    [
        ("Ottoline Varga", "Ottoline Varga"),
        ({"@type": "Person", "name": "Ottoline Varga"}, "Ottoline Varga"),
        ([{"name": "Ottoline Varga"}, "Ilse Maron"], "Ottoline Varga, Ilse Maron"),
        ({"name": ["Ottoline Varga", "Ilse Maron"]}, "Ottoline Varga, Ilse Maron"),
        ([{"name": "By Ottoline Varga"}, {"name": "Ottoline Varga"}], "Ottoline Varga"),
        ("https://example.org/varga", ""),
        ({"name": {"name": "Varga"}}, ""),
        ("admin", ""),
        (7, ""),
    ],
)
def test_authors_of_linked_data_come_in_many_shapes(author, byline):
    assert said(linked(author=author)).byline == byline


def test_an_author_told_elsewhere_in_the_graph_is_found_by_its_id():
    graph = {
        "@graph": [
            {"@type": "WebPage", "name": "Tea"},
            {"@type": "BlogPosting", "headline": "Tom &amp; the kettle", "author": {"@id": "#o"}},
            {"@type": ["Person"], "@id": "#o", "name": "Ottoline Varga"},
        ]
    }
    script = f'<script type="application/ld+json"><!-- {json.dumps(graph)} --></script>'

    found = said(script)

    assert (found.title, found.byline) == ("Tom & the kettle", "Ottoline Varga")


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "null",
        "[[[]]]",
        '{"@type": 7, "headline": "no"}',
        '{"@type": "Article", "headline": 7, "author": {"name": null}, "publisher": [[]]}',
        '{"@type": "Article", "datePublished": "soon", "mainEntityOfPage": {"@id": []}}',
        '{"@type": "Article", "author": {"@id": "#a"}, "@id": "#a"}',
        "[" * 50_000,
    ],
)
def test_linked_data_that_makes_no_sense_adds_nothing(data):
    found = said(f'<script type="application/ld+json">{data}</script>')

    assert (found.title, found.byline, found.published_on, found.url) == ("", "", None, "")


def test_half_a_character_in_linked_data_cannot_spoil_the_title():
    data = '{"@type": "Article", "headline": "The \\ud83d Kettle"}'

    found = said(f'<script type="application/ld+json">{data}</script>')

    assert found.title == "The \ufffd Kettle"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("<meta name=author content='Ottoline Varga'>", ""),
        ("<meta property=article:author content='By Ottoline Varga'>", ""),
        ("<meta name=author content=admin>", "<a rel='author nofollow'>Ottoline Varga</a>"),
        ("", "<span itemprop=author>Posted by Ottoline Varga</span>"),
        ("<meta name=author content='https://example.org/o'>", "<b itemprop=author>Ottoline Varga"),
    ],
)
def test_the_author_is_found_in_meta_elements_links_and_microdata(head, body):
    assert said(head, body).byline == "Ottoline Varga"


def test_an_author_that_is_the_site_gives_way_to_a_person():
    head = "<meta property=og:site_name content=Norrbridge><meta name=author content=Norrbridge>"

    assert said(head, "<a rel=author>Ottoline Varga</a>").byline == "Ottoline Varga"
    assert said(head).byline == "Norrbridge"


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (linked(datePublished="2023-05-04T23:59:00-08:00", dateModified="2024-01-01"), ""),
        ("<meta property=article:published_time content='2023-05-04T08:00:00Z'>", ""),
        ("<meta name=dc.date content='4 May 2023'>", "<time datetime=2024-01-01>"),
        ("", "<span itemprop=datePublished content=2023-05-04>yesterday</span>"),
        ("", "<time class=updated datetime=2024-01-01></time><time class=published>4 May 2023"),
        ("", "<time>May 4, 2023</time>"),
    ],
)
def test_the_day_of_publication_is_found_where_pages_put_it(head, body):
    assert said(head, body).published_on == date(2023, 5, 4)


@pytest.mark.parametrize(
    "head",
    [
        "<link rel='shortlink canonical' href='https://example.org/kettle'>",
        "<link rel=canonical href='/kettle'><meta property=og:url content=https://example.org/kettle>",
        linked(url="https://example.org/kettle"),
        linked(mainEntityOfPage={"@id": "https://example.org/kettle"}),
    ],
)
def test_the_canonical_address_must_be_whole(head):
    assert said(head).url == "https://example.org/kettle"


@pytest.mark.parametrize(
    ("head", "source", "link"),
    [
        ("", "https://example.org/a/b", "https://example.org/a/c"),
        ("<link rel=canonical href=/k>", "https://example.org/k", "https://example.org/a/c"),
        ("<base target=_top><base href=/x/>", "https://example.org/a/b", "https://example.org/x/c"),
        (
            "<base href=//cdn.example.org/x/><link rel=canonical href=k>",
            "https://cdn.example.org/x/k",
            "https://cdn.example.org/x/c",
        ),
        ("<base href='data:,x'>", "https://example.org/a/b", "https://example.org/a/c"),
    ],
)
def test_a_page_that_was_fetched_completes_its_addresses(head, source, link):
    html = f"<html><head>{head}</head><body><h1>K</h1><p><a href=c>{PROSE}</a></body></html>"

    article = read_article(html.encode(), "kettle.html", "https://example.org/a/b")

    assert (article.source, article.blocks[0].spans[0].url) == (source, link)


@pytest.mark.parametrize("url", ["", "kettle", "javascript:alert(1)", "http://[x", "//x"])
def test_what_is_no_web_address_completes_nothing(url):
    html = f"<html><body><h1>K</h1><p><a href=c>{PROSE}</a></body></html>"

    article = read_article(html.encode(), "kettle.html", url)

    assert (article.source, article.blocks[0].spans) == ("kettle.html", ())


def test_relative_links_are_completed_by_the_base_of_the_page():
    head = "<link rel=canonical href=https://example.org/a/><base href=/b/>"
    html = f"<html><head>{head}</head><body><p><a href=c>{PROSE}</a></body></html>"

    _, (block,) = read_html(html.encode(), "kettle.html")

    assert block.spans[0].url == "https://example.org/b/c"


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ("<meta http-equiv=content-language content=de-AT>", "de-AT"),
        ("<meta property=og:locale content=en_GB>", "en-GB"),
        ("<meta property=og:locale content='see below'>", ""),
    ],
)
def test_the_language_is_a_tag(head, language):
    assert said(head).language == language
