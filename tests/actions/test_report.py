"""The report of a stored article, also after hands were at work."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from partwork.actions.clean import clean
from partwork.actions.ingest import ingest
from partwork.actions.judging import drop, keep
from partwork.actions.report import (
    EDITED,
    LINK_LASTS,
    WORDS_ARE_GONE,
    report_behind,
    report_html,
    report_on,
    report_url,
)
from partwork.assembly import Press, assemble
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.model.article import Category, Rights
from partwork.rendering.report import BlockVerdict, Judged, Report
from partwork.settings import Settings
from partwork.subscribing.page_links import LinkHasRunOut
from partwork.subscribing.tokens import BadToken
from tests.actions.conftest import ARTICLES
from tests.conftest import NOW

RAW = (ARTICLES / "the-warm-heap.txt").read_text()
REMOVED, KEPT = BlockVerdict.REMOVED, BlockVerdict.KEPT


@pytest.fixture
def slug(press: Press) -> str:
    """An article whose raw text stands in the inbox."""
    (made,) = ingest(press, [ARTICLES / "the-warm-heap.txt"], rights=Rights.OWN).articles
    return made.cleaned.article.slug


def raw_file(press: Press) -> Path:
    return press.library.inbox / "the-warm-heap.txt"


def edit(press: Press, slug: str, old: str, new: str) -> None:
    file = press.library.article_file(slug)
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def numbers(report: Report, verdict: BlockVerdict) -> list[int]:
    return [judged.number for judged in report.blocks if judged.verdict is verdict]


def with_verdict(report: Report, verdict: BlockVerdict) -> list[Judged]:
    return [judged for judged in report.blocks if judged.verdict is verdict]


def first_kept(report: Report) -> Judged:
    return next(j for j in report.blocks if j.verdict is KEPT and j.block.kind == "paragraph")


def test_it_has_every_block_of_the_raw_text_with_its_lines(press: Press, slug: str) -> None:
    report = report_on(press, slug)
    lines = RAW.splitlines()

    assert [judged.number for judged in report.blocks] == list(range(1, len(report.blocks) + 1))
    assert len(numbers(report, REMOVED)) > 2
    assert report.notices == ()
    for judged in report.blocks:
        block = judged.block
        shown = " ".join(lines[block.first_line - 1 : block.last_line])
        assert block.text.split()[0] in shown


def test_it_numbers_as_the_stored_removals_do(press: Press, slug: str) -> None:
    stored = json.loads(press.library.read(press.library.removals_file(slug)))["removals"]

    assert numbers(report_on(press, slug), REMOVED) == [r["position"] + 1 for r in stored]


def test_without_the_raw_text_it_is_the_same_but_for_lines(press: Press, slug: str) -> None:
    whole = report_on(press, slug)
    raw_file(press).unlink()

    merged = report_on(press, slug)

    assert [(j.number, j.block.text, j.verdict, j.reason) for j in merged.blocks] == [
        (j.number, j.block.text, j.verdict, j.reason) for j in whole.blocks
    ]
    assert merged.notices == ()


def test_the_raw_text_is_found_under_another_name(press: Press, slug: str) -> None:
    raw_file(press).rename(press.library.inbox / "renamed.txt")

    assert first_kept(report_on(press, slug)).block.first_line > 0


def test_a_raw_text_that_was_changed_is_not_the_article_s(press: Press, slug: str) -> None:
    raw_file(press).write_text("Something else\n\n" + RAW)

    report = report_on(press, slug)

    assert first_kept(report).block.first_line == 0
    assert [j.number for j in report.blocks] == list(range(1, len(report.blocks) + 1))


def test_hand_edits_are_told_and_move_no_number(press: Press, slug: str) -> None:
    before = report_on(press, slug)
    first = first_kept(before)
    edit(press, slug, first.block.text, f"{first.block.text} So I found.\n\nAn aside of mine.")
    last = with_verdict(before, KEPT)[-1]
    edit(press, slug, f"\n{last.block.text}\n", "\n")

    after = report_on(press, slug)

    assert len(after.notices) == 1
    assert numbers(after, REMOVED) == numbers(before, REMOVED)
    assert [j.block.text for j in with_verdict(after, BlockVerdict.WRITTEN)][-1:] == [
        "An aside of mine."
    ]
    gone = with_verdict(after, BlockVerdict.GONE)
    assert (last.number, last.block.text) in [(j.number, j.block.text) for j in gone]


def test_one_changed_word_is_an_edit_of_that_block(press: Press, slug: str) -> None:
    first = first_kept(report_on(press, slug))
    edit(press, slug, first.block.text, f"{first.block.text} So I found.")

    (edited,) = with_verdict(report_on(press, slug), BlockVerdict.EDITED)

    assert edited.number == first.number
    assert edited.block.text.endswith("So I found.")
    assert edited.block.first_line == first.block.first_line


def test_a_changed_title_changes_no_block(press: Press, slug: str) -> None:
    edit(press, slug, "title: 'The warm heap", "title: 'Steam on a cold morning")

    report = report_on(press, slug)

    assert report.article.title.startswith("Steam on a cold morning")
    assert {j.verdict for j in report.blocks} <= {KEPT, REMOVED, BlockVerdict.FLAGGED}


def test_flags_are_those_of_the_article_as_it_stands(press: Press, slug: str) -> None:
    first = first_kept(report_on(press, slug))
    edit(press, slug, first.block.text, f"<!-- flagged: promotion -->\n{first.block.text}")
    assert first.number in numbers(report_on(press, slug), BlockVerdict.FLAGGED)

    edit(press, slug, f"<!-- flagged: promotion -->\n{first.block.text}", first.block.text)
    assert first.number in numbers(report_on(press, slug), KEPT)


def test_edited_and_without_its_raw_text_it_still_knows_the_numbers(
    press: Press, slug: str
) -> None:
    before = report_on(press, slug)
    first, last = first_kept(before), with_verdict(before, KEPT)[-1]
    edit(press, slug, first.block.text, "Written anew.")
    edit(press, slug, f"\n{last.block.text}\n", "\n")
    raw_file(press).unlink()

    after = report_on(press, slug)

    assert numbers(after, REMOVED) == numbers(before, REMOVED)
    assert numbers(after, BlockVerdict.EDITED) == [first.number]
    (gone,) = with_verdict(after, BlockVerdict.GONE)
    assert (gone.number, gone.block.text) == (last.number, "")
    assert after.notices == (EDITED, WORDS_ARE_GONE)


def test_a_record_without_digests_serves_while_nobody_has_edited(press: Press, slug: str) -> None:
    whole = report_on(press, slug)
    file = press.library.removals_file(slug)
    file.write_text(json.dumps({**json.loads(file.read_text()), "blocks": []}))

    assert report_on(press, slug) == whole
    edit(press, slug, first_kept(whole).block.text, "Written anew.")
    with pytest.raises(LibraryError, match="not on file what was read"):
        report_on(press, slug)


def test_a_removal_of_a_block_that_was_not_read_is_a_damaged_file(press: Press, slug: str) -> None:
    file = press.library.removals_file(slug)
    stored = json.loads(file.read_text())
    stored["removals"][-1]["position"] = 10_000
    file.write_text(json.dumps(stored))

    with pytest.raises(ManuscriptError, match="not read"):
        report_on(press, slug)


def test_what_an_editor_put_back_or_took_out_is_told(press: Press, slug: str) -> None:
    before = report_on(press, slug)
    back, out = numbers(before, REMOVED)[-1], first_kept(before).number
    keep(press, slug, [back], for_site=False, clock=lambda: NOW)
    drop(press, slug, [out], for_site=False, clock=lambda: NOW)

    after = report_on(press, slug)

    assert back in numbers(after, KEPT)
    taken = next(judged for judged in after.blocks if judged.number == out)
    assert (taken.verdict, taken.category) == (REMOVED, Category.EDITOR)
    assert after.notices == ()


def test_an_article_that_was_written_by_hand_has_no_report(press: Press) -> None:
    press.library.write(press.library.article_file("mine"), "---\ntitle: Mine\n---\n\nWords.\n")

    with pytest.raises(LibraryError, match="written by hand"):
        report_on(press, "mine")


def test_an_unknown_article_and_a_damaged_file_are_named(press: Press, slug: str) -> None:
    with pytest.raises(LibraryError, match="no article 'nobody'"):
        report_on(press, "nobody")
    with pytest.raises(LibraryError, match="cannot name"):
        report_on(press, "../../.env")
    press.library.removals_file(slug).write_text("{")
    with pytest.raises(ManuscriptError, match=r"removals\.json: cannot be read"):
        report_on(press, slug)


def test_a_signed_address_leads_to_its_report_for_14_days(press: Press, slug: str) -> None:
    parts = urlsplit(report_url(press, slug, NOW))
    (key,) = parse_qs(parts.query)["key"]

    assert f"{parts.scheme}://{parts.netloc}" == press.settings.public_url
    assert parts.path == f"/articles/{slug}/report"
    assert report_behind(press, slug, key, NOW) == report_on(press, slug)
    with pytest.raises(LinkHasRunOut):
        report_behind(press, slug, key, NOW + LINK_LASTS)
    with pytest.raises(BadToken):
        report_behind(press, "another", key, NOW)


def test_links_are_only_given_away_where_the_address_was_chosen(press: Press, home: Path) -> None:
    chosen = Settings(home=home, public_url="https://news.example.org")

    assert not press.has_public_url
    with assemble(chosen) as public:
        assert public.has_public_url


def test_the_page_has_what_the_report_has(press: Press, slug: str) -> None:
    report = report_on(press, slug)

    html = report_html(press, report)

    assert html.count('class="row"') == len(report.blocks)


def test_cleaning_alone_reports_the_same_as_ingesting(press: Press, slug: str) -> None:
    told = json.loads(clean(RAW.encode(), "the-warm-heap.txt").as_json)
    report = report_on(press, slug)

    assert [(b["number"], b["verdict"], b["text"]) for b in told["blocks"]] == [
        (j.number, j.verdict, j.block.text) for j in report.blocks
    ]
    assert all(b["lines"] for b in told["blocks"])
    assert list(told)[-2:] == ["blocks", "markdown"]
    assert told["markdown"].startswith("---\ntitle:")
