from collections.abc import Callable
from itertools import pairwise

import pytest

from partwork.composing.cohesion import adds, announces, is_in_step, lacks_its_noun, recalled
from partwork.composing.series import Composition
from partwork.model.article import Article
from partwork.model.series import Division, Heading, Instalment, Paragraph

Compose = Callable[..., Composition]
ArticleOf = Callable[..., Article]


def paragraphs(part: Instalment) -> list[str]:
    return [" ".join(s.text for s in e.sentences) for e in part.body if isinstance(e, Paragraph)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two creatures share the work.", True),
        ("There are three kinds of heaps.", True),
        ("There are exceptions.", True),
        ("Two weeks are enough.", False),
        ("Two creatures share the work of turning leaves into earth, worms and beetles.", False),
        ("Worms share the work.", False),
    ],
)
def test_a_short_sentence_that_counts_what_follows_announces_it(text: str, expected: bool) -> None:
    assert announces(text) is expected


def test_sentences_that_open_alike_are_in_step() -> None:
    assert is_in_step("Whoever has a balcony starts small.", "Whoever has a garden starts big.")
    assert not is_in_step("Worms eat leaves.", "Worms sleep in straw.")
    assert not is_in_step("Worms", "Worms")


def test_they_needs_something_that_is_many() -> None:
    assert lacks_its_noun("They are not for every heap.", ["Timing matters more than heat."])
    assert not lacks_its_noun("They are not for every heap.", ["Worms need air."])
    assert not lacks_its_noun("Heaps are warm.", ["Timing matters."])


def test_what_was_spoken_of_before_is_recalled() -> None:
    before = ["A thermometer on a stalk shows the heat."]

    assert recalled("Push the thermometer in deep.", before) == {"thermometer"}
    assert recalled("Push the stick in deep.", before) == frozenset()
    assert adds("A lid also keeps rain out.")
    assert not adds("A lid keeps rain out.")


STEPS = """
# What the heap needs

Whoever has a garden can build a heap from branches and leaves of one cubic metre. Whoever has a
balcony starts with a box of worms under the bench. Air reaches the middle of a heap through the
gaps between branches. Peelings go under a layer of straw so that flies do not find them.

Two creatures share the work. We shall see them soon. Leaves fall apart faster when they are torn
into small pieces first.
"""


def test_sentences_in_step_stay_together_and_no_announcement_is_left_alone(
    article_of: ArticleOf, compose: Compose
) -> None:
    (part,) = compose([article_of("heaps", STEPS)], division=Division.ARTICLE).instalments
    texts = [*paragraphs(part), " ".join(s.text for s in part.lead)]

    assert any("Whoever has a garden" in t and "Whoever has a balcony" in t for t in texts)
    assert not any("Two creatures" in s.text for s in part.sentences)


LAMPS = """
# When to be careful

Worm boxes stand in the cellar, and in a warm spring they may stand outside. Timing matters more
than heat. They are not for everyone, and whoever has a cat should ask first.
"""


def test_a_caution_about_them_comes_with_what_they_are(
    article_of: ArticleOf, compose: Compose
) -> None:
    (part,) = compose([article_of("boxes", LAMPS)], parts=1).instalments
    texts = [" ".join(s.text for s in run) for run in (part.lead, part.cautions)]

    (found,) = [t for t in [*paragraphs(part), *texts] if "They are not for everyone" in t]
    assert "Worm boxes" in found


MANY = """
# Risks of the cold heap

Frost can harm the worms in a heap that is smaller than a barrel in January and February. A small
heap in the wind cools down within two days.

# Risks of lime

Lime on a fresh heap drives the nitrogen out as gas and may irritate the skin. A handful of lime
for each layer is more than any heap can use.
"""


def test_warnings_of_two_things_stand_under_two_headings(
    article_of: ArticleOf, compose: Compose
) -> None:
    (part,) = compose([article_of("risky", MANY)], parts=1).instalments
    headings = [e.text for e in part.body if isinstance(e, Heading)]

    for before, after in pairwise(part.body):
        if isinstance(before, Heading) and "lime" in before.text:
            assert "Lime" in after.sentences[0].text  # type: ignore[union-attr] # a paragraph
    assert any("lime" in heading for heading in headings)
