"""What was composed is cut down to what may be quoted, and warnings are not cut."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.composing.quoting import shortened
from partwork.composing.rights import excess
from partwork.composing.transitions import POINT_BY_POINT
from partwork.model.article import Article, Block, BlockKind, Rights
from partwork.model.newsletter import QuotationLimits
from partwork.model.series import Bullets, Heading, Instalment, Paragraph, Quotation, Sentence

# A hundred sentences of eight words, no two of which share five on end.
TEXTS = [f"Heap {n} of row {n} weighs {n} kilos." for n in range(100, 200)]
WARNING = "Never feed salt to worms, because it is harmful to them."
ROWS = Article(
    "rows",
    "Rows",
    (Block(BlockKind.PARAGRAPH, " ".join(TEXTS)), Block(BlockKind.PARAGRAPH, WARNING)),
    rights=Rights.QUOTATION,
)
SHELF = {"rows": ROWS}
ALLOWED = 121  # words: 15 % of 811


def said(*texts: str) -> tuple[Sentence, ...]:
    return tuple(map(Sentence, texts))


def part(*body: Heading | Paragraph | Bullets | Quotation, number: int = 1) -> Instalment:
    return Instalment(f"abcd000{number}", number, "T", "Rows", "P", body=body)


def texts(*parts: Instalment) -> list[str]:
    return [s.text for one in parts for s in one.sentences]


def test_what_is_within_the_limits_stays_as_it_is() -> None:
    one = part(Paragraph(said(*TEXTS[0:30:2])))

    found = shortened([one], SHELF)

    assert found.instalments == (one,)
    assert found.left_out == {}


def test_an_article_that_is_not_under_quotation_is_taken_whole() -> None:
    one = part(Paragraph(said(*TEXTS)))

    assert shortened([one], {"rows": replace(ROWS, rights=Rights.LICENSED)}).left_out == {}


@given(
    st.lists(st.lists(st.sampled_from(TEXTS), max_size=40, unique=True), min_size=1, max_size=3),
    st.sampled_from([QuotationLimits(), QuotationLimits(0.02, 9), QuotationLimits(1.0, 20)]),
)
def test_nothing_goes_over_the_limits_that_could_go(
    parts: list[list[str]], limits: QuotationLimits
) -> None:
    made = [part(Paragraph(said(*those)), number=n) for n, those in enumerate(parts, 1)]

    found = shortened(made, SHELF, limits)

    assert excess(found.instalments, SHELF, limits) == ()
    assert set(texts(*found.instalments)) <= set(texts(*made))
    assert sum(found.left_out.values()) == 8 * (len(texts(*made)) - len(texts(*found.instalments)))


def test_warnings_stay_with_what_they_lean_on_even_where_they_are_too_much() -> None:
    leaning = "It may also be harmful to seeds."
    body = (Paragraph(said(*TEXTS[:30:2], TEXTS[40], leaning)), Paragraph(said(WARNING)))

    (found,) = shortened([part(*body)], SHELF, QuotationLimits(0.01, 60)).instalments

    assert texts(found) == [TEXTS[40], leaning, WARNING]


def test_the_longest_part_gives_first_and_from_its_end() -> None:
    long, short = part(Paragraph(said(*TEXTS[:40:2]))), part(Paragraph(said(TEXTS[60])), number=2)

    found = shortened([long, short], SHELF)

    assert texts(*found.instalments) == [*TEXTS[:28:2], TEXTS[60]]


def test_an_unchanged_part_loses_nothing_where_another_can() -> None:
    one = part(Paragraph(said(*TEXTS[:30:2])))
    two = part(Paragraph(said(*TEXTS[40:80:2])), number=2)

    found = shortened([one, two], SHELF, unchanged={one.id})

    assert texts(*found.instalments) == texts(one)


def test_what_is_published_counts_and_stays() -> None:
    sent, new = part(Paragraph(said(*TEXTS[:20:2]))), part(Paragraph(said(*TEXTS[40:60:2])))

    (found,) = shortened([new], SHELF, settled=[sent]).instalments

    assert texts(found) == TEXTS[40:50:2]


def test_lists_and_quotations_go_whole_and_a_heading_with_all_below_it() -> None:
    body = (
        Paragraph(said(*TEXTS[:28:2])),
        Heading("Above"),
        Heading("What to weigh", 3),
        Paragraph(said("These were weighed:")),
        Bullets(said(TEXTS[40], TEXTS[42])),
        Heading("Who says so"),
        Quotation(said(TEXTS[50], TEXTS[52]), "Ada"),
    )

    (found,) = shortened([part(*body)], SHELF).instalments

    assert found.body == (Paragraph(said(*TEXTS[:28:2])),)


def test_a_transition_goes_with_what_it_leads_to() -> None:
    body = (
        Heading("What to weigh"),
        Paragraph(said(*TEXTS[:28:2])),
        Heading(POINT_BY_POINT, 3),
        Bullets(said(TEXTS[40], TEXTS[42])),
        Paragraph(said("Rows are long.")),
    )

    (found,) = shortened([part(*body)], SHELF).instalments

    assert found.body == (body[0], body[1], body[4])


def test_warnings_of_a_list_that_goes_are_kept_as_cautions() -> None:
    fragment = "yew (harmful to sheep)"
    body = (Paragraph(said(*TEXTS[:28:2])), Bullets(said(TEXTS[40], WARNING, TEXTS[44])))

    (found,) = shortened([part(*body)], SHELF).instalments
    assert found.body == (Paragraph(said(*TEXTS[:26:2])),)
    assert found.cautions == said(WARNING)

    (found,) = shortened([part(Bullets(said(fragment, *TEXTS[::2])))], SHELF).instalments
    assert texts(found)[0] == fragment
    assert len(texts(found)) == 51


def test_a_long_stretch_is_broken_where_least_is_lost() -> None:
    one = part(Paragraph(said(*TEXTS[:9])))

    found = shortened([one], SHELF)

    assert found.left_out == {"rows": 8}
    assert excess(found.instalments, SHELF) == ()


def test_lead_and_key_points_are_the_last_to_go() -> None:
    one = replace(
        part(Paragraph(said(*TEXTS[10:20:2]))), lead=said(TEXTS[0]), key_points=said(TEXTS[2])
    )

    (found,) = shortened([one], SHELF, QuotationLimits(0.02, 60)).instalments

    assert (found.lead, found.key_points, found.body) == (said(TEXTS[0]), said(TEXTS[2]), ())


@pytest.mark.parametrize("place", [0, 10])
def test_the_preheader_speaks_of_what_is_still_there(place: int) -> None:
    one = replace(part(Paragraph(said(*TEXTS[:40:2]))), preheader=TEXTS[2 * place])

    (found,) = shortened([one], SHELF, QuotationLimits(0.05, 60)).instalments

    assert found.preheader.rstrip("…") in " ".join(texts(found))
