"""A mail and its page on real screens: nothing to scroll sideways, everything to be read."""

import io
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, sync_playwright

from partwork.images.logo import logo_on
from partwork.model.colour import ENOUGH, contrast
from partwork.model.issue import Issue
from partwork.model.series import Paragraph, Sentence
from partwork.rendering.legible import LARGE_TEXT
from tests.rendering.conftest import ARTICLES
from tests.rendering.test_bundle import bundled, draft
from tests.rendering.test_matrix import SAMPLES

# A fixture of conftest.py; its class cannot be imported from there.
Desk = Any

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
QUIET = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
ALONE = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
LONG = "Messerschleifsteinwasserbehälterabdeckungshalterungsschraubenzieher" * 2

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason=f"no Chromium at {CHROMIUM}; CHROMIUM names another"
    ),
]

# The lowest contrast of any text with the colour behind it, by WCAG 2.2, and that text.
LOWEST_CONTRAST = """() => {
  const channels = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => channels(c).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if ((channels(c)[3] ?? 1) > 0) return c;
    }
    return "rgb(255, 255, 255)";
  };
  let lowest = [21, ""];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility() || e.matches("style, td")) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < lowest[0]) lowest = [ratio, walk.currentNode.data];
  }
  return lowest;
}"""

# What of the text stands outside of a screen so wide.
OUTSIDE = """width => [...document.querySelectorAll("h1, h2, p, li, a, div")].filter(e => {
  const box = e.getBoundingClientRect();
  return box.width && (box.left < -0.5 || box.right > width + 0.5);
}).map(e => e.outerHTML.slice(0, 80))"""


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*QUIET, *ALONE])
        yield chromium.new_page()
        chromium.close()


def without_style(html: str) -> str:
    """The mail as a program shows it that drops style elements."""
    return re.sub(r"<style.*?</style>", "", html, flags=re.DOTALL)


# Text at twice its size, as a phone's own setting makes it.
TWICE = """() => [...document.querySelectorAll("body *")]
  .map(e => [e, 2 * parseFloat(getComputedStyle(e).fontSize)])
  .forEach(([e, size]) => e.style.setProperty("font-size", `${size}px`, "important"))"""


@pytest.fixture(scope="module", params=["as it is", "long words", "Arabic", "two parts"])
def issue(request: pytest.FixtureRequest, desk: Desk) -> Issue:
    body = (Paragraph((Sentence(f"See {LONG}."),)),)
    match request.param:
        case "long words":
            made = desk.issue(title=LONG, lead=(Sentence(LONG),), body=body)
        case "Arabic":
            series = replace(desk.series, language="ar")
            made = desk.with_(series=series).issue(title="حجر واحد وزاوية واحدة")
        case "two parts":
            drafts = (draft(desk, series, LONG) for series in ("edges", "boards"))
            (bundle,) = bundled(desk, *drafts)
            made = bundle.issue
        case _:
            made = desk.issue()
    assert isinstance(made, Issue)
    return made


@pytest.mark.parametrize("shown", ["mail", "mail without its style element", "page"])
def test_nothing_has_to_be_scrolled_sideways(page: Page, issue: Issue, shown: str) -> None:
    mail = {"mail": issue.html, "page": issue.page}.get(shown, without_style(issue.html))
    page.set_content(mail)

    for width in (320, 375, 600):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OUTSIDE, width) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("part", ["html", "page"])
def test_all_text_can_be_told_from_its_paper(
    page: Page, desk: Desk, part: str, scheme: Any
) -> None:
    pale = desk.with_(newsletter=replace(desk.newsletter, accent="#e0c040")).issue()
    page.emulate_media(color_scheme=scheme)
    page.set_content(getattr(pale, part))

    ratio, text = page.evaluate(LOWEST_CONTRAST)
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")

    assert ratio >= ENOUGH, text
    assert (paper == "rgb(255, 255, 255)") == (scheme == "light")


@pytest.fixture(scope="module", params=SAMPLES)
def sample(request: pytest.FixtureRequest) -> str:
    return SAMPLES[request.param].issue(ARTICLES).html


def test_every_content_fits_a_small_phone_with_text_at_twice_its_size(
    page: Page, sample: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    for mail in (sample, without_style(sample)):
        page.set_content(mail)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.set_content(sample)
    page.evaluate(TWICE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_content_can_be_told_from_its_paper(page: Page, sample: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_content(sample)

    ratio, text = page.evaluate(LOWEST_CONTRAST)

    assert ratio >= ENOUGH, text


# Where each run of words and each logo stands on the page.
PLACES = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode, range = document.createRange();
    range.selectNodeContents(node);
    const box = range.getBoundingClientRect();
    if (node.data.trim() && box.width > 4 && node.parentElement.checkVisibility())
      found.push([node.data, box.x, box.y, box.right, box.bottom]);
  }
  for (const e of document.querySelectorAll("img.logo")) {
    const box = e.getBoundingClientRect();
    if (box.width) found.push(["logo", box.x, box.y, box.right, box.bottom]);
  }
  return found;
}"""


def logo_of(ink: str, paper: str) -> bytes:
    """A bar of ink on nothing, as a newsletter's logo is made of it."""
    image = Image.new("RGBA", (780, 138))
    image.paste(ink, (40, 40, 740, 98))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return logo_on(stream.getvalue(), "logo.png", paper).content


@pytest.fixture
def forced_dark(page: Page) -> Iterator[Page]:
    """A program that darkens light mails by itself, as Chromium does it."""
    logos = {"by-day": logo_of("#1d3a5c", "#ffffff"), "by-night": logo_of("#c9dcf5", "#17181a")}
    page.route("**/media/*", lambda route: route.fulfill(body=logos[Path(route.request.url).stem]))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 375, "height": 800})
    devtools = page.context.new_cdp_session(page)
    devtools.send("Emulation.setAutoDarkModeOverride", {"enabled": True})
    yield page
    devtools.send("Emulation.setAutoDarkModeOverride", {"enabled": False})
    page.unroute("**/media/*")


@pytest.mark.parametrize("styled", [True, False], ids=["styled", "without its style element"])
@pytest.mark.parametrize("name", ["as it is", "a designer's own", "a brand of its own"])
def test_words_and_logo_can_be_made_out_where_a_program_forces_the_dark(
    forced_dark: Page, name: str, styled: bool
) -> None:
    html = SAMPLES[name].issue(ARTICLES).html
    forced_dark.set_content(html if styled else without_style(html))
    shot = Image.open(io.BytesIO(forced_dark.screenshot(full_page=True))).convert("RGB")

    assert shot.getpixel((2, 2)) == (18, 18, 18)
    for words, *box in forced_dark.evaluate(PLACES):
        colours = shot.crop([round(side) for side in box]).getcolors(maxcolors=1_000_000)
        (_, ground), *inks = sorted(colours or [], reverse=True)
        apart = max(contrast(hex_of(ink), hex_of(ground)) for _, ink in inks)
        assert apart >= (LARGE_TEXT if words == "logo" else ENOUGH), words


def hex_of(colour: Any) -> str:
    return f"#{bytes(colour).hex()}"


def test_pictures_keep_their_shape_and_buttons_fit_a_thumb(page: Page) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.set_content(SAMPLES["twelve pictures"].issue(ARTICLES).html)

    shape = page.evaluate("""[...document.images].map(e => {
      const style = getComputedStyle(e);
      return [style.height, e.getBoundingClientRect().width];
    })""")
    page.set_content(SAMPLES["a designer's own"].issue(ARTICLES).html)
    (height,) = page.evaluate(
        "[...document.querySelectorAll('.button a')].map(e => e.getBoundingClientRect().height)"
    )

    assert len(shape) == 12
    assert all(width <= 335 for _, width in shape)
    assert height >= 44  # WCAG 2.2, 2.5.5


def test_a_mail_without_its_style_element_stays_light_and_readable(page: Page, desk: Desk) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_content(without_style(desk.issue().html))

    ratio, text = page.evaluate(LOWEST_CONTRAST)

    assert ratio >= ENOUGH, text


def test_text_on_a_phone_is_large_and_links_are_underlined(page: Page, desk: Desk) -> None:
    page.set_viewport_size({"width": 375, "height": 800})
    page.set_content(desk.issue().html)

    sizes_px = page.evaluate(
        "[...document.querySelectorAll('p, li')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    lines = page.evaluate(
        "[...document.querySelectorAll('a')].map(e => getComputedStyle(e).textDecorationLine)"
    )

    assert min(sizes_px) >= 15
    assert sizes_px.count(18) >= 10  # the body's
    assert set(lines) == {"underline"}


def test_the_preheader_is_not_seen(page: Page, desk: Desk) -> None:
    page.set_content(desk.issue().html)

    seen = page.evaluate("document.body.innerText")
    assert desk.part.title in seen
    assert desk.part.preheader not in seen


def test_a_screen_reader_is_told_what_is_where_in_order(page: Page, desk: Desk) -> None:
    page.set_content(SAMPLES["as it is"].issue(ARTICLES).html)

    told = page.locator("body").aria_snapshot()

    assert re.findall(r'- (heading .*|link "[^"]*")', told) == [
        'heading "One stone, one angle, ten strokes a side" [level=1]',
        'link "Why good knives go blunt"',
        'heading "Key points" [level=2]',
        'heading "What you need on the table" [level=2]',
        'link "leaflet on soaking"',
        'heading "Finding the angle" [level=2]',
        'heading "The strokes" [level=2]',
        'heading "Be careful" [level=2]',
        'heading "Next time" [level=2]',
        'heading "In this series" [level=2]',
        'link "Why good knives go blunt"',
        'heading "Sources" [level=2]',
        'link "What an edge is made of"',
        'link "Unsubscribe from The Slow Kitchen"',
        'link "Preferences"',
        'link "Read online"',
        'link "Archive"',
        'link "editor@example.org"',
        'link "Imprint"',
        'link "Privacy"',
    ]
    assert desk.part.preheader not in told
    assert "\u034f" not in told  # its filler
    assert "SK" not in told.split()
