"""A template that somebody broke is an error that names the line, and never half a mail."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from partwork.model.issue import MergeField
from partwork.rendering.foreign import Gallery
from partwork.rendering.mjml import html_from
from partwork.rendering.templates import TemplateError, filled

# A fixture of conftest.py; its class cannot be imported from there.
Desk = Any

GUIDE = (Path(__file__).parents[2] / "docs" / "templates.md").read_text(encoding="utf-8")
MASTHEAD = "email/parts/masthead.mjml"

SLIPS = {
    "an if that ends nowhere": ("{% if part.lead.text %}\n", "", "unknown tag 'endif'"),
    "a field that is not there": ("{{ part.title }}</h1>", "{{ part.titel }}", "mean title?"),
    "a word that is not there": ("{{ words.sources }}", "{{ words.beware }}", "no field beware"),
    "a merge field that is not there": ("merge.address", "merge.adress", "mean address?"),
    "an unknown filter": ("{{ part.title }}</h1>", "{{ part.title|loud }}", "named 'loud'"),
    "a division by zero": ("{{ part.title }}</h1>", "{{ 1 / 0 }}</h1>", "division by zero"),
    "an include that is not there": ("<h1>", "{% include 'x.mjml' %}<h1>", "no template x.mjml"),
    "a way into Python": ("<h1>", "{{ part.__class__ }}<h1>", "unsafe"),
    "a loop without end": ("<h1>", "{% for i in range(10**9) %}{% endfor %}<h1>", "Range too big"),
    "a misspelt element": ('<mj-text css-class="ink lead"', "<mj-txet", "mean mj-text?"),
    "a misspelt attribute": ('css-class="ink lead"', 'css-clas="lead"', "mean css-class?"),
    "an attribute of nothing": ('css-class="ink lead"', "css-class", "has no value"),
    "no quotation marks": ('width="600px"', "width=600px", "not in quotation marks"),
    "capitals": ("<mj-breakpoint", "<MJ-breakpoint", "must be written mj-breakpoint"),
    "an element out of place": ("<mj-column>\n", "<mj-column><mj-section>\n", "cannot stand in"),
    "text out of place": ("<mj-column>\n", "<mj-column>Hello\n", "'Hello'; put it into mj-text"),
    "HTML out of place": ("<mj-column>\n", "<mj-column><p>\n", "p cannot stand in mj-column"),
    "a second body": ("</mj-body>", "</mj-body><mj-body></mj-body>", "a second mj-body"),
    "an end of something else": ("{{ part.title }}</h1>", "x</h2></h1>", "</h2> where <h1>"),
    "a tag that closes nothing": ("<h1>", "<p/><h1>", "write <p></p>"),
    "a bare <": ("<h1>", " 3 < 4 <h1>", "write &lt;"),
    "a file of the machine": ("<h1>", '<mj-include path="/etc/passwd" />', "no element mj-include"),
    "quotes in CSS": ("{{ serif }}; font-size: 32px", "{{ '\"' }}; font-size: 9px", "|safe"),
    "a forged merge field": ("<h1>", "\ue000address\ue001<h1>", "private-use"),
}  # fmt: skip


@pytest.mark.parametrize(("there", "instead", "says"), SLIPS.values(), ids=SLIPS.keys())
def test_a_slip_is_an_error_at_its_line(desk: Desk, there: str, instead: str, says: str) -> None:
    name = file_with(desk, there)
    source = desk.templates[name]
    line = source[: source.index(there)].count("\n") + 1

    with pytest.raises(TemplateError, match=re.escape(says)) as caught:
        desk.with_template(name, lambda s: s.replace(there, instead, 1)).issue()

    assert caught.value.template == name
    # An if that is gone is noticed where it would have ended.
    assert caught.value.line == (line + 3 if "endif" in says else line)
    assert str(caught.value).startswith(f"templates/{name}, line {caught.value.line}: ")
    assert "\n" not in str(caught.value)


def file_with(desk: Desk, words: str) -> str:
    """The one template of issues' mails that holds `words`."""
    mails = [name for name in desk.templates if re.match(r"email/(issue|parts/.*)\.mjml", name)]
    (found,) = (name for name in mails if words in desk.templates[name])
    return found


@pytest.mark.parametrize(
    ("there", "says"),
    [("</mj-column>", "</mj-section> where <mj-column>"), ("</h1>", "where <h1> of line")],
)
def test_an_end_that_is_missing_is_named_with_its_beginning(
    desk: Desk, there: str, says: str
) -> None:
    with pytest.raises(TemplateError, match=re.escape(says)):
        desk.with_template(file_with(desk, there), lambda s: s.replace(there, "", 1)).issue()


OPENING = '{% include "email/parts/opening.mjml" %}'


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("<mj-text>", "<mj-text> is not closed before <mj-text> of templates/email/parts/opening"),
        ("<mj-text><p>", "<p> is not closed before <mj-text> of templates/email/parts/opening.mj"),
        ("{% if part.next %}", "{% if %} is never closed; write {% endif %} where it ends"),
        ("{% set a %}{% set b = 1 %}{# {% for #}", "{% set %} is never closed; write {% endset %}"),
        ("<mj-text>{{ part.next.title }}</mj-text>", "part.next is none here; ask for it with"),
    ],
)
def test_what_is_not_closed_or_not_there_is_told_where_it_was_written(
    desk: Desk, written: str, said: str
) -> None:
    last = replace(desk.part, number=9)
    own = desk.with_(part=last).with_template(
        "email/issue.mjml", lambda s: s.replace(OPENING, f"{written}\n{OPENING}")
    )
    source = own.templates["email/issue.mjml"]

    with pytest.raises(TemplateError, match=re.escape(said)) as caught:
        own.issue()

    assert caught.value.template == "email/issue.mjml"
    assert caught.value.line == source[: source.index(written)].count("\n") + 1


def test_what_cannot_stand_where_it_is_included_names_both_places(desk: Desk) -> None:
    bare = '{% include "email/parts/colophon.mjml" %}\n'
    own = desk.with_template("email/issue.mjml", lambda s: s.replace(OPENING, bare + OPENING))
    line = own.templates["email/issue.mjml"].split("<mj-column>")[0].count("\n") + 1

    with pytest.raises(TemplateError) as caught:
        own.issue()

    assert caught.value.template == "email/parts/colophon.mjml"
    said = f"p cannot stand in mj-column of templates/email/issue.mjml, line {line}; try mj-text"
    assert caught.value.message == said


@pytest.mark.parametrize("name", ["email/issue.mjml", "email/issue.txt", "web/issue.html"])
@pytest.mark.parametrize("source", ["", "  \n", "{% if false %}x{% endif %}"])
def test_a_template_that_gives_nothing_is_an_error(desk: Desk, name: str, source: str) -> None:
    with pytest.raises(TemplateError, match=f"templates/{name}: gives nothing at all"):
        desk.with_template(name, lambda _: source).issue()


def test_a_template_that_is_not_there_is_named(desk: Desk) -> None:
    with pytest.raises(TemplateError, match=r"^templates/email/issue\.mjml: is not there$"):
        desk.with_(templates={}).issue()


def test_the_page_cannot_ask_for_a_merge_field(desk: Desk) -> None:
    with pytest.raises(TemplateError, match="no field merge"):
        desk.with_template("web/issue.html", lambda s: s + "{{ merge.address }}").issue()


def test_a_slip_in_an_included_template_is_found_there(desk: Desk) -> None:
    shared = {"email/foot.mjml": "<p>\n\n{{ newsletter.nmae }}</p>"}
    broken = desk.with_template(
        MASTHEAD, lambda s: s.replace("<table", "{% include 'email/foot.mjml' %}<table", 1)
    )

    with pytest.raises(TemplateError) as caught:
        broken.with_(templates={**broken.templates, **shared}).issue()

    assert str(caught.value) == (
        "templates/email/foot.mjml, line 3: there is no field nmae; did you mean name?"
    )


def test_a_slip_of_markup_in_an_included_template_is_found_there(desk: Desk) -> None:
    shared = {"email/foot.mjml": "<p>\n\n{{ newsletter.name }}</b>"}
    broken = desk.with_template(
        MASTHEAD, lambda s: s.replace("<table", "{% include 'email/foot.mjml' %}<table", 1)
    )

    with pytest.raises(TemplateError, match=r"^templates/email/foot\.mjml, line 3: </b> where <p>"):
        broken.with_(templates={**broken.templates, **shared}).issue()


def test_the_mail_of_the_guide_can_be_mailed(desk: Desk) -> None:
    guide = re.sub(r"(?m)^   ", "", GUIDE.split("```")[1])

    html = desk.with_template("email/issue.mjml", lambda _: guide).issue().html

    assert desk.part.title in html
    assert MergeField.UNSUBSCRIBE_URL.mark in html


def test_every_part_is_told_in_the_guide(desk: Desk) -> None:
    for name in desk.templates:
        if name.startswith("email/parts/"):
            part = name.removeprefix("email/parts/").partition(".")[0]
            assert re.search(rf"`{part}`|`{{{{ {part}\(|call {part}\(", GUIDE), part


def mail_of(body: str, head: str = "") -> str:
    source = (
        f"<mjml><mj-head>{head}</mj-head><mj-body><mj-section><mj-column>"
        f"{body}</mj-column></mj-section></mj-body></mjml>"
    )
    word = 'é\u00ad\u0301 \\ "\ue000'
    return html_from(filled("x.mjml", {"x.mjml": source}, {"word": word}), Gallery())


def test_attributes_keep_what_the_compiler_would_write_for_programmers() -> None:
    html = mail_of("<mj-text><a href=\"https://example.org/\" title='{{ word }}'>a</a></mj-text>")

    assert 'title="é\u00ad\u0301 \\ &quot;\ue000"' in html


def test_an_attribute_over_two_lines_stays_one_rule() -> None:
    html = mail_of('<mj-text><p style="color: red;\n  margin: 0">a</p></mj-text>')

    assert "\\n" not in html


def test_rules_move_into_attributes_and_queries_stay() -> None:
    rules = "<mj-style>.a { color: #123456; } @media print { .a { color: #000; } }</mj-style>"
    html = mail_of('<mj-text><p class="a">x</p></mj-text>', head=rules)

    style = re.search(r"<style>(.*?)</style>", html, re.DOTALL)
    assert style
    assert "#123456" not in style[1]
    assert "@media print" in style[1]
    assert re.search(r'<p class="a" style="[^"]*color: #123456', html)


def test_a_browser_finds_the_character_set_without_a_header(desk: Desk) -> None:
    assert "charset=UTF-8" in desk.issue().html.encode()[:1024].decode()


def test_text_files_are_not_escaped_and_the_others_are() -> None:
    sources = {"a.txt": "{{ x }}", "a.mjml": "{{ x }}", "a.html": "{{ x }}"}

    assert filled("a.txt", sources, {"x": "<&>"}).text == "<&>"
    assert filled("a.mjml", sources, {"x": "<&>"}).text == "&lt;&amp;&gt;"
    assert filled("a.html", sources, {"x": "<&>"}).text == "&lt;&amp;&gt;"
