"""An issue: a mail, its plain text and its page, as an editor approves them."""

import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from partwork.model.address import Mailbox
from partwork.model.issue import MERGE_OPEN, AudienceRule, MergeField
from partwork.model.series import Heading, Paragraph, Sentence, Series
from partwork.rendering.issue import WHOLE_BYTES

# Fixtures of conftest.py; their classes cannot be imported from there.
Desk = Any
Reader = Any

LONG = "Messerschleifsteinwasserbehälterabdeckung " * 6
CONTENTS = {
    "as it is": {},
    "one line": {"lead": (), "key_points": (), "body": (), "cautions": ()},
    "a long headline": {"title": LONG, "subject": LONG},
    "German": {"title": "Über die Schärfe – „fast“ alles", "preheader": "Größe, Maß und Übung."},
    "Arabic": {"title": "حجر واحد وزاوية واحدة", "lead": (Sentence("السكين لم تتلف."),)},
    "Japanese": {"title": "砥石ひとつ", "lead": (Sentence("切れない。"), Sentence("研ぐ。"))},
    "emoji in the subject": {"subject": "Sharp 🔪 at last 👩‍🍳", "title": "Sharp 🔪"},
    "combining and invisible": {"title": "Cafe\u0301 a\u00adb c\u200bd", "subject": "\u200b"},
}


@pytest.fixture(params=CONTENTS.values(), ids=CONTENTS.keys())
def content(request: pytest.FixtureRequest) -> dict[str, object]:
    return dict(request.param)


def test_every_content_makes_a_mail_with_one_headline(
    desk: Desk, reader: Reader, content: dict[str, object]
) -> None:
    issue = desk.issue(**content)

    title = " ".join(str(content.get("title", desk.part.title)).split())
    assert reader.text(issue.html, "//h1") == [title]
    assert reader.text(issue.page, "//h1") == [title]
    assert reader.text(issue.html, "//title") == [f"{title} · The Slow Kitchen"]
    assert reader.values(issue.html, "//*[@role='article']/@aria-label") == [
        f"{title} · The Slow Kitchen"
    ]
    assert len(issue.html.encode()) < 60_000


def test_the_text_part_holds_the_words_of_the_mail(
    desk: Desk, reader: Reader, content: dict[str, object]
) -> None:
    issue = desk.issue(**content)

    shown = Counter(reader.words(issue.html))
    told = Counter(re.findall(r"[^\W_]+", issue.text.casefold()))
    assert (shown & told).total() >= 0.95 * shown.total()


def test_lines_of_the_text_part_are_short(desk: Desk) -> None:
    lines = desk.issue().text.splitlines()

    too_long = [line for line in lines if len(line) > 72 and "https://" not in line]
    assert not too_long


def test_merge_fields_stand_open_once_each_and_nowhere_in_the_page(desk: Desk) -> None:
    issue = desk.issue()

    for field in MergeField:
        assert issue.html.count(field.mark) == 1, field
        assert issue.text.count(field.mark) == 1, field
    assert issue.html.count(MERGE_OPEN) == len(MergeField)
    assert MERGE_OPEN not in issue.page


def test_the_links_to_leave_and_to_the_page_are_nothing_but_the_field(
    desk: Desk, reader: Reader
) -> None:
    links = reader.links(desk.issue().html)

    assert MergeField.UNSUBSCRIBE_URL.mark in links
    assert MergeField.PAGE_URL.mark in links


def test_what_a_mail_asks_for_from_elsewhere_is_nothing(desk: Desk) -> None:
    issue = desk.issue()

    for html in (issue.html, issue.page):
        assert not re.search(r"<(?:img|link|script|iframe|form|object)\b|@import|url\(", html)


def test_the_preheader_is_first_and_hidden(desk: Desk, reader: Reader) -> None:
    html = desk.issue().html

    (hidden,) = reader.text(html, "//body//div[contains(@style, 'display: none')]")
    assert hidden.startswith(desk.part.preheader)
    assert html.index(desk.part.preheader) < html.index("<table")
    assert "coin" not in reader.words(html)  # a word of the preheader alone


def test_the_same_input_gives_the_same_bytes_in_another_process(desk: Desk) -> None:
    program = (
        "import sys, pathlib; sys.path.insert(0, sys.argv[1])\n"
        "from conftest import ARTICLES, NEWSLETTER, PART, SERIES, TEMPLATES, rendered\n"
        "names = [p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.rglob('*.*')]\n"
        "templates = {n: (TEMPLATES / n).read_text(encoding='utf-8') for n in reversed(names)}\n"
        "issue = rendered(PART, SERIES, NEWSLETTER, ARTICLES, templates).issue\n"
        "print(issue.content_hash)\n"
    )
    here = str(__file__).rpartition("/")[0]
    hashes = {
        subprocess.run(
            [sys.executable, "-c", program, here],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in ("1", "2")
    }

    assert hashes == {desk.issue().content_hash}


def test_subject_preheader_and_mailboxes_never_hold_a_line_break(desk: Desk) -> None:
    evil = "Sharp\r\nBcc: all@example.org\u2028\x85x"
    newsletter = replace(desk.newsletter, sender=Mailbox(evil, "letters@example.org"))

    issue = desk.with_(newsletter=newsletter).issue(subject=evil, preheader=evil, title=evil)

    for field in (issue.subject, issue.preheader, issue.title, issue.sender.name):
        assert field == "Sharp Bcc: all@example.org x"


def test_an_issue_is_for_the_newsletter_and_the_series(desk: Desk) -> None:
    issue = desk.issue()

    assert issue.audience == AudienceRule("slow-kitchen", "sharp-enough")
    assert (issue.instalment, issue.number) == ("kn1fe002", 2)


def test_navigation_says_where_the_part_stands(desk: Desk, reader: Reader) -> None:
    issue = desk.issue()

    for html in (issue.html, issue.page):
        shown = " ".join(reader.text(html, "//body"))
        assert "Part 2 of 4" in shown
        assert "Last time: Why good knives go blunt" in shown
        assert re.search(r"Next time\s*Keeping an edge between two sharpenings", shown)
        assert reader.text(html, "//ol/li[@value]") == [
            "Why good knives go blunt",
            "One stone, one angle, ten strokes a side (this part)",
            "Keeping an edge between two sharpenings",
            "When to hand it over",
        ]


def test_the_last_part_says_so(desk: Desk) -> None:
    parts = desk.series.instalments[:2]
    issue = desk.with_(series=replace(desk.series, instalments=parts)).issue()

    assert "This is the last part of the series." in issue.html
    assert "This is the last part of the series." in issue.text
    assert "Next time" not in issue.html


def test_a_part_that_stands_alone_has_no_navigation(desk: Desk) -> None:
    issue = desk.with_(series=replace(desk.series, instalments=(desk.part,))).issue()

    for words in ("Part 2", "Last time", "Next time", "In this series", "last part"):
        assert words not in issue.html
        assert words not in issue.text


def test_a_part_that_is_not_of_the_series_is_refused(desk: Desk) -> None:
    stranger = replace(desk.part, id="stranger")

    with pytest.raises(ValueError, match="has no part with the id stranger"):
        desk.with_(part=stranger).issue()


def test_sources_are_listed_with_byline_date_and_link(desk: Desk, reader: Reader) -> None:
    issue = desk.issue()

    url = desk.articles["edges"].source
    assert "What an edge is made of · Ada North, 3 May 2026" in reader.text(issue.html, "//ul/li")
    assert "The burr, explained · Tam Okafor" in reader.text(issue.html, "//ul/li")
    assert url in reader.links(issue.html)
    assert f"<{url}>" in issue.text
    assert "burr.txt" not in issue.html + issue.text


def test_notices_stand_above_the_body_in_every_part(desk: Desk) -> None:
    issue = desk.issue()

    for shown in (issue.html, issue.text, issue.page):
        one_line = " ".join(shown.split())
        assert one_line.index(desk.newsletter.notices[0]) < one_line.index("A blunt knife is not")


def test_the_crisis_notice_stands_where_a_part_calls_for_it(desk: Desk) -> None:
    with_notice = desk.with_(newsletter=replace(desk.newsletter, crisis_notice="Call 000."))

    spoken = Paragraph((Sentence("An overdose needs help at once."),))
    assert "Call 000." in with_notice.issue(body=(spoken,)).html
    assert "Call 000." in with_notice.issue(body=(spoken,)).text
    assert "Call 000." not in with_notice.issue().html


def test_the_crisis_notice_is_the_first_thing_after_the_headline_that_is_set_apart(
    desk: Desk, reader: Reader
) -> None:
    loud = desk.with_(newsletter=replace(desk.newsletter, crisis_notice="Call 000."))

    issue = loud.issue(lead=(Sentence("An overdose needs help at once."),))

    (first, *_) = reader.text(issue.html, "//div[@class='careful']")
    assert first == "Call 000."
    assert issue.html.count("Call 000.") == issue.text.count("Call 000.") == 1
    for shown in (issue.html, issue.text):
        assert shown.index("Call 000.") < shown.index("An overdose needs")


def test_what_no_cut_of_the_body_can_shorten_stays_whole(desk: Desk) -> None:
    endless = (Sentence("word " * 25_000),)

    issue = desk.issue(lead=endless, body=())

    assert len(issue.html.encode()) > WHOLE_BYTES
    assert "Read the rest" not in issue.html + issue.text


def test_a_cut_mail_keeps_its_cautions_and_ends_with_no_headline(
    desk: Desk, reader: Reader
) -> None:
    body = tuple(
        element
        for number in range(30)
        for element in (Heading(f"Evening {number}"), Paragraph((Sentence("word " * 1_000),)))
    )

    issue = desk.issue(body=body)

    cautions = [sentence.text for sentence in desk.part.cautions]
    assert all(caution in issue.html for caution in cautions)
    shown = reader.text(issue.html, "//h2[starts-with(., 'Evening')] | //p")
    last = max(place for place, text in enumerate(shown) if text.startswith("Evening"))
    assert shown[last + 1].startswith("word word")
    assert 80_000 < len(issue.html.encode()) <= WHOLE_BYTES
    assert "Evening 29" in issue.page


def test_only_a_demo_says_that_it_is_one(desk: Desk) -> None:
    real = desk.with_(newsletter=replace(desk.newsletter, demo=False)).issue()

    assert "Demo:" in desk.issue().html
    assert "Demo:" in desk.issue().text
    assert "Demo:" not in real.html + real.text + real.page


def test_a_newsletter_without_address_and_links_still_makes_a_draft(desk: Desk) -> None:
    bare = replace(desk.newsletter, postal_address="", imprint_url="", privacy_url="", notices=())

    issue = desk.with_(newsletter=bare).issue()

    assert "Imprint" not in issue.html + issue.text
    assert 'href=""' not in issue.html


@pytest.mark.parametrize(
    ("language", "direction", "word", "align"),
    [
        ("en", "ltr", "Key points", "left"),
        ("de-CH", "ltr", "Das Wichtigste", "left"),
        ("ar", "rtl", "Key points", "right"),
        ("he", "rtl", "Key points", "right"),
        ("fa_IR", "rtl", "Key points", "right"),
        ("ja", "ltr", "Key points", "left"),
        ("ko", "ltr", "Key points", "left"),
    ],
)
def test_the_series_language_decides_words_and_direction(  # noqa: PLR0917 one row, one case
    desk: Desk, reader: Reader, language: str, direction: str, word: str, align: str
) -> None:
    issue = desk.with_(series=replace(desk.series, language=language)).issue()

    tag = language.replace("_", "-")
    for html in (issue.html, issue.page):
        assert reader.values(html, "/html/@lang") == [tag]
        assert reader.values(html, "/html/@dir") == [direction]
        assert word in reader.text(html, "//h2")
    assert reader.values(issue.html, "//*[@role='article']/@lang") == [tag]
    assert reader.values(issue.html, "//*[@role='article']/@dir") == [direction]
    assert f"text-align:{align}" in issue.html
    assert f"direction:{direction}" in issue.html.replace(" ", "")


def test_our_words_in_another_language_turn_no_block_around(desk: Desk, reader: Reader) -> None:
    issue = desk.with_(series=replace(desk.series, language="he")).issue()

    for html in (issue.html, issue.page):
        assert "Unsubscribe" in issue.html
        assert reader.values(html, "//span[.='Key points']/@lang") == ["en"]
        assert reader.values(html, "//span[.='Key points']/@dir") == ["auto"]
        marked = "//p[@lang] | //h2[@lang] | //h2[@dir] | //div[@class='line'][@dir]"
        assert reader.values(html, f"({marked})/text()") == []


def test_dates_are_written_in_the_language_of_the_series(desk: Desk) -> None:
    article = replace(desk.articles["edges"], published_on=date(2026, 3, 1))
    german: Series = replace(desk.series, language="de")

    issue = desk.with_(series=german, articles={"edges": article}).issue()

    assert "Ada North, 1. März 2026" in issue.text
    assert "Nach Texten von Ada North" in issue.text


@pytest.mark.parametrize(
    ("language", "slant"), [("en", "italic"), ("de", "italic"), ("ja", "normal"), ("ar", "normal")]
)
def test_quotations_slant_where_the_script_can(desk: Desk, language: str, slant: str) -> None:
    issue = desk.with_(series=replace(desk.series, language=language)).issue()

    assert f"font-style: {slant}" in issue.html.split("<blockquote", 1)[1].split("</p>")[0]


def test_sentences_of_unspaced_languages_are_joined_without_a_space(desk: Desk) -> None:
    lead = (Sentence("切れない。"), Sentence("研ぐ。"))

    issue = desk.with_(series=replace(desk.series, language="ja")).issue(lead=lead)

    assert "切れない。研ぐ。" in issue.html
    assert "切れない。研ぐ。" in issue.text


def test_no_level_of_headings_is_left_out(desk: Desk, reader: Reader) -> None:
    body = (Heading("Deep", 3), Heading("High", 2), Heading("Under it", 3))

    issue = desk.lone(body=body)

    assert "Deep" in reader.text(issue.html, "//h2")
    assert reader.text(issue.html, "//h3") == ["Under it"]


def test_an_accent_that_nobody_could_read_is_darkened(desk: Desk) -> None:
    pale = desk.with_(newsletter=replace(desk.newsletter, accent="#ffee88")).issue()

    assert "#ffee88" not in pale.html.split("@media", 1)[1].split("</style>")[1]
    assert "#ffee88" in pale.html  # in the dark it can be read as it is


def test_lists_quotations_and_emphasis_are_marked_up_as_such(desk: Desk, reader: Reader) -> None:
    html = desk.issue().html

    assert reader.text(html, "//ol/li[not(@value)]")[0].startswith("Push the edge")
    assert len(reader.text(html, "//ol/li[not(@value)]")) == 4
    assert reader.text(html, "//blockquote/p")[0].startswith("Slow hands")
    assert reader.text(html, "//blockquote/cite") == ["— Marit Oduya, cutler"]
    assert "<em>not</em>" in html
