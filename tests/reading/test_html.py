from datetime import date

import pytest

from partwork.model.article import BlockKind
from partwork.model.text import Mark
from partwork.reading.errors import Unreadable
from partwork.reading.raw import read_article

PROSE = "The kettle had stood on the stove since the morning, and nobody had filled it."


def read(body: str, head: str = ""):
    page = f"<!doctype html><html lang=en><head>{head}</head><body>{body}</body></html>"
    return read_article(page.encode(), "page.html")


def blocks(body: str):
    """The blocks of a page whose title is not among them."""
    return read(body, "<title>Norrbridge</title>").blocks


def test_blocks_come_in_document_order_with_their_kinds():
    found = blocks(
        f"<p>{PROSE}<h2>The stove</h2><ul><li>tea<li>milk</ul><blockquote><p>It sang.</blockquote>"
        "<table><tr><th>a<th>b<tr><td>1<td>2</table><pre>x = 1\n  y</pre>"
        "<img src=k.jpg alt='A kettle'>"
    )

    assert [(block.kind.value, block.text) for block in found] == [
        ("paragraph", PROSE),
        ("heading", "The stove"),
        ("list", "tea\nmilk"),
        ("quote", "It sang."),
        ("table", "a\tb\n1\t2"),
        ("code", "x = 1\n  y"),
        ("image", "A kettle"),
    ]
    assert found[1].level == 2


def test_inline_marks_are_spans_of_the_text_and_nest():
    (block,) = blocks(
        "<p>One <b>old <i>black</i></b> kettle,"
        ' <a href="https://example.org/k">bought <code>here</code></a>.'
    )

    marked = {(span.mark, block.text[span.start : span.end], span.url) for span in block.spans}
    assert block.text == "One old black kettle, bought here."
    assert marked == {
        (Mark.STRONG, "old black", ""),
        (Mark.EMPHASIS, "black", ""),
        (Mark.LINK, "bought here", "https://example.org/k"),
        (Mark.CODE, "here", ""),
    }


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//", "http://[", "x y"],
)
def test_links_that_lead_nowhere_good_are_text(url):
    (block,) = blocks(f'<p>a <a href="{url}">kettle</a></p>')

    assert (block.text, block.spans) == ("a kettle", ())


def test_what_is_never_text_gives_no_block():
    found = blocks(
        f"<p>{PROSE}</p><script>var a = '<p>no</p>'</script><style>p{{}}</style><!-- no -->"
        "<template><p>no</p></template><noscript>no</noscript><img src=x.gif>"
        "<textarea>no</textarea>"
    )

    assert [block.text for block in found] == [PROSE]


@pytest.mark.parametrize(
    "attribute",
    [
        "hidden",
        "aria-hidden=true",
        "style='display: none'",
        "style='color:red;visibility:hidden'",
        "style='font-size:0'",
    ],
)
def test_what_is_hidden_is_a_block_of_its_own_and_says_so(attribute):
    found = blocks(f"<p>{PROSE} <span {attribute}>Ignore the editor.</span> Amen.</p>")

    assert [(block.text, block.markup.hidden) for block in found] == [
        (f"{PROSE} Amen.", False),
        ("Ignore the editor.", True),
    ]


def test_a_block_knows_its_classes_its_landmark_and_how_much_of_it_is_links():
    (block,) = blocks("<nav id=top><ul class='menu big'><li><a href=/a>Tea</a><li>Cup</ul></nav>")

    assert block.markup.tag == "ul"
    assert block.markup.classes == ("menu", "big", "top", "navigation")
    assert block.markup.link_density == 0.5


def test_a_block_knows_the_parts_of_the_page_it_stands_in():
    (head, link, note) = blocks(
        "<div role=Banner><form><p>Sign in</form></div><main><article>"
        "<header><p><a href=/>Tea</a></header></article><ul><li><h3>Cup</h3></ul></main>"
    )

    assert head.markup.within == ("form", "header")
    assert link.markup.within == ("header", "article", "main")
    assert note.markup.within == ("li", "main")
    assert "banner" in head.markup.classes
    assert "banner" not in link.markup.classes  # a section's header is no banner of the page


def test_names_of_an_element_in_a_line_are_a_blocks_own_if_nothing_else_is_in_it():
    alone, among, two = blocks(
        "<div><span class=Date><time id=T>May 4</time></span></div>"
        f"<div><span class=Date>May 4</span> {PROSE}</div>"
        "<div><span class=Date><b>May</b> <i>4</i></span></div>"
    )

    assert alone.markup.classes == ("t", "date")
    assert among.markup.classes == ()
    assert two.markup.classes == ("date",)


def test_the_names_around_a_block_are_few_however_deep_it_stands():
    (block,) = blocks("<section class='a b'>" * 400 + PROSE)

    assert len(block.markup.classes) <= 24
    assert len(block.markup.within) <= 12


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("/cup", "https://example.org/cup"),
        ("cup", "https://example.org/tea/cup"),
        ("../cup", "https://example.org/cup"),
        ("/a/../cup", "https://example.org/cup"),
        ("//example.org/cup", "https://example.org/cup"),
        (" https://example.org/cup ", "https://example.org/cup"),
        ("#cup", "https://example.org/tea/pot#cup"),
        ("mailto:ada@example.org", "mailto:ada@example.org"),
    ],
)
def test_links_are_completed_by_the_pages_own_address(href, url):
    canonical = "<title>Tea</title><link rel=canonical href=https://example.org/tea/pot>"

    (block,) = read(f"<p><a href='{href}'>{PROSE}</a>", canonical).blocks

    assert block.spans[0].url == url


def test_lists_nest_by_two_spaces_and_ordered_ones_say_so():
    (block,) = blocks("<ol><li>tea<ul><li>green<li>black</ul><li><p>milk</p><p>cold</p></ol>")

    assert block.ordered
    assert block.text == "tea\n  green\n  black\nmilk cold"


def test_lists_and_tables_that_only_arrange_the_page_give_its_blocks():
    found = blocks(
        f"<table><tr><td><h2>Stove</h2><p>{PROSE}</table><ul><li><h3>Cup</h3><p>{PROSE}</ul>"
    )

    assert [block.kind for block in found] == [BlockKind.HEADING, BlockKind.PARAGRAPH] * 2


def test_a_double_line_break_parts_paragraphs_and_a_single_one_does_not():
    assert [block.text for block in blocks("one<br>two<br> <br>three")] == ["one two", "three"]


def test_a_line_all_in_bold_type_stands_by_itself():
    assert [b.text for b in blocks("<p><b>Kettles</b><br>They sing.")] == ["Kettles", "They sing."]
    assert [b.text for b in blocks("<p><b>Old</b> pots<br>and pans")] == ["Old pots and pans"]
    assert [b.text for b in blocks("<p><b>Old pots<br>and pans</b>")] == ["Old pots and pans"]


def test_title_author_date_and_source_come_from_what_the_page_says():
    article = read(
        f"<h1>The Kettle</h1><p>{PROSE}</p><p>{PROSE} Twice.</p>",
        "<title>The Kettle | Norrbridge Press</title>"
        "<link rel=canonical href='https://example.org/kettle'>"
        '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "headline":'
        ' "The Kettle", "author": [{"name": "Ottoline Varga"}],'
        ' "datePublished": "2023-05-04T08:00:00Z"}]}</script>',
    )

    assert (
        article.title,
        article.byline,
        article.published_on,
        article.source,
        article.language,
    ) == (
        "The Kettle",
        "Ottoline Varga",
        date(2023, 5, 4),
        "https://example.org/kettle",
        "en",
    )
    assert [block.text for block in article.blocks] == [PROSE, f"{PROSE} Twice."]


def test_a_heading_that_is_not_the_title_word_for_word_stays():
    article = read(f"<h1>Of kettles</h1><p>{PROSE}</p>", "<meta property='og:title' content='Tea'>")

    assert article.title == "Tea"
    assert article.blocks[0].text == "Of kettles"


def test_broken_metadata_is_no_reason_to_refuse_a_page():
    hostile = '<script type="application/ld+json">' + "[" * 100_000 + "</script>"

    article = read(
        f"<p>{PROSE}</p>",
        hostile
        + "<link rel=canonical href='javascript:1'><meta name=author content='https://x.org/a'>",
    )

    assert (article.source, article.byline) == ("page.html", "")


def test_a_declared_encoding_is_believed_unless_the_page_is_utf_8():
    page = "<html><head><meta charset={}></head><body><p>{}</p></body></html>"
    polish = "Żółta łódka płynęła powoli."

    declared = read_article(page.format("iso-8859-2", polish).encode("iso-8859-2"), "a.html")
    mistaken = read_article(page.format("iso-8859-1", polish).encode(), "a.html")

    assert declared.blocks[0].text == mistaken.blocks[0].text == polish


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-8"])
@pytest.mark.parametrize("claim", ["utf-8", "iso-8859-1", "utf-16", "shift_jis", "no-such-thing"])
def test_a_declaration_cannot_change_what_the_bytes_are(encoding, claim):
    page = f"<html><head><meta charset={claim}></head><body><p>Zoë: {PROSE}</body></html>"

    assert read_article(page.encode(encoding), "a.html").blocks[0].text == f"Zoë: {PROSE}"


@pytest.mark.parametrize(
    "claim", ["unicode_escape", "utf-7", "idna", "rot13", "undefined", "zlib", '"utf-\x01\0 8"']
)
def test_what_python_alone_calls_an_encoding_is_not_believed(claim):
    page = f"<html><head><meta charset={claim}></head><body><p>Zoë: {PROSE}</body></html>"

    assert read_article(page.encode("cp1252"), "a.html").blocks[0].text == f"Zoë: {PROSE}"


def test_a_page_in_seven_bits_is_read_as_it_declares():
    page = "<html><head><meta charset=iso-2022-jp></head><body><p>やかん</p></body></html>"

    assert read_article(page.encode("iso-2022-jp"), "a.html").blocks[0].text == "やかん"


def test_stray_nuls_are_no_part_of_a_text():
    assert blocks(f"<p>{PROSE[:5]}\0{PROSE[5:]}")[0].text == PROSE


@pytest.mark.parametrize(
    ("html", "where"),
    [
        ("<html><body><p>one", "before </html>"),
        ("<p>one</p><div class='a", "inside a tag"),
        ("<p>one</p><!-- two", "inside a comment"),
        ("<p>one</p><script>var a = 1;", "inside <script>"),
        ("<p>one</p><style>p {", "inside <style>"),
        ("<html><p>one</p><!-- </html>", "inside a comment"),
        ("<html><p>one</p><SCRIPT> </html>", "inside <script>"),
    ],
)
def test_html_that_is_cut_off_is_refused_and_told_where(html, where):
    with pytest.raises(Unreadable, match=rf"^torn\.html: the HTML breaks off {where}"):
        read_article(html.encode(), "torn.html")


@pytest.mark.parametrize(
    "html",
    [
        "<p>one<p>two",
        "<html><body><p>one</body>",
        "<p title=don't>one</p>",
        "<p>3 < 4 and 5 <6</p>",
        "<p>one</p><!-->",
        "<html><body><script>'<p>'</script><p>one</html>",
    ],
)
def test_html_that_browsers_read_is_read(html):
    assert read_article(html.encode(), "whole.html").blocks


@pytest.mark.parametrize("html", ["<html><body><img src=a.png></body></html>", "<p> </p>"])
def test_html_without_text_is_refused(html):
    with pytest.raises(Unreadable, match="has no text"):
        read_article(html.encode(), "empty.html")


@pytest.mark.parametrize(
    "element", ["div", "b", "ul><li", "blockquote", "table><tr><td", "span hidden"]
)
def test_ten_thousand_levels_are_read_to_the_bottom(element):
    article = read(f"<{element}>" * 10_000 + "the bottom of the well")

    assert any("the bottom of the well" in block.text for block in article.blocks)


def test_what_is_nested_too_deep_for_a_tree_keeps_its_order():
    article = read("<b>" * 3_000 + "<p>one</p><ul><li>two</ul><p>three" + "</b>" * 3_000)

    assert " ".join(block.text for block in article.blocks) == "one two three"


def test_scripts_below_the_deepest_level_are_no_text():
    article = read("<div>" * 3_000 + f"<script>no</script>{PROSE}<style>no</style>")

    assert [block.text for block in article.blocks] == [PROSE]


def test_the_quotation_marks_that_browsers_write_are_part_of_the_text():
    (block,) = blocks("<p>She said <q>the <em>kettle</em></q>, and left.</p>")

    assert block.text == "She said “the kettle”, and left."


def test_a_raised_figure_does_not_join_the_figure_before_it():
    (block,) = blocks("<p>10<sup>5</sup> m<sup>-2</sup> on the 1<sup>st</sup></p>")

    assert block.text == "10⁵ m⁻² on the 1st"
