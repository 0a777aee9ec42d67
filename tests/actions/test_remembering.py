"""Articles of one site clean each other, and never worse than each by itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from partwork.actions.clean_again import clean_site
from partwork.actions.filing import load_record
from partwork.actions.ingest import ingest
from partwork.actions.init import init_home, wishes_from
from partwork.assembly import Press, assemble
from partwork.cleaning.cleaner import cleaned
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.model.article import Rights
from partwork.reading.raw import read_article
from partwork.settings import Settings

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


@contextmanager
def another_home(folder: Path) -> Iterator[Press]:
    """A press in a new home."""
    with TemporaryDirectory(dir=folder) as home:
        init_home(Path(home), wishes_from("The Other Bench", "", "", "", None))
        with assemble(Settings(home=Path(home))) as press:
            yield press


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


def test_earlier_articles_that_would_be_cleaner_are_named_once_and_left(
    press: Press, tmp_path: Path
) -> None:
    told = []
    for thing in THINGS[:4]:
        report = ingest(press, [paste(tmp_path, thing)], rights=Rights.OWN, site=SITE)
        told.append(report.would_be_cleaner)

    assert told == [{}, {}, {SITE: ("the-kettle-at-war", "the-ladle-at-war")}, {}]
    assert "Lantern" in texts(press)["kettle"]


def test_an_article_whose_site_is_named_later_is_told_of(press: Press, tmp_path: Path) -> None:
    files = [paste(tmp_path, thing) for thing in THINGS[:3]]
    ingest(press, files[:2], rights=Rights.OWN, site=SITE)
    ingest(press, files[2:], rights=Rights.OWN)

    report = ingest(press, files[2:], rights=Rights.OWN, site=SITE)

    names = ("the-kettle-at-war", "the-ladle-at-war", "the-spoon-at-war")
    assert report.would_be_cleaner == {SITE: names}


def test_cleaned_again_articles_of_a_site_are_as_if_they_had_come_together(
    press: Press, tmp_path: Path, home: Path
) -> None:
    for thing in THINGS:
        ingest(press, [paste(tmp_path, thing)], rights=Rights.OWN, site=SITE)
    one_by_one = texts(press)

    done = clean_site(press, SITE)

    assert done.changed == ("the-kettle-at-war", "the-ladle-at-war")
    assert done.same == ("the-colander-at-war", "the-skillet-at-war", "the-spoon-at-war")
    with another_home(tmp_path) as other:
        files = [paste(tmp_path, thing) for thing in THINGS]
        ingest(other, files, rights=Rights.OWN, site=SITE)
        assert texts(press) == texts(other)
    assert texts(press) != one_by_one
    assert clean_site(press, SITE).changed == ()


def test_what_a_hand_has_edited_is_not_cleaned_again_and_is_named(
    press: Press, tmp_path: Path
) -> None:
    for thing in THINGS[:2]:
        ingest(press, [paste(tmp_path, thing)], rights=Rights.OWN, site=SITE)
    file = press.library.article_file("the-kettle-at-war")
    edited = press.library.read(file) + "\nA line of mine.\n"
    file.write_text(edited)
    (press.library.inbox / "ladle.txt").unlink()

    report = ingest(press, [paste(tmp_path, THINGS[2])], rights=Rights.OWN, site=SITE)
    done = clean_site(press, SITE)

    assert report.would_be_cleaner == {}
    assert (done.edited, done.lost) == (("the-kettle-at-war",), ("the-ladle-at-war",))
    assert press.library.read(file) == edited


def test_a_site_without_articles_is_told(press: Press) -> None:
    with pytest.raises(LibraryError, match=r"no article of the site 'lids\.example\.org'"):
        clean_site(press, "lids.example.org")


WORDS = st.sampled_from(("copper", "quay", "lathe", "river", "winter", "clerk", "tin", "market"))
SENTENCE = st.lists(WORDS, min_size=6, max_size=12).map(lambda w: f"The {' '.join(w)} was cold.")


@given(st.lists(st.lists(SENTENCE, min_size=3, max_size=5), min_size=3, max_size=4))
@settings(
    max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_together_no_line_is_lost_that_is_the_articles_own(
    tmp_path: Path, bodies: list[list[str]]
) -> None:
    with another_home(tmp_path) as press:
        files = []
        for number, body in enumerate(bodies):
            files.append(tmp_path / f"{number}.txt")
            files[-1].write_text("\n\n".join((f"Kettle number {number}", *body, CLOSING)))
        report = ingest(press, files, rights=Rights.OWN, site=SITE)

    for number, made in enumerate(report.articles):
        alone = cleaned(read_article(files[number].read_bytes(), files[number].name))
        together = {block.text for block in made.cleaned.article.blocks}
        others = {line for at, body in enumerate(bodies) if at != number for line in body}
        assert together <= {block.text for block in alone.article.blocks}
        assert {b.text for b in alone.article.blocks} - together <= {CLOSING, *others}


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


@pytest.mark.parametrize("name", ["the kettle weekly", "a/b", "-", "x" * 300])
def test_what_cannot_name_a_site_is_told(press: Press, name: str) -> None:
    with pytest.raises(LibraryError, match="cannot name a site: use its host"):
        ingest(press, [], rights=Rights.OWN, site=name)
