from importlib.resources import files
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from partwork.reading.lines import lines_of
from partwork.reading.roles import Role, best_path, roles_of

NUMBERS = st.floats(-5, 5).map(lambda x: round(x, 3))
TABLES = st.tuples(*[NUMBERS] * 9)


@st.composite
def chains(draw):
    length = draw(st.integers(1, 5))
    scores = draw(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=length, max_size=length))
    steps = st.lists(st.tuples(TABLES, TABLES), min_size=length - 1, max_size=length - 1)
    return scores, draw(steps)


def total(path, scores, steps):
    lines = sum((0.0, *score)[role] for score, role in zip(scores, path, strict=True))
    pairs = zip(steps, path, path[1:], strict=False)
    return lines + sum(
        first[3 * above + below] + second[3 * above + below]
        for (first, second), above, below in pairs
    )


@given(chains())
def test_no_other_sequence_of_roles_has_a_higher_sum(chain):
    scores, steps = chain

    found = total(best_path(scores, steps), scores, steps)

    most = max(total(path, scores, steps) for path in product(range(3), repeat=len(scores)))
    assert abs(found - most) < 1e-9


@given(st.text(alphabet="aA .:?\n\t-•1)>é漢\u200b\ud800", max_size=80))
def test_every_line_has_one_role(text):
    lines = lines_of(text)

    assert len(roles_of(lines)) == len(lines)


def test_roles_do_not_depend_on_what_was_read_before():
    text = "A kettle\nIt sings.\nTwo cups\nThree spoons\nIt is said that four forks were lost."
    first = roles_of(lines_of(text))

    roles_of(lines_of("Another text\nwith other lines\n- and an item"))

    assert roles_of(lines_of(text)) == first


def test_the_table_holds_six_numbers_for_a_look_and_nine_for_a_pair():
    table = files("partwork.reading").joinpath("line_roles.tsv").read_text("utf-8")
    rows = [row.split("\t") for row in table.splitlines()]

    assert {len(cells) for _, *cells in rows} == {6, len(Role) ** 2}
    assert len({(name, len(cells)) for name, *cells in rows}) == len(rows)
    assert all(any(int(cell) for cell in cells) for _, *cells in rows)


def test_paragraphs_between_blank_lines_are_no_list_though_they_are_short():
    text = (
        "A Note on Kettles",
        "This is the first paragraph of a long note on kettles and it goes on for quite a while so "
        "that it is text.",
        "Ask your neighbour before you move anything.",
        "Another real paragraph on kettles and stoves in the evening, which helps many people a "
        "lot.",
        "The family wishes you a warm week.",
    )

    assert roles_of(lines_of("\n\n".join(text)))[1:] == [Role.TEXT] * 4
