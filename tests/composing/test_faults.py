from collections.abc import Callable
from dataclasses import replace

import pytest

from partwork.composing.faults import faults, repeated
from partwork.model.article import Article, Category
from partwork.model.fault import Fault
from partwork.model.series import Citation, Heading, Instalment, Paragraph, Quotation, Sentence

SOURCE = """
A heap of 60 litres reaches 65 % moisture after two weeks, says the Norwood Institute. The method
is not suitable for citrus peel or bread. “Worms are the quietest tenants of all,” says Ada Roth.
"""


@pytest.fixture
def article(article_of: Callable[..., Article]) -> Article:
    return article_of("heaps", SOURCE)


def part(article: Article, text: str, **changes: object) -> Instalment:
    """A part of one sentence that cites the article's first block."""
    cited = (Citation(article.slug, article.blocks[0].digest),)
    sentence = replace(Sentence(text, cited, line=7), **changes)
    preheader = "A preheader that is long enough for a phone to show."
    body = (Paragraph((sentence,)),)
    return Instalment("abcd1234", 1, "Heaps", "About heaps", preheader, body=body)


def rules(part: Instalment, *articles: Article) -> list[str]:
    return [f.rule for f in faults(part, {a.slug: a for a in articles}, "01-heaps.md")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The method is not suitable for citrus peel or bread.", []),
        ("A heap of 60 litres holds 65 percent water.", []),
        ("A heap of 60 litres needs 2 weeks.", []),
        ("A heap of 70 litres is wet.", ["figure"]),
        ("A heap is 60 % wet.", ["figure"]),
        ("A heap of 60 litres needs three weeks.", ["figure"]),
        ("Moisture was measured by the Norwood Institute.", []),
        ("Moisture was measured by the Sedgeley Trust.", ["name"]),
        ("The method is suitable for citrus peel and bread.", ["negation"]),
        ("“Worms are the quietest tenants of all” is how Ada Roth puts it.", []),
        ("“Worms are the loudest tenants of all” is how Ada Roth puts it.", ["quotation"]),
        ("The method is completely safe.", ["risk"]),
    ],
)
def test_a_sentence_is_held_to_the_block_it_cites(
    article: Article, text: str, expected: list[str]
) -> None:
    assert rules(part(article, text), article) == expected


def test_a_sentence_without_a_source_is_a_fault(article: Article) -> None:
    assert rules(part(article, "Heaps are warm.", citations=()), article) == ["uncited"]


def test_a_citation_of_what_is_not_there_is_a_fault(article: Article) -> None:
    gone = (Citation("heaps", "00000000"), Citation("nowhere", "00000000"))

    assert rules(part(article, "Heaps are warm.", citations=gone), article) == ["citation"] * 2


def test_a_flagged_block_is_no_source(article: Article) -> None:
    block = replace(article.blocks[0], flag=Category.PROMOTION)
    flagged = replace(article, blocks=(block,))

    assert rules(part(article, "Heaps are warm."), flagged) == ["flagged"]


def test_a_rule_that_is_signed_off_is_not_applied_to_its_sentence(article: Article) -> None:
    wrong = "Seventy heaps stood at the Sedgeley Trust."

    assert rules(part(article, wrong), article) == ["figure", "name"]
    assert rules(part(article, wrong, signed_off=("figure",)), article) == ["name"]


def test_a_quotation_is_word_for_word(article: Article) -> None:
    said = part(article, "The method is not suitable")
    sentences = said.sentences
    quoted = replace(said, body=(Quotation(sentences, "Ada Roth"),))
    altered = (replace(sentences[0], text="The method is suitable"),)

    assert rules(quoted, article) == []
    assert rules(replace(quoted, body=(Quotation(altered),)), article) == ["quotation"]
    assert rules(replace(quoted, body=(Quotation(sentences, "Ida Roth"),)), article) == ["name"]


def test_lines_without_a_source_use_the_figures_and_names_of_the_articles(
    article: Article,
) -> None:
    good = part(article, "The method is not suitable for citrus peel or bread.")
    heading = Heading("Why 80 litres are better", line=5)

    assert rules(replace(good, title="What 60 litres can do"), article) == []
    assert rules(replace(good, title="What 80 litres can do"), article) == ["figure"]
    assert rules(replace(good, subject="News from the Sedgeley Trust"), article) == ["name"]
    assert rules(replace(good, body=(heading, *good.body)), article) == ["figure"]


def test_names_are_not_guessed_where_every_noun_is_capitalised(
    article_of: Callable[..., Article],
) -> None:
    german = article_of("kompost", "Der Kompost ist warm und riecht nach Wald.", language="de")

    assert rules(part(german, "Im Herbst wärmt der Kompost den Garten."), german) == []


def test_a_fault_says_where_what_and_what_to_do(article: Article) -> None:
    found = faults(part(article, "A heap of 70 litres is wet."), {"heaps": article}, "01-heaps.md")

    assert found == (
        Fault(
            "01-heaps.md",
            7,
            "figure",
            "“A heap of 70 litres is wet.” has 70, which its sources do not; correct or cite it",
        ),
    )


def test_a_point_made_twice_over_parts_is_a_fault_at_the_second(article: Article) -> None:
    first = part(article, "Worms eat half of their own weight of peelings every day.")
    second = part(article, "Every day worms eat half of their own weight of peelings.")
    denied = part(article, "Worms do not eat half of their own weight of peelings every day.")

    found = repeated([first, denied, second], ["1.md", "2.md", "3.md"])
    assert [(f.file, f.line, f.rule) for f in found] == [("3.md", 7, "repeated")]
    assert "1.md, line 7" in found[0].message
