from collections.abc import Callable
from dataclasses import replace

import pytest

from partwork.composing.aspects import Aspect
from partwork.composing.differences import differences
from partwork.composing.material import sections_of
from partwork.composing.overlap import Ideas, point_of
from partwork.composing.passages import Section
from partwork.composing.repeats import without_repeats
from partwork.composing.retelling import told_once
from partwork.composing.themes import Theme
from partwork.model.article import Article

QUICK = "A tumbler makes finished compost within a single summer, much faster than an open heap."
RAPID = "Finished compost is ready in a tumbler after one summer, more rapidly than in a heap."
OTHER = "Worms eat half of their weight every day and leave castings."


def sections_from(article_of: Callable[..., Article], **texts: str) -> list[Section]:
    return [
        section
        for slug, text in texts.items()
        for section in sections_of(article_of(slug, text), is_english=True)[0]
    ]


def likeness(one: str, other: str) -> float:
    return Ideas([point_of(t) for t in (one, other, OTHER, OTHER)]).retelling(0, 1)


def test_a_point_in_other_words_is_made_once_with_both_sources(
    article_of: Callable[..., Article],
) -> None:
    kept = without_repeats(sections_from(article_of, one=QUICK, two=RAPID))
    statements = [s for section in kept for p in section.passages for s in p.statements]

    assert len(statements) == 1
    assert {c.article for c in statements[0].citations} == {"one", "two"}


@pytest.mark.parametrize(
    "other",
    [
        "A tumbler never makes finished compost faster than an open heap does in a summer.",
        "A heap wants a shady corner and bare ground.",
    ],
)
def test_a_denial_and_another_point_retell_nothing(other: str) -> None:
    assert likeness(QUICK, other) == 0.0
    assert likeness(QUICK, RAPID) > 0.35


def test_may_or_may_not_denies_nothing() -> None:
    one = "A tumbler may or may not make finished compost in a summer."

    assert not point_of(one).is_denial
    assert point_of("A tumbler does not make compost.").is_denial


def test_other_figures_for_the_same_thing_are_both_kept_and_shown_to_the_editor(
    article_of: Callable[..., Article],
) -> None:
    sections = sections_from(
        article_of,
        one="A household of four throws away about 150 kg of kitchen waste a year.",
        two="A household of four throws away some 90 kg of kitchen waste each year.",
    )

    (found,) = differences(sections)

    assert (found.article, found.other) == ("one", "two")
    assert "150 kg" in found.text
    assert len(without_repeats(sections)) == 2


def test_years_and_other_units_are_no_difference(article_of: Callable[..., Article]) -> None:
    sections = sections_from(
        article_of,
        one="The household survey of kitchen waste in the town was made in 1998.",
        two="The household survey of kitchen waste in the town was made in 2014.",
        three="The household survey of kitchen waste in the town counted 80 kg.",
        four="The household survey of kitchen waste in the town counted 60 % peelings.",
    )

    assert differences(sections) == ()


def test_a_caution_goes_where_the_sections_about_risks_are(
    article_of: Callable[..., Article],
) -> None:
    boxes, risks = sections_from(
        article_of,
        one="# Boxes\n\nWorms suit small flats. Spores from a dusty box can irritate the lungs.",
        two="# What are the risks?\n\nDusty spores of compost can irritate the lungs of anyone.",
    )
    themes = told_once([Theme((boxes,)), Theme((risks_with_aspect(risks),))])

    told = [" ".join(s.text for s in theme.sections) for theme in themes]
    assert "irritate" not in told[0]
    assert told[1].count("irritate") == 2


def risks_with_aspect(section: Section) -> Section:
    return replace(section, aspect=Aspect.RISKS)


def test_a_span_of_time_in_words_is_no_idea_that_two_sentences_share() -> None:
    one = "If rain does not come within a quarter of an hour, water the seedlings by hand."
    other = "A gardener who waters should stop after a quarter of an hour and let the bed drain."

    assert {"quarter", "hour"}.isdisjoint(point_of(one).ideas | point_of(other).ideas)
    assert "hour" in point_of("Bacteria begin within hours.").ideas


def test_a_sentence_with_another_word_in_one_place_is_no_source_of_it(
    article_of: Callable[..., Article],
) -> None:
    summer = "Worms eat leaves and straw in the soil all summer long."
    texts = {"one": summer, "two": summer.replace("summer", "winter"), "three": summer}

    kept = without_repeats(sections_from(article_of, **texts))
    (statement,) = [s for section in kept for p in section.passages for s in p.statements]

    assert statement.text == summer
    assert {c.article for c in statement.citations} == {"one", "three"}
