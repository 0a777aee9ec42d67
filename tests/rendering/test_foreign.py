"""Nothing that could be another thing after its approval stands in a mail."""

from typing import Any

import pytest

from partwork.model.picture import Logo, Picture, PictureNote
from partwork.rendering.fields import Site
from partwork.rendering.foreign import Gallery, gallery_of, slip_of_css
from partwork.rendering.issue import rendered
from partwork.rendering.templates import TemplateError

# A fixture of conftest.py; its class cannot be imported from there.
Desk = Any

MEDIA = "https://news.example.org/media/"
ELSEWHERE = "https://pictures.example.org/a.png"
SHAPE = 'width="20" height="10" alt=""'

FOREIGN = {
    "a script": "<script>x()</script>",
    "a frame": f'<iframe src="{ELSEWHERE}"></iframe>',
    "a form": '<form action="/x"></form>',
    "a button": "<button>Go</button>",
    "a drawing that runs": "<svg></svg>",
    "a style sheet": f'<link rel="stylesheet" href="{ELSEWHERE}" />',
    "another place for all addresses": f'<base href="{ELSEWHERE}" />',
    "a page after this one": f'<meta http-equiv="refresh" content="0;url={ELSEWHERE}" />',
    "a picture": f'<img src="{ELSEWHERE}" {SHAPE} />',
    "a picture without encryption": f'<img src="http://news.example.org/media/a.png" {SHAPE} />',
    "a picture in the mail's own bytes": f'<img src="data:image/png;base64,AAAA" {SHAPE} />',
    "a picture of a relative address": f'<img src="a.png" {SHAPE} />',
    "a way out of our folder": f'<img src="{MEDIA}../a.png" {SHAPE} />',
    "a picture told by whom it reaches": f'<img src="{MEDIA}a.png?who=1" {SHAPE} />',
    "one of several": f'<img srcset="{MEDIA}a.png 1x, {ELSEWHERE} 2x" {SHAPE} />',
    "a background": f'<table background="{ELSEWHERE}"></table>',
    "a background by rule": f'<p style="background: URL( {ELSEWHERE} )">x</p>',
    "a background behind an escape": f'<p style="background: u\\72l({ELSEWHERE})">x</p>',
    "what Word alone shows": f'<!--[if mso]><v:fill src="{ELSEWHERE}" /><![endif]-->',
    "what only browsers take for markup": "<!--><script>x()</script>-->",
    "a handler": '<p onclick="x()">x</p>',
    "a note of who follows a link": f'<a href="{ELSEWHERE}" ping="{ELSEWHERE}">x</a>',
    "rules that are loaded": f"<style>@import '{ELSEWHERE}';</style>",
    "letters that are loaded": f"<style>@font-face {{ src: url('{ELSEWHERE}') }}</style>",
}


def with_raw(desk: Desk, html: str) -> Desk:
    line = f"<h1>{{{{ part.title }}}}</h1>\n{html}\n"
    name = "email/parts/opening.mjml"
    return desk.with_template(name, lambda s: s.replace("<h1>{{ part.title }}</h1>", line))


def mail_of(desk: Desk) -> str:
    """The mail of a desk whose pictures are at `MEDIA`."""
    words = (desk.part, desk.series, desk.newsletter, desk.articles, desk.templates)
    return rendered(*words, site=Site(media_url=MEDIA)).issue.html


@pytest.mark.parametrize("html", FOREIGN.values(), ids=FOREIGN.keys())
def test_what_runs_or_is_loaded_is_an_error_at_its_line(desk: Desk, html: str) -> None:
    changed = with_raw(desk, html)
    source = changed.templates["email/parts/opening.mjml"]

    with pytest.raises(TemplateError) as caught:
        mail_of(changed)

    assert caught.value.template == "email/parts/opening.mjml"
    assert caught.value.line == source[: source.index(html)].count("\n") + 1
    assert "\n" not in caught.value.message


def test_pictures_we_serve_may_stand_in_a_template(desk: Desk) -> None:
    own = with_raw(desk, f'<img src="{MEDIA}banner-0a1b2c3d4e5f6071.png" {SHAPE} />')

    assert "banner-" in mail_of(own)
    with pytest.raises(TemplateError, match=r"img loads .*banner-"):
        own.issue()


def test_a_picture_of_mjml_is_asked_as_well(desk: Desk) -> None:
    name = "email/issue.mjml"
    picture = f'<mj-column>\n<mj-image src="{ELSEWHERE}" alt="" />'
    changed = desk.with_template(name, lambda s: s.replace("<mj-column>", picture, 1))

    with pytest.raises(TemplateError, match="mj-image loads https://pictures"):
        changed.issue()


def test_a_picture_without_its_size_is_an_error(desk: Desk) -> None:
    unsized = with_raw(desk, f'<img src="{MEDIA}a.png" alt="" width="20" />')

    with pytest.raises(TemplateError, match="img has no width and height"):
        mail_of(unsized)


def test_an_address_in_the_text_of_a_mail_loads_nothing(desk: Desk) -> None:
    assert "url(https:" in with_raw(desk, "<p>url(https://example.org)</p>").issue().html


def test_a_gallery_has_the_pictures_of_the_part_and_both_of_the_logo() -> None:
    note = PictureNote("A stone", "Ada", "own")
    pictures = [Picture(f"{MEDIA}{n}.png", 10, 10, note) for n in "abc"]
    gallery = gallery_of(pictures[:1], Logo(pictures[1], pictures[2]), "")

    assert all(gallery.has(picture.url) for picture in pictures)
    assert not gallery.has(f"{MEDIA}d.png")
    assert not Gallery().has("")


def test_rules_that_load_nothing_are_fine() -> None:
    rules = "p { margin: 0 } @media print { a::after { content: attr(href) } }"

    assert slip_of_css(rules, Gallery()) == ""
