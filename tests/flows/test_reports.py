"""What flows tell people: their states and the reports they leave."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from partwork.actions.compose import ComposeReport
from partwork.actions.ingest import Ingested, IngestReport, Refused
from partwork.actions.publish import Planned, PublishReport
from partwork.actions.send import SendReport
from partwork.actions.shelf import Twin
from partwork.assembly import assemble
from partwork.library import LibraryError
from partwork.model.article import Article, Block, BlockKind, Category, Cleaned, Removal
from partwork.model.delivery import Tally
from partwork.model.fault import Fault, Severity
from partwork.model.series import Citation, Instalment, Paragraph, Sentence, Series
from partwork.settings import Settings

HOSTILE = "<script>alert(1)</script> [x](javascript:y) | # *z*"


def ingested(title: str, removed: str, confidence: float = 0.9) -> Ingested:
    block = Block(BlockKind.PARAGRAPH, removed)
    reason = "stands among share buttons"
    removal = Removal(0, block, "links", Category.SHARE, reason, confidence)
    article = Article("compost", title, (Block(BlockKind.PARAGRAPH, "Turn the heap."),))
    return Ingested(Cleaned(article, (removal,)), lines_kept=1, lines_removed=1)


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def test_the_cleaning_report_names_each_removal_with_its_reason(flow_file):
    page = html(flow_file("ingest").page(IngestReport((ingested("Compost", "Share this"),)), {}))

    assert "<h2>Compost</h2>" in page
    assert "1 of 2 blocks taken out (1 share buttons); 1 stays." in page
    assert "<strong>share buttons</strong> · sure · stands among share buttons" in page
    assert "<strong>1</strong> Share this" in page
    assert "<code>partwork keep compost NUMBER</code>" in page
    assert "Read the whole report" not in page


def test_the_cleaning_report_leads_to_its_page_where_there_is_one(flow_file):
    links = {"compost": "https://news.example.org/articles/compost/report?key=W10.abc_-"}

    page = html(flow_file("ingest").page(IngestReport((ingested("Compost", "Share"),)), links))

    assert f'<a href="{links["compost"]}">Read the whole report</a>' in page


def test_links_are_given_for_new_articles_where_an_address_was_chosen(flow_file, home: Path):
    report = IngestReport((ingested("Compost", "Share"),), ("heap",))
    chosen = Settings(home=home, public_url="https://news.example.org")

    for settings, slugs in ((Settings(home=home), set()), (chosen, {"compost"})):
        with assemble(settings) as press:
            links = flow_file("ingest").report_links(press, report)
        assert set(links) == slugs
        assert all(url.startswith("https://news.example.org/") for url in links.values())


def test_what_is_not_sure_is_named_first(flow_file):
    (guess, sure) = (ingested("A", "b", 0.3), ingested("C", "d", 0.99))

    pages = [flow_file("ingest").page(IngestReport((one,)), {}) for one in (guess, sure)]

    assert "Look at these, the least sure first: 1" in pages[0]
    assert "a guess: look again" in pages[0]
    assert "Look at these" not in pages[1]


def test_a_flag_is_told_with_the_removals(flow_file):
    made = ingested("Compost", "Share this")
    (block,) = made.cleaned.article.blocks
    article = replace(made.cleaned.article, blocks=(replace(block, flag=Category.PROMOTION),))
    report = IngestReport((replace(made, cleaned=replace(made.cleaned, article=article)),))

    page = html(flow_file("ingest").page(report, {}))

    assert "<strong>promotion</strong> · marked: stays, and never enters a series" in page
    assert "<strong>2</strong> Turn the heap." in page


def test_earlier_articles_that_would_be_cleaner_are_named(flow_file):
    report = IngestReport(would_be_cleaner={"<b>example.org": ("heap",)})

    page = html(flow_file("ingest").page(report, {}))

    assert "<li>heap</li>" in page
    assert "Earlier articles of &lt;b&gt;example.org" in page
    assert "<code>partwork clean --site NAME</code>" in page


def test_nothing_of_a_source_becomes_markup_in_the_dashboard(flow_file):
    report = IngestReport(
        (ingested(HOSTILE, HOSTILE),), (), (Refused("x.txt", f"x.txt: {HOSTILE}"),)
    )

    page = html(flow_file("ingest").page(report, {}))

    assert "<script" not in page
    assert "<a " not in page
    assert "<em>" not in page
    assert page.count("alert(1)") == 3


@pytest.mark.parametrize(
    ("report", "kind", "name"),
    [
        (IngestReport(), "COMPLETED", "Completed"),
        (IngestReport((ingested("A", "b"),)), "COMPLETED", "Completed"),
        (IngestReport((), ("a",), (Refused("b", "b: empty"),)), "COMPLETED", "Some refused"),
        (IngestReport((), (), (Refused("b", "b: empty"),)), "FAILED", "Failed"),
    ],
)
def test_an_ingest_fails_only_where_nothing_came_of_it(flow_file, report, kind, name):
    state = flow_file("ingest").outcome(report)

    assert (state.type, state.name) == (kind, name)
    assert all(refused.message in state.message for refused in report.refused)


@pytest.mark.parametrize("name", ["../../.env", "/etc/hostname", "..", ".", "", "a/b.txt"])
def test_a_form_names_no_file_outside_the_inbox(flow_file, tmp_path: Path, name: str):
    with pytest.raises(LibraryError, match="content/inbox"):
        flow_file("ingest").source_in(tmp_path, name)


def test_a_link_in_the_inbox_leads_nowhere_else(flow_file, tmp_path: Path):
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    (inbox / "harmless.txt").symlink_to(tmp_path / "secret.txt")

    with pytest.raises(LibraryError, match="content/inbox"):
        flow_file("ingest").source_in(inbox, "harmless.txt")


def test_the_plan_shows_each_part_and_what_is_to_mend(flow_file):
    part = Instalment(
        "a1b2c3d4", 1, "Worms", "Worms", "", body=(Paragraph((Sentence("Worms eat."),)),)
    )
    series = Series("soil", "garden", "Good soil", instalments=(part,))
    fault = Fault("content/series/soil/01-worms.md", 7, "uncited", "no source", Severity.FAULT)

    page = html(
        flow_file("compose").page(ComposeReport(series, ("01-worms.md",), (), (), (fault,)), {})
    )

    assert "<h1>Good soil</h1>" in page
    assert "<strong>1. Worms</strong> 2 words" in page
    assert "<strong>fault</strong> content/series/soil/01-worms.md, line 7: no source" in page


def test_the_plan_shows_the_evidence_of_each_part_and_lets_no_markup_in(flow_file):
    block = Block(BlockKind.PARAGRAPH, f"Worms eat. A heap may carry harmful germs of {HOSTILE}")
    source = Article("worms", HOSTILE, (block,))
    cited = (Citation("worms", block.digest),)
    said = (
        Sentence("Worms eat.", cited),
        Sentence(f"Heaps may carry harmful germs of {HOSTILE}", cited),
    )
    gone = Sentence("Gone.", (Citation("worms", "00000000"),))
    part = Instalment("a1b2c3d4", 1, HOSTILE, "", "", body=(Paragraph((*said, gone)),))
    series = Series("soil", "garden", HOSTILE, instalments=(part,))

    shown = html(
        flow_file("compose").page(
            ComposeReport(
                series,
                ("01-x.md",),
                ("01-x.md: was edited by hand",),
                (HOSTILE,),
                (),
                conflicts=("01-x.md: from line 9 on",),
                removed=("02-y.md",),
                quoted=("worms may only be quoted",),
                sources={"worms": source},
            ),
            {},
        )
    )

    assert "word for word" in shown
    assert "“A heap may carry harmful germs of" in shown
    assert "has no such block any more" in shown
    assert "1 min, 1 caveat" in shown
    told = ("01-x.md: from line 9 on", "01-x.md: was edited by hand", "02-y.md")
    for words in (*told, "worms may only be quoted"):
        assert f"<li>{words}</li>" in shown
    assert "<script" not in shown
    assert "<a " not in shown


def test_the_plan_leads_to_the_draft_of_each_part(flow_file):
    part = Instalment("a1b2c3d4", 2, f"Worms] {HOSTILE}", "", "")
    series = Series("soil", "garden", "Good soil", instalments=(part,))
    url = "https://news.example.org/drafts/soil/a1b2c3d4?key=W10.abc_-"

    page = html(flow_file("compose").page(ComposeReport(series, (), (), (), ()), {2: url}))

    assert page.count("<a ") == 1
    assert f'<a href="{url}">2. Worms] &lt;script&gt;' in page
    assert url in html(
        flow_file("check").page("soil", (), flow_file("check").drafts([part], {2: url}))
    )


def test_a_letter_that_was_begun_says_where_it_is_and_what_it_lacks(flow_file):
    part = Instalment("a1b2c3d4", 1, HOSTILE, "", "")
    fault = Fault("01-x.md", 0, "empty", "has no sentence under its title")

    page = html(flow_file("compose").letter_page(part, "01-x.md", [fault], ""))

    assert "Part 1 is in 01-x.md: edit it there." in page
    assert "<strong>fault</strong> 01-x.md: has no sentence under its title" in page
    assert "<a " not in page
    assert "<script" not in page


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"kind": "letter", "articles": ["a"]}, "a letter has no articles"),
        ({"kind": "letter", "parts": 2}, "a letter has no articles"),
        ({"text": "Hello."}, "choose the kind letter"),
        ({"subject": "Hello"}, "choose the kind letter"),
    ],
)
def test_a_form_that_is_half_a_letter_is_refused_in_words(flow_file, given, says):
    usual = {
        "kind": "composed",
        "title": "",
        "newsletter": "",
        "articles": [],
        "division": "as before",
        "parts": 0,
        "anew": False,
        "text": "",
        "subject": "",
        "preheader": "",
    }

    state = flow_file("compose").compose.fn("soil", **{**usual, **given})

    assert (state.type, says in state.message) == ("FAILED", True)


def test_the_publishing_report_says_what_waits_and_for_what(flow_file):
    due_at = datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
    report = PublishReport(
        (Planned("soil-01-1a2b3c4d", due_at, 12),),
        ("roses: part 2 waits for approval",),
        ("soil-01-1a2b3c4d",),
    )

    page = html(flow_file("publish").page(report, started=True))

    assert "<td>soil-01-1a2b3c4d</td>" in page
    assert "<td>2026-03-03 06:30 UTC</td>" in page
    assert "<td>12</td>" in page
    assert "roses: part 2 waits for approval" in page
    assert "Being sent" in page


def test_without_a_deployment_the_report_says_how_to_send(flow_file):
    page = flow_file("publish").page(PublishReport((), (), ("soil-01-1a2b3c4d",)), started=False)

    assert "partwork send ISSUE" in page


def test_the_sending_report_counts_every_delivery(flow_file):
    tally = Tally(pending=1, accepted=2, deferred=3, refused=4, in_doubt=5, left=6)

    page = html(flow_file("send").page(SendReport("soil-01-1a2b3c4d", tally, 2, "the relay left")))

    for row, count in (("accepted", 2), ("waiting", 1), ("refused", 4), ("all", 21)):
        assert f"<td>{row}</td>\n<td>{count}</td>" in page
    assert "Stopped: the relay left" in page


def test_what_was_noted_and_what_is_here_twice_is_told(flow_file):
    report = IngestReport(
        given={"heap": ("rights are now own", "source is now https://example.org/heap")},
        twins=(Twin("heap-2", "heap", "heap.html"),),
    )

    page = flow_file("ingest").page(report, {})

    assert r"heap\: rights are now own and source is now https\:\/\/example\.org" in page
    assert r"heap\-2 says what heap says" in page
