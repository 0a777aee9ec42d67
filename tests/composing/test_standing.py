"""A series composed again: what is the same stays, what is said is not said again."""

from collections.abc import Callable, Sequence

import pytest

from partwork.composing.series import Composition
from partwork.composing.standing import Standing
from partwork.model.article import Article
from partwork.model.plan import Plan
from partwork.model.series import Division, Instalment

Compose = Callable[..., Composition]


def again(
    compose: Compose,
    made: Composition,
    articles: Sequence[Article],
    *,
    division: Division,
    settled: Sequence[Instalment] = (),
) -> Composition:
    """What composing makes of the articles after `made`, with other ids for what is new."""
    plan = Plan(division, "", made.grounds, made.passed_over)
    standing = [Standing(part, is_settled=part in settled) for part in made.instalments]
    numbers = iter(range(100))
    return compose(
        articles,
        division=division,
        plan=plan,
        standing=standing,
        new_id=lambda: f"new{next(numbers):05d}",
    )


@pytest.mark.parametrize("division", Division)
def test_the_same_articles_leave_every_part_as_it_is(
    articles: tuple[Article, ...], compose: Compose, division: Division
) -> None:
    made = compose(articles, division=division)

    same = again(compose, made, articles, division=division)

    assert same.instalments == made.instalments
    assert same.unchanged == {part.id for part in made.instalments}
    assert (same.grounds, same.passed_over) == (made.grounds, made.passed_over)


@pytest.mark.parametrize("division", Division)
@pytest.mark.parametrize("added", range(5))
def test_an_added_article_is_used_and_no_sentence_of_the_others_moves(
    articles: tuple[Article, ...], compose: Compose, division: Division, added: int
) -> None:
    before = [article for n, article in enumerate(articles) if n != added]
    made = compose(before, division=division)

    more = again(compose, made, articles, division=division)

    homes = {s.text: part.id for part in made.instalments for s in part.sentences}
    for part in more.instalments:
        for sentence in part.sentences:
            assert homes.get(sentence.text, part.id) == part.id
    assert articles[added].slug in more.used
    assert {p.id for p in made.instalments} <= {p.id for p in more.instalments}


@pytest.mark.parametrize("division", Division)
def test_of_a_settled_part_nothing_is_said_again(
    articles: tuple[Article, ...], compose: Compose, division: Division
) -> None:
    made = compose(articles, division=division)
    first = made.instalments[0]

    more = again(compose, made, articles, division=division, settled=[first])

    said = {s.text for s in first.sentences}
    assert not any(s.text in said for part in more.instalments for s in part.sentences)
    assert [part.number for part in more.instalments] == [
        part.number for part in made.instalments[1:]
    ]
