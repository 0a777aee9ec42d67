"""Files that cannot be read are named, with what to do, and stay as they are."""

from collections.abc import Mapping
from pathlib import Path

from partwork.actions.check import check, faults_of, open_faults
from partwork.assembly import Press


def swap(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def texts(press: Press) -> Mapping[Path, bytes]:
    folder = press.library.home / "content"
    return {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def places(press: Press, *paths: Path) -> list[tuple[str, int]]:
    found = check(press, paths)
    return [(fault.file, fault.line) for fault in found if fault.rule == "format"]


def test_an_article_with_broken_front_matter_is_named_though_no_series_has_it(
    press: Press, series: str
) -> None:
    file = press.library.articles / "loose.md"
    file.write_text("---\ntitle: Loose\nrights: [own\n---\n\nA text.\n")
    before = texts(press)

    assert places(press) == [("content/articles/loose.md", 3)]
    assert places(press, Path(series)) == []  # is no affair of the series
    assert texts(press) == before


def test_an_article_whose_name_cannot_be_used_is_named_once(press: Press) -> None:
    (press.library.articles / "Loose Leaf.md").write_text("A text.\n")

    (fault,) = check(press, ())
    assert fault.file == "content/articles/Loose Leaf.md"
    assert fault.message.endswith("such as loose-leaf")


def test_all_broken_files_of_a_series_are_named_at_once(
    press: Press, series: str, articles: tuple[str, ...]
) -> None:
    first, second = (press.library.article_file(slug) for slug in articles)
    swap(first, "title:", "titel: [")
    second.write_bytes(b"\xff\xfe\x00")
    part = press.library.instalment_files(series)[0]
    swap(part, "number: 1", "number: one")
    before = texts(press)

    expected = sorted(
        [
            (press.library.shown(first), 2),
            (press.library.shown(second), 0),
            (press.library.shown(part), 3),
        ]
    )
    assert places(press) == places(press, Path(series)) == expected
    assert texts(press) == before


def test_a_part_beside_a_broken_article_cannot_be_called_faultless(
    press: Press, series: str, articles: tuple[str, ...]
) -> None:
    article = press.library.article_file(articles[1])
    swap(article, "title:", "titel: [")

    part = press.library.instalment_files(series)[0]
    assert places(press, part) == [(press.library.shown(article), 2)]


def test_a_broken_record_of_cleaning_is_named_and_keeps_no_part_back(
    press: Press, series: str, articles: tuple[str, ...]
) -> None:
    record = press.library.removals_file(articles[0])
    record.write_text('{"cleaner": "x", "removals": [')
    before = texts(press)

    assert places(press) == places(press, Path(series)) == [(press.library.shown(record), 0)]
    assert "restore it from a backup" in check(press, ())[0].message
    assert not [f for f in faults_of(press, series) if f.rule == "format"]
    assert open_faults(press, series, {1}) == ()
    assert texts(press) == before


def test_settings_that_cannot_be_read_are_named_though_no_series_needs_them(press: Press) -> None:
    (press.library.newsletters / "other.toml").write_text("name = [\n")
    press.library.rules.write_text("[[rule]]\nname = \n")

    assert [file for file, _ in places(press)] == [
        "content/newsletters/other.toml",
        "content/rules.toml",
    ]
