"""How much a series may take of an article that it may only quote."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from partwork.composing.rights import allowance, excess, rights_faults
from partwork.model.article import Article, Rights
from partwork.model.newsletter import QuotationLimits
from partwork.model.series import Instalment, Paragraph, Sentence, SignOff

# A hundred sentences of eight words, no two of which share five on end.
SENTENCES = [f"Heap {n} of row {n} weighs {n} kilos." for n in range(100, 200)]


@pytest.fixture
def article(article_of: Callable[..., Article]) -> Article:
    return replace(article_of("rows", " ".join(SENTENCES)), rights=Rights.QUOTATION)


def part(*texts: str, signed: str = "", number: int = 1) -> Instalment:
    signed_off = (SignOff(signed),) if signed else ()
    sentences = tuple(Sentence(t, (), (), signed_off, line=n) for n, t in enumerate(texts, 10))
    return Instalment(f"abcd000{number}", number, "T", "S", "P", body=(Paragraph(sentences),))


def rules(article: Article, *parts: Instalment) -> list[tuple[str, int, str]]:
    files = [f"{p.number}.md" for p in parts]
    return [(f.file, f.line, f.rule) for f in rights_faults(parts, files, {"rows": article})]


def every_second(count: int, start: int = 0) -> list[str]:
    """Sentences of which no two stand together in the article."""
    return SENTENCES[start : start + 2 * count : 2]


def test_only_an_article_that_may_be_quoted_has_an_allowance(article: Article) -> None:
    assert allowance(article) == 120  # 15 % of 800 words
    for rights in (Rights.OWN, Rights.LICENSED, Rights.UNKNOWN):
        free = replace(article, rights=rights)
        assert allowance(free) is None
        assert excess([part(*SENTENCES)], {"rows": free}) == ()


def test_a_share_up_to_the_limit_may_be_taken_and_no_more(article: Article) -> None:
    assert rules(article, part(*every_second(15))) == []
    assert rules(article, part(*every_second(16))) == [("1.md", 25, "rights")]


def test_the_share_is_that_of_all_parts_together(article: Article) -> None:
    one, two = part(*every_second(10)), part(*every_second(10, start=40), number=2)

    assert rules(article, one) == []
    assert rules(article, one, two) == [("2.md", 15, "rights")]


def test_what_is_said_twice_is_taken_once(article: Article) -> None:
    one = part(*every_second(10))

    assert rules(article, one, replace(one, number=2)) == []


def test_a_run_of_more_than_sixty_words_is_too_long(article: Article) -> None:
    seven, eight = part(*SENTENCES[:7]), part(*SENTENCES[:8])
    shuffled = part(*SENTENCES[4:8], *SENTENCES[:4])

    assert rules(article, seven) == []
    assert rules(article, eight) == [("1.md", 17, "rights")]
    assert rules(article, shuffled) == [("1.md", 17, "rights")]


def test_what_is_copied_without_being_cited_counts_and_what_is_reworded_does_not(
    article: Article,
) -> None:
    reworded = [f"In row {n} there is a heap; its weight: {n}." for n in range(100, 150)]

    assert rules(article, part(*reworded)) == []


def test_a_fault_is_signed_off_where_it_stands(article: Article) -> None:
    assert rules(article, part(*every_second(16), signed="rights")) == []


def test_the_message_says_how_much_is_taken_and_allowed(article: Article) -> None:
    (fault,) = rights_faults([part(*every_second(16))], ["1.md"], {"rows": article})

    assert "the series takes 128 of its 800 words, 120 (15 %) are allowed" in fault.message


def test_compose_can_ask_how_far_over_the_limits_its_parts_are(article: Article) -> None:
    (found,) = excess(
        [part(*SENTENCES[:20])], {"rows": article}, QuotationLimits(share=0.1, run=200)
    )

    assert (found.article, found.taken, found.allowed) == ("rows", 160, 80)
    assert (found.run, found.runs_over) == (160, False)
