"""What is on file of a cleaning is read back as it was."""

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.record import Earlier, Record, parse_record, print_record, written_of
from partwork.model.article import Block, BlockKind, Category, Removal
from partwork.model.memory import Decision, EditorVerdict
from partwork.model.text import Mark, Span

FILE = "content/articles/a.removals.json"
LINK = Block(
    BlockKind.PARAGRAPH, "Ask the clerk.", spans=(Span(8, 13, Mark.LINK, "https://example.org/"),)
)
PLAIN = Block(BlockKind.PARAGRAPH, "See you at the fair.")


def removal(position: int, block: Block) -> Removal:
    return Removal(position, block, "menu-run", Category.FURNITURE, "is of a menu", 0.9)


def record(*blocks: Block) -> Record:
    removals = tuple(removal(i, block) for i, block in enumerate(blocks))
    return Record(
        article_sha256="0" * 64,
        cleaner="rules-1",
        site="example.org",
        together="k3x9a0b1",
        blocks=(*(block.digest for block in blocks), "7f3a91c2"),
        decisions=(Decision(EditorVerdict.KEEP, "7f3a91c2", 1, "on lids", date(2026, 3, 2)),),
        removals=removals,
        written=written_of(removals),
    )


def test_marks_of_a_removed_block_are_on_file_and_come_back() -> None:
    before = record(LINK, PLAIN)

    after = parse_record(print_record(before), FILE)

    assert [after.markdown_of(r) for r in after.removals] == [
        "Ask the [clerk](https://example.org/).",
        "See you at the fair.",
    ]
    assert after.written.keys() == {0}  # words that say it all are not written twice
    assert after.kept == (2,)


def test_a_record_from_before_has_no_blocks_and_no_decisions() -> None:
    after = parse_record('{"article_sha256": "0", "cleaner": "rules-1", "removals": []}', FILE)

    assert (after.blocks, after.decisions, after.site) == ((), (), "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"removals": []',
        '{"removals": [], "blocks": 7}',
        '{"removals": [], "decisions": [{"verdict": "maybe"}]}',
        '{"removals": [], "decisions": ["keep"]}',
        '{"removals": [], "decisions": {}}',
        '{"removals": [], "blocks": "abc"}',
        '{"removals": [], "blocks": [7]}',
        '{"removals": [], "site": null}',
        '{"removals": [], "together": 7}',
        '{"removals": [], "earlier": 7}',
        '{"removals": [], "earlier": {"until_sha256": 7, "record": {"removals": []}}}',
        '{"removals": [], "earlier": {"until_sha256": "0", "record": []}}',
    ],
)
def test_a_damaged_record_is_told_in_one_line(text: str) -> None:
    with pytest.raises(ManuscriptError, match=r"^content/articles/a\.removals\.json: [^\n]+$"):
        parse_record(text, FILE)


def test_markdown_that_is_no_text_is_told_in_one_line() -> None:
    damaged = json.loads(print_record(record(LINK)))
    damaged["removals"][0]["markdown"] = 5

    with pytest.raises(ManuscriptError, match=r"^content/articles/a\.removals\.json: [^\n]+$"):
        parse_record(json.dumps(damaged), FILE)


def test_what_was_on_file_before_is_read_back_with_it() -> None:
    before = parse_record(print_record(record(LINK, PLAIN)), FILE)
    after = Record(site="lids", earlier=Earlier("1" * 64, before))

    assert parse_record(print_record(after), FILE) == after


@given(st.lists(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20), max_size=4))
def test_any_words_are_read_back(texts: list[str]) -> None:
    before = record(*(Block(BlockKind.QUOTE, text) for text in texts))

    after = parse_record(print_record(before), FILE)

    assert after.blocks == before.blocks
    assert after.decisions == before.decisions
    assert [r.position for r in after.removals] == list(range(len(texts)))
