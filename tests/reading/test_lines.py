from hypothesis import example, given
from hypothesis import strategies as st

from partwork.reading.characters import plain_line
from partwork.reading.lines import lines_of, unwrapped


@given(st.text(st.characters(exclude_characters="\r\n"), max_size=40))
@example("kettle\ufe00\U000e0100")
@example("ket\u3164tle")
def test_nothing_unseen_is_left_in_a_line(raw):
    words = plain_line(raw).strip()

    assert [line.text for line in lines_of(raw)] == ([words] if words else [])


def test_the_marker_of_a_wrapped_item_has_all_of_its_words():
    wrapped = (
        "The kettle had stood on the stove since the morning, and nobody had\n"
        "thought of filling it before the post came and the kitchen was cold.\n"
        "- Filling it before the post has come is what a careful household\n"
        "  will do on a day on which the kitchen is as cold as it was then.\n"
    )
    item = unwrapped(lines_of(wrapped))[-1]

    assert item.marker.rest.endswith("as cold as it was then.")
    assert (item.first, item.last) == (3, 4)
