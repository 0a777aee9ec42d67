import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from partwork.cleaning.forest import LEAF, grown

SHORT_IS_LOW = [(0, 3.0, 1), (LEAF, -1.0, 0), (1, 0.5, 3), (LEAF, 2.0, 0), (LEAF, 2.9, 0)]
ALWAYS_HALF = [(LEAF, 0.5, 0)]


def sums(*rows: tuple[float, float]) -> list[float]:
    return grown([SHORT_IS_LOW, ALWAYS_HALF]).sums(np.array(rows, np.float32)).tolist()


def test_the_leaves_of_all_trees_are_added_up():
    assert sums((3.0, 9.0), (3.1, 0.5), (9.0, 0.6)) == [-0.5, 2.5, 3.4]


def test_where_the_first_trees_leave_no_doubt_the_others_are_not_asked():
    surely_low = [(0, 3.0, 1), (LEAF, -3.0, 0), (LEAF, 2.0, 0)]
    forest = grown([surely_low, ALWAYS_HALF, ALWAYS_HALF])

    assert forest.sums(np.array([[1.0], [9.0]], np.float32)).tolist() == [-3.0, 3.0]


def test_no_samples_have_no_sums():
    assert grown([ALWAYS_HALF]).sums(np.zeros((0, 2), np.float32)).tolist() == []


def test_a_tree_as_deep_as_it_is_long_is_walked_to_its_end():
    steps = 40
    tree = [node for i in range(steps) for node in ((0, float(i), 2 * i + 1), (LEAF, float(i), 0))]
    chain = [tree[0]]
    for i in range(1, steps):
        chain += [(LEAF, float(i - 1), 0), (0, float(i), 2 * i + 1)]
    chain += [(LEAF, float(steps - 1), 0), (LEAF, float(steps), 0)]

    forest = grown([chain])

    assert forest.depth == steps
    assert forest.sums(np.array([[0.0], [7.0], [99.0]], np.float32)).tolist() == [0, 7, steps]


@given(st.lists(st.tuples(st.floats(-9, 9, width=32), st.floats(-9, 9, width=32)), max_size=30))
def test_a_sample_has_the_same_sum_alone_and_among_others(rows):
    together = sums(*rows) if rows else []

    assert together == [sums(row)[0] for row in rows]


def test_a_forest_written_down_is_read_back():
    forest = grown([SHORT_IS_LOW, ALWAYS_HALF])

    assert forest.as_trees() == [SHORT_IS_LOW, ALWAYS_HALF]
