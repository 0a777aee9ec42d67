"""Segments as an editor defines them in a newsletter's settings."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.manuscript.errors import FieldsError, ManuscriptError
from partwork.manuscript.newsletter import parse_newsletter
from partwork.manuscript.segments import line_of, segments_in
from partwork.manuscript.series import parse_series, print_series
from partwork.model.segment import Segment

HEAD = 'name = "Slow Bread"\nsender = "crumb@example.org"\nreply_to = "baker@example.org"\n'


def segments(text: str) -> tuple[Segment, ...]:
    return parse_newsletter(HEAD + text, "slow-bread", "newsletters/slow-bread.toml").segments


def test_all_conditions_are_read() -> None:
    found = segments("""
[segments.first-bakers]
language = ["de_AT", "FR"]
tag = "beta"
not_tag = ["press", " trade  fair "]
series = "starter"
signed_up_since = 2026-01-01
signed_up_before = 2026-07-01
field.City = ["Wien", "Graz"]
field."home town" = "Linz"

[segments.others]
not_tag = "beta"
""")

    assert found == (
        Segment(
            name="first-bakers",
            language=("de-at", "fr"),
            tag=("beta",),
            not_tag=("press", "trade fair"),
            series=("starter",),
            field=(("city", ("Wien", "Graz")), ("home town", ("Linz",))),
            signed_up_since=date(2026, 1, 1),
            signed_up_before=date(2026, 7, 1),
        ),
        Segment(name="others", not_tag=("beta",)),
    )


def test_a_newsletter_without_segments_has_none() -> None:
    assert segments("") == ()


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ('langage = "de"', "line 6: segments.beta.langage is no condition; did you mean language?"),
        ('mood = "good"', "line 6: segments.beta.mood is no condition; known: language"),
        ('tag = "x"\n\nsince = 2026-01-01', "line 8: segments.beta.since is no condition"),
        ("tag = 3", "line 6: segments.beta.tag is a text, or a list"),
        ("tag = []", "segments.beta.tag is a text, or a list"),
        ('tag = ["x", ""]', "segments.beta.tag is a text, or a list"),
        ('language = "german"', "segments.beta.language holds 'german'"),
        ('language = "*"', "segments.beta.language holds '*', which is not a language"),
        ('series = "No Name"', "segments.beta.series holds 'No Name'"),
        ('signed_up_since = "May"', "segments.beta.signed_up_since is a day without quotes"),
        ("signed_up_since = 2026-01-01T00:00:00Z", "signed_up_since is a day without quotes"),
        (
            "signed_up_since = 2026-02-01\nsigned_up_before = 2026-02-01",
            "line 7: segments.beta.signed_up_before is not after signed_up_since",
        ),
        ("field.city = 3", "line 6: segments.beta.field.city is a text"),
        ('field = "city"', "line 6: segments.beta.field names an imported field"),
        ("", "line 5: segments.beta has no condition"),
        ("field = {}", "line 5: segments.beta has no condition"),
        ("[segments.beta.field]", "line 5: segments.beta has no condition"),
        ("field.City = 'Wien'\nfield.city = 'Graz'", "segments.beta.field names one twice"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(written: str, problem: str) -> None:
    with pytest.raises(FieldsError) as refused:
        segments(f"\n[segments.beta]\n{written}\n\n[segments.fine]\ntag = 'x'\n")

    assert problem in str(refused.value)
    assert "segments.fine" not in str(refused.value)


@pytest.mark.parametrize("written", ["segments = 3", "segments = ['a']", "[segments]\nbeta = 3"])
def test_what_is_no_segment_is_refused(written: str) -> None:
    with pytest.raises(FieldsError, match="segments"):
        segments(written)


@pytest.mark.parametrize("name", ['"Beta readers"', "Beta", "b_c", '"[x]"'])
def test_a_segments_name_is_as_series_write_it(name: str) -> None:
    with pytest.raises(FieldsError, match="a-z, 0-9 and hyphens"):
        segments(f'[segments.{name}]\ntag = "x"\n')


def test_a_line_is_found_in_the_right_table() -> None:
    text = 'tag = 1\n[segments.a]\ntag = 2\n[ segments . "b" ] # tag = 0\n# tag = 3\n"tag" = 4\n'

    assert line_of("tag", text) == 1
    assert line_of("tag", text, table="segments.a") == 3
    assert line_of("tag", text, table="segments.b") == 6
    assert line_of("field", text, table="segments.b") == 4
    assert line_of("field", text, table="segments.c") == 0


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.dates() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
_conditions = st.sampled_from(["language", "tag", "series", "field", "signed_up_since", "x", ""])


@given(_values | st.dictionaries(st.text(), st.dictionaries(_conditions, _values)), st.text())
def test_whatever_stands_there_is_read_or_refused(tables: object, text: str) -> None:
    found, problems = segments_in(tables, text)

    assert problems or all(segment.has_conditions and segment.rule for segment in found)


def test_a_series_names_its_segment_and_keeps_it_when_it_is_written_again() -> None:
    text = 'newsletter = "slow-bread"\ntitle = "Flour"\nsegment = "beta"  # first\n'
    series = parse_series(text, "flour", "series/flour/series.toml")

    assert series.segment == "beta"
    assert print_series(series, text) == text
    with pytest.raises(ManuscriptError, match="segment is a short name"):
        parse_series(text.replace("beta", "Beta readers"), "flour", "series/flour/series.toml")
