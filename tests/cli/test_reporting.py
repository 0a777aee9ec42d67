"""The report in the terminal, as text, data, page and link."""

import json
import re
from pathlib import Path

import pytest

from partwork.actions.ingest import ingest
from partwork.actions.loading import load_article
from partwork.assembly import assemble
from partwork.cli.main import run
from partwork.model.article import Rights
from partwork.settings import Settings
from tests.actions.conftest import ARTICLES
from tests.endure.seeds import raw_of

DUMPS = Path(__file__).parents[1] / "cleaning" / "dumps"
HOSTILE = "Share this \x1b[2J\x9b31m\u202e[bold red]now[/bold red]"


@pytest.fixture
def slug(named_home: Path) -> str:
    """An article in a home that the environment names; no web app runs."""
    with assemble(Settings()) as press:
        (made,) = ingest(press, [ARTICLES / "the-warm-heap.txt"], rights=Rights.OWN).articles
    return made.cleaned.article.slug


def test_it_names_every_block_and_why_each_went(slug: str, capsys) -> None:
    assert run(["report", slug, "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert run(["report", slug]) == 0
    text = capsys.readouterr().out
    _, _, in_order = text.partition("All that was read, in order")

    assert told["article"] == slug
    assert f"{told['counts']['removed']} of {len(told['blocks'])} blocks taken out" in text
    at = 0
    for block in told["blocks"]:
        sign = {"removed": "−", "flagged": "⚑"}.get(block["verdict"], " ")
        at = in_order.index(f"{sign} {block['number']:>3} ", at)
        assert block["text"].split()[0] in in_order[at : at + 60]
    assert all(b["category"] in in_order for b in told["blocks"] if b["verdict"] == "removed")
    assert f"partwork keep {slug} NUMBER" in text


def test_the_commands_that_it_prints_put_blocks_back(
    slug: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dump = DUMPS / "recipe_soup.txt"
    page = tmp_path / "soup.txt"
    page.write_bytes(raw_of(dump))
    with assemble(Settings()) as press:
        (made,) = ingest(press, [page], rights=Rights.OWN).articles
    slug = made.cleaned.article.slug
    assert run(["report", slug]) == 0
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    commands = [words for words in printed if words[:3] == ["partwork", "keep", slug]]

    assert commands
    for words in commands:
        assert run(words[1:]) == 0
    capsys.readouterr()
    assert run(["report", slug]) == 0
    assert "Look at these" not in capsys.readouterr().out


def test_what_stays_is_cut_to_its_beginnings_unless_all_is_asked_for(
    slug: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with assemble(Settings()) as press:
        text = load_article(press, slug).blocks
    longest = max((block.text for block in text), key=len)

    run(["report", slug])
    short = capsys.readouterr().out
    run(["report", slug, "--all"])
    whole = capsys.readouterr().out

    assert re.search(
        rf"\n\d+ blocks? of the text cut to the beginning here; to see every line: "
        rf"partwork report {slug} --all\n",
        short,
    )
    assert longest not in " ".join(short.split())
    for block in text:
        assert re.sub(r"\W+", " ", block.text) in re.sub(r"\W+", " ", whole)
    assert "cut to the beginning" not in whole
    assert [run(["report", slug, "--all", option]) for option in ("--link", "--format=json")] == [
        2,
        2,
    ]


def test_without_an_article_all_are_listed(slug: str, capsys) -> None:
    assert run(["report"]) == 0

    (titles, line) = capsys.readouterr().out.splitlines()
    assert titles.split() == ["article", "title"]
    assert line.startswith(f"{slug}  ")


def test_in_a_home_without_articles_that_is_said(named_home: Path, capsys) -> None:
    assert run(["report"]) == 0
    assert "no articles yet" in capsys.readouterr().out
    assert run(["report", "--link"]) == 2


def test_a_name_mistyped_is_answered_by_the_nearest(slug: str, capsys) -> None:
    for typed in (slug[:-1], slug.replace("a", "e", 1), slug.rsplit("-", maxsplit=1)[-1]):
        assert run(["report", typed]) == 1
        told = capsys.readouterr().err
        assert f"did you mean {slug}? `partwork report` lists all" in told


def test_the_page_comes_to_standard_output(slug: str, capsys) -> None:
    assert run(["report", slug, "--format", "html"]) == 0

    page = capsys.readouterr().out
    assert page.startswith("<!doctype html>")
    assert f"partwork keep {slug} 1" in page


def test_the_link_is_all_that_is_printed(slug: str, capsys) -> None:
    assert run(["report", slug, "--link"]) == 0

    answer = capsys.readouterr()
    assert answer.out.count("\n") == 1
    assert answer.out.startswith(f"http://127.0.0.1:8000/articles/{slug}/report?key=")
    assert "PARTWORK_PUBLIC_URL is not set" in answer.err


def test_a_link_to_a_public_address_needs_no_word(
    slug: str, capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTWORK_PUBLIC_URL", "https://news.example.org")

    assert run(["report", slug, "--link"]) == 0

    answer = capsys.readouterr()
    assert answer.out.startswith("https://news.example.org/articles/")
    assert answer.err == ""


@pytest.mark.parametrize("option", ["--link", "--format=json", "--format=html", "--format=text"])
def test_an_article_that_is_not_there_is_one_line(slug: str, capsys, option: str) -> None:
    assert run(["report", "nobody", option]) == 1

    answer = capsys.readouterr()
    assert "there is no article 'nobody'" in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == ""


def test_nothing_of_a_source_acts_on_the_terminal(slug: str, home: Path, capsys) -> None:
    file = home / "content" / "articles" / f"{slug}.removals.json"
    stored = json.loads(file.read_text())
    stored["removals"][0] |= {"text": HOSTILE, "reason": HOSTILE}
    file.write_text(json.dumps(stored))

    assert run(["report", slug]) == 0

    text = capsys.readouterr().out
    assert "[bold red]now" in text
    assert not set(text) & {"\x1b", "\x9b", "\u202e"}
