"""Composing again changes what it must: hands, ids, published parts and untouched parts stay."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from partwork.actions.approve import NotApprovable, approve
from partwork.actions.check import faults_of
from partwork.actions.compose import ComposeReport, compose
from partwork.actions.loading import load_parts
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.revising import OnFile, file_name
from partwork.assembly import Press
from partwork.composing.series import NothingToCompose, WrongNumberOfParts
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.instalment import print_instalment
from partwork.model.fault import Severity
from partwork.model.series import Division, Instalment
from tests.conftest import NOW

OPENING = """
A compost heap turns leaves and peelings into dark earth within a year. Bacteria do most of the
work, and they need air and water. A heap of 60 litres reaches 65 degrees after two weeks.
Leaves of oak need two years, and leaves of birch need one. What is left weighs a third of what was
put in. Gardeners sift it through a mesh of 10 millimetres and spread it under shrubs in March.
"""
STEPS = """
Choose a shady place in the garden for the heap. Put twigs below, so that air can come in from
under the heap. Layer green and brown stuff by turns, and water each layer with a can.
Turn the heap with a fork after six weeks, from the outside to the inside. Cover it with straw
before the first frost, and open the cover again when the snow has gone.
"""
RISKS = """
Ripe compost may carry spores that irritate the lungs of gardeners. People with asthma should wear
a mask when they turn a heap. Never put cooked meat on a heap, because it may draw rats.
Diseased tomato plants may infect next year's beds, for spores survive in a cool heap. Ash from
painted wood may poison the soil with lead. Children should wash their hands after digging in it.
"""
WORMS = """
Worms eat what bacteria leave behind in the lower layers. A kilogram of worms eats half a kilogram
of peelings every day. In frost they creep into the ground below the heap and come back in May.
"""


def article(press: Press, slug: str, **sections: str) -> str:
    body = "\n\n".join(f"## {title.replace('_', ' ')}\n{text}" for title, text in sections.items())
    head = f"---\ntitle: {slug.capitalize()}\nlanguage: en\nrights: own\n---\n\n"
    press.library.write(press.library.article_file(slug), head + body.strip() + "\n")
    return slug


def composed(
    press: Press, *articles: str, division: Division | None = None, **options: object
) -> ComposeReport:
    given = {"title": "", "newsletter": "", "parts": None, **options}
    return compose(press, "heaps", articles, division=division, **given)  # type: ignore[arg-type] # a test's options


def files_of(press: Press) -> dict[str, str]:
    """The parts' texts by their ids."""
    return {part.id: file.read_text() for part, file in load_parts(press, "heaps")}


def parts_of(press: Press) -> Iterator[tuple[Instalment, Path]]:
    return iter(load_parts(press, "heaps"))


def published(press: Press) -> None:
    """Part 1, in whatever words it has now."""
    preview(press, "heaps", None, NOW)
    approve(press, "heaps", 1, reviewer="Ada", channel="cli", now=NOW)
    assert publish(press, "heaps", at_once=True, now=NOW).planned


@pytest.fixture
def two(press: Press) -> tuple[str, str]:
    """Two articles of one part each."""
    return (
        article(press, "starting", What_compost_is=OPENING, How_to_begin=STEPS),
        article(press, "dangers", What_are_the_risks=RISKS),
    )


def test_what_is_new_elsewhere_in_a_part_stands_beside_a_hand_edit(
    press: Press, two: tuple[str, ...]
) -> None:
    composed(press, *two, division=Division.ARTICLE)
    _, file = next(parts_of(press))
    file.write_text(file.read_text().replace("water each layer with a can", "water each layer"))
    article(press, "starting", What_compost_is=OPENING, How_to_begin=STEPS, Who_lives_in_it=WORMS)

    report = composed(press)

    text = next(parts_of(press))[1].read_text()
    assert "water each layer." in text or "water each layer [" in text
    assert "Worms eat what bacteria leave behind" in text
    assert "edited by hand" in report.kept[0]


def test_two_hands_on_one_sentence_are_a_conflict_that_cannot_be_approved(
    press: Press, two: tuple[str, ...]
) -> None:
    composed(press, *two, division=Division.ARTICLE)
    _, file = next(parts_of(press))
    file.write_text(file.read_text().replace("a shady place", "a cool place"))
    changed = STEPS.replace("a shady place", "a sheltered place")
    article(press, "starting", What_compost_is=OPENING, How_to_begin=changed)

    report = composed(press)

    file = next(iter(press.library.instalment_files("heaps")))
    assert "a cool place" in file.read_text()
    assert "a sheltered place" in file.read_text()
    assert file.name in report.conflicts[0]
    fault = next(f for f in report.faults if "conflict" in f.message)
    assert fault.line == file.read_text().splitlines().index("<<<<<<< your text") + 1
    assert fault.severity is Severity.FAULT
    before = file.read_text()
    for refused in (
        lambda: composed(press),
        lambda: approve(press, "heaps", None, reviewer="Ada", channel="cli", now=NOW),
    ):
        with pytest.raises((ManuscriptError, NotApprovable), match="conflict"):
            refused()
    assert file.read_text() == before


def test_a_part_keeps_its_id_under_another_number_and_title(
    press: Press, two: tuple[str, ...]
) -> None:
    composed(press, *two, division=Division.ARTICLE)
    first, second = (part for part, _ in parts_of(press))

    composed(press, *reversed(two), anew=True)

    now = [part for part, _ in parts_of(press)]
    assert [part.id for part in now] == [second.id, first.id]
    assert [part.number for part in now] == [1, 2]
    assert [file.name[:3] for _, file in parts_of(press)] == ["01-", "02-"]


def take_out(press: Press, article: str) -> None:
    """Of the series, by hand."""
    file = press.library.series_folder("heaps") / "series.toml"
    text = file.read_text()
    assert f'"{article}"' in text
    file.write_text(re.sub(rf'"{article}",? ?', "", text))


def test_an_article_is_left_out_only_where_an_editor_has_taken_it_out(
    press: Press, two: tuple[str, ...]
) -> None:
    composed(press, *two, division=Division.ARTICLE)
    before = files_of(press)

    with pytest.raises(LibraryError, match=f"heaps also has {two[1]}: name all that it is to have"):
        composed(press, two[0])

    assert files_of(press) == before


def test_a_part_whose_theme_is_gone_goes_unless_it_was_edited(
    press: Press, two: tuple[str, ...]
) -> None:
    (other,) = set(two) - {"starting"}
    composed(press, *two, division=Division.ARTICLE)
    gone = list(parts_of(press))[1][1]
    take_out(press, other)
    report = composed(press, division=Division.ARTICLE)
    assert report.removed == (gone.name,)
    assert not gone.exists()

    composed(press, *two, division=Division.ARTICLE)
    _, file = list(parts_of(press))[1]
    file.write_text(file.read_text().replace("draw rats", "draw foxes"))
    edited = file.read_text()
    take_out(press, other)
    report = composed(press, division=Division.ARTICLE)

    assert file.read_text() == edited
    assert any(line.startswith(file.name) and "theme is gone" in line for line in report.kept)


@pytest.mark.parametrize("division", Division)
def test_parts_that_an_added_article_does_not_touch_stay_byte_for_byte(
    press: Press, two: tuple[str, ...], division: Division
) -> None:
    composed(press, *two, division=division)
    before = files_of(press)
    article(press, "worms", Who_lives_in_a_heap=WORMS)

    composed(press, *two, "worms")

    after = files_of(press)
    touched = [id_ for id_ in before if after[id_] != before[id_]]
    assert len(touched) <= 1
    assert any("Worms eat what bacteria" in text for text in after.values())
    assert composed(press).written == ()


def test_composing_again_without_news_writes_nothing(press: Press, two: tuple[str, ...]) -> None:
    composed(press, *two)
    stamps = {f: f.stat().st_mtime_ns for f in press.library.all_series.rglob("*") if f.is_file()}

    assert composed(press).written == ()

    now = {f: f.stat().st_mtime_ns for f in press.library.all_series.rglob("*") if f.is_file()}
    assert now == stamps


@pytest.mark.parametrize("division", Division)
def test_what_a_published_part_says_is_never_changed_nor_said_again(
    press: Press, two: tuple[str, ...], readers: tuple[str, ...], division: Division
) -> None:
    composed(press, *two, division=division, parts=None if division is Division.ARTICLE else 2)
    published(press)
    part, file = next(parts_of(press))
    before = file.read_text()
    article(press, "worms", Who_lives_in_a_heap=WORMS)

    for anew in (False, True):
        report = composed(press, *two, "worms", anew=anew)

        assert file.read_text() == before
        assert any("published" in line for line in report.kept)
        later = [
            s.text for other, _ in parts_of(press) if other.id != part.id for s in other.sentences
        ]
        assert not {s.text for s in part.sentences} & set(later)
        assert any("Worms eat" in text for text in later)
        assert any("rats" in text for text in (*later, before))
        assert [p.number for p, _ in parts_of(press)] == list(range(1, len(files_of(press)) + 1))


def test_a_published_part_that_was_edited_is_left_and_named(
    press: Press, two: tuple[str, ...], readers: tuple[str, ...]
) -> None:
    composed(press, *two, division=Division.ARTICLE)
    published(press)
    _, file = next(parts_of(press))
    file.write_text(file.read_text().replace("water each layer with a can", "water each layer"))
    edited = file.read_text()

    report = composed(press)

    assert file.read_text() == edited
    assert any(line.startswith(file.name) and "only the file has" in line for line in report.kept)


def test_a_series_that_is_all_published_has_nothing_to_compose(
    press: Press, two: tuple[str, ...], readers: tuple[str, ...]
) -> None:
    composed(press, *two, parts=1)
    published(press)
    before = files_of(press)

    report = composed(press)

    assert report.written == ()
    assert files_of(press) == before


def test_a_published_part_whose_file_is_gone_comes_back_as_it_was(
    press: Press, two: tuple[str, ...], readers: tuple[str, ...]
) -> None:
    composed(press, *two, division=Division.ARTICLE)
    published(press)
    before = files_of(press)
    next(parts_of(press))[1].unlink()

    composed(press)

    assert files_of(press) == before


def test_a_part_that_a_person_added_keeps_its_number(press: Press, two: tuple[str, ...]) -> None:
    composed(press, *two, division=Division.ARTICLE)
    own = press.library.series_folder("heaps") / "03-a-greeting.md"
    own.write_text("---\nid: mypart01\nnumber: 3\ntitle: Hello\nsubject: Hi\npreheader: Hm\n---\n")
    article(press, "worms", Who_lives_in_a_heap=WORMS)
    text = own.read_text()

    composed(press, *two, "worms")

    assert own.read_text() == text
    assert [part.number for part, _ in parts_of(press)] == [1, 2, 3, 4]


def test_line_ends_are_no_edit(press: Press, two: tuple[str, ...]) -> None:
    composed(press, *two)
    _, file = next(parts_of(press))
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    article(press, "worms", Who_lives_in_a_heap=WORMS)

    report = composed(press, *two, "worms")

    assert report.kept == report.conflicts == ()
    assert any("Worms eat" in text for text in files_of(press).values())


def test_a_settled_conflict_is_an_edit_like_any_other(press: Press, two: tuple[str, ...]) -> None:
    composed(press, *two, division=Division.ARTICLE)
    _, file = next(parts_of(press))
    file.write_text(file.read_text().replace("a shady place", "a cool place"))
    changed = STEPS.replace("a shady place", "a sheltered place")
    article(press, "starting", What_compost_is=OPENING, How_to_begin=changed)
    composed(press)
    file = press.library.instalment_files("heaps")[0]
    ours = file.read_text().partition("=======\n")[0].replace("<<<<<<< your text\n", "")
    file.write_text(ours + file.read_text().partition(">>>>>>> composed anew\n")[2])
    settled = file.read_text()

    report = composed(press)

    assert file.read_text() == settled
    assert "a cool place" in settled
    assert not report.conflicts


def test_names_and_numbers_that_a_person_gave_stay(press: Press, two: tuple[str, ...]) -> None:
    composed(press, *two, division=Division.ARTICLE)
    _, one = next(parts_of(press))
    one.write_text(one.read_text().replace("number: 1", "number: 5"))
    one.rename(one.with_name("05-my-name.md"))
    article(press, "starting", What_compost_is=OPENING + WORMS, How_to_begin=STEPS)

    composed(press, anew=True)

    assert [(p.number, f.name[:5]) for p, f in parts_of(press)] == [(1, "01-da"), (5, "05-my")]


def test_parts_that_change_places_never_write_over_each_other(
    press: Press, two: tuple[str, ...]
) -> None:
    for name in two:
        file = press.library.article_file(name)
        file.write_text(file.read_text().replace(f"title: {name.capitalize()}", "title: Heaps!"))
    composed(press, *two, division=Division.ARTICLE)
    for _, file in parts_of(press):
        file.write_text(file.read_text() + f"\nA line of {file.name}.\n")
    edits = [file.name for _, file in parts_of(press)]

    composed(press, *reversed(two), anew=True)

    now = [file.read_text() for _, file in parts_of(press)]
    assert [f"A line of {name}." in text for name, text in zip(edits, now[::-1], strict=True)] == [
        True,
        True,
    ]


def test_a_part_that_was_taken_away_is_composed_again_under_its_id(
    press: Press, two: tuple[str, ...]
) -> None:
    composed(press, *two, division=Division.ARTICLE)
    before = files_of(press)
    next(parts_of(press))[1].unlink()

    composed(press)

    assert files_of(press) == before


def test_broken_front_matter_is_named_and_nothing_is_written(
    press: Press, two: tuple[str, ...]
) -> None:
    composed(press, *two)
    _, file = next(parts_of(press))
    file.write_text(file.read_text().replace("title:", "title: [", 1))
    before = {f: f.read_bytes() for f in press.library.all_series.rglob("*") if f.is_file()}

    with pytest.raises(ManuscriptError, match=rf"{file.name}, line \d"):
        composed(press, anew=True)

    assert {f: f.read_bytes() for f in press.library.all_series.rglob("*") if f.is_file()} == before


def test_a_broken_plan_says_what_to_do(press: Press, two: tuple[str, ...]) -> None:
    composed(press, *two)
    press.library.plan_file("heaps").write_text("[]")

    with pytest.raises(ManuscriptError, match=r"plan\.json: .*remove it"):
        composed(press)


def test_more_parts_than_are_published_must_be_asked_for(
    press: Press, two: tuple[str, ...], readers: tuple[str, ...]
) -> None:
    composed(press, *two, parts=2)
    published(press)

    with pytest.raises(WrongNumberOfParts, match="more than 1"):
        composed(press, parts=1)


def test_one_article_makes_a_series(press: Press) -> None:
    article(press, "starting", What_compost_is=OPENING)

    assert len(composed(press).series.instalments) == 1


def test_of_forty_articles_each_is_used_or_named(press: Press) -> None:
    names = [
        article(
            press, f"heap-{n}", What_it_is=f"Heap {n} in garden {n} holds {n}0 litres.", Steps=STEPS
        )
        for n in range(1, 41)
    ]

    report = composed(press, *names)

    used = {slug for part in report.series.instalments for slug in part.articles}
    named = {line.split(":")[0] for line in report.left_out if "nothing of it is used" in line}
    assert used | named == set(names)
    assert not used & named
    assert len(used) > 20


def test_articles_that_differ_by_a_word_say_each_thing_once(press: Press) -> None:
    article(press, "one", What_compost_is=OPENING, How_to_begin=STEPS)
    article(press, "two", What_compost_is=OPENING.replace("dark", "black"), How_to_begin=STEPS)

    series = composed(press, "one", "two").series

    said = [s.text for part in series.instalments for s in part.sentences]
    assert len(said) == len(set(said))
    assert len([text for text in said if "leaves and peelings" in text]) == 1
    assert not [f for f in faults_of(press, "heaps") if f.severity is Severity.FAULT]


def test_an_article_in_another_language_is_named_and_left_out(press: Press) -> None:
    article(press, "starting", What_compost_is=OPENING)
    file = press.library.article_file("kompost")
    file.write_text("---\ntitle: Kompost\nlanguage: de\n---\n\nAus Laub entsteht dunkle Erde.\n")

    report = composed(press, "starting", "kompost")

    assert any("kompost: is in de, the series in en" in line for line in report.left_out)
    assert "kompost" not in report.series.instalments[0].articles
    take_out(press, "starting")
    with pytest.raises(NothingToCompose, match="kompost: is in de"):
        composed(press)


def test_a_source_that_is_only_a_list_composes(press: Press) -> None:
    press.library.write(
        press.library.article_file("odd"),
        "---\ntitle: Odd\nlanguage: en\n---\n\n- leaves and twigs\n- peelings of carrots\n",
    )

    series = composed(press, "odd").series

    assert "leaves and twigs" in " ".join(s.text for s in series.instalments[0].sentences)


def test_an_article_without_a_full_stop_is_refused_with_the_reason(press: Press) -> None:
    article(press, "odd", What_it_is="A heap of leaves and twigs that turns into earth")

    with pytest.raises(NothingToCompose, match=r"odd: nothing in it .*\(not a sentence\)"):
        composed(press, "odd")


def test_an_article_of_headings_alone_is_refused_in_words(press: Press) -> None:
    article(press, "empty", What_it_is="", How_to_begin="")

    with pytest.raises(NothingToCompose, match="empty: nothing in it"):
        composed(press, "empty")


def test_without_a_record_what_an_editor_took_out_makes_no_part_of_a_few_words(
    press: Press, two: tuple[str, ...]
) -> None:
    composed(press, *two, division=Division.ARTICLE)
    _, file = next(parts_of(press))
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(line for line in lines if "Leaves of oak" not in line))
    before = files_of(press)
    press.library.plan_file("heaps").unlink()
    for base in press.library.base_files("heaps"):
        base.unlink()

    report = composed(press, division=Division.ARTICLE)

    assert files_of(press) == before
    assert any("too few for a part" in line for line in report.left_out)


def test_a_sentence_mended_after_its_part_went_out_makes_no_part(
    press: Press, two: tuple[str, ...], readers: tuple[str, ...]
) -> None:
    composed(press, *two, division=Division.ARTICLE)
    published(press)
    file = press.library.article_file("starting")
    file.write_text(file.read_text() + "\nA lid of willow lasts for nine summers in the shade.\n")

    report = composed(press)

    assert len(list(parts_of(press))) == 2
    assert any("too few for a part" in line for line in report.left_out)


def test_files_keep_the_names_that_earlier_versions_gave_them() -> None:
    part = Instalment("part0001", 1, "Über Größe", "Über Größe", "")
    old = OnFile(part, Path("01-ber-gr-e.md"), "text", print_instalment(part), is_published=False)

    assert file_name(replace(part, number=2), old) == "02-ber-gr-e.md"
    assert file_name(part) == "01-uber-grosse.md"
