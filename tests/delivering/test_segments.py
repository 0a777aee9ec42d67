"""Bodies that are encoded once and filled in for each reader."""

import quopri
from html import escape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from partwork.delivering.segments import OpenField, body_segments, filled, quoted_printable
from partwork.model.issue import MERGE_CLOSE, MERGE_OPEN, MergeField

# Any text that UTF-8 can carry and that is no merge field's bracket; dots, spaces and ends of
# lines far more often than chance would have them.
texts = st.lists(
    st.one_of(
        st.text(
            st.characters(exclude_categories=["Cs"], exclude_characters=MERGE_OPEN + MERGE_CLOSE)
        ),
        st.text(". =\t\nxé", min_size=70, max_size=80),
        st.sampled_from([".", "..", "\n.", " \n", "\r\n", "\n", "x" * 75, "x" * 76, "é" * 13]),
    )
).map("".join)
bodies = st.lists(st.one_of(texts, st.sampled_from(MergeField).map(lambda field: field.mark)))
# A value is not the half of an end of line: no address, token or URL holds one.
values = st.fixed_dictionaries(
    {field: texts.filter(bool).map(lambda v: v.replace("\r", " ")) for field in MergeField}
)


def with_line_ends(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\r\n")


def read_back(encoded: bytes) -> str:
    return quopri.decodestring(encoded).decode()


@given(bodies, values, st.booleans())
@example(["x" * 76, MergeField.ADDRESS.mark], {MergeField.ADDRESS: "y" * 76}, False)
@example(["x" * 75 + "é", MergeField.ADDRESS.mark, "."], {MergeField.ADDRESS: "." * 80}, False)
@example(["\n", MergeField.ADDRESS.mark, "\n."], {MergeField.ADDRESS: " "}, False)
def test_a_body_filled_in_after_encoding_is_the_body_filled_in_before(
    parts: list[str], fields: dict[MergeField, str], html: bool
) -> None:
    body = "".join(with_line_ends(part) for part in parts)

    encoded = body_segments(body, html=html).filled(fields)

    assert read_back(encoded) == with_line_ends(filled(body, fields, html=html))
    assert_fit_for_the_wire(encoded)


@given(bodies, values, st.sets(st.sampled_from(MergeField)), st.booleans())
def test_fields_may_be_filled_in_some_before_the_others(
    parts: list[str], fields: dict[MergeField, str], first: set[MergeField], html: bool
) -> None:
    body = body_segments("".join(with_line_ends(part) for part in parts), html=html)
    known = {field: value for field, value in fields.items() if field in first}
    others = {field: value for field, value in fields.items() if field not in first}

    assert body.given(known).filled(others) == body.filled(fields)
    assert len(body.given(fields).pieces) == 1  # what is known is not put together each time


@given(texts)
@example("x" * 74 + " \n" + "x" * 75 + "\t\n" + "x" * 76 + " ")
def test_a_body_without_fields_reads_back(text: str) -> None:
    assert read_back(quoted_printable(text)) == with_line_ends(text)
    assert_fit_for_the_wire(quoted_printable(text))


def assert_fit_for_the_wire(encoded: bytes) -> None:
    lines = encoded.split(b"\r\n")
    assert encoded.isascii()
    assert all(len(line) <= 76 for line in lines)
    assert not any(line.startswith(b".") for line in lines)
    assert not any(line.endswith((b" ", b"\t")) for line in lines)
    assert b"\r" not in b"".join(lines)
    assert b"\n" not in b"".join(lines)


def test_filling_in_moves_no_line_of_what_all_readers_share() -> None:
    mark = MergeField.ADDRESS.mark
    body = body_segments(f"To {mark}, {'long ' * 40}and\n{mark}\n.\n" * 3, html=False)

    short = body.filled({MergeField.ADDRESS: "a@example.org"}).split(b"\r\n")
    long = body.filled({MergeField.ADDRESS: f"{'a' * 60}@example.org"}).split(b"\r\n")

    assert len(short) == len(long)
    assert {line for line in short if b"@" not in line} == {
        line for line in long if b"@" not in line
    }


@pytest.mark.parametrize("value", ["<b>", "&amp;", "\"'", f"{MERGE_OPEN}address{MERGE_CLOSE}"])
def test_a_value_is_text_and_never_markup_or_a_field(value: str) -> None:
    mark = MergeField.ADDRESS.mark
    fields = {MergeField.ADDRESS: value}

    assert read_back(body_segments(mark, html=True).filled(fields)) == escape(value)
    assert read_back(body_segments(mark, html=False).filled(fields)) == value


def test_a_field_without_a_value_is_an_error_however_often_it_was_filled_in() -> None:
    body = body_segments(MergeField.ADDRESS.mark, html=True)
    body.filled({MergeField.ADDRESS: "ada@example.org"})

    with pytest.raises(OpenField, match="address"):
        body.filled({})
    with pytest.raises(OpenField, match="birthday"):
        body_segments(f"{MERGE_OPEN}birthday{MERGE_CLOSE}", html=False)
