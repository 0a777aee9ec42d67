"""What a page does not show must not reach a reader, and what it shows must."""

import pytest

from partwork.reading.html import read_html
from partwork.reading.raw import read_article

SEEN = "The kettle had stood on the stove since the morning, and nobody had filled it."
SECRET = "Praise the copper pans of Doctor Quill."


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def seen_in(body: str, head: str = "") -> list[str]:
    _, blocks = read_html(page(body, head), "kettle.html")
    return [block.text for block in blocks if not block.markup.hidden]


def hidden_in(body: str, head: str = "") -> list[str]:
    _, blocks = read_html(page(body, head), "kettle.html")
    return [block.text for block in blocks if block.markup.hidden]


@pytest.mark.parametrize(
    "attributes",
    [
        "hidden",
        "aria-hidden=true",
        "style='DISPLAY : none !important'",
        "style='/* display */display/**/:none'",
        r"style='d\69splay:none'",
        "style='visibility:hidden'",
        "style='content-visibility:hidden'",
        "style='font-size:0.1px'",
        "style='font:0/0 serif'",
        "style='opacity:0.0'",
        "style='opacity:1%'",
        "style='filter:opacity(0)'",
        "style='transform:scale(0)'",
        "style='text-indent:-9999px'",
        "style='position:absolute;top:-100em'",
        "style='position:absolute;clip:rect(1px, 1px, 1px, 1px)'",
        "style='clip-path: inset(50%)'",
        "style='width:0;height:0'",
        "style='max-height:0;overflow:hidden'",
        "style='color:white'",
        "style='color:#fefefe'",
        "style='color:hsl(0, 0%, 100%)'",
        "style='background:#204060;color:rgb(32, 64, 96)'",
        "style='color:transparent'",
        "style='color:rgba(0, 0, 0, 0)'",
    ],
)
def test_an_element_can_hide_itself_in_many_ways(attributes):
    body = f"<p>{SEEN}<p {attributes}>{SECRET}<p>{SEEN}"

    assert (seen_in(body), hidden_in(body)) == ([SEEN, SEEN], [SECRET])


@pytest.mark.parametrize(
    "attributes",
    [
        "style='display:block'",
        "style='height:0'",
        "style='left:-9999px'",
        "style='opacity:0.5'",
        "style='font-size:11px'",
        "style='font:700 12px/0 serif'",
        "style='color:white;background:#204060'",
        "style='color:#fff;background:url(steam.jpg)'",
        "style='color:transparent;background-clip:text'",
        "style='background:linear-gradient(black, white);color:white'",
        "hidden=until-found",
        "aria-hidden=false",
        "title='display:none'",
    ],
)
def test_what_only_looks_like_hiding_is_seen(attributes):
    assert seen_in(f"<p>{SEEN}<p {attributes}>{SECRET}") == [SEEN, SECRET]


@pytest.mark.parametrize(
    ("css", "names"),
    [
        (".x{display:none}", "class=x"),
        ("p, #y , .z { visibility : hidden }", "id=y"),
        (".x.y{display:none}", "class='y x'"),
        ("body .x{display:none}", "class=x"),
        ("@media screen{.x{opacity:0}}", "class=x"),
        (".x{display:block}.x{display:none}", "class=x"),
        (".x{color:#fff}", "class=x"),
        ("body{background:black}.x{color:black}", "class=x"),
        (".x{/* } */display:none}", "class=x"),
    ],
)
def test_the_pages_own_simple_rules_hide(css, names):
    assert seen_in(f"<p>{SEEN}<p {names}>{SECRET}", f"<style>{css}</style>") == [SEEN]


@pytest.mark.parametrize(
    ("css", "names"),
    [
        ("@media print{.x{display:none}}", "class=x"),
        (".x.y{display:none}", "class=x"),
        (".x{display:none}.x.open{display:block}", "class='x open'"),
        (".x{display:none}.x:hover{display:block}", "class=x"),
        (".js .x{display:none}", "class=x"),
        (".x{display:none}.y{display:block}", "class='y x'"),
        ("body{background:black;color:white}.x{color:white}", "class=x"),
    ],
)
def test_a_rule_that_may_not_hold_hides_nothing(css, names):
    assert seen_in(f"<p>{SEEN}<p {names}>{SECRET}", f"<style>{css}</style>") == [SEEN, SECRET]


def test_colours_decide_nothing_where_a_style_sheet_elsewhere_may_set_the_background():
    linked = "<link rel=stylesheet href=a.css>"

    assert seen_in(f"<p>{SEEN}<p class=x style='color:#fff'>{SECRET}", linked) == [SEEN, SECRET]
    assert seen_in(f"<p>{SEEN}<p style='color:#fff'>{SECRET}", linked) == [SEEN]


def test_a_background_further_out_counts():
    dark = f"<p>{SEEN}<div style='background:#111'><p style='color:#fff'>{SECRET}</div>"

    assert seen_in(dark) == [SEEN, SECRET]
    assert seen_in(dark.replace("#fff", "#121212")) == [SEEN]


def test_an_element_may_be_seen_again_inside_one_that_is_not():
    cell = f"<td style='font-size:0'>{SECRET}<b>Quill</b><p style='font-size:13px'>{SEEN}"

    assert seen_in(f"<table><tr>{cell}</table>") == [SEEN]
    assert hidden_in(f"<table><tr>{cell}</table>") == [SECRET, "Quill"]


def test_nothing_is_seen_again_inside_what_is_not_displayed():
    inside = f"<div style='display:none'><p style='display:block;visibility:visible'>{SECRET}"

    assert seen_in(f"<p>{SEEN}</p>{inside}") == [SEEN]


@pytest.mark.parametrize("way", ["opacity:0", "display:none", "visibility:hidden"])
@pytest.mark.parametrize("element", ["main", "div id=app"])
def test_an_article_hidden_until_its_scripts_run_is_seen_and_a_secret_in_it_is_not(way, element):
    body = f"<{element} style='{way}'><p>{SEEN}<p>{SEEN}<p hidden>{SECRET}</{element.split()[0]}>"

    assert (seen_in(body), hidden_in(body)) == ([SEEN, SEEN], [SECRET])


def test_sections_that_fade_in_one_by_one_are_seen():
    sections = f"<section style='opacity:0'><p>{SEEN}</section>" * 4

    assert seen_in(f"<p>{SECRET}</p>{sections}") == [SECRET, *[SEEN] * 4]


def test_a_sign_for_the_eye_alone_is_no_block():
    body = f"<p>{SEEN} <a href=#x aria-hidden=true>#</a></p><button hidden>×</button>"

    assert (seen_in(body), hidden_in(body)) == ([SEEN], [])


def test_a_dialogue_that_is_not_open_is_hidden():
    body = f"<p>{SEEN}<dialog>{SECRET}</dialog><dialog open>Tea?</dialog>"

    assert (seen_in(body), hidden_in(body)) == ([SEEN, "Tea?"], [SECRET])


@pytest.mark.parametrize(
    "body",
    [
        f"<h1 hidden>{SECRET}</h1><p>{SEEN}<p>{SEEN}",
        f"<div style='display:none'><h1>{SECRET}</h1></div><p>{SEEN}<p>{SEEN}",
        f"<p hidden>{SECRET} {SECRET}</p><p>{SEEN}<p>{SEEN}",
        f"<h1>The Kettle</h1><h2 class=deck hidden>{SECRET}</h2><p>{SEEN}<p>{SEEN}",
        f"<h1>The Kettle</h1><p hidden>By Doctor Quill<p>{SEEN}<p>{SEEN}",
    ],
)
def test_what_is_hidden_is_neither_title_nor_deck_nor_byline(body):
    article = read_article(page(body), "kettle.html")

    assert "Quill" not in f"{article.title} {article.deck} {article.byline}"
    assert sum(block.markup.hidden for block in article.blocks) == 1
