"""Blocks go into an article's file and out of it, and nothing else in it moves."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from partwork.manuscript.article import print_article
from partwork.manuscript.blocks import print_blocks
from partwork.manuscript.editing import Sheet, places_of, put_in, sheet_of, taken_out, unflagged
from partwork.manuscript.errors import ManuscriptError
from partwork.model.article import Article, Block, BlockKind, Category, Cleaned

HEAD = "---\ntitle: Kettles\n---\n"
EDITED = f"""{HEAD}
<!-- a note of my own -->
The kettle   was cold.


## Lids

- copper
- iron

<!-- flagged: promotion -->
Order a lid now.

Rain fell on [the roof][r].

[r]: https://example.org/roof
"""


def texts(sheet: Sheet) -> list[str]:
    return [placed.block.text for placed in sheet.blocks]


def places(sheet: Sheet) -> dict[int, int]:
    """The places of an article's blocks that nobody has changed."""
    return {i: i for i in range(len(sheet.blocks))}


def test_a_block_leaves_and_all_else_stays_as_it_was_typed() -> None:
    sheet, markdown = taken_out(sheet_of(EDITED, "a.md"), 1)

    assert markdown == "## Lids"
    assert sheet.text == EDITED.replace("\n\n\n## Lids\n", "\n")


def test_a_flag_leaves_with_its_block_and_comes_back_with_it() -> None:
    before = sheet_of(EDITED, "a.md")

    after, markdown = taken_out(before, 3)

    assert "promotion" not in after.text
    assert put_in(after, markdown, {0: 0, 1: 1, 2: 2, 4: 3}, 3).text == EDITED


def test_a_flag_is_taken_off_alone() -> None:
    sheet = unflagged(sheet_of(EDITED, "a.md"), 3)

    assert sheet.text == EDITED.replace("<!-- flagged: promotion -->\n", "")


def test_windows_line_ends_stay_and_are_used() -> None:
    sheet = sheet_of(EDITED.replace("\n", "\r\n"), "a.md")

    after = put_in(sheet, "> So said\n> the clerk.", places(sheet), 5)

    assert "> So said\r\n> the clerk.\r\n" in after.text
    assert "\n" not in after.text.replace("\r\n", "")


def test_two_lists_do_not_become_one_when_what_stood_between_them_goes() -> None:
    text = f"{HEAD}\n- copper\n\nOf these two.\n\n- iron\n"

    sheet, _ = taken_out(sheet_of(text, "a.md"), 1)

    assert texts(sheet) == ["copper", "iron"]


def test_a_list_beside_a_list_stays_a_list_of_its_own() -> None:
    sheet = sheet_of(f"{HEAD}\n- copper\n\nOf these two.\n", "a.md")

    assert texts(put_in(sheet, "- iron", {0: 0, 2: 1}, 1)) == ["copper", "iron", "Of these two."]


def test_a_block_finds_its_place_in_a_text_that_was_edited() -> None:
    read = [Block(BlockKind.PARAGRAPH, word).digest for word in "abcdef"]
    sheet = sheet_of(f"{HEAD}\nnew\n\nb\n\nchanged c\n\ne\n\nmore\n", "a.md")

    found = places_of(read, [0, 1, 2, 4], sheet)

    assert found == {1: 1, 4: 3}
    assert texts(put_in(sheet, "d", found, 3)) == ["new", "b", "changed c", "d", "e", "more"]
    assert texts(put_in(sheet, "f", found, 5)) == ["new", "b", "changed c", "e", "f", "more"]


def test_where_nothing_of_the_surroundings_is_left_it_says_so() -> None:
    sheet = sheet_of(f"{HEAD}\nWritten anew.\n", "content/articles/a.md")

    with pytest.raises(ManuscriptError, match=r"a\.md: nothing that stood around block 4 is there"):
        put_in(sheet, "d", {}, 3)


def test_an_empty_article_takes_a_block() -> None:
    assert put_in(sheet_of(HEAD, "a.md"), "d", {}, 3).text == f"{HEAD}\nd\n"


def test_blocks_that_share_lines_are_left_to_the_editor() -> None:
    sheet = sheet_of(f"{HEAD}\n![a](a.png)\n![b](b.png)\n", "a.md")

    with pytest.raises(ManuscriptError, match="line 5: shares its lines"):
        taken_out(sheet, 0)


def test_a_definition_that_a_link_needs_is_never_lost() -> None:
    sheet, _ = taken_out(sheet_of(EDITED, "a.md"), 4)

    assert "[r]: https://example.org/roof" in sheet.text


def test_a_file_without_a_last_line_end_can_be_edited() -> None:
    sheet = sheet_of(f"{HEAD}\na", "a.md")

    assert put_in(sheet, "b", {0: 0}, 1).text == f"{HEAD}\na\n\nb\n"


WORDS = st.sampled_from(["copper", "1. iron", "- lid", "# roof", "> rain", "*", "a\tb", "---", "$"])
BLOCKS = st.builds(
    Block,
    kind=st.sampled_from([k for k in BlockKind if k is not BlockKind.IMAGE]),
    text=WORDS,
    ordered=st.booleans(),
    flag=st.sampled_from([None, Category.PROMOTION]),
)


@given(st.lists(BLOCKS, min_size=1, max_size=8), st.data())
@settings(max_examples=150)
def test_taking_a_block_out_and_putting_it_back_gives_what_was(blocks, data) -> None:
    text = print_article(Cleaned(Article("a", "Kettles", tuple(blocks))))
    before = sheet_of(text, "a.md")
    index = data.draw(st.integers(0, len(before.blocks) - 1))
    after, markdown = taken_out(before, index)
    left = {i: i - (i > index) for i in range(len(before.blocks)) if i != index}

    again = put_in(after, markdown, left, index)

    assert [p.block for p in again.blocks] == [p.block for p in before.blocks]
    assert len(after.blocks) == len(before.blocks) - 1


@given(st.lists(BLOCKS, max_size=8), BLOCKS, st.data())
@settings(max_examples=150)
def test_putting_a_block_in_and_taking_it_out_gives_what_was(blocks, block, data) -> None:
    text = print_article(Cleaned(Article("a", "Kettles", tuple(blocks))))
    before = sheet_of(text, "a.md")
    index = data.draw(st.integers(0, len(before.blocks)))
    around = {i + (i >= index): i for i in range(len(before.blocks))}

    inside = put_in(before, print_blocks([block]), around, index)
    after, _ = taken_out(inside, index)

    assert [p.block for p in after.blocks] == [p.block for p in before.blocks]
    assert inside.blocks[index].block.text.split() == block.text.split()


@pytest.mark.parametrize(
    "flag", ["<!--\nflagged: promotion -->", "<!-- flagged:\n\npromotion\n-->"]
)
def test_a_flag_over_several_lines_is_taken_off_whole(flag: str) -> None:
    text = EDITED.replace("<!-- flagged: promotion -->", flag)

    sheet = unflagged(sheet_of(text, "a.md"), 3)

    assert sheet.text == EDITED.replace("<!-- flagged: promotion -->\n", "")
