from collections import Counter
from collections.abc import Callable
from itertools import pairwise

import pytest

from partwork.composing.evidence import evidence_in, figures_in, hedges, names_missing, says_no
from partwork.composing.faults import faults
from partwork.composing.material import sections_of
from partwork.composing.risk import denies_risk, is_caveat
from partwork.composing.series import Composition
from partwork.composing.setting import body_of
from partwork.composing.titles import Wording
from partwork.composing.transitions import (
    ANOTHER_SOURCE,
    POINT_BY_POINT,
    TRANSITIONS,
    is_transition,
    transition_to,
)
from partwork.composing.voice import objection
from partwork.model.article import Article
from partwork.model.series import Bullets, Heading, Paragraph, Sentence

ONE = """
# How compost works

Bacteria begin the work within hours and warm the heap until fungi take over from them in summer.

# Getting started

Choose a corner in the shade and lay twigs on the ground. Peelings go on top of them in layers.
"""
TWO = """
# How compost works

Gardeners in Norwood sieved theirs through wire in March for two hundred years and more. Sieved
earth of this kind went to the seedlings before it went to any bed of roses.
"""


@pytest.mark.parametrize("text", TRANSITIONS)
def test_a_transition_claims_nothing(text: str) -> None:
    assert figures_in(text) == frozenset()
    assert names_missing(text, evidence_in("")) == ()
    assert not any(judge(text) for judge in (says_no, hedges, is_caveat, denies_risk))
    assert objection(text) == ""


def test_only_the_very_words_as_a_heading_are_a_transition() -> None:
    assert is_transition(Heading(ANOTHER_SOURCE, 3))
    assert not is_transition(Heading("From another source in Norwood", 3))
    assert not is_transition(Paragraph((Sentence(ANOTHER_SOURCE),)))


def test_another_article_under_one_heading_is_said_to_be_another(
    article_of: Callable[..., Article],
) -> None:
    articles = (article_of("one", ONE), article_of("two", TWO))
    sections = [s for a in articles for s in sections_of(a, is_english=True)[0]]
    placed = [(section, passage) for section in sections for passage in section.passages]
    wording = Wording("compost", frozenset({"compost", "works"}), is_english=True)

    body = body_of(placed, "A title", wording, is_parted=True)

    (after,) = [two for one, two in pairwise(body) if one == Heading(ANOTHER_SOURCE, 3)]
    assert isinstance(after, Paragraph)
    assert {c.article for s in after.sentences for c in s.citations} == {"two"}


def test_what_helps_no_reader_is_not_joined() -> None:
    long = Paragraph((Sentence("Leaves " * 30 + "fall."),))
    short = Paragraph((Sentence("Leaves fall."),))
    announcing = Paragraph((Sentence("Take these:"),))
    items = Bullets((Sentence("Straw"),))

    assert transition_to(long, short, is_other=True) == Heading(ANOTHER_SOURCE, 3)
    assert transition_to(long, short, is_other=False) is None
    assert transition_to(short, long, is_other=True) is None
    assert transition_to(items, long, is_other=False) == Heading(POINT_BY_POINT, 3)
    assert transition_to(items, announcing, is_other=False) is None


def test_no_transition_stands_twice_in_a_part_or_last(
    articles: tuple[Article, ...], compose: Callable[..., Composition]
) -> None:
    for parts in (1, 2, 3):
        for part in compose(articles, parts=parts).instalments:
            found = Counter(e.text for e in part.body if is_transition(e) if isinstance(e, Heading))
            assert all(count == 1 for count in found.values())
            assert not any(is_transition(e) for e in part.body[-1:])
            assert faults(part, {a.slug: a for a in articles}, "1.md") == ()
