"""Raw sources become clean articles; what cannot, says so and stops nothing else."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest

from partwork.actions.holding import AlreadyIngesting, holding_articles
from partwork.actions.ingest import IngestReport, ingest
from partwork.actions.pasting import save_paste, save_piped
from partwork.assembly import Press
from partwork.library import MAX_RAW_BYTES, LibraryError
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


def test_a_twin_in_a_later_run_is_refused_and_names_the_article(
    press: Press, tmp_path: Path
) -> None:
    slug = taken(press, ARTICLES / "starting-a-heap.txt").articles[0].cleaned.article.slug
    twin = tmp_path / "twin.txt"
    twin.write_bytes(GOOD)

    report = taken(press, twin)

    assert report.refused[0].message == (
        "twin.txt: has the same content as starting-a-heap.txt, "
        f"which is the article {slug}; remove one of them"
    )
    assert taken(press, ARTICLES / "starting-a-heap.txt").unchanged == (slug,)


def test_a_source_kept_under_a_second_name_is_known_again(press: Press, tmp_path: Path) -> None:
    notes = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        notes.append(tmp_path / name / "notes.txt")
    notes[0].write_bytes(GOOD)
    notes[1].write_bytes((ARTICLES / "the-warm-heap.txt").read_bytes())
    assert len(taken(press, *notes).articles) == 2

    assert len(taken(press, *notes).unchanged) == 2


def test_a_source_that_was_renamed_in_the_inbox_is_no_twin(press: Press) -> None:
    slug = taken(press, ARTICLES / "starting-a-heap.txt").articles[0].cleaned.article.slug
    kept = press.library.inbox / "starting-a-heap.txt"
    kept.rename(kept.with_name("better.txt"))

    assert taken(press).unchanged == (slug,)


def test_rights_are_changed_in_their_line_and_nowhere_else(press: Press) -> None:
    source = ARTICLES / "starting-a-heap.txt"
    slug = ingest(press, [source], rights=Rights.UNKNOWN).articles[0].cleaned.article.slug
    file = press.library.article_file(slug)
    before = press.library.read(file)

    report = taken(press, source)

    assert report.updated == (slug,)
    assert press.library.read(file) == before.replace("rights: unknown", "rights: own")
    kept = press.library.inbox / source.name
    kept.write_bytes(GOOD + b"\nOne more line for the end of this article.\n")
    assert taken(press).articles, "the article counts as generated, not as edited by hand"


def test_rights_leave_a_hand_edit_as_it_is(press: Press) -> None:
    source = ARTICLES / "starting-a-heap.txt"
    slug = ingest(press, [source], rights=Rights.UNKNOWN).articles[0].cleaned.article.slug
    file = press.library.article_file(slug)
    edited = press.library.read(file).replace("rights: unknown\n", "")
    edited = edited.replace("three months", "four months")
    file.write_text(edited)

    taken(press, source)

    head, rights, body = press.library.read(file).partition("rights: own\n")
    assert rights
    assert head + body == edited
    kept = press.library.inbox / source.name
    kept.write_bytes(GOOD + b"\nOne more line for the end of this article.\n")
    assert "edited by hand" in taken(press).refused[0].message


def test_a_run_over_the_inbox_changes_no_rights_that_were_known(press: Press) -> None:
    source = ARTICLES / "starting-a-heap.txt"
    slug = ingest(press, [source], rights=Rights.LICENSED).articles[0].cleaned.article.slug

    assert taken(press).unchanged == (slug,)


def test_whoever_has_patience_comes_after_the_run_before(press: Press) -> None:
    source = ARTICLES / "starting-a-heap.txt"
    made: list[str] = []

    def wait_for_a_turn() -> None:
        report = ingest(press, [source], rights=Rights.OWN, patience=timedelta(minutes=1))
        made.extend(one.cleaned.article.slug for one in report.articles)

    with holding_articles(press):
        waiting = Thread(target=wait_for_a_turn)
        waiting.start()
        with pytest.raises(AlreadyIngesting):
            ingest(press, [source], rights=Rights.OWN)
    waiting.join()

    assert len(made) == 1


def test_only_one_run_at_a_time_works_on_the_articles(press: Press) -> None:
    source = ARTICLES / "starting-a-heap.txt"
    with holding_articles(press), pytest.raises(AlreadyIngesting, match="another run"):
        taken(press, source)

    assert len(taken(press, source).articles) == 1


def test_a_run_that_was_killed_keeps_nobody_waiting(press: Press) -> None:
    waits = (
        "import sys, time\n"
        "from partwork.actions.holding import holding_articles\n"
        "from partwork.assembly import assemble\n"
        "from partwork.settings import Settings\n"
        "with assemble(Settings(home=sys.argv[1])) as press, holding_articles(press):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(600)\n"
    )
    home = str(press.library.home)
    with subprocess.Popen([sys.executable, "-c", waits, home], stdout=subprocess.PIPE) as run:
        assert run.stdout
        try:
            assert run.stdout.readline() == b"held\n"
            with pytest.raises(AlreadyIngesting):
                taken(press)
        finally:
            run.kill()

    assert not taken(press, ARTICLES / "starting-a-heap.txt").refused


def test_an_article_that_an_edit_broke_is_not_made_a_second_time(press: Press) -> None:
    source = ARTICLES / "starting-a-heap.txt"
    slug = taken(press, source).articles[0].cleaned.article.slug
    file = press.library.article_file(slug)
    file.write_text(press.library.read(file).replace("rights: own", "rights: mine"))

    (refused,) = taken(press).refused

    assert "rights: 'mine'" in refused.message
    assert press.library.article_slugs() == (slug,)


def test_refusals_tell_files_of_one_name_apart(press: Press, tmp_path: Path) -> None:
    empty = [tmp_path / "a" / "x.txt", tmp_path / "b" / "x.txt"]
    for file in empty:
        file.parent.mkdir()
        file.touch()

    report = taken(press, *empty)

    assert [refused.message.split(": ")[0] for refused in report.refused] == [str(f) for f in empty]


def test_a_folder_without_articles_is_named(press: Press, tmp_path: Path) -> None:
    (tmp_path / "picture.png").touch()

    report = taken(press, tmp_path)

    assert report.refused[0].message == f"{tmp_path}: holds no .txt, .md or .html file"


@pytest.mark.parametrize("kind", ["pipe", "device", "folder", "too large"])
def test_what_is_no_article_is_not_read(press: Press, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "odd.txt"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "folder":
        path.mkdir()
    else:
        with path.open("wb") as stream:
            stream.truncate(MAX_RAW_BYTES + 1)

    told = {"too large": "too many", "folder": "is a folder"}.get(kind, "no ordinary")
    with pytest.raises(LibraryError, match=told):
        press.library.read_raw(path)


def test_what_is_piped_in_is_kept_byte_for_byte_and_once(press: Press) -> None:
    raw = "caf\u00e9 \u2013 a heap".encode("cp1252")

    file = save_piped(press, raw, NOW)

    assert file.name == "pasted-2026-03-02.txt"
    assert file.read_bytes() == raw
    assert save_piped(press, raw, NOW + timedelta(days=1)) == file
    assert save_piped(press, b"\xef\xbb\xbf\n<p>A heap</p>", NOW).suffix == ".html"
    with pytest.raises(LibraryError, match="nothing came"):
        save_piped(press, b" \n", NOW)


def test_a_picture_among_the_templates_stops_nothing(press: Press) -> None:
    picture = press.library.home / "templates" / "email" / "logo.png"
    picture.write_bytes(bytes(range(256)))

    assert "email/logo.png" not in press.library.templates()
    assert "email/issue.mjml" in press.library.templates()


@pytest.mark.parametrize(
    "name",
    [
        "a\x1b[2Jb.txt",
        "two\nlines.md",
        "\u202egnp.txt",
        f"{'x' * 250}.txt",
        f"{'é' * 120}.txt",
        "bad\udcff.txt",
        "-dash 'quote\": #.txt",
    ],
)
@pytest.mark.parametrize("is_in_inbox", [True, False])
def test_a_source_of_any_name_becomes_an_article_once(
    press: Press, tmp_path: Path, name: str, is_in_inbox: bool
) -> None:
    file = (press.library.inbox if is_in_inbox else tmp_path) / name
    file.write_bytes(GOOD)

    (made,) = ingest(press, [file], rights=Rights.OWN).articles

    source = made.cleaned.article.source
    assert source.isprintable()
    assert len(source.encode()) < 220
    assert source.endswith(file.suffix)
    assert ingest(press, [file], rights=Rights.OWN).unchanged == (made.cleaned.article.slug,)
    assert ingest(press, [], rights=Rights.OWN).unchanged == (made.cleaned.article.slug,)


def test_names_that_differ_by_what_cannot_be_shown_are_two_sources(press: Press) -> None:
    for name, thing in (("a_.txt", b"heap"), ("a\x1b.txt", b"pile"), ("a\x07.txt", b"mound")):
        (press.library.inbox / name).write_bytes(GOOD.replace(b"heap", thing))

    report = ingest(press, [], rights=Rights.OWN)

    assert len({made.cleaned.article.slug for made in report.articles}) == 3


PARAGRAPHS = (
    "The lock at Pennow was dug by hand in two winters, and three men were drowned in it.",
    "Its keeper wrote down each boat, what it carried, and whether its dog had barked at him.",
    "When the railway came he went on writing, although there were no more boats to write down.",
)


def as_text(*paragraphs: str) -> str:
    return "\n\n".join(("The Keeper of Pennow", *paragraphs)) + "\n"


def as_page(*paragraphs: str) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return f"<html><body><article><h1>The Keeper of Pennow</h1>{body}</article></body></html>"


def test_a_page_that_says_what_a_pasted_text_says_is_told(press: Press, tmp_path: Path) -> None:
    text, web_page = tmp_path / "keeper.txt", tmp_path / "saved.html"
    text.write_text(as_text(*PARAGRAPHS))
    web_page.write_text(as_page(*PARAGRAPHS, "Read by many."))
    (first,) = taken(press, text).articles

    report = taken(press, web_page)

    (made,), (twin,) = report.articles, report.twins
    assert (twin.article, twin.twin_of, twin.raw) == (
        made.cleaned.article.slug,
        first.cleaned.article.slug,
        "saved.html",
    )
    assert len(press.library.article_slugs()) == 2  # nothing is lost: an editor decides
    assert taken(press, web_page).twins == ()


def test_an_article_that_shares_a_part_hides_no_twin(press: Press, tmp_path: Path) -> None:
    partly = tmp_path / "partly.txt"
    partly.write_text(as_text(*PARAGRAPHS[:-1], "The ferryman of Lanteague told it otherwise."))
    text, web_page = tmp_path / "keeper.txt", tmp_path / "saved.html"
    text.write_text(as_text(*PARAGRAPHS))
    web_page.write_text(as_page(*PARAGRAPHS))
    _, same = taken(press, partly, text).articles

    (twin,) = taken(press, web_page).twins

    assert twin.twin_of == same.cleaned.article.slug


def test_articles_that_share_a_paragraph_are_no_twins(press: Press, tmp_path: Path) -> None:
    others = [
        f"{paragraph[:-1]}, as the ferryman of Lanteague told it." for paragraph in PARAGRAPHS
    ]
    for name, paragraphs in (("a", PARAGRAPHS), ("b", (PARAGRAPHS[0], *others[1:]))):
        (tmp_path / f"{name}.txt").write_text(as_text(*paragraphs))

    report = taken(press, *sorted(tmp_path.glob("*.txt")))

    assert len(report.articles) == 2
    assert report.twins == ()
