"""Blocks as Markdown: marks that fall into the pieces of a list or table."""

from time import process_time

from partwork.manuscript.blocks import print_blocks
from partwork.model.article import Block, BlockKind
from partwork.model.text import Mark, Span


def test_a_mark_that_runs_over_cells_and_rows_is_written_in_each() -> None:
    text = "kettle\tlid\nspout\thandle"
    marks = (Span(3, 20, Mark.STRONG), Span(11, 16, Mark.EMPHASIS))
    table = Block(BlockKind.TABLE, text, spans=marks)

    assert print_blocks([table]).splitlines() == [
        "| ket**tle** | **lid** |",
        "| --- | --- |",
        "| _**spout**_ | **han**dle |",
    ]


def test_each_item_of_a_list_has_its_own_marks() -> None:
    items = Block(
        BlockKind.LIST,
        "one kettle\n\n  two lids",
        spans=(
            Span(0, 3, Mark.STRONG),
            Span(4, 10, Mark.LINK, "https://example.org/k"),
            Span(14, 22, Mark.EMPHASIS),
        ),
    )

    assert print_blocks([items]).splitlines() == [
        "- **one** [kettle](https://example.org/k)",
        "  - _two lids_",
    ]


def test_a_table_of_many_links_takes_time_in_proportion() -> None:
    cells = 10_000
    row = "kettle\tlid\n"
    spans = tuple(
        Span(at * len(row), at * len(row) + 6, Mark.LINK, "https://example.org/k")
        for at in range(cells // 2)
    )
    table = Block(BlockKind.TABLE, (row * (cells // 2)).removesuffix("\n"), spans=spans)

    began = process_time()
    written = print_blocks([table])

    assert written.count("[kettle](https://example.org/k)") == cells // 2
    assert process_time() - began < 10  # seconds; each mark looked at for each cell takes minutes
