from collections.abc import Sequence

import pytest

from partwork.composing.grouping import Grouping
from partwork.composing.passages import Passage, PassageKind, Section, Statement
from partwork.composing.themes import themes_in

HEAT = "Bacteria warm the heap and steam rises from it while the bacteria eat."
HEAT_TOO = "Steam over a warm heap shows that the bacteria are busy and warm."
WORMS = "Worms in a box eat peelings and leave castings, which seedlings like."
WORMS_TOO = "Castings of worms feed seedlings, and the worms want peelings each week."
LIME = "Lime is for acid ground, and acid ground is seldom found near chalk."


def section(
    article: str, text: str, *, position: float = 0.5, heading: str = "", times: int = 1
) -> Section:
    passages = tuple(
        Passage(PassageKind.PROSE, (Statement(text, ()),), block=n) for n in range(times)
    )
    return Section(article, heading, position, passages)


def together(sections: Sequence[Section], count: int) -> set[frozenset[int]]:
    grouping = Grouping(sections)
    grouping.join(count)
    number = {id(s): n for n, s in enumerate(sections)}
    return {frozenset(number[id(s)] for s in g.sections) for g in grouping.groups.values()}


def test_sections_of_two_articles_on_one_thing_come_together() -> None:
    found = together(
        [section("a", HEAT), section("a", WORMS), section("b", HEAT_TOO), section("b", WORMS_TOO)],
        2,
    )

    assert found == {frozenset({0, 2}), frozenset({1, 3})}


def test_articles_on_one_subject_begin_with_the_same_thing() -> None:
    opening = [
        section("a", WORMS, position=0.0),
        section("a", HEAT, position=1.0),
        section("b", LIME, position=0.0),
        section("b", HEAT_TOO, position=1.0),
    ]

    assert together(opening, 2) == {frozenset({0, 2}), frozenset({1, 3})}


def test_essays_on_subjects_of_their_own_stay_whole() -> None:
    essays = [
        section("a", HEAT, position=0.0),
        section("a", HEAT_TOO, position=1.0),
        section("b", WORMS, position=0.0),
        section("b", WORMS_TOO, position=1.0),
    ]

    assert together(essays, 2) == {frozenset({0, 1}), frozenset({2, 3})}


def test_headings_that_name_one_aspect_bring_sections_together() -> None:
    named = [
        section("a", HEAT, heading="What are the risks?"),
        section("a", LIME, heading="How to begin"),
        section("b", WORMS, heading="Side effects and safety"),
        section("b", f"{HEAT_TOO} {LIME}", heading="First steps"),
    ]

    assert together(named, 2) == {frozenset({0, 2}), frozenset({1, 3})}


def test_no_group_grows_far_beyond_its_share() -> None:
    alike = [section(str(n), HEAT, times=9) for n in range(8)]
    grouping = Grouping([*alike, section("x", LIME, times=9), section("y", WORMS, times=9)])
    grouping.join(5)
    words = [group.words for group in grouping.groups.values()]

    assert max(words) <= 2.5 * sum(words) / 5


@pytest.mark.parametrize("count", [60, 130])
def test_many_sections_are_all_in_one_theme_each(count: int) -> None:
    sections = [section(str(n), f"{HEAT} n{n % 7} m{n % 40}", times=4) for n in range(count)]

    themes = themes_in(sections, None, is_english=True)

    found = [id(p) for theme in themes for s in theme.sections for p in s.passages]
    assert sorted(found) == sorted(id(p) for s in sections for p in s.passages)
