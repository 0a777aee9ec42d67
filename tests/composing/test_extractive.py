from collections.abc import Callable

import pytest

from partwork.composing.series import Composition
from partwork.composing.titles import Wording, in_sentence_case, preheader_of
from partwork.composing.voice import needs_antecedent
from partwork.model.article import Article
from partwork.model.series import Division, Heading, Paragraph

Compose = Callable[..., Composition]

TEA = """
# How tea is made

A bag of ripe compost hangs in a bucket of rain water for two days. The brew is thinned to the
colour of weak tea before it goes to the beds. Side effects are mostly mild: headache and nausea
from the smell of the bucket.

# So... what is compost tea, really?

Compost tea is a brew that gardeners pour around seedlings in the spring. Ripe compost gives it the
smell of forest floor.

# What Is It, Then?

A brew of compost is older than any bag of fertiliser in the shed. Farmers steeped compost in
barrels long before shops sold it.
"""


def test_a_caution_that_would_be_misread_alone_stays_with_what_it_speaks_of(
    article_of: Callable[..., Article], compose: Compose
) -> None:
    (part,) = compose([article_of("tea", TEA)], parts=1).instalments
    paragraphs = [e for e in part.body if isinstance(e, Paragraph)]

    (with_effects,) = [p for p in paragraphs if "Side effects" in p.sentences[-1].text]
    assert len(with_effects.sentences) > 1
    assert part.cautions == ()


def test_sections_of_one_aspect_stand_under_one_heading(
    article_of: Callable[..., Article], compose: Compose
) -> None:
    (part,) = compose([article_of("tea", TEA)], division=Division.ARTICLE).instalments
    headings = [e.text for e in part.body if isinstance(e, Heading)]

    assert "What is compost tea?" in headings
    assert not [heading for heading in headings if heading.startswith("What is it")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Caffeine does not remove it.", True),
        ("Side effects are mostly mild.", True),
        ("Side effects of lime are mostly mild.", False),
        ("Worms in a dry box die within days unless a neighbour waters them.", False),
        ("It keeps worms warm.", True),
        ("Water at the same time each morning, whatever the sky looks like.", False),
        ("Give the same care to seedlings.", True),
    ],
)
def test_a_sentence_needs_another_where_its_subject_is_not_in_it(text: str, expected: bool) -> None:
    assert needs_antecedent(text) is expected


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("So... What Is Compost, Really?", "What is compost?"),
        ("The Winter Heap In Norwood Gardens", "The winter heap in Norwood gardens"),
        ("Compost in Sedgeley", "Compost in Sedgeley"),
        ("THE WINTER HEAP IN NORWOOD", "The winter heap in Norwood"),
        ("HEAPS AND RHS RULES", "Heaps and RHS rules"),
        ("DIY", "DIY"),
        ("2. Mix the heap", "Mix the heap"),
        ("12 heaps", "12 heaps"),
        ("1.5 litres of compost", "1.5 litres of compost"),
    ],
)
def test_headings_lose_talk_and_needless_capitals(heading: str, expected: str) -> None:
    lower = frozenset({"compost", "winter", "heap", "garden"})
    wording = Wording("compost", lower, is_english=True, upper=frozenset({"norwood", "rhs"}))

    assert in_sentence_case(heading, wording) == expected


def test_a_preheader_is_a_sentence_that_opens_something(
    article_of: Callable[..., Article], compose: Compose
) -> None:
    (part,) = compose([article_of("tea", TEA)], division=Division.ARTICLE).instalments

    assert part.preheader in TEA.replace("\n", " ")
    assert part.preheader.startswith(("A bag of", "Compost tea is", "A brew of"))


def test_a_preheader_is_no_half_of_somebodys_words() -> None:
    long = " ".join(["and the frost came into the heap"] * 4)
    quoted = f"“I turned the heap in May {long}.”"

    assert preheader_of("Heaps", [quoted]) == ""
    assert preheader_of("Heaps", [quoted, f"Gardeners wait {long}."]).startswith("Gardeners wait")


def test_a_title_that_shouts_is_lowered(
    article_of: Callable[..., Article], compose: Compose
) -> None:
    shouted = article_of("tea", TEA, title="COMPOST TEA FOR BEDS")

    (part,) = compose([shouted], division=Division.ARTICLE).instalments

    assert (part.title, part.subject) == ("Compost tea for beds", "Compost tea for beds")
