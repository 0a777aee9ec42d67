"""`ingest` and `clean` in the terminal, for articles of one site."""

import json
from pathlib import Path

import pytest

from partwork.cli.main import run

SITE = "kettles.example.org"


@pytest.fixture
def sources(named_home: Path, tmp_path: Path) -> list[str]:
    """Four texts of a site that end alike, and a home that the environment names."""
    made = []
    for thing in ("kettle", "ladle", "spoon", "skillet"):
        file = tmp_path / f"{thing}.txt"
        file.write_text(
            f"The {thing} at war\n\n"
            f"The {thing} was cold and rain fell on every roof of the town that winter.\n\n"
            f"The clerk counted each {thing} twice, and so did the wife of the clerk.\n\n"
            "The Lantern Room on Quay Street is open to all who bring a lid of their own.\n"
        )
        made.append(str(file))
    return made


def test_an_ingest_names_earlier_articles_that_would_be_cleaner(sources, capsys) -> None:
    for source in sources[:2]:
        run(["ingest", source, "--site", SITE])
    capsys.readouterr()

    assert run(["ingest", sources[2], "--site", SITE]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "the-spoon-at-war: 2 lines kept, 1 removed, no author or date found",
        f"earlier articles of {SITE} would lose lines that come back: the-kettle-at-war, "
        f"the-ladle-at-war; `partwork clean --site {SITE}` takes them out",
    ]


def test_programs_are_told_of_them_too(sources, capsys) -> None:
    for source in sources[:2]:
        run(["ingest", source, "--site", SITE])
    capsys.readouterr()

    run(["ingest", sources[2], "--site", SITE, "--json"])

    told = json.loads(capsys.readouterr().out)
    assert told["would_be_cleaner"] == {SITE: ["the-kettle-at-war", "the-ladle-at-war"]}


def test_a_site_is_cleaned_again_but_for_what_hands_have_edited(
    sources, home: Path, capsys
) -> None:
    for source in sources:
        run(["ingest", source, "--site", SITE])
    edited = home / "content" / "articles" / "the-ladle-at-war.md"
    edited.write_text(edited.read_text() + "\nMine.\n")
    capsys.readouterr()

    assert run(["clean", "--site", SITE]) == 0

    told = capsys.readouterr()
    assert told.out == "the-kettle-at-war: cleaned again\n2 articles as clean as before\n"
    assert told.err.startswith("the-ladle-at-war: edited by hand and left as it is")
    assert "Mine." in edited.read_text()
    assert run(["clean", "--site", SITE, "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] == []


def test_an_article_of_which_nothing_is_left_is_told(
    named_home: Path, tmp_path: Path, capsys
) -> None:
    file = tmp_path / "share.txt"
    file.write_text("Share\n\nSubscribe to our newsletter\n\nRelated posts\n")

    assert run(["ingest", str(file)]) == 0

    told = capsys.readouterr()
    slug = told.out.partition(":")[0]
    assert "0 lines kept" in told.out
    assert told.err.count("\n") == 1
    assert told.err.startswith(f"{slug}: nothing is left of it; `partwork report {slug}` shows")

    run(["ingest", str(file), "--site", SITE])
    capsys.readouterr()
    run(["clean", "--site", SITE])

    assert capsys.readouterr().err.startswith(f"{slug}: nothing is left of it; `partwork report")

    run(["clean", str(file)])

    assert capsys.readouterr().err.startswith("share.txt: nothing is left of it; --format json")


def test_an_article_that_is_there_in_another_form_is_told_in_one_line(
    named_home: Path, tmp_path: Path, capsys
) -> None:
    lines = [
        "The bell of Trewen was cast from the coins of a parish that had little else to give.",
        "It was too small for the tower, and rang so high that dogs came to church before men.",
        "The founder took it back twice, and twice the parish fetched it home again by night.",
    ]
    (tmp_path / "bell.txt").write_text("\n\n".join(("A Small Bell", *lines)))
    body = "".join(f"<p>{line}</p>" for line in lines)
    (tmp_path / "bell.html").write_text(f"<h1>The bell that was too small</h1>{body}")

    assert run(["ingest", str(tmp_path / "bell.txt"), str(tmp_path / "bell.html")]) == 0

    told = capsys.readouterr()
    assert told.err == (
        "the-bell-that-was-too-small: says what the article a-small-bell says; to have it once, "
        "remove content/articles/the-bell-that-was-too-small.md and content/inbox/bell.html\n"
    )
