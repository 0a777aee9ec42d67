"""The report on an issue: its sums, and a page that is all there without a script."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import settings as law
from hypothesis import strategies as st
from lxml.html import HtmlElement, fromstring
from playwright.sync_api import Page, sync_playwright

from partwork.model.colour import ENOUGH
from partwork.model.issue_report import (
    DAY,
    WEEK,
    Bounces,
    Compared,
    DomainOutcomes,
    IssueReport,
    LinkClicks,
    Outcomes,
)
from partwork.rendering.issue_report import (
    MEASURES,
    bounces_in,
    counted_by,
    in_percent,
    median_share,
    report_data,
    report_rows,
    told_domains,
)
from partwork.rendering.issue_report_page import issue_report_page
from tests.rendering.test_in_a_browser import ALONE, CHROMIUM, LOWEST_CONTRAST, QUIET
from tests.rendering.test_report_page import HOSTILE, TEMPLATES

NOW = datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
OUTCOMES = Outcomes(900, 10, 30, 5, 20, 3, 12)
SMALL = st.integers(0, 50)
ANY_OUTCOMES = st.builds(Outcomes, *[SMALL] * 7)


def compared(name: str, outcomes: Outcomes = OUTCOMES) -> Compared:
    return Compared(name, f"Title of {name}", NOW - WEEK, outcomes)


REPORT = IssueReport(
    issue="better-sleep-11-0123abcd",
    title="The body clock",
    newsletter="quiet-hour",
    at=NOW,
    planned=1000,
    waiting=40,
    gathered=5,
    bundled=5,
    went_before=5,
    first_at=NOW - WEEK,
    last_at=NOW - WEEK + timedelta(minutes=9),
    outcomes=OUTCOMES,
    bounces=Bounces(11, 2, 7),
    unproven=4,
    left_by_hour=(3, 0, 2, *[0] * 20, 1),
    left_by_day=(6, 2, 1, 0, 1, 1, 1),
    folded=0,
    domains=(
        DomainOutcomes("mail.example.org", replace(OUTCOMES, accepted=600)),
        DomainOutcomes("", Outcomes(accepted=300)),
    ),
    within=WEEK,
    compared=compared("better-sleep-11-0123abcd"),
    earlier=tuple(
        compared(f"better-sleep-{n:02d}-0000000{n % 10}", replace(OUTCOMES, left=n))
        for n in range(10, 0, -1)
    ),
    notices=("40 deliveries are not settled yet.",),
)
FIRST = replace(REPORT, earlier=(), domains=(), folded=7, first_at=None, last_at=None, unproven=0)
LONG = f"https://worms.example.org/{'a-long-word' * 12}?q=%3Cb%3E"
CLICKED = replace(
    REPORT,
    clicks=(
        LinkClicks(4, LONG, ((date(2026, 3, 2), 1200), (date(2026, 3, 3), 34))),
        *(
            LinkClicks(n, f"https://n{n}.example.org/", ((date(2026, 3, 2), 1),))
            for n in range(5, 17)
        ),
        LinkClicks(1, "https://never.example.org/"),
    ),
)
NOBODY_LEFT = replace(
    REPORT,
    outcomes=replace(OUTCOMES, left=0),
    left_by_hour=(0,) * 24,
    left_by_day=(0,) * 7,
)


def page_of(report: IssueReport) -> HtmlElement:
    return fromstring(issue_report_page(report, TEMPLATES))


def cells(page: HtmlElement, caption: str) -> list[list[str]]:
    (table,) = [t for t in page.iter("table") if caption in t.find("caption").text_content()]
    return [[" ".join(c.text_content().split()) for c in row] for row in table.iter("tr")]


def test_a_delivery_that_bounced_twice_counts_once_as_the_worst() -> None:
    rules = {1: ["soft bounce", "hard bounce"], 2: ["our fault", "soft bounce"], 3: ["threshold"]}

    assert bounces_in(rules) == Bounces(address=1, about_us=1, other=1)


@given(st.lists(st.integers(0, 7 * 86400 - 1), max_size=60))
def test_hours_and_days_count_each_departure_once(seconds: list[int]) -> None:
    assert sum(counted_by(7, DAY, seconds)) == len(seconds)
    in_first_day = [one for one in seconds if one < 86400]
    assert sum(counted_by(24, timedelta(hours=1), seconds)) == len(in_first_day)
    assert counted_by(7, DAY, seconds)[0] == len(in_first_day)


@given(st.dictionaries(st.text("abc.", max_size=4), ANY_OUTCOMES, max_size=30))
def test_no_small_domain_is_named_and_none_is_lost(by_domain: dict[str, Outcomes]) -> None:
    readers = sum(one.mailed for one in by_domain.values())
    told = told_domains(by_domain, readers)

    assert all(one.outcomes.mailed >= 5 for one in told if one.domain)
    assert len([one for one in told if one.domain]) <= 20
    if readers < 20:
        assert told == ()
    else:
        assert sum((o.outcomes for o in told), start=Outcomes()) == sum(
            by_domain.values(), start=Outcomes()
        )


def test_shares_are_told_in_per_cent_that_a_person_can_read() -> None:
    told = [in_percent(share) for share in (None, 0.0, 0.0004, 0.0123, 0.982, 1.0)]

    assert told == ["–", "0 %", "0.04 %", "1.2 %", "98.2 %", "100 %"]


def test_an_issue_that_nobody_took_has_no_share_and_moves_no_median() -> None:
    left = MEASURES[-1]
    nothing = compared("nothing", Outcomes(refused=9))

    assert left.share(nothing.outcomes) is None
    assert median_share(left, [nothing, compared("some")]) == 12 / 900
    assert median_share(left, [nothing]) is None


def test_the_keys_of_the_json_are_those_that_stand_in_the_documents(request) -> None:
    documents = (request.config.rootpath / "docs" / "formats.md").read_text()
    section = documents.partition("## The report on an issue as JSON")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    told = [key for row in rows for key in re.findall(r"`(\w+)`", row)]

    data = report_data(REPORT)

    assert sorted(told) == sorted(data)
    assert json.loads(json.dumps(data)) == data
    parts = ("waiting", "gathered", "bundled", "gone_before")
    replies = ("accepted", "deferred", "refused", "in_doubt")
    assert data["planned"] == sum(int(str(data[key])) for key in (*parts, *replies))


def test_the_table_for_spreadsheets_has_every_number_under_its_heading() -> None:
    header, *rows = report_rows(REPORT)

    assert header == ("of", "which", "what", "count", "share")
    assert {len(row) for row in rows} == {5}
    assert ("domain", "others", "accepted", "300", "") in rows
    assert ("hour", "24", "left", "1", "") in rows
    assert ("compared", REPORT.issue, "left", "12", "0.013333") in rows


def test_every_plot_says_in_words_what_it_shows_and_has_a_table_beside_it() -> None:
    page = page_of(REPORT)
    plots = list(page.iter("svg"))

    assert len(plots) == 3 + len(MEASURES)
    for plot in plots:
        assert plot.get("role") == "img"
        named = [page.get_element_by_id(one) for one in plot.get("aria-labelledby").split()]
        assert all(one.text_content().strip() for one in named)
    assert cells(page, "by hours")[1:] == [
        [f"{n} to {n + 1}", str(count)] for n, count in enumerate(REPORT.left_by_hour)
    ]
    assert cells(page, "by days")[1:] == [
        [str(n), str(count)] for n, count in enumerate(REPORT.left_by_day, start=1)
    ]
    assert cells(page, "Shares")[1][2:] == ["95.2 %", "3.2 %", "2.2 %", "0.33 %", "1.3 %"]
    assert cells(page, "Shares")[2][0] == "median of the 10 before it"
    assert cells(page, "What became of it")[2][:2] == ["accepted", "900"]
    assert cells(page, "by recipients' domain")[2][:2] == ["others", "300"]


def test_what_is_not_known_is_said() -> None:
    first, nobody = page_of(FIRST).text_content(), page_of(NOBODY_LEFT).text_content()

    assert "There is none before it." in first
    assert "kept in short by now, without their domains" in first
    assert "First accepted" not in first
    assert "Nobody left so far." in nobody
    assert "That is not to say they left for it" in first
    small = page_of(replace(REPORT, domains=())).text_content()
    assert "with fewer than 20 readers, a domain would name a person" in small


@law(max_examples=25)
@given(st.text(max_size=30))
def test_nothing_from_outside_becomes_markup_style_or_template(text: str) -> None:
    hostile = f"{HOSTILE}{text}"
    domains = (DomainOutcomes(hostile, OUTCOMES),)
    made = replace(
        REPORT,
        title=hostile,
        newsletter=hostile,
        domains=domains,
        earlier=(compared(hostile),),
        notices=(hostile,),
    )
    page = issue_report_page(made, TEMPLATES)
    plain = issue_report_page(
        replace(REPORT, earlier=(compared("x"),), domains=domains[:1], notices=("x",)),
        TEMPLATES,
    )

    def tags(html: str) -> list[tuple[str, list[str]]]:
        return [(e.tag, sorted(e.keys())) for e in fromstring(html).iter() if e.tag != "?"]

    assert tags(page) == tags(plain)
    assert "49" not in fromstring(page).find(".//h1").text_content().replace("7 * 7", "")


def test_the_page_loads_nothing_and_runs_nothing() -> None:
    html = issue_report_page(REPORT, TEMPLATES)
    clicked = issue_report_page(CLICKED, TEMPLATES)

    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|style=|https?:", html)
    assert not re.search(r"<script|<link|<img|<iframe|@import|url\(|style=|href=|src=", clicked)


def test_counted_links_stand_in_the_table_and_the_most_followed_in_a_plot() -> None:
    page = page_of(CLICKED)

    rows = cells(page, "Clicks by link")
    assert rows[:2] == [["link", "clicks", "goes to"], ["4", "1,234", LONG]]
    assert rows[-1] == ["1", "0", "https://never.example.org/"]
    plot = page.get_element_by_id("clicks-says")
    assert plot.text_content() == (
        "1,246 clicks on 14 links; link 4 was followed most, 1,234 times."
    )
    words = [text.text_content() for text in plot.getparent().iter("text")]
    assert len(words) == 20
    assert words[1] == "1,234"
    assert "nobody knows whose" in page.text_content()
    assert "nobody knows whose" not in page_of(REPORT).text_content()


@pytest.fixture(scope="module")
def screen() -> Iterator[Page]:
    if not CHROMIUM.exists():
        pytest.skip(f"no Chromium at {CHROMIUM}; CHROMIUM names another")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*QUIET, *ALONE])
        yield chromium.new_page()
        chromium.close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 375, 1200])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_its_screen_and_can_be_read(screen: Page, width: int, scheme: str) -> None:
    screen.set_viewport_size({"width": width, "height": 700})
    screen.emulate_media(color_scheme=scheme)
    screen.set_content(issue_report_page(CLICKED, TEMPLATES))

    assert screen.evaluate("document.documentElement.scrollWidth") <= width
    lowest, words = screen.evaluate(LOWEST_CONTRAST)
    assert lowest >= ENOUGH, words
    outside = """width => [...document.querySelectorAll("svg *")].filter(e => {
      const box = e.getBoundingClientRect();
      return box.width && (box.left < -1 || box.right > width + 1);
    }).map(e => e.outerHTML)"""
    assert screen.evaluate(outside, width) == []


@pytest.mark.browser
def test_a_screen_reader_hears_each_plot_by_its_name(screen: Page) -> None:
    screen.set_content(issue_report_page(REPORT, TEMPLATES))

    for name in ("What became of the deliveries", "Readers who left, by hours", "Complained"):
        assert screen.get_by_role("img", name=re.compile(f"^{name}")).count() == 1


def test_every_number_of_outcomes_has_a_column_by_domain() -> None:
    headings = cells(page_of(REPORT), "by recipients' domain")[0]

    assert [h.replace(" ", "_") for h in headings[1:]] == [f.name for f in fields(Outcomes)]
