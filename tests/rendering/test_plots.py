"""Plots: what is drawn is what was counted, and nothing leaves the paper."""

from hypothesis import given
from hypothesis import strategies as st

from partwork.rendering.plots import Plot, in_rows, over_time, side_by_side

COUNTS = st.lists(st.integers(0, 10**6), min_size=1, max_size=40)
SHARES = st.lists(st.none() | st.floats(0, 1), min_size=1, max_size=12)


def is_on_paper(plot: Plot) -> bool:
    across = [n for line in plot.lines for n in (line.x1, line.x2)]
    across += [n for bar in plot.bars for n in (bar.x, bar.x + bar.width)]
    down = [n for line in plot.lines for n in (line.y1, line.y2)]
    down += [n for bar in plot.bars for n in (bar.y, bar.y + bar.height)]
    down += [words.y for words in plot.words]
    across += [words.x for words in plot.words]
    return all(-0.01 <= n <= 100.01 for n in across) and all(-0.1 <= n <= plot.height for n in down)


@given(COUNTS)
def test_each_count_has_a_bar_of_its_height_and_the_line_ends_at_the_sum(counts: list[int]) -> None:
    plot = over_time("p", "P", "says", counts, [""] * len(counts))

    assert is_on_paper(plot)
    assert len(plot.bars) == sum(1 for count in counts if count)
    heights = [bar.height for bar in plot.bars]
    highest = max(counts)
    for height, count in zip(heights, filter(None, counts), strict=True):
        assert abs(height - 120 * count / highest) <= 0.11
    sums = [line for line in plot.lines if line.kind == "sum"]
    assert len(sums) == len(counts) - 1
    assert all(line.y2 <= line.y1 for line in sums)  # all so far never grows less
    if any(counts) and sums:
        assert sums[-1].y2 == min(bar.y for bar in plot.bars)
    assert f"line: {sum(counts):,} in all" in [words.text for words in plot.words]


@given(SHARES, st.none() | st.floats(0, 1))
def test_the_last_of_several_is_marked_and_no_other(
    shares: list[float | None], middle: float | None
) -> None:
    labels = [str(n) for n in range(len(shares))]
    plot = side_by_side("p", "P", "says", shares, labels, middle=middle, scale="scale")

    assert is_on_paper(plot)
    assert not any(bar.marked for bar in plot.bars[:-1])
    assert any(bar.marked for bar in plot.bars) == bool(shares[-1])
    assert [words.text for words in plot.words] == ["scale", *labels]


def test_the_middle_stands_where_a_bar_of_its_share_would_end() -> None:
    plot = side_by_side("p", "P", "s", [0.5, 0.25, 1.0], list("abc"), middle=0.5, scale="")

    (line,) = [line for line in plot.lines if line.kind == "median"]
    assert line.y1 == line.y2 == plot.bars[0].y


@given(st.lists(st.tuples(st.text(max_size=20), st.integers(0, 10**6)), max_size=12))
def test_a_row_is_as_long_as_its_part_and_never_longer_than_the_paper(
    rows: list[tuple[str, int]],
) -> None:
    whole = sum(count for _, count in rows)
    plot = in_rows("p", "P", "says", rows, whole)

    assert is_on_paper(plot)
    told = [words.text for words in plot.words if words.anchor == "end"]
    assert told == [f"{count:,}" for _, count in rows]
    for bar, (_, count) in zip(plot.bars, (row for row in rows if row[1]), strict=True):
        assert abs(bar.width - max(0.6, 100 * count / whole)) < 0.001
