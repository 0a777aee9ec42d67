"""What is looked for over a whole series: repetitions, lost caveats, sources that differ."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from partwork.composing.series import Composition
from partwork.composing.series_faults import analysis_of, differing, lost_caveats, repeated
from partwork.model.article import Article
from partwork.model.fault import Fault, Severity
from partwork.model.series import (
    Bullets,
    Citation,
    Code,
    Instalment,
    Paragraph,
    Quotation,
    Sentence,
    SignOff,
    Table,
)

SPORES = "Spores of a dry heap can harm the lungs, so people with asthma should avoid turning it."
DRY = f"""
A heap of leaves is warm in spring and cold in winter. {SPORES}

Do not try to turn it if one of these is true of you:

* You have a weak heart
* You are over 80
"""


def part(*sentences: Sentence, number: int = 1) -> Instalment:
    body = (Paragraph(sentences),)
    return Instalment(f"abcd000{number}", number, "T", "S", "P", body=body)


def said(text: str, *citations: Citation, line: int = 7, signed: str = "") -> Sentence:
    return Sentence(text, citations, signed_off=(SignOff(signed),) if signed else (), line=line)


def lost(article: Article, *parts: Instalment) -> list[Fault]:
    files = [f"{p.number}.md" for p in parts]
    return list(lost_caveats(parts, files, analysis_of([article], "en"), "series.toml"))


def test_a_point_made_twice_over_parts_is_a_fault_at_the_second() -> None:
    first = part(said("Worms eat half of their own weight of peelings every day."))
    second = part(said("Every day worms eat half of their own weight of peelings."))
    denied = part(said("Worms do not eat half of their own weight of peelings every day."))

    found = repeated([first, denied, second], ["1.md", "2.md", "3.md"])
    assert [(f.file, f.line, f.rule) for f in found] == [("3.md", 7, "repeated")]
    assert "1.md, line 7" in found[0].message


def test_a_point_made_in_other_words_is_found_too() -> None:
    one = part(said("Turning the compost heap once a month brings air to the bacteria inside."))
    two = part(said("Bacteria inside the compost get air when the heap is turned each month."))
    other = part(said("A lid of old carpet keeps the rain out."))

    found = repeated([one, other, two], ["1.md", "2.md", "3.md"])
    assert [(f.file, f.rule) for f in found] == [("3.md", "repeated")]


def test_rows_of_tables_and_code_may_be_alike() -> None:
    rows = (
        said("Leaves of oak\t30 litres\tonce a week"),
        said("Leaves of elm\t30 litres\tonce a week"),
    )
    table = Table(said("Kind of leaves\tLitres\tHow often"), rows)
    code = Code(said("sift --mesh 10 --dry --into the-barrow"))

    again = replace(part(), body=(table, code, table, code))

    assert repeated([again], ["1.md"]) == ()


def test_a_repetition_that_is_signed_off_stands() -> None:
    text = "Worms eat half of their own weight of peelings every day."
    again = part(said(text, signed="repeated"))

    assert repeated([part(said(text)), again], ["1.md", "2.md"]) == ()


@pytest.fixture
def dry(article_of: Callable[..., Article]) -> Article:
    return article_of("dry-heaps", DRY)


@pytest.fixture
def whole(dry: Article, compose: Callable[..., Composition]) -> Instalment:
    (composed,) = compose([dry]).instalments
    return composed


def test_what_the_writer_makes_has_lost_no_caveat(
    compose: Callable[..., Composition], articles: tuple[Article, ...]
) -> None:
    parts = compose(articles).instalments
    analysis = analysis_of(articles, "en")
    found = lost_caveats(parts, [f"{p.number}.md" for p in parts], analysis, "series.toml")

    assert [f for f in found if f.severity is Severity.FAULT] == []


def without(part: Instalment, words: str) -> Instalment:
    """The part as an editor leaves it who takes a sentence out."""

    def rest(sentences: tuple[Sentence, ...]) -> tuple[Sentence, ...]:
        return tuple(s for s in sentences if words not in s.text)

    body = tuple(
        replace(e, sentences=rest(e.sentences))
        if isinstance(e, Paragraph | Quotation)
        else replace(e, items=rest(e.items))
        if isinstance(e, Bullets)
        else e
        for e in part.body
    )
    return replace(
        part,
        lead=rest(part.lead),
        key_points=rest(part.key_points),
        body=body,
        cautions=rest(part.cautions),
    )


@pytest.mark.parametrize("words", ["asthma", "You are over 80"])
def test_a_caveat_that_an_editor_took_out_is_a_fault(
    dry: Article, whole: Instalment, words: str
) -> None:
    assert lost(dry, whole) == []

    (fault,) = lost(dry, without(whole, words))

    assert (fault.file, fault.rule, fault.severity) == ("1.md", "caveat", Severity.FAULT)
    assert "no part has the warning of dry-heaps" in fault.message
    assert "[@dry-heaps#" in fault.message


def test_a_caveat_said_shorter_is_held_and_one_that_no_longer_warns_is_not(
    dry: Article, whole: Instalment
) -> None:
    cited = Citation(dry.slug, dry.blocks[0].digest)
    shorter = "People with asthma should avoid turning a dry heap: its spores can harm the lungs."
    harmless = "People with asthma are turning dry heaps, and spores reach their lungs."
    gone = without(whole, "asthma")

    def with_caution(text: str, signed: str = "") -> Instalment:
        return replace(gone, cautions=(said(text, cited, signed=signed),))

    assert lost(dry, with_caution(shorter)) == []
    assert [f.rule for f in lost(dry, with_caution(harmless))] == ["caveat"]
    assert lost(dry, with_caution(harmless, signed="caveat")) == []


def test_a_caveat_of_an_article_that_no_part_cites_is_a_fault_of_the_series(dry: Article) -> None:
    other = part(said("Leaves fall."))

    assert {(f.file, f.line) for f in lost(dry, other)} == {("series.toml", 0)}


def test_a_caveat_that_no_series_may_use_is_a_notice(article_of: Callable[..., Article]) -> None:
    told = article_of(
        "told",
        "Heaps are warm in spring, and cold.\n\n"
        "A neighbour named Pia said that her heap had poisoned her cat.",
    )

    (found,) = lost(told, part(said("Heaps are warm in spring, and cold.")))

    assert (found.file, found.severity) == ("series.toml", Severity.NOTICE)
    assert "one person's story" in found.message


def test_sources_that_differ_in_a_figure_are_a_notice_where_one_of_them_is_said(
    article_of: Callable[..., Article],
) -> None:
    text = "A warm heap of leaves and straw kills the seeds of common weeds within {} weeks."
    one, two = (article_of(f"on-{n}", text.format(n)) for n in (3, 8))
    said_here = part(said(text.format(8), line=12))
    analysis = analysis_of([one, two], "en")

    (found,) = differing([said_here], ["1.md"], analysis, "series.toml")

    assert (found.file, found.line, found.rule) == ("1.md", 12, "differs")
    assert found.severity is Severity.NOTICE
    assert "on-3 says" in found.message
    assert "on-8 says" in found.message
