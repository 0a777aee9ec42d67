"""`keep`, `drop` and `rules` in the terminal."""

from pathlib import Path

import pytest

from partwork.actions.ingest import ingest
from partwork.assembly import assemble
from partwork.cli.judging import numbers_in
from partwork.cli.main import run
from partwork.model.article import Rights
from partwork.model.errors import PartworkError
from partwork.settings import Settings

TEXT = """The kettle at war

Advertisement

The kettle was cold and rain fell on every roof of the town that winter.

A line of the \x1b[2J[bold]fair[/bold] 12

The clerk counted each spoon twice, and so did the wife of the clerk.
"""


@pytest.fixture
def slug(named_home: Path, tmp_path: Path) -> str:
    """An article of a site, in a home that the environment names."""
    file = tmp_path / "kettle.txt"
    file.write_text(TEXT)
    with assemble(Settings()) as press:
        report = ingest(press, [file], rights=Rights.OWN, site="example.org")
    return report.articles[0].cleaned.article.slug


def test_it_says_what_it_did_with_the_words(slug: str, capsys) -> None:
    assert run(["keep", slug, "1"]) == 0
    assert run(["drop", slug, "1-2"]) == 0

    assert capsys.readouterr().out.splitlines() == [
        "block 1 put back: “Advertisement”",
        "block 1 taken out: “Advertisement”",
        "block 2 taken out: “The kettle was cold and rain fell on every roof of the town that "
        "winter.”",
    ]


def test_words_from_outside_move_no_terminal(slug: str, capsys) -> None:
    run(["drop", slug, "3", "--site"])
    run(["rules"])

    told = capsys.readouterr().out
    assert "\x1b[2J" not in told
    assert "[bold]fair[/bold]" in told


def test_rules_are_listed_with_what_they_did_and_can_be_revoked(slug: str, capsys) -> None:
    assert run(["rules"]) == 0
    assert "no rules yet" in capsys.readouterr().out

    assert run(["keep", slug, "1", "--site"]) == 0
    assert "`partwork rules revoke keep-advertisement` ends it" in capsys.readouterr().out
    assert run(["rules"]) == 0
    told = capsys.readouterr().out
    for words in ("keep-advertisement  example.org", "keeps “advertisement”", f"from {slug}"):
        assert words in told

    assert run(["rules", "revoke", "keep-advertisement"]) == 0
    assert "keep-advertisement is revoked" in capsys.readouterr().out
    assert run(["rules", "revoke", "keep-advertisement"]) == 1
    assert "there is no rule 'keep-advertisement'" in capsys.readouterr().err


def test_a_rule_that_ends_says_what_comes_back_and_what_stays_out(
    slug: str, tmp_path: Path, capsys
) -> None:
    run(["drop", slug, "3", "--site"])
    twin = tmp_path / "lids.txt"
    twin.write_text(TEXT.replace("kettle", "lid").replace("spoon", "ladle"))
    run(["ingest", str(twin), "--site", "example.org"])
    capsys.readouterr()

    assert run(["rules", "revoke", "drop-a-line-of-the"]) == 0

    told = capsys.readouterr().out.splitlines()
    assert told[1].startswith("the-lid-at-war, block 3 is back: “A line of the")
    assert told[2].startswith(f"{slug}, block 3 stays out, “A line of the")
    assert told[2].endswith(f"was taken out by hand; `partwork keep {slug} 3` puts it back")


def test_a_refusal_is_one_line_and_changes_nothing(slug: str, capsys) -> None:
    assert run(["drop", slug, "1", "99"]) == 1

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == (
        f"partwork: {slug}, block 99: it has 4; `partwork report {slug}` numbers them\n"
    )
    run(["keep", slug, "2"])
    assert "is in the article already" in capsys.readouterr().out


def test_numbers_and_ranges_name_blocks() -> None:
    assert numbers_in(("12", "5-7", "5")) == [12, 5, 6, 7, 5]


@pytest.mark.parametrize(
    "given", [("0",), ("7-5",), ("x",), ("-3",), ("1-",), ("٣",), ("1" * 9,), ()]
)
def test_what_is_no_number_is_told(given: tuple[str, ...]) -> None:
    with pytest.raises(PartworkError, match="block"):
        numbers_in(given)


def test_a_site_s_name_cannot_act_in_the_command_that_is_offered(
    named_home: Path, tmp_path: Path, capsys
) -> None:
    file = tmp_path / "kettle.html"
    link = '<link rel="canonical" href="http://$(reboot)a/kettle">'
    file.write_text(f"<html><head>{link}</head><body><p>{TEXT[-72:]}</p></body></html>")
    with assemble(Settings()) as press:
        made = ingest(press, [file], rights=Rights.OWN).articles[0].cleaned.article

    run(["drop", made.slug, "1", "--site"])

    assert "`partwork clean --site '$(reboot)a'`" in capsys.readouterr().out
