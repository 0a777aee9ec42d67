"""What makes a mail its newsletter's own: logo, accent, footer, and what a series changes of it."""

from dataclasses import replace
from typing import Any

import pytest

from partwork.model.address import Mailbox
from partwork.model.issue import Issue
from partwork.model.newsletter import Brand
from partwork.model.picture import LOGO_HEIGHT_PX, LOGO_WIDTH_PX, Logo, Picture, PictureNote
from partwork.rendering.fields import Site
from partwork.rendering.issue import rendered
from partwork.rendering.legible import TEXT, legibility
from partwork.rendering.preflight import faults_in, preflight
from partwork.rendering.service import ServiceFields, ServiceKind, service_mail

# Fixtures of conftest.py; their classes cannot be imported from there.
Desk = Any
Reader = Any

NOTE = PictureNote("A knife on a stone", "Drawn by Tam", "drawn for us")


def picture(width: int, height: int, name: str = "day") -> Picture:
    return Picture(f"https://letters.example.org/media/{name}.png", width, height, NOTE)


WORDMARK = Logo(picture(780, 138))
SIGN = Logo(picture(138, 138))


def issue_with(desk: Desk, logo: Logo | None) -> Issue:
    return rendered(
        desk.part, desk.series, desk.newsletter, desk.articles, desk.templates, logo=logo
    ).issue


def test_a_wordmark_stands_for_the_name_which_is_told_once(desk: Desk, reader: Reader) -> None:
    issue = issue_with(desk, WORDMARK)

    for html in (issue.html, issue.page):
        assert reader.values(html, "//img/@alt") == ["The Slow Kitchen"]
        assert reader.text(html, "//p[@class='name']") == []
    assert issue.text.startswith("The Slow Kitchen\n")


def test_any_other_logo_stands_beside_the_name_and_is_not_read_out(
    desk: Desk, reader: Reader
) -> None:
    issue = issue_with(desk, SIGN)

    assert reader.values(issue.html, "//td[@aria-hidden='true']/img/@alt") == ["SK"]
    assert reader.values(issue.page, "//img/@alt") == [""]
    for html in (issue.html, issue.page):
        assert reader.text(html, "//p[@class='name']") == ["The Slow Kitchen"]


def test_initials_stand_where_there_is_no_logo(desk: Desk, reader: Reader) -> None:
    issue = issue_with(desk, None)

    assert reader.text(issue.html, "//div[@class='tile']") == ["SK"]
    assert "<img" not in issue.html + issue.page


@pytest.mark.parametrize(
    ("made", "shown"),
    [
        ((780, 138), ("260", "46")),
        ((780, 60), ("260", "20")),
        ((138, 138), ("46", "46")),
        ((40, 30), ("40", "30")),
        ((780, 1), ("260", "1")),
        ((1, 138), ("1", "46")),
    ],
)
def test_it_keeps_its_shape_in_the_room_it_has(
    desk: Desk, reader: Reader, made: tuple[int, int], shown: tuple[str, str]
) -> None:
    html = issue_with(desk, Logo(picture(*made))).html

    assert (*reader.values(html, "//img/@width"), *reader.values(html, "//img/@height")) == shown
    assert int(shown[0]) <= LOGO_WIDTH_PX
    assert int(shown[1]) <= LOGO_HEIGHT_PX


def test_a_logo_for_the_dark_is_unseen_until_a_program_asks_for_it(
    desk: Desk, reader: Reader
) -> None:
    issue = issue_with(desk, replace(WORDMARK, dark=picture(780, 138, "night")))

    by_day, by_night = reader.values(issue.html, "//img/@style")
    assert "display: block" in by_day
    assert "display: none" in by_night
    dark = issue.html.partition("prefers-color-scheme: dark")[2]
    assert ".by-day { display: none !important; }" in dark
    assert ".by-night { display: block !important; }" in dark
    assert "<!--[if !mso]><!-->" in issue.html  # Word shows what is not displayed
    (source,) = reader.values(issue.page, "//picture/source/@srcset")
    assert source.endswith("/night.png")


@pytest.mark.parametrize("logo", [WORDMARK, SIGN, replace(SIGN, dark=picture(90, 90, "night"))])
def test_nothing_is_wrong_with_a_mail_that_has_one(desk: Desk, logo: Logo) -> None:
    issue = issue_with(desk, logo)

    assert faults_in(preflight(issue, desk.newsletter), "") == ()
    for dark in (False, True):
        assert legibility(issue.html, dark=dark).lowest >= TEXT


def test_a_name_with_marks_in_it_cannot_leave_its_attribute(desk: Desk, reader: Reader) -> None:
    name = 'Salt & "Pepper" <img src=x onerror=alert(1)>'
    issue = issue_with(desk.with_(newsletter=replace(desk.newsletter, name=name)), WORDMARK)

    for html in (issue.html, issue.page):
        assert reader.values(html, "//img/@alt") == [name]


def test_the_footer_s_lines_stand_in_mail_text_and_page_as_they_are_written(
    desk: Desk, reader: Reader
) -> None:
    lines = ("Written at a <b>kitchen</b> table.", "ISSN 0000-0000\r\nBcc: {{ x }}", " ")
    issue = desk.with_(newsletter=replace(desk.newsletter, footer=lines)).issue()

    for shown in (reader.text(issue.html, "//p"), reader.text(issue.page, "//footer//p")):
        at = shown.index("Written at a <b>kitchen</b> table.")
        assert shown[at + 1] == "ISSN 0000-0000 Bcc: {{ x }}"
    assert "Written at a <b>kitchen</b> table.\nISSN 0000-0000 Bcc: {{ x }}\n\n" in issue.text


def test_a_series_shows_its_own_brand_and_its_newsletter_s_notices_too(
    desk: Desk, reader: Reader
) -> None:
    brand = Brand(
        sender_name="The Slow Kitchen: knives",
        reply_to=Mailbox("", "cutler@example.org"),
        accent="#7a1f1f",
        footer=("Sharpened by hand.",),
        notices=("Blades cut.",),
    )
    newsletter = replace(desk.newsletter, footer=("Stirred by hand.",))
    issue = desk.with_(series=replace(desk.series, brand=brand), newsletter=newsletter).issue()

    assert issue.sender == Mailbox("The Slow Kitchen: knives", "letters@example.org")
    assert issue.reply_to.address == "cutler@example.org"
    assert "mailto:cutler@example.org" in reader.values(issue.html, "//a/@href")
    assert "#7a1f1f" in issue.html
    assert desk.newsletter.accent not in issue.html
    told = issue.text.split("\n\n")
    assert desk.newsletter.notices[0] in " ".join(issue.text.split())
    assert "Blades cut." in told
    assert "Sharpened by hand." in told
    assert "Stirred by hand." not in issue.html + issue.text + issue.page


def test_archive_and_preferences_are_linked_where_there_are_any(desk: Desk, reader: Reader) -> None:
    url = "https://letters.example.org/newsletters/slow-kitchen/archive"
    choices = "https://letters.example.org/leave"
    site = Site(archive_url=url, preferences_url=choices)
    linked = rendered(
        desk.part, desk.series, desk.newsletter, desk.articles, desk.templates, site=site
    ).issue
    plain = desk.issue()

    for html in (linked.html, linked.page):
        assert url in reader.links(html)
    assert choices in reader.links(linked.html)
    assert f"Archive:\n<{url}>" in linked.text
    assert f"Preferences:\n<{choices}>" in linked.text
    for word in ("rchive", "references"):
        assert word not in plain.html + plain.text + plain.page


def test_another_brand_asks_for_another_approval(desk: Desk) -> None:
    plain = desk.issue().content_hash
    own = replace(desk.series, brand=Brand(sender_name="Somebody else"))

    assert desk.with_(series=own).issue().content_hash != plain
    assert issue_with(desk, WORDMARK).content_hash != plain


@pytest.mark.parametrize("kind", ServiceKind)
def test_service_mails_wear_the_same_dress(desk: Desk, reader: Reader, kind: ServiceKind) -> None:
    newsletter = replace(desk.newsletter, footer=("Stirred by hand.",))
    fields = ServiceFields("ada@example.org", "https://news.example.org/c/abc")

    mail = service_mail(kind, newsletter, fields, desk.templates, logo=WORDMARK)

    assert reader.values(mail.html, "//img/@alt") == ["The Slow Kitchen"]
    assert "Stirred by hand." in reader.text(mail.html, "//p")
    assert "\nStirred by hand.\n" in mail.text
