"""A series is cut into parts of readable length, and each has a title that fits it."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import count

import pytest

from partwork.composing.filling import filled
from partwork.composing.passages import Passage, PassageKind, Section, Statement
from partwork.composing.series import Composition
from partwork.composing.standing import Standing
from partwork.composing.themes import Theme
from partwork.composing.titles import Wording
from partwork.model.article import Article
from partwork.model.plan import Plan
from partwork.model.series import Citation, Division, Instalment

Compose = Callable[..., Composition]
ArticleOf = Callable[..., Article]

_VOWELS, _CONSONANTS = "aeiou", "bdfgklmnprstvz"


def chance_of(seed: int) -> random.Random:
    return random.Random(seed)  # noqa: S311  # invents words, no secrets


def invented_words(number: int, chance: random.Random) -> list[str]:
    """Words that no other text has, so that nothing is said twice."""
    return [
        "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(4))
        for _ in range(number)
    ]


def invented_prose(words: int, chance: random.Random) -> str:
    """So many words in sentences of ten."""
    sentences = [" ".join(invented_words(10, chance)) for _ in range(words // 10)]
    return " ".join(f"{text.capitalize()}." for text in sentences)


def theme_of(name: str, words: int, chance: random.Random) -> Theme:
    text = invented_prose(words, chance)
    statements = [Statement(f"{s}.", (Citation(name, "0"),)) for s in text.split(".") if s]
    passages = tuple(
        Passage(PassageKind.PROSE, (one,), 0, place, place) for place, one in enumerate(statements)
    )
    return Theme((Section(name, name, 0.0, passages),))


def length(part: Instalment) -> int:
    return sum(len(sentence.text.split()) for sentence in part.sentences)


def names(themes: Sequence[Theme]) -> list[list[str]]:
    return [[section.article for section in theme.sections] for theme in themes]


WORDING = Wording("", frozenset(), is_english=True)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((120, 300), [["a", "b"]]),  # has room for both
        ((120, 440), [["a", "b"], ["b"]]),  # is enough for two
        ((300, 300), [["a"], ["b"]]),
        ((120,), [["a"]]),  # there is nothing to go with
        ((200, 280, 440), [["b"], ["a", "c"], ["c"]]),  # with the one with which it makes two
    ],
)
def test_a_theme_too_short_for_a_part_goes_together_with_another(
    words: tuple[int, ...], expected: list[list[str]]
) -> None:
    chance = chance_of(7)
    themes = [theme_of(name, n, chance) for name, n in zip("abc", words, strict=False)]

    assert names(filled(themes, WORDING)) == expected


@pytest.mark.parametrize("seed", range(6))
def test_parts_have_250_to_450_words_where_the_articles_have_enough(
    compose: Compose, article_of: ArticleOf, seed: int
) -> None:
    chance = chance_of(seed)
    articles = [
        article_of(
            f"article-{n}",
            "\n\n".join(
                f"# {' '.join(invented_words(4, chance))}\n\n"
                f"{invented_prose(chance.randrange(30, 330), chance)}"
                for _ in range(chance.randrange(2, 5))
            ),
        )
        for n in range(chance.randrange(3, 7))
    ]

    parts = compose(articles).instalments

    assert len(parts) > 1
    assert [p for p in parts if not 250 <= length(p) <= 450] == []


def test_a_part_takes_what_repeats_a_little_before_it_stays_too_short(
    compose: Compose, article_of: ArticleOf
) -> None:
    chance = chance_of(3)
    text = " ".join(
        f"In the {word} garden the {other} heap stands {' '.join(invented_words(6, chance))}."
        for word, other in zip(invented_words(25, chance), invented_words(25, chance), strict=True)
    )

    (part,) = compose([article_of("heaps", f"# The heaps of the gardens\n\n{text}")]).instalments

    assert length(part) >= 250


def test_a_part_that_is_little_but_one_article_has_its_title(
    compose: Compose, article_of: ArticleOf
) -> None:
    chance = chance_of(5)

    def essay(slug: str, title: str, *headings: str) -> Article:
        text = "\n\n".join(f"# {h}\n\n{invented_prose(150, chance)}" for h in headings)
        return article_of(slug, text, title=title)

    parts = compose(
        [
            essay("heaps", "The Quiet Heap: a Year with Leaves", "Straw: the roof", "Rain and rot"),
            essay("worms", "My Worms and I", "Castings: the gold", "Peel and paper"),
        ]
    ).instalments

    titles = {part.articles: part.title for part in parts}
    assert titles["heaps",] == "The quiet heap: a year with leaves"
    assert titles["worms",] != "My Worms and I"  # in nobody's first person


def test_who_asks_for_parts_gets_short_ones(compose: Compose, article_of: ArticleOf) -> None:
    chance, numbers = chance_of(9), count(1)
    articles = [
        article_of(f"article-{next(numbers)}", f"# Heading\n\n{invented_prose(120, chance)}")
        for _ in range(3)
    ]

    assert len(compose(articles, parts=3).instalments) == 3
    assert len(compose(articles, division=Division.ARTICLE).instalments) == 3
    assert len(compose(articles).instalments) == 1


@pytest.mark.parametrize("plan", [None, Plan(Division.THEME)], ids=["none", "of nothing"])
def test_without_a_record_what_a_part_passed_over_makes_no_part(
    compose: Compose, article_of: ArticleOf, plan: Plan | None
) -> None:
    article = article_of("heaps", f"# The heaps\n\n{invented_prose(620, chance_of(11))}")
    (part,) = compose([article]).instalments
    there = {"standing": [Standing(part, is_settled=True)], "plan": plan}

    again = compose([article], **there)

    assert again.instalments == ()
    assert any("were passed over" in message for message in again.left_out)
    assert len(compose([article], parts=2, **there).instalments) == 1  # asked for


def test_what_a_person_wrote_of_an_article_leaves_the_rest_to_be_composed(
    compose: Compose, article_of: ArticleOf
) -> None:
    article = article_of("heaps", f"# The heaps\n\n{invented_prose(420, chance_of(12))}")
    (part,) = compose([article]).instalments
    few = replace(part, lead=part.lead[:1], key_points=(), body=(), cautions=())

    (rest,) = compose([article], standing=[Standing(few, is_settled=True)]).instalments

    assert set(rest.sentences).isdisjoint(few.sentences)
    assert length(rest) + length(few) == 420
