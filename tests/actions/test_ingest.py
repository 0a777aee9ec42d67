"""Raw sources become clean articles; what cannot, says so and stops nothing else."""

import json
from pathlib import Path

import pytest

from partwork.actions.ingest import IngestReport, ingest, save_paste
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.article import Category, Rights
from tests.actions.conftest import ARTICLES
from tests.conftest import NOW

GOOD = (ARTICLES / "starting-a-heap.txt").read_bytes()


def taken(press: Press, *paths: Path) -> IngestReport:
    return ingest(press, paths, rights=Rights.OWN)


def test_an_article_holds_the_text_and_not_the_noise(press: Press) -> None:
    report = taken(press, ARTICLES / "the-warm-heap.txt")

    text = press.library.read(press.library.article_file(report.articles[0].cleaned.article.slug))
    assert "A heap of one cubic metre holds enough material to keep its own warmth." in text
    for noise in (
        "logo",
        "4 min read",
        "Share this",
        "About the Author",
        "two hens",
        "no comments",
    ):
        assert noise not in text


def test_promotion_stays_in_the_article_and_is_marked(press: Press) -> None:
    made = taken(press, ARTICLES / "the-warm-heap.txt").articles[0]

    flagged = [block for block in made.cleaned.article.blocks if block.flag]
    assert [block.flag for block in flagged] == [Category.PROMOTION]
    assert "Green Barrow" in flagged[0].text


def test_each_removal_is_on_file_with_its_reason(press: Press) -> None:
    made = taken(press, ARTICLES / "the-warm-heap.txt").articles[0]

    file = press.library.removals_file(made.cleaned.article.slug)
    removals = json.loads(press.library.read(file))["removals"]
    assert len(removals) == len(made.cleaned.removals) > 0
    assert all(r["reason"] and r["rule"] and r["category"] for r in removals)


def test_the_inbox_keeps_the_source_byte_for_byte(press: Press) -> None:
    taken(press, ARTICLES / "starting-a-heap.txt")

    assert (press.library.inbox / "starting-a-heap.txt").read_bytes() == GOOD


def test_a_second_run_finds_nothing_new(press: Press) -> None:
    first = taken(press, ARTICLES / "starting-a-heap.txt")
    second = taken(press)

    assert not second.articles
    assert second.unchanged == (first.articles[0].cleaned.article.slug,)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("empty.txt", b""),
        ("blank.txt", b" \n\t\n"),
        ("binary.txt", bytes(range(256)) * 8),
        ("cut.html", b"<html><body><p>The heap was warm and the ro"),
        ("line.txt", b"word " * 4_000_000),
    ],
)
def test_a_bad_source_gets_one_line_and_the_others_go_on(
    press: Press, tmp_path: Path, name: str, raw: bytes
) -> None:
    bad = tmp_path / name
    bad.write_bytes(raw)

    report = taken(press, bad, ARTICLES / "starting-a-heap.txt")

    assert len(report.articles) == 1
    (refused,) = report.refused
    assert name in refused.message
    assert "\n" not in refused.message
    assert bad.read_bytes() == raw


def test_two_files_of_the_same_content_make_one_article(press: Press, tmp_path: Path) -> None:
    twin = tmp_path / "twin.txt"
    twin.write_bytes(GOOD)

    report = taken(press, ARTICLES / "starting-a-heap.txt", twin)

    assert len(report.articles) == 1
    assert "twin.txt" in report.refused[0].message
    assert "starting-a-heap.txt" in report.refused[0].message


def test_a_file_that_is_gone_is_named(press: Press, tmp_path: Path) -> None:
    report = taken(press, tmp_path / "gone.txt", ARTICLES / "starting-a-heap.txt")

    assert "gone.txt" in report.refused[0].message
    assert len(report.articles) == 1


def test_a_changed_source_makes_its_article_anew(press: Press, tmp_path: Path) -> None:
    file = press.library.inbox / "heap.txt"
    file.write_bytes(GOOD)
    slug = taken(press).articles[0].cleaned.article.slug
    file.write_bytes(GOOD.replace(b"three months", b"four months"))

    report = taken(press)

    assert report.articles[0].cleaned.article.slug == slug
    assert "four months" in press.library.read(press.library.article_file(slug))


def test_a_hand_edit_is_not_overwritten(press: Press) -> None:
    file = press.library.inbox / "heap.txt"
    file.write_bytes(GOOD)
    slug = taken(press).articles[0].cleaned.article.slug
    article = press.library.article_file(slug)
    edited = press.library.read(article).replace("three months", "three to four months")
    article.write_text(edited)
    file.write_bytes(GOOD + b"\nOne more line for the end of this article.\n")

    report = taken(press)

    assert "edited by hand" in report.refused[0].message
    assert press.library.read(article) == edited


def test_two_articles_of_one_title_both_have_a_file(press: Press, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_bytes(GOOD.replace(b"three months", b"five months"))

    report = taken(press, ARTICLES / "starting-a-heap.txt", other)

    slugs = [made.cleaned.article.slug for made in report.articles]
    assert len(set(slugs)) == 2


def test_a_paste_becomes_a_file_of_the_inbox_once(press: Press) -> None:
    first = save_paste(press, GOOD.decode(), "A heap of my own", NOW)
    second = save_paste(press, GOOD.decode(), "A heap of my own", NOW)

    assert first == second
    assert first.parent == press.library.inbox
    report = taken(press, first)
    assert report.articles[0].cleaned.article.title == "A heap of my own"


@pytest.mark.parametrize("name", ["../evil", "a/b", "", ".", "Ünsafe", "x" * 81])
def test_a_name_that_could_leave_the_home_is_refused(press: Press, name: str) -> None:
    with pytest.raises(LibraryError, match="cannot name"):
        press.library.series_folder(name)
