"""What a medical reviewer is shown of a part."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from partwork.composing.claims import Claim, ClaimKind, claims_in
from partwork.model.article import Article, Block, BlockKind
from partwork.model.series import (
    Citation,
    Heading,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
    Table,
)

SOURCE = """
Ripe compost feeds the soil. Of 40 gardens, 30 had fewer slugs in a trial by the Norwood Institute.
A dry heap can harm the lungs. “I would not garden without it,” says Ada Roth.
"""


@pytest.fixture
def article(article_of: Callable[..., Article]) -> Article:
    return replace(article_of("slugs", SOURCE, title="On slugs"), source="https://s.example.org/1")


def claims(article: Article, text: str, **changes: object) -> tuple[Claim, ...]:
    cited = (Citation("slugs", article.blocks[0].digest),)
    sentence = replace(Sentence(text, cited, line=9), **changes)
    part = Instalment("abcd1234", 3, "T", "S", "P", body=(Paragraph((sentence,)),))
    return claims_in(part, {"slugs": article})


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("Of 40 gardens, 30 had fewer slugs.", [ClaimKind.FIGURE]),
        ("Half of them had fewer slugs.", [ClaimKind.FIGURE]),
        ("It helps against slugs.", [ClaimKind.EFFICACY]),
        ("A dry heap can harm the lungs.", [ClaimKind.SAFETY]),
        ("Compost is completely safe.", [ClaimKind.SAFETY]),
        ("“I would not garden without it,” says Ada Roth.", [ClaimKind.TESTIMONIAL]),
        ("A neighbour named Pia said that it was warm.", [ClaimKind.TESTIMONIAL]),
        ("Half of 40 trials helped.", [ClaimKind.FIGURE, ClaimKind.EFFICACY]),
        ("Leaves fall in autumn.", None),
    ],
)
def test_a_claim_is_a_figure_an_effect_a_word_on_safety_or_a_persons(
    article: Article, text: str, kinds: list[ClaimKind] | None
) -> None:
    assert [list(claim.kinds) for claim in claims(article, text)] == ([kinds] if kinds else [])


def test_a_claim_stands_beside_the_sentence_of_its_source_that_is_most_like_it(
    article: Article,
) -> None:
    (claim,) = claims(article, "In 30 of 40 gardens there were fewer slugs.")
    (ground,) = claim.grounds

    assert (claim.part, claim.line) == (3, 9)
    assert (ground.title, ground.source) == ("On slugs", "https://s.example.org/1")
    assert ground.quote.startswith("Of 40 gardens, 30 had fewer slugs")
    assert "compost feeds" not in ground.quote


def test_a_source_that_is_gone_is_told(article: Article) -> None:
    gone = (Citation("slugs", "00000000"), Citation("nowhere", "00000000"))

    (claim,) = claims(article, "It helps against slugs.", citations=gone)

    assert [ground.quote for ground in claim.grounds] == ["", ""]


def test_words_set_apart_are_a_testimonial_with_their_speaker(article: Article) -> None:
    quotation = Quotation((Sentence("Gardens need it.", line=9),), "Ada Roth")
    part = Instalment("abcd1234", 1, "T", "S", "P", body=(quotation,))

    (claim,) = claims_in(part, {"slugs": article})

    assert (claim.kinds, claim.speaker) == ((ClaimKind.TESTIMONIAL,), "Ada Roth")


def test_titles_and_headings_are_claims_too_and_come_as_they_stand(article: Article) -> None:
    body = (Paragraph((Sentence("It helps.", line=9),)), Heading("What helps", line=11))
    part = Instalment(
        "abcd1234", 1, "Twice the crop", "Twice the crop", "Leaves and rain", body=body
    )

    found = claims_in(part, {"slugs": article})

    assert [(c.line, c.text) for c in found] == [
        (0, "Twice the crop"),
        (9, "It helps."),
        (11, "What helps"),
    ]
    assert [c.needs_ground for c in found] == [False, True, False]


def test_a_row_of_a_table_stands_beside_the_row_of_its_source() -> None:
    block = Block(BlockKind.TABLE, "Layer\tLitres\nTwigs\t10\nLeaves\t30")
    article = Article("heaps", "On heaps", (block,))
    row = Sentence("Leaves\t30", (Citation("heaps", block.digest),))
    table = Table(Sentence("Layer\tLitres"), (row,))

    (claim,) = claims_in(
        Instalment("abcd1234", 3, "T", "S", "P", body=(table,)), {"heaps": article}
    )

    assert claim.text == "Leaves\t30"
    assert [ground.quote for ground in claim.grounds] == ["Leaves 30"]
