"""The page of a cleaning report: all of it to be read, none of it able to act."""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as law
from hypothesis import strategies as st
from lxml.html import HtmlElement, fromstring
from playwright.sync_api import Page, sync_playwright

from partwork.model.article import Article, Block, BlockKind, Category
from partwork.model.colour import ENOUGH, contrast
from partwork.rendering.report import BlockVerdict, Judged, Report
from partwork.rendering.report_page import (
    PANEL,
    PAPER,
    colours_of,
    first_words,
    report_page,
    words_of,
)
from tests.rendering.test_in_a_browser import ALONE, CHROMIUM, LOWEST_CONTRAST, QUIET

FOLDER = Path(__file__).parents[2] / "templates"
TEMPLATES = {f"web/{file.name}": file.read_text() for file in (FOLDER / "web").glob("*.html")}

HOSTILE = '<script>alert(1)</script> </style><img src=x onerror=alert(2)> {{ 7 * 7 }} " onclick="x'
TURNING = "\u202e\u202d\u202a\u202b\u2066\u2067\u2068"


def kept(number: int, text: str, kind: BlockKind = BlockKind.PARAGRAPH, **more: object) -> Judged:
    return Judged(replace(Block(kind, text), **more), number, BlockVerdict.KEPT)


def removed(
    number: int,
    text: str,
    category: Category = Category.SHARE,
    confidence: float = 0.95,
    reason: str = "is a row of buttons",
) -> Judged:
    block = Block(BlockKind.PARAGRAPH, text)
    verdict = BlockVerdict.REMOVED
    return Judged(block, number, verdict, category, "rule", reason, confidence)


ARTICLE = Article(
    "the-warm-heap", "The warm heap", (), deck="Why it steams", byline="Ada", source="heap.txt"
)
BLOCKS = (
    removed(1, "Home", Category.FURNITURE),
    removed(2, "Share this"),
    removed(3, "Email this"),
    *(kept(number, f"Sentence {number} of the heap.") for number in range(4, 20)),
    removed(20, "Read on", Category.RELATED, 0.4, "leads elsewhere"),
    replace(
        kept(21, "Call Heaps & Sons today."),
        verdict=BlockVerdict.FLAGGED,
        category=Category.PROMOTION,
    ),
    replace(kept(22, "Turned twice."), verdict=BlockVerdict.EDITED),
    replace(kept(0, "An aside."), verdict=BlockVerdict.WRITTEN),
    replace(kept(23, "An old line."), verdict=BlockVerdict.GONE),
    removed(24, "Two thoughts", Category.COMMENTS, 0.8, "opens a comment section"),
)
REPORT = Report(ARTICLE, BLOCKS, "rules-1", ("Edited by hand.",))


def page_of(report: Report) -> HtmlElement:
    return fromstring(report_page(report, TEMPLATES))


def text_of(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def panel(page: HtmlElement, heading: str) -> HtmlElement:
    (found,) = [h.getparent() for h in page.iter("h2") if h.text_content() == heading]
    return found


def test_every_block_stands_once_in_the_order_it_was_read() -> None:
    rows = page_of(REPORT).find_class("row")

    assert [row.find_class("words")[0].text_content() for row in rows] == [
        judged.block.text for judged in BLOCKS
    ]
    assert [row.get("id") for row in rows if row.get("id")] == [
        f"block-{number}" for number in range(1, 25)
    ]


def test_the_top_says_what_went_and_what_stays() -> None:
    page = page_of(REPORT)
    header = text_of(page.find(".//header"))

    assert "The warm heap" in header
    assert "heap.txt" in header
    assert "5 of 24 blocks were taken out; 18 stay, 1 of them marked." in header
    chips = [text_of(chip) for chip in page.find_class("counts")[0].iter("a")]
    assert chips[0] == "2 share buttons"
    assert sorted(chips[1:]) == ["1 comments", "1 related links", "1 site furniture"]
    assert "Edited by hand." in text_of(page)


def test_the_least_sure_is_the_first_to_look_at() -> None:
    entries = [text_of(li) for li in panel(page_of(REPORT), "Look at these").iter("li")]

    assert len(entries) == 2
    assert entries[0].startswith("Block 20 · related links · a guess: look again · leads elsewhere")
    assert "Read on" in entries[0]
    assert entries[0].endswith("partwork keep the-warm-heap 20")
    assert "likely" in entries[1]


def test_beside_each_removal_stands_how_to_undo_it() -> None:
    parts = [text_of(part) for part in page_of(REPORT).find_class("removed")]

    assert len(parts) == 4
    assert all("Taken out" in part and "partwork keep the-warm-heap" in part for part in parts)
    assert "partwork keep the-warm-heap 2-3" in parts[1]


def test_a_flag_says_that_the_block_stays() -> None:
    page = page_of(REPORT)

    (flagged,) = page.find_class("flagged")
    assert "Marked, and stays: promotion" in text_of(flagged)
    assert flagged.find_class("words")[0].tag == "div"
    told = text_of(panel(page, "Marked, and staying"))
    assert "partwork keep the-warm-heap 21" in told
    assert "partwork drop the-warm-heap 21" in told


def test_links_inside_the_page_lead_somewhere_that_is_not_folded() -> None:
    page = page_of(REPORT)
    targets = [a.get("href").removeprefix("#") for a in page.iter("a")]

    assert len(targets) >= 6
    for target in targets:
        (row,) = page.xpath("//*[@id=$target]", target=target)
        assert not list(row.iterancestors("details"))


def test_a_long_run_that_stays_folds_but_for_its_ends() -> None:
    page = page_of(REPORT)

    (fold,) = page.iter("details")
    assert text_of(fold.find("summary")) == "12 more blocks stay: 6–17"
    assert len(fold.find_class("row")) == 12


def test_a_category_is_told_by_its_word_as_well_as_its_colour() -> None:
    page = page_of(REPORT)

    for part in page.find_class("removed"):
        (colour,) = [name for name in part.get("class").split() if name.startswith("category-")]
        category = Category[colour.removeprefix("category-").upper()]
        assert category.value in text_of(part)
        assert (
            f".{colour} {{ --tint: {colours_of(category)['light']}; }}"
            in page.xpath("//style")[0].text
        )


def test_every_category_has_a_readable_colour_of_its_own() -> None:
    for paper in PAPER:
        colours = [colours_of(category)[paper] for category in Category]
        assert len(set(colours)) == len(colours)
        for ground in (PAPER[paper], PANEL[paper]):
            assert all(contrast(colour, ground) >= ENOUGH for colour in colours)


def hostile_report(text: str) -> Report:
    article = Article("x", text, (), deck=text, byline=text, source=text, language=text)
    blocks = [
        removed(1, text, reason=text, confidence=0.2),
        *(kept(n, text, kind) for n, kind in enumerate(BlockKind, 2)),
        replace(kept(9, text), verdict=BlockVerdict.FLAGGED, category=Category.PROMOTION),
    ]
    return Report(article, tuple(blocks), text)


def test_nothing_of_a_source_becomes_markup_style_or_template() -> None:
    html = report_page(hostile_report(HOSTILE), TEMPLATES)

    page = fromstring(html)
    assert not list(page.iter("script", "img", "iframe", "link", "form", "input"))
    assert len(page.xpath("//style")) == 1
    assert not page.xpath("//@*[starts-with(name(), 'on')] | //@style")
    assert "49" not in html
    assert "alert(1)" in page.text_content()


@pytest.mark.parametrize(
    "source", ["javascript:alert(1)", "data:text/html,x", "//evil.example.org", "ftp://a/b", "https://"]
)  # fmt: skip
def test_a_source_that_is_no_web_address_is_no_link(source: str) -> None:
    page = page_of(replace(REPORT, article=replace(ARTICLE, source=source)))

    assert all(a.get("href").startswith("#") for a in page.iter("a"))
    assert source in text_of(page)


def test_a_web_address_is_a_link_that_tells_nothing() -> None:
    source = "https://example.org/heap?a=1&b=2"
    page = page_of(replace(REPORT, article=replace(ARTICLE, source=source)))

    (link,) = [a for a in page.iter("a") if not a.get("href").startswith("#")]
    assert (link.get("href"), link.get("rel")) == (source, "noreferrer")


def test_no_line_is_turned_around_by_what_it_holds() -> None:
    html = report_page(hostile_report(f"{TURNING}evil\x00\x1b[31m\ud800 שלום"), TEMPLATES)

    assert not set(html) & {*TURNING, "\x00", "\x1b", "\ud800"}
    assert all(words.get("dir") == "auto" for words in fromstring(html).find_class("words"))


@law(max_examples=50)
@given(st.text(st.characters()))
def test_any_text_makes_a_page_that_can_be_sent(text: str) -> None:
    html = report_page(hostile_report(text), TEMPLATES)

    assert fromstring(html.encode().decode()).find_class("row")


def test_lists_tables_and_code_keep_their_lines() -> None:
    nested = Block(BlockKind.LIST, "wet\n  straw\ndry", ordered=True)

    assert words_of(nested) == "1. wet\n  • straw\n2. dry"
    assert words_of(Block(BlockKind.LIST, "a\nb")) == "• a\n• b"
    assert words_of(Block(BlockKind.TABLE, "a\tb\nc\td")) == "a │ b\nc │ d"
    assert words_of(Block(BlockKind.CODE, "if x:\n    y")) == "if x:\n    y"


def test_what_is_only_named_ends_in_an_ellipsis() -> None:
    assert first_words(Block(BlockKind.LIST, "one\ntwo")) == "• one • two"
    assert first_words(Block(BlockKind.PARAGRAPH, "x" * 30), 10) == "x" * 10 + "…"


def test_blocks_without_numbers_have_no_command_and_no_anchor() -> None:
    flagged = replace(BLOCKS[20], number=0)
    page = page_of(Report(ARTICLE, (flagged, *(kept(0, "x") for _ in range(20)))))

    assert not page.xpath("//*[@id]")
    assert "partwork keep the-warm-heap 0" not in text_of(page)
    assert text_of(page.find(".//summary")) == "16 more blocks stay"


needs_chromium = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"no Chromium at {os.fspath(CHROMIUM)}; CHROMIUM names another"
)


@pytest.fixture(scope="module")
def screen() -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*QUIET, *ALONE])
        yield chromium.new_page()
        chromium.close()


@pytest.mark.browser
@needs_chromium
@pytest.mark.parametrize("words", ["Short.", "Kompostwärmemesser" * 20, "حجر واحد وزاوية واحدة"])
def test_nothing_has_to_be_scrolled_sideways(screen: Page, words: str) -> None:
    screen.set_content(report_page(hostile_report(words), TEMPLATES))

    for width in (320, 375, 1200):
        screen.set_viewport_size({"width": width, "height": 800})
        assert screen.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@needs_chromium
def test_all_of_it_can_be_told_from_its_paper(screen: Page) -> None:
    every = tuple(removed(n, f"Words {n}", c, 0.2) for n, c in enumerate(Category, 1))
    screen.set_content(report_page(replace(REPORT, blocks=(*every, *BLOCKS)), TEMPLATES))

    for scheme in ("light", "dark"):
        screen.emulate_media(color_scheme=scheme)
        ratio, text = screen.evaluate(LOWEST_CONTRAST)
        assert ratio >= ENOUGH, (scheme, text)


@pytest.mark.browser
@needs_chromium
def test_what_is_folded_is_printed(screen: Page) -> None:
    screen.emulate_media(media="print", color_scheme="dark")
    screen.set_content(report_page(REPORT, TEMPLATES))

    assert screen.get_by_text("Sentence 10 of the heap.").bounding_box()["height"] > 0
    assert re.sub(
        r"\s", "", screen.evaluate("getComputedStyle(document.body).backgroundColor")
    ) == ("rgb(255,255,255)")
    screen.emulate_media(media="screen")
