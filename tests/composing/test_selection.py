from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from partwork.composing.selection import Candidate, selected
from partwork.composing.words import word_count

HEAP = "A heap of leaves and straw turns into dark compost within one year."
WORM = "Worms eat peelings in a box and leave rich castings behind."
LIME = "Lime is spread on acid ground before the beds are dug."


def candidates(*texts: str, source: str = "one") -> list[Candidate]:
    return [Candidate(text, source, place) for place, text in enumerate(texts)]


def test_what_is_about_the_topic_goes_before_what_stands_first() -> None:
    given_texts = candidates(HEAP, WORM, LIME)

    assert selected(given_texts, 12, topic="acid ground and lime") == (2,)
    assert selected(given_texts, 13) == (0,)


def test_a_point_is_not_chosen_twice_in_nearly_the_same_words() -> None:
    again = "A heap of leaves and straw turns into compost in a year or two."

    chosen = selected(candidates(HEAP, again, LIME), 100)

    assert len(chosen) == 2
    assert 2 in chosen


def test_a_choice_that_is_not_strict_takes_what_shares_some_words() -> None:
    some = "Worms eat peelings in the straw of last winter, and feed beds of beans."
    most = "Worms eat peelings in a box and leave rich castings there."
    both = candidates(WORM, some), candidates(WORM, most)

    assert [len(selected(texts, 100)) for texts in both] == [1, 1]
    assert [len(selected(texts, 100, is_strict=False)) for texts in both] == [2, 1]


def test_every_source_gives_a_sentence_before_one_gives_a_second() -> None:
    both = [*candidates(HEAP, WORM), *candidates(LIME, source="two")]

    assert 2 in selected(both, 26)


def test_what_is_taken_already_stays_and_shuts_out_its_like() -> None:
    texts = candidates("Leaves and straw in a heap are what compost is made of.", HEAP, HEAP)

    assert selected(texts, 13, taken={2}) == (2,)
    assert 1 not in selected(texts, 100, taken={2})


def test_what_speaks_against_a_piece_lets_another_go_first() -> None:
    plain = candidates(WORM, LIME)
    disliked = [Candidate(WORM, "one", 0, favour=-2.0), plain[1]]

    assert selected(plain, 11) == (0,)
    assert selected(disliked, 11) == (1,)


def test_without_candidates_or_room_nothing_is_chosen() -> None:
    assert selected([], 100) == ()
    assert selected(candidates(HEAP), 3) == ()


WORDS = st.lists(st.sampled_from(["heap", "worm", "leaf", "frost", "straw", "lime", "a", "the"]))
PIECES = st.lists(
    st.builds(
        Candidate,
        WORDS.map(" ".join),
        st.sampled_from(["one", "two", "three"]),
        st.integers(0, 9),
        st.floats(-1, 1),
    ),
    max_size=12,
)


@given(pieces=PIECES, room=st.integers(0, 40), topic=WORDS.map(" ".join))
def test_a_choice_has_its_room_its_order_and_is_always_the_same(
    pieces: list[Candidate], room: int, topic: str
) -> None:
    chosen = selected(pieces, room, topic=topic)

    assert list(chosen) == sorted(set(chosen))
    assert sum(word_count(pieces[n].text) for n in chosen) <= room
    assert chosen == selected(pieces, room, topic=topic)
    used = Counter(pieces[n].source for n in chosen)
    assert not chosen or max(used.values()) <= len(chosen)


def test_what_other_sources_say_too_goes_before_what_one_says_alone() -> None:
    candidates = [
        Candidate("Old carpets lie in Norwood cellars.", "one", 0),
        Candidate("Worms breathe under straw there.", "one", 1),
        Candidate("Straw lets worms breathe deeply.", "two", 0),
        Candidate("Under straw even red worms breathe.", "three", 0),
    ]

    assert 0 in selected(candidates[:1], 6)
    assert 0 not in selected(candidates, 6)


def test_short_pieces_repeat_each_other_by_two_pairs_of_words_and_long_ones_do_not() -> None:
    short = [
        Candidate("Red worms eat straw.", "one", 0),
        Candidate("Red worms eat paper.", "two", 0),
    ]
    rest = "leaf bark twig root moss fern hay dust sand clay"
    long = [
        Candidate(f"Red worms eat straw, {rest}.", "one", 0),
        Candidate(f"In March red worms eat {rest[::-1]}.", "two", 0),
    ]

    assert len(selected(short, 50)) == 1
    assert len(selected(long, 50)) == 2
