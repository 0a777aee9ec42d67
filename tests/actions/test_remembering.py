"""Articles of one site clean each other, and never worse than each by itself."""

from pathlib import Path

import pytest

from partwork.actions.filing import load_record
from partwork.actions.ingest import ingest
from partwork.actions.remembering import site_named
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.model.article import Rights

SITE = "kettles.example.org"
CLOSING = "The Lantern Room on Quay Street is open to all who bring a lid of their own."
OWN = (
    "The {0} was cold and rain fell on every roof of the town that winter.",
    "Every {0} was turned on a lathe that stood by the river near the mill.",
    "The clerk counted each {0} twice, and so did the wife of the clerk.",
)
THINGS = ("kettle", "ladle", "spoon", "skillet", "colander")


def paste(folder: Path, thing: str) -> Path:
    """A pasted article about a thing; two headings and the closing are as in all the others."""
    first, second, third = (line.format(thing) for line in OWN)
    file = folder / f"{thing}.txt"
    body = ("What helps", second, "Conclusion", third, CLOSING)
    file.write_text("\n\n".join((f"The {thing} at war", first, *body)))
    return file


def pages(folder: Path, *things: str) -> list[Path]:
    """The same articles as web pages of one site."""
    made = []
    for thing in things:
        lines = paste(folder, thing).read_text().split("\n\n")
        file = folder / f"{thing}.html"
        link = f'<link rel="canonical" href="https://www.{SITE}/{thing}">'
        marked = "".join(
            f"<h2>{line}</h2>" if line in {"What helps", "Conclusion"} else f"<p>{line}</p>"
            for line in lines[1:]
        )
        file.write_text(
            f"<html><head><title>{lines[0]}</title>{link}</head>"
            f"<body><article><h1>{lines[0]}</h1>{marked}</article></body></html>"
        )
        made.append(file)
    return made


def texts(press: Press) -> dict[str, str]:
    """The articles' Markdown, by the thing they are about."""
    found = {}
    for slug in press.library.article_slugs():
        text = press.library.read(press.library.article_file(slug))
        found[next(thing for thing in THINGS if thing in slug)] = text
    return found


def test_what_three_articles_of_a_site_end_with_is_taken_out_of_each(
    press: Press, tmp_path: Path
) -> None:
    files = [paste(tmp_path, thing) for thing in THINGS[:3]]

    report = ingest(press, files, rights=Rights.OWN, site=SITE)

    for text in texts(press).values():
        assert "Lantern Room" not in text
        assert "## What helps" in text
        assert "## Conclusion" in text
        assert text.count("was") == 2
    for made in report.articles:
        (removal,) = made.cleaned.removals
        assert removal.reason == f"stands in 2 other articles of {SITE}"
        assert made.lines_removed == 1


def test_the_address_of_a_page_names_its_site(press: Press, tmp_path: Path) -> None:
    ingest(press, pages(tmp_path, *THINGS[:3]), rights=Rights.OWN)

    assert all("Lantern Room" not in text for text in texts(press).values())
    assert {load_record(press, slug).site for slug in press.library.article_slugs()} == {SITE}


def test_articles_that_are_there_already_are_counted(press: Press, tmp_path: Path) -> None:
    for thing in THINGS[:3]:
        ingest(press, [paste(tmp_path, thing)], rights=Rights.OWN, site=SITE)

    assert {thing: "Lantern" in text for thing, text in texts(press).items()} == {
        "kettle": True,
        "ladle": True,
        "spoon": False,
    }


def test_an_article_does_not_bear_witness_for_itself(press: Press, tmp_path: Path) -> None:
    files = [paste(tmp_path, thing) for thing in THINGS[:2]]
    ingest(press, files, rights=Rights.OWN, site=SITE)
    changed = press.library.inbox / files[0].name
    changed.write_text(changed.read_text().replace("rain", "snow"))

    ingest(press, [changed], rights=Rights.OWN)

    assert "snow" in texts(press)["kettle"]
    assert "Lantern" in texts(press)["kettle"]


def test_pasted_texts_that_come_in_together_need_more_witnesses(
    press: Press, tmp_path: Path
) -> None:
    files = [paste(tmp_path, thing) for thing in THINGS[:3]]

    ingest(press, files, rights=Rights.OWN)

    assert all("Lantern Room" in text for text in texts(press).values())


def test_four_pasted_texts_that_come_in_together_are_enough(press: Press, tmp_path: Path) -> None:
    report = ingest(press, [paste(tmp_path, thing) for thing in THINGS[:4]], rights=Rights.OWN)

    assert all("Lantern Room" not in text for text in texts(press).values())
    (removal,) = report.articles[0].cleaned.removals
    assert removal.reason == "stands in 3 other articles that came in together with this one"


def test_what_came_in_alone_at_different_times_is_compared_with_nothing(
    press: Press, tmp_path: Path
) -> None:
    for thing in THINGS:
        ingest(press, [paste(tmp_path, thing)], rights=Rights.OWN)

    assert all("Lantern Room" in text for text in texts(press).values())


def test_another_sites_articles_are_no_witnesses(press: Press, tmp_path: Path) -> None:
    ingest(press, [paste(tmp_path, t) for t in THINGS[:2]], rights=Rights.OWN, site=SITE)
    ingest(press, [paste(tmp_path, THINGS[2])], rights=Rights.OWN, site="lids.example.org")

    assert "Lantern" in texts(press)["spoon"]


def test_a_damaged_record_of_one_article_stops_no_other(press: Press, tmp_path: Path) -> None:
    ingest(press, [paste(tmp_path, THINGS[0])], rights=Rights.OWN, site=SITE)
    (slug,) = press.library.article_slugs()
    press.library.removals_file(slug).write_text("{")

    report = ingest(press, [paste(tmp_path, THINGS[1])], rights=Rights.OWN, site=SITE)

    assert len(report.articles) == 1
    assert ingest(press, [], rights=Rights.OWN).unchanged


def test_rules_that_cannot_be_read_stop_an_ingest_in_one_line(press: Press, tmp_path: Path) -> None:
    press.library.write(press.library.rules, "rule = 1\n")

    with pytest.raises(ManuscriptError, match=r"^content/rules\.toml: holds rules alone"):
        ingest(press, [paste(tmp_path, THINGS[0])], rights=Rights.OWN)


@pytest.mark.parametrize(
    ("name", "site"),
    [
        ("https://www.Example.org/a", "example.org"),
        ("WWW.example.org", "example.org"),
        ("bücher.example.org", "bücher.example.org"),
        ("", ""),
    ],
)
def test_a_site_is_named_by_its_host_or_a_page_of_it(name: str, site: str) -> None:
    assert site_named(name) == site


@pytest.mark.parametrize("name", ["the kettle weekly", "a/b", "-", "x" * 300])
def test_what_cannot_name_a_site_is_told(press: Press, name: str) -> None:
    with pytest.raises(LibraryError, match="cannot name a site: use its host"):
        ingest(press, [], rights=Rights.OWN, site=name)
