"""What a page does not show must not reach a reader, and what it shows must."""

import time

import pytest

from partwork.reading.html import read_html
from partwork.reading.raw import read_article

SEEN = "The kettle had stood on the stove since the morning, and nobody had filled it."
SECRET = "Praise the copper pans of Doctor Quill."


def page(body: str, head: str = "") -> bytes:
    return f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode()


def seen_in(body: str, head: str = "") -> list[str]:
    return seen_of(page(body, head))


def seen_of(raw: bytes) -> list[str]:
    _, blocks = read_html(raw, "kettle.html")
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
        "style='color:rgb(0 0 0 / 0%)'",
        "style='color:rgb(100%, 100%, 100%)'",
        "style='color:ghostwhite'",
        "style='-webkit-text-fill-color:transparent'",
        "style='position:relative;left:-9999px'",
        "style='position:absolute;right:-9999px'",
        "style='margin-top:-9999px'",
        "style='height:1px;width:1px;overflow:hidden'",
        "style='transform:translateX(-9999px)'",
        "style='transform:scaleY(0)'",
        "style='scale:0'",
        "style='zoom:0'",
        "style='clip-path:polygon(0 0, 0 0, 0px 0px)'",
        "popover",
        "style='font-size:calc(0px)'",
        "style='--x:none;display:var(--x)'",
        "style='display:var(--y, none)'",
        "style='position:fixed;right:200vw'",
        "style='position:absolute;left:100vw'",
        "style='position:fixed;top:9999px'",
        "style='transform:rotateY(90deg)'",
        "class=sr-only",
        "class='kettle visually-hidden'",
        "class=screen-reader-text",
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
        "hidden style='display:block'",
        "style='transform:translateX(-50%)'",
        "style='position:relative;left:-4px'",
        "style='color:rgb(0%, 0%, 0%)'",
        "style='color:rgb(0, 0, 0)'",
        "style='color:rgba(0, 0, 0, 1)'",
        "style='color:hsl(0, 100%, 0%)'",
        "style='color:rgb(0 0 0)'",
        "style='background:url(a;display:none)'",
        "style='font-size:calc(100% - 1px)'",
        "style='--x:none;display:var(--y)'",
        "style='--x:none'",
        "style='right:200vw'",
        "style='position:absolute;left:50vw'",
        "style='position:absolute;top:200vh'",
        "class=not-sr-only",
        "class='sr-only' style='display:block'",
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
        ("body>p.x{display:none}", "class=x"),
        ("p+p{display:none}", ""),
        ("p~p{display:none}", ""),
        (":root p[title]{display:none}", "title=x"),
        ("[title=x]{display:none}", "title=x"),
        ("[title='a, b']{display:none}", "title='a, b'"),
        ("[title~=b]{display:none}", "title='a b'"),
        ("[title^=a]{display:none}", "title=ab"),
        ("[title$=b]{display:none}", "title=ab"),
        ("[class*=hid]{display:none}", "class=unhidden"),
        ("[lang|=en]{display:none}", "lang=en-GB"),
        (r".\78{display:none}", "class=x"),
        (r".sm\:x{display:none}", "class=sm:x"),
        (".x{display:none !important}", "class=x style='display:block'"),
        (".x{display:none !important}.x{display:block}", "class=x"),
        ("#y{display:none}p.x{display:block}", "class=x id=y"),
        (".y::before{content:'{'}.x{display:none}", "class=x"),
        (".y::before{content:'/*'}.x{display:none}.y{content:'*/'}", "class=x"),
        (".x{display:none}.x::after{display:block}", "class=x"),
        ("<!-- .x{display:none} -->", "class=x"),
        ("@layer a{@supports (display:grid){.x{display:none}}}", "class=x"),
        ("@media screen, print{.x{display:none}}", "class=x"),
        (".x{display:none;.z{color:red}}", "class=x"),
        (".x{display:none", "class=x"),
        ("a:hover{color:red}.x{color:white}", "class=x"),
        ("body{.x{display:none}}", "class=x"),
        ("body{color:black;>p.x{display:none}}", "class=x"),
        ("p,.y{&.x,.z{display:none}color:black}", "class=x"),
        (".x{@media screen{display:none}}", "class=x"),
        ("p{.x &{color:red}}.x{@layer a{&[title]{display:none}}}", "class=x title=y"),
        (":is(.x,.y){display:none}", "class=x"),
        (":where(.x){display:none}", "class=x"),
        ("body :is(p:is(.y,.x),div){display:none}", "class=x"),
        (".z:where(.y,.x){display:none}", "class='x z'"),
        ("p:not(.y).x{display:none}", "class=x"),
        ("p:not(.y,[lang]).x:not(#z){display:none}", "class=x"),
        ("@container(min-width:1px){.x{display:none}}", "class=x"),
        ("@container kettle (width > 0px) and (min-height:0){.x{display:none}}", "class=x"),
        ("@media screen and (min-width: 20em){.x{display:none}}", "class=x"),
        ("@media(min-width:1px){.x{display:none}}", "class=x"),
        (":root{--none:none}.x{display:var(--none)}", "class=x"),
        (":root{--paper:#fff}", "style='color:var(--paper)'"),
        ("p:last-child{display:none}", ""),
        (".x:first-child{color:red}p + .x:last-child{opacity:0}", "class=x"),
    ],
)
def test_the_pages_own_rules_hide(css, names):
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
        ("div>p{display:none}", ""),
        ("p+h2{display:none}", ""),
        ("[title=x]{display:none}", "title='x y'"),
        ("[title^='']{display:none}", "title=x"),
        (".x:not(.open){display:none}", "class=x"),
        (".y:is(.a,.x,.b){display:none}", "class=x"),
        (".x:hover{display:none}", "class=x"),
        ("p{display:none}.open p{display:block}", ""),
        (".x{display:none}p.x{display:block}", "class=x"),
        (".no-js .x{display:none}", "class=x"),
        ("@media screen{@media print{.x{display:none}}}", "class=x"),
        ("@supports not (display:grid){.x{display:none}}", "class=x"),
        (".y{content:'} .x{display:none'}", "class=x"),
        ("@import 'a.css';.x{color:white}", "class=x"),
        ("div{.x{display:none}}", "class=x"),
        ("p{&.y,>.x{display:none}}", "class=x"),
        (".x{@media print{display:none}}", "class=x"),
        ("@media print{body{.x{display:none}}}", "class=x"),
        (":where(.x){display:none}p{display:block}", "class=x"),
        (".x:not(.y){display:none}", "class='x y'"),
        (".x:not(.y,[lang]){display:none}", "class=x lang=en"),
        (".x:not(.is-open){display:none}", "class=x"),
        (".x:not(:last-child){display:none}", "class=x"),
        (".x{display:none}.x:not(.y){display:block}", "class=x"),
        ("@container (min-width:700px){.x{display:none}}", "class=x"),
        ("@media screen and (max-width:700px){.x{display:none}}", "class=x"),
        ("@media(min-width:48em){.x{display:none}}", "class=x"),
        (":root{--a:none}@media print{:root{--a:block}}.x{display:var(--a)}", "class=x"),
        (".x:first-child{display:none}", "class=x"),
        (".x:only-child{display:none}", "class=x"),
    ],
)
def test_a_rule_that_may_not_hold_hides_nothing(css, names):
    assert seen_in(f"<p>{SEEN}<p {names}>{SECRET}", f"<style>{css}</style>") == [SEEN, SECRET]


def test_a_sheet_for_the_printer_or_for_readers_without_scripts_hides_nothing():
    rule = ".x{display:none}"
    heads = [f"<style media=print>{rule}</style>", f"<noscript><style>{rule}</style></noscript>"]

    assert [seen_in(f"<p>{SEEN}<p class=x>{SECRET}", head) for head in heads] == [
        [SEEN, SECRET],
        [SEEN, SECRET],
    ]


def test_what_is_hidden_stays_so_where_an_element_inside_inherits():
    inside = f"<div style='visibility:hidden'><p style='visibility:inherit'>{SECRET}</div>"
    white = f"<div style='color:white'><p style='color:inherit'>{SECRET}</div>"

    assert seen_in(f"<p>{SEEN}</p>{inside}{white}") == [SEEN]


def test_a_long_secret_on_a_page_of_few_words_stays_hidden():
    secret = f"<div style='display:none'>{SECRET * 9}</div>"

    assert seen_in(f"<p>Tea is ready.</p>{secret}") == ["Tea is ready."]


@pytest.mark.parametrize(
    "body",
    [
        "<noframes>{}</noframes>",
        "<noembed>{}</noembed>",
        "<progress>{}</progress>",
        "<math><semantics><mi>x</mi><annotation>{}</annotation></semantics></math>",
        "<iframe srcdoc='<p>{}</p>'></iframe>",
        "<svg><text>{}</text><title>{}</title></svg>",
        "<title>{}</title>",
    ],
)
def test_what_browsers_never_show_as_text_is_no_text(body):
    _, blocks = read_html(page(f"<p>{SEEN}</p>{body.replace('{}', SECRET)}"), "kettle.html")

    assert SECRET not in " ".join(block.text for block in blocks)


def test_a_sheet_of_ten_thousand_rules_for_a_page_as_long_takes_seconds():
    """Rule by rule for each element it would be a hundred million questions."""
    rules = "".join(f".a{n} > p[title] ~ .b{n}{{display:none}}" for n in range(5_000))
    paragraphs = "".join(f"<p class=b{n % 5_000}>{n}" for n in range(20_000))
    began = time.process_time()

    hidden_in(f"<div class=a7>{paragraphs}</div>", f"<style>{rules}</style>")

    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "part", ["[", "(", "{", "p{", "p >", "url(", "/*", "\"'", "[\\a", "@media all{"]
)
def test_style_sheets_that_never_end_take_seconds(part):
    began = time.process_time()

    assert seen_in(f"<p>{SEEN}", f"<style>{part * 100_000}{{display:none}}</style>") == [SEEN]
    assert time.process_time() - began < 20


def test_colours_decide_nothing_where_a_style_sheet_elsewhere_may_set_the_background():
    linked = "<link rel=stylesheet href=a.css>"

    assert seen_in(f"<p>{SEEN}<p class=x style='color:#fff'>{SECRET}", linked) == [SEEN, SECRET]
    assert seen_in(f"<p>{SEEN}<p style='color:#fff'>{SECRET}", linked) == [SEEN]


def test_the_pages_own_letters_may_be_as_white_as_its_paper():
    raw = f"<body bgcolor=white text=white><p>{SECRET}<p style='color:black'>{SEEN}</body>"

    assert seen_of(raw.encode()) == [SEEN]


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
    sections = f"<section style='opacity:0'><p>{SEEN}</section>" * 16

    assert seen_in(f"<p>{SECRET}</p>{sections}") == [SECRET, *[SEEN] * 16]


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


@pytest.mark.parametrize(
    "attributes",
    ["width=1 height=1", "width=1px height=0 style='width:1px'", "style='width:1px;height:1px'"],
)
def test_what_a_picture_of_a_dot_says_is_hidden(attributes):
    image = f"<img src=dot.gif alt='{SECRET}' {attributes}>"

    assert seen_in(f"<p>{SEEN}</p>{image}") == [SEEN]
    assert hidden_in(f"<p>{SEEN} {image}</p>") == [SECRET]


@pytest.mark.parametrize(
    "attributes",
    ["", "width=100% height=200", "width=1 height=1 style='width:100px;height:9em'", "width=1.5e3"],
)
def test_what_a_larger_picture_says_is_seen(attributes):
    assert seen_in(f"<p>{SEEN}</p><img src=k.gif alt='A kettle' {attributes}>") == [
        SEEN,
        "A kettle",
    ]


def test_the_pages_own_rule_for_a_name_decides_over_what_others_mean_by_it():
    rule = "<style>.sr-only{color:black}</style>"

    assert seen_in(f"<p>{SEEN}<p class=sr-only>{SECRET}", rule) == [SEEN, SECRET]
