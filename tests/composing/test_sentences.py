import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.composing.sentences import quotations_in, sentences_in

TYPOGRAPHY = st.text(alphabet="abc ABC .,!?…:;“”‘’\"'()—–-\n\t 123%°é", max_size=200)


@given(st.one_of(TYPOGRAPHY, st.text(max_size=200)))
def test_sentences_joined_by_spaces_are_the_text(text: str) -> None:
    assert " ".join(sentences_in(text)) == " ".join(text.split())


@given(TYPOGRAPHY)
def test_no_sentence_ends_inside_a_quotation(text: str) -> None:
    flat = " ".join(text.split())
    ends, place = [], 0
    for sentence in sentences_in(flat):
        place += len(sentence)
        ends.append(place)
        place += 1

    assert not [e for e in ends[:-1] for begin, end in quotations_in(flat) if begin < e < end]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It rained. The heap sank.", ["It rained.", "The heap sank."]),
        (
            "See Dr. Berg at 5 p.m. today. She knows.",
            ["See Dr. Berg at 5 p.m. today.", "She knows."],
        ),
        ("It fell by 3.5% in 2023. Why?", ["It fell by 3.5% in 2023.", "Why?"]),
        (
            "Ada says: “Wait. It will rot.” Then she left.",
            ["Ada says: “Wait. It will rot.”", "Then she left."],
        ),
        ('"Wait. It will rot," she said. It did.', ['"Wait. It will rot," she said.', "It did."]),
        (
            'Mind the 5" pipe. And the 6" one. Done.',
            ['Mind the 5" pipe.', 'And the 6" one.', "Done."],
        ),
        ("The heap seemed… tired. Odd.", ["The heap seemed… tired.", "Odd."]),
        ("", []),
    ],
)
def test_abbreviations_decimals_and_quotations_end_no_sentence(
    text: str, expected: list[str]
) -> None:
    assert list(sentences_in(text)) == expected


def test_a_quotation_mark_that_is_never_closed_joins_nothing() -> None:
    assert len(sentences_in("He said “no. Then he left. The end.")) == 3
