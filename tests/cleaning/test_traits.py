import sys
from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from partwork.cleaning.judge import fitted
from partwork.cleaning.lines import worded
from partwork.cleaning.surroundings import surroundings_of
from partwork.cleaning.traits import AT, looks_of, traits_of
from partwork.cleaning.vocabulary import weighed
from partwork.model.article import Block, BlockKind

SENTENCE = "The heap is turned every week, and on a cold morning it smokes like a small volcano."
LINES = ("About Gil Ferro", "Share this", "3 May 2021", "***", "The heap")
TEXTS = (SENTENCE, SENTENCE.upper(), *LINES)

blocks = st.lists(
    st.builds(
        Block, st.sampled_from((BlockKind.PARAGRAPH, BlockKind.HEADING)), st.sampled_from(TEXTS)
    ),
    min_size=1,
    max_size=12,
)


def traits(of: list[Block]) -> np.ndarray:
    page = surroundings_of("The heap", "Gil Ferro", tuple(of))
    return traits_of(page, looks_of(page, fitted().vocabulary))


def lines_run(call: Callable[[], object]) -> int:
    """How many lines of Python `call` runs: unlike time, the same on every machine."""
    count = 0

    def trace(frame, event, arg):
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


@given(blocks, st.data())
def test_what_is_left_of_an_article_looks_as_if_it_had_been_read_alone(blocks, data):
    at = data.draw(st.lists(st.sampled_from(range(len(blocks))), unique=True).map(sorted))
    page = surroundings_of("The heap", "Gil Ferro", tuple(blocks))
    left = looks_of(page, fitted().vocabulary).only(at)

    assert np.array_equal(traits_of(page.only(at), left), traits([blocks[i] for i in at]))


def test_words_are_shared_with_other_prose_and_not_with_oneself():
    found = traits([Block(BlockKind.PARAGRAPH, text) for text in (SENTENCE, "The volcano", "***")])

    assert found[:, AT["known_words"]].tolist() == [0, 1, -1]


def test_a_line_says_how_often_it_stands_elsewhere():
    found = traits([Block(BlockKind.PARAGRAPH, text) for text in ("Share", "The heap", "share")])

    assert found[:, AT["again"]].tolist() == [1, 0, 1]


@given(st.permutations("abcd"))
def test_weights_add_up_exactly_in_whatever_order_they_come(terms):
    weights = {"a": 1e16, "b": 1.0, "c": -1e16, "d": 0.25}

    assert weighed(terms, weights)[0] == 1.25


def test_the_cost_of_reasons_grows_no_faster_than_the_number_of_dated_headings():
    def cost(count: int) -> int:
        heading = Block(BlockKind.HEADING, "Updated 3 days ago", 2)
        page = surroundings_of("", "", (heading,) * count)
        return lines_run(lambda: [worded(page, i) for i in range(count)])

    assert cost(400) < 2.5 * cost(200)
