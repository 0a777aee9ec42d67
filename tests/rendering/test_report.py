"""The cleaning report: every block once, with what became of it."""

import json
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.article import Article, Block, BlockKind, Category, Removal
from partwork.rendering.report import (
    LOST,
    BlockVerdict,
    Judged,
    Report,
    Sureness,
    doubtful,
    judged_blocks,
    passages_of,
    report_data,
    summary_of,
    sureness_of,
)

KEPT, REMOVED, FLAGGED = BlockVerdict.KEPT, BlockVerdict.REMOVED, BlockVerdict.FLAGGED
EDITED, GONE, WRITTEN = BlockVerdict.EDITED, BlockVerdict.GONE, BlockVerdict.WRITTEN


def paragraph(text: str, **more: object) -> Block:
    return replace(Block(BlockKind.PARAGRAPH, text), **more)


def removal(position: int, text: str, confidence: float = 0.95, **more: object) -> Removal:
    block = paragraph(text)
    made = Removal(position, block, "share", Category.SHARE, "is a button", confidence)
    return replace(made, **more)


READ = tuple(map(paragraph, ("Menu", "Turn the heap.", "Share", "Water it.", "Wait.")))
REMOVALS = (removal(0, "Menu"), removal(2, "Share"))
STORED = (READ[1], READ[3], READ[4])


def told(blocks: tuple[Judged, ...]) -> list[tuple[int, str, BlockVerdict]]:
    return [(judged.number, judged.block.text, judged.verdict) for judged in blocks]


def judged(
    stored: Sequence[Block],
    *,
    edited: bool,
    read: Sequence[Block] = READ,
    removals: Sequence[Removal] = REMOVALS,
) -> tuple[Judged, ...]:
    digests = [block.digest for block in read]
    return judged_blocks(digests, removals, stored, read=read, edited=edited)


def test_blocks_are_numbered_from_1_as_they_were_read() -> None:
    assert told(judged(STORED, edited=False)) == [
        (1, "Menu", REMOVED),
        (2, "Turn the heap.", KEPT),
        (3, "Share", REMOVED),
        (4, "Water it.", KEPT),
        (5, "Wait.", KEPT),
    ]


def test_a_flag_is_that_of_the_article_as_it_stands() -> None:
    flagged = (READ[1], replace(READ[3], flag=Category.PROMOTION), READ[4])

    for edited in (False, True):
        fourth = judged(flagged, edited=edited)[3]
        assert (fourth.verdict, fourth.category) == (FLAGGED, Category.PROMOTION)


def test_what_hands_did_is_told_from_what_cleaning_did() -> None:
    by_hand = (paragraph("Turn the heap twice."), READ[3], paragraph("An aside."), READ[4])

    assert told(judged(by_hand, edited=True)) == [
        (1, "Menu", REMOVED),
        (2, "Turn the heap twice.", EDITED),
        (3, "Share", REMOVED),
        (4, "Water it.", KEPT),
        (0, "An aside.", WRITTEN),
        (5, "Wait.", KEPT),
    ]
    assert (4, "Water it.", GONE) in told(judged(STORED[::2], edited=True))


def test_a_change_of_case_is_an_edit_and_one_of_spaces_is_none() -> None:
    by_hand = (paragraph("TURN the heap."), paragraph("Water  it."), READ[4])

    edited, spaced = judged(by_hand, edited=True)[1::2]

    assert (edited.block.text, edited.verdict) == ("TURN the heap.", EDITED)
    assert spaced.verdict is KEPT


def test_where_nobody_edited_nothing_is_blamed_on_hands() -> None:
    parted = (READ[1], *map(paragraph, ("Water", "it.")), READ[4])  # by printing, say

    verdicts = {j.verdict for j in judged(parted, edited=False)}

    assert verdicts == {KEPT, REMOVED}


words = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(words), st.sets(st.integers(0, 9)), st.lists(words), st.booleans())
def test_every_block_that_was_read_is_told_once_and_in_order(
    read: list[str], places: set[int], stored: list[str], edited: bool
) -> None:
    blocks = tuple(map(paragraph, read))
    removals = [removal(i, read[i]) for i in sorted(places) if i < len(read)]

    found = judged(tuple(map(paragraph, stored)), edited=edited, read=blocks, removals=removals)

    assert [j.number for j in found if j.number] == list(range(1, len(read) + 1))
    assert {j.number - 1 for j in found if j.verdict is REMOVED} == {r.position for r in removals}
    if edited:
        stands = [j.block.text for j in found if j.verdict not in {REMOVED, GONE}]
        assert stands == stored
    else:
        assert [j.block.text for j in found] == read


def test_what_stands_as_it_was_made_is_not_searched_for() -> None:
    class Sought(str):
        """A digest that counts how often it is looked up."""

        __slots__ = ()
        times = 0

        def __hash__(self) -> int:
            Sought.times += 1
            return super().__hash__()

    read = [paragraph(f"Line {i % 3}") for i in range(90)]
    stored = [*read[:40], paragraph("By hand"), *read[42:]]  # lines that come back, one edit

    found = judged_blocks([Sought(b.digest) for b in read], [], stored, read=read, edited=True)

    assert [j.number for j in found if j.verdict is KEPT] == [*range(1, 41), *range(43, 91)]
    assert Sought.times < 10


def test_without_the_raw_text_the_article_has_the_words() -> None:
    digests = [block.digest for block in READ]

    assert judged_blocks(digests, REMOVALS, STORED) == judged(STORED, edited=False)
    hands = told(judged_blocks(digests, REMOVALS, (READ[1], READ[4]), edited=True))
    assert hands[3] == (4, LOST.text, GONE)
    assert hands[4] == (5, "Wait.", KEPT)


@pytest.mark.parametrize(
    ("confidence", "word"),
    [(1, "sure"), (0.9, "sure"), (0.89, "likely"), (0.7, "likely"), (0.69, "a guess")],
)
def test_confidence_is_said_in_words(confidence: float, word: str) -> None:
    assert sureness_of(confidence) == Sureness(word)


def report(*blocks: Judged, **more: str) -> Report:
    return Report(replace(Article("compost", "Compost", ()), **more), blocks)


def gone(number: int, confidence: float, reason: str = "is a button") -> Judged:
    return Judged(
        paragraph(f"Words {number}"), number, REMOVED, Category.SHARE, "share", reason, confidence
    )


def test_neighbours_are_told_together_where_the_same_is_to_be_said() -> None:
    found = passages_of(
        report(gone(1, 0.95), gone(2, 0.99), gone(3, 0.8), gone(4, 0.8, "is a link"))
    )

    assert [(p.numbers, p.confidence) for p in found] == [("1–2", 0.95), ("3", 0.8), ("4", 0.8)]


def test_a_flag_set_by_hand_on_words_of_the_hand_stands_apart() -> None:
    flagged = [Judged(READ[1], number, FLAGGED, Category.PROMOTION) for number in (4, 5, 0)]

    assert [passage.numbers for passage in passages_of(report(*flagged))] == ["4–5", ""]


def test_the_least_sure_come_first_and_the_sure_not_at_all() -> None:
    kept = Judged(READ[1], 9, KEPT)

    found = doubtful(report(gone(1, 0.8), kept, gone(3, 0.99), kept, gone(5, 0.4), gone(6, 0.8)))

    assert [passage.numbers for passage in found] == ["5", "1", "6"]


def test_nobody_is_asked_to_look_at_a_ruled_line() -> None:
    image = Block(BlockKind.IMAGE, "", url="heap.jpg")
    picture = replace(removal(1, "", 0.6), block=image, reason="is a picture")
    removals = [removal(0, "* * *", 0.5), picture]
    blocks = judged_blocks(["0" * 8] * 2, removals, ())

    assert [p.numbers for p in doubtful(Report(Article("a", "A", ()), blocks))] == ["2"]


def test_the_sums_leave_out_what_hands_did() -> None:
    blocks = [gone(1, 1), gone(2, 1), Judged(READ[1], 3, KEPT), Judged(READ[1], 4, GONE)]
    blocks += [Judged(READ[1], 5, FLAGGED, Category.PROMOTION), Judged(READ[1], 0, WRITTEN)]

    assert summary_of(report(*blocks)) == (
        "2 of 5 blocks taken out (2 share buttons); 2 stay, 1 of them marked"
    )
    assert summary_of(report(Judged(READ[1], 1, KEPT))) == "1 block, none taken out; 1 stays"


KEYS = [
    *("article", "title", "title_is_made", "deck", "byline", "published_on", "source"),
    *("language", "sha256", "cleaner", "notices", "counts", "blocks"),
]
BLOCK_KEYS = [
    *("number", "verdict", "kind", "level", "category", "rule", "reason"),
    *("confidence", "sureness", "lines", "text"),
]


def test_programs_get_every_block_under_fixed_keys() -> None:
    data = report_data(report(gone(1, 0.5), Judged(READ[1], 0, WRITTEN)))

    assert list(data) == KEYS
    removed, written = json.loads(json.dumps(data))["blocks"]
    assert list(removed) == list(written) == BLOCK_KEYS
    assert removed == {
        "number": 1,
        "verdict": "removed",
        "kind": "paragraph",
        "level": 0,
        "category": "share buttons",
        "rule": "share",
        "reason": "is a button",
        "confidence": 0.5,
        "sureness": "a guess",
        "lines": None,
        "text": "Words 1",
    }
    assert written["number"] is written["confidence"] is written["rule"] is None


@given(st.text(st.characters()))
def test_what_programs_get_can_be_written(text: str) -> None:
    data = report_data(report(Judged(paragraph(text), 1, KEPT), title=text))

    json.dumps(data, ensure_ascii=False).encode()
