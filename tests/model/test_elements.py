"""What stands in a part beside prose: its sentences, and what changing them leaves."""

from partwork.model.series import (
    Bullets,
    Code,
    Figure,
    Heading,
    Instalment,
    Paragraph,
    Run,
    Sentence,
    Table,
    cells_in,
)
from partwork.model.text import Mark, Span

LEAD, CAPTION, HEADER = Sentence("lead"), Sentence("caption"), Sentence("a\tb")
ONE, TWO, TYPED = Sentence("1\t2"), Sentence("3\t4"), Sentence("ls\nls")
PART = Instalment(
    "abcd1234",
    1,
    "T",
    "S",
    "P",
    lead=(LEAD,),
    body=(
        Heading("H"),
        Figure("x.jpg", CAPTION),
        Figure("y.jpg"),
        Table(HEADER, (ONE, TWO)),
        Code(TYPED),
        Figure("x.jpg"),
    ),
)


def test_captions_rows_and_code_are_sentences_of_the_part() -> None:
    assert PART.sentences == (LEAD, CAPTION, HEADER, ONE, TWO, TYPED)
    assert PART.pictures == ("x.jpg", "y.jpg")


def test_an_element_goes_with_its_last_sentence_and_a_picture_stays() -> None:
    def only(*kept: Sentence) -> tuple[object, ...]:
        def change(run: Run) -> Run:
            return tuple(sentence for sentence in run if sentence in kept)

        return PART.with_runs(change).body

    picture = Figure("x.jpg")
    assert PART.with_runs(lambda run: run) == PART
    assert only() == (Heading("H"), picture, Figure("y.jpg"), picture)
    assert only(HEADER, TWO) == (
        *(Heading("H"), picture, Figure("y.jpg"), Table(HEADER, (TWO,)), picture),
    )
    assert only(ONE, TWO, TYPED) == (Heading("H"), picture, Figure("y.jpg"), Code(TYPED), picture)


def test_a_list_and_a_paragraph_go_too() -> None:
    part = Instalment("abcd1234", 1, "T", "S", "P", body=(Paragraph((ONE,)), Bullets((TWO,))))

    assert part.with_runs(lambda _: ()).body == ()


def test_each_cell_has_its_own_part_of_the_marks() -> None:
    row = Sentence(
        "ab\t\tcd",
        spans=(Span(0, 6, Mark.STRONG), Span(1, 2, Mark.CODE), Span(4, 6, Mark.LINK, "u")),
    )

    assert cells_in(row) == (
        ("ab", (Span(0, 2, Mark.STRONG), Span(1, 2, Mark.CODE))),
        ("", ()),
        ("cd", (Span(0, 2, Mark.STRONG), Span(0, 2, Mark.LINK, "u"))),
    )
