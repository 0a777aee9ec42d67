from collections.abc import Callable
from dataclasses import replace

import pytest

from partwork.composing.faults import faults
from partwork.model.article import Article, Category
from partwork.model.fault import Fault, Severity
from partwork.model.series import (
    Citation,
    FrontSignOffs,
    Heading,
    Instalment,
    Kind,
    Paragraph,
    Quotation,
    Sentence,
    SignOff,
)
from partwork.model.text import Mark, Span

SOURCE = """
A heap of 60 litres reaches 65 % moisture after two weeks, says the Norwood Institute. The method
is not suitable for citrus peel or bread. Warm heaps may kill the seeds of weeds. “Worms are the
quietest tenants of all,” says Ada Roth.
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


def shelf(*articles: Article) -> dict[str, Article]:
    return {article.slug: article for article in articles}


def faults_of(part: Instalment, *articles: Article) -> tuple[Fault, ...]:
    return faults(part, shelf(*articles), "01-heaps.md")


def rules(part: Instalment, *articles: Article) -> list[str]:
    return [f.rule for f in faults_of(part, *articles)]


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
        ("Warm heaps kill the seeds of weeds.", ["hedge"]),
        ("The seeds of weeds can be killed by warm heaps.", []),
        ("“Worms are the quietest tenants of all” is how Ada Roth puts it.", []),
        ("“Worms are the loudest tenants of all” is how Ada Roth puts it.", ["quotation"]),
        ("The method is completely safe.", ["risk"]),
        ("A heap of 60 litres needs 2 days.", ["figure"]),
        ("Half of a heap is moist.", ["figure"]),
        ("Moisture is what the RHS measured.", ["name"]),
        ("RHS figures tell of moisture.", ["name"]),
        ("Warm heaps always kill the seeds of weeds.", ["hedge"]),
        ("“The method is not suitable for bread” is wrong.", ["quotation"]),
        ("It is, they say, “suitable for citrus peel or bread”.", ["negation", "quotation"]),
    ],
)
def test_a_sentence_is_held_to_the_block_it_cites(
    article: Article, text: str, expected: list[str]
) -> None:
    assert rules(part(article, text), article) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I turn my heaps in spring.", ["voice"]),
        ("A gardener told me that heaps are warm.", ["voice"]),
        ("As mentioned above, heaps are warm.", ["voice"]),
        ("“We never turn our heap at all.”", ["quotation", "voice"]),
        ("One neighbour named Pia said that heaps are warm.", ["story"]),
        ("“I never turn a heap,” says Ada Roth.", ["quotation"]),  # attributed, and made up
        ("Bipolar I is not what heaps are about.", []),
    ],
)
def test_the_newsletter_has_no_first_person_no_second_hand_and_no_story(
    article: Article, text: str, expected: list[str]
) -> None:
    blocking = [f.rule for f in faults_of(part(article, text), article)]

    assert [rule for rule in blocking if rule not in {"name"}] == expected


def test_we_is_for_an_editor_to_judge(article: Article) -> None:
    found = faults(part(article, "Heaps are warm when we turn them."), shelf(article), "01.md")

    assert [(f.rule, f.severity) for f in found] == [("voice", Severity.NOTICE)]


def test_words_that_go_on_from_a_quotation_need_no_second_speaker(article: Article) -> None:
    one = part(article, "“Worms are the quietest tenants of all,” says Ada Roth.").sentences[0]
    two = replace(one, text="“We never hear ours.”")
    talk = replace(part(article, ""), body=(Paragraph((one, two)),))

    assert "voice" not in rules(talk, article)
    assert "voice" in rules(replace(talk, body=(Paragraph((two, one)),)), article)


def test_what_goes_on_about_a_person_of_a_story_is_of_the_story(
    article_of: Callable[..., Article],
) -> None:
    told = article_of("told", "A neighbour named Pia said so. She had given up on her roses twice.")

    assert rules(part(told, "She had given up on her roses twice."), told) == ["story"]


def test_an_admitted_story_is_signed_off(article_of: Callable[..., Article]) -> None:
    told = article_of("told", "A neighbour named Pia said that roses like it.")
    story = part(
        told, "A neighbour named Pia said that roses like it.", signed_off=(SignOff("story"),)
    )

    assert rules(story, told) == []


def test_a_quotation_set_apart_may_be_in_the_first_person_but_no_patients_story(
    article_of: Callable[..., Article],
) -> None:
    said = article_of("said", "I turn my heap in spring, whatever they say.")
    sentences = part(said, "I turn my heap in spring, whatever they say.").sentences

    def quoted(speaker: str) -> list[str]:
        body = (Quotation(sentences, speaker),)
        found = rules(replace(part(said, ""), body=body), said)
        return [rule for rule in found if rule != "name"]

    assert quoted("Ada Roth") == []
    assert quoted("a patient") == ["story"]


def test_voice_is_judged_in_english_alone(article_of: Callable[..., Article]) -> None:
    french = article_of("tas", "On me demande de retourner le tas.", language="fr")
    wrong = part(french, "On me demande de retourner le tas, me dit-on.")

    assert faults(wrong, shelf(french), "01.md", language="fr") == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://heaps.example.org/turning", []),
        ("http://heaps.example.org/turning/", []),
        ("https://shop.example.org/buy", ["link"]),
    ],
)
def test_a_link_is_one_that_a_source_has(article: Article, url: str, expected: list[str]) -> None:
    linked = Span(0, 5, Mark.LINK, "https://heaps.example.org/turning")
    source = replace(article, blocks=(replace(article.blocks[0], spans=(linked,)),))
    text = "Heaps of worms."

    assert rules(part(source, text, spans=(Span(0, 5, Mark.LINK, url),)), source) == expected
    assert rules(part(source, f"Heaps: see {url}."), source) == expected


def test_a_letter_needs_no_source_and_has_its_authors_voice(article: Article) -> None:
    letter = part(article, "I fill 70 litres, and it is completely safe.", citations=())

    found = faults(letter, {}, "01.md", kind=Kind.LETTER)

    assert [f.rule for f in found] == ["risk"]


def test_a_title_speaks_for_the_newsletter(article: Article) -> None:
    good = part(article, "The method is not suitable for citrus peel or bread.")

    assert rules(replace(good, title="Why I turn my heaps"), article) == ["voice"]
    assert rules(replace(good, title="Why I Keep Heaps"), article) == ["voice"]
    assert rules(replace(good, preheader="Heaps without any risks"), article) == ["risk"]


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
    assert rules(part(article, wrong, signed_off=(SignOff("figure"),)), article) == ["name"]


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


def test_lines_without_a_source_are_signed_off_each_for_itself(article: Article) -> None:
    good = part(article, "The method is not suitable for citrus peel or bread.")
    signed = (SignOff("figure", "Jo", "tried"),)
    heading = Heading("Why 80 litres are better", signed_off=signed)
    titled = replace(good, title="What 80 litres can do", subject="What 80 litres can do")

    assert rules(replace(good, body=(heading, *good.body)), article) == []
    assert rules(titled, article) == ["figure", "figure"]
    assert rules(replace(titled, signed_off=FrontSignOffs(title=signed)), article) == ["figure"]
    assert rules(replace(titled, signed_off=FrontSignOffs(signed, signed)), article) == []


@pytest.mark.parametrize("kind", Kind)
def test_a_part_without_words_is_a_fault(article: Article, kind: Kind) -> None:
    empty = replace(part(article, " "), body=(Heading("What heaps are"),))

    found = faults(empty, shelf(article), "01-heaps.md", kind=kind)

    assert [(f.line, f.rule) for f in found] == [(0, "empty")]
    assert found[0].message == "has no sentence under its title; write one, or remove it"


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
            "“A heap of 70 litres is wet.” has 70 litres, which its sources do not; "
            "correct or cite it",
        ),
    )
