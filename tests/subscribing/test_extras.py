"""Tags and fields that an import brings beside addresses."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.audience import Applicant
from partwork.subscribing.exports import csv_of
from partwork.subscribing.extras import (
    MAX_TAG,
    MAX_VALUE,
    ExtrasError,
    checked_tag,
    field_name,
    one_line,
    tags_cell,
)
from partwork.subscribing.imports import RowError, applicants_in


def rows(text: str, *fields: str) -> list[Applicant | RowError]:
    return list(applicants_in(io.StringIO(text, newline=""), fields))


def only(text: str, *fields: str) -> Applicant:
    (row,) = rows(text, *fields)
    assert isinstance(row, Applicant), row
    return row


def reason(text: str, *fields: str) -> str:
    (row,) = rows(text, *fields)
    assert isinstance(row, RowError), row
    return row.reason


@pytest.mark.parametrize(
    ("header", "cell"),
    [
        ("Email Address,TAGS", '"""Beta"",""Press, local"""'),  # Mailchimp
        ("email,labels", '"Beta, ""Press, local"""'),  # Ghost
        ("email,lists", '"Beta,""Press, local"",Beta,"'),  # listmonk
    ],
)
def test_tags_are_read_as_others_export_them(header: str, cell: str) -> None:
    assert only(f"{header}\nada@example.org,{cell}\n").tags == ("Beta", "Press, local")


def test_tags_of_several_columns_come_together() -> None:
    row = only('email,tags,labels\nada@example.org,"b\na",\'=c\n')

    assert row.tags == ("b a", "=c")


def test_no_column_is_kept_that_nobody_asked_for() -> None:
    text = 'email,City,attributes\nada@example.org,Wien,"{""age"": 40}"\n'

    assert only(text).fields == ()
    assert only(text, "city").fields == (("city", "Wien"),)


def test_a_field_is_asked_for_by_its_title_however_it_is_written() -> None:
    row = only("email,HOME_town\nada@example.org,  Wien \n", "Home  Town")

    assert row.fields == (("home town", "Wien"),)


def test_fields_are_found_in_attributes() -> None:
    cell = '"{""Age"": 40, ""vip"": true, ""note"": null, ""pets"": [""cat"", ""dog""]}"'
    row = only(f"email,attributes\nada@example.org,{cell}\n", "age", "vip", "note", "pets", "no")

    assert row.fields == (("age", "40"), ("vip", "true"), ("pets", '["cat", "dog"]'))


@pytest.mark.parametrize("cell", ["{", "[1]", "3", "[" * 5000, '"x"'])
def test_attributes_that_are_none_are_told_only_where_they_are_asked_for(cell: str) -> None:
    text = csv_of([("email", "attributes"), ("ada@example.org", cell)])

    assert "JSON" in reason(text, "age")
    assert only(text).fields == ()


def test_a_field_that_no_column_has_imports_nobody() -> None:
    text = "email,city\nada@example.org,Wien\nbob@example.org,Graz\n"

    assert "'town'" in reason(text, "city", "town")
    assert "'town'" in reason("ada@example.org\nbob@example.org\n", "town")


def test_what_is_too_long_is_refused_with_the_name_of_the_field() -> None:
    long_tag, long_value = "t" * (MAX_TAG + 1), "v" * (MAX_VALUE + 1)

    assert "tags" in reason(f"email,tags\nada@example.org,{long_tag}\n")
    assert "its city" in reason(f"email,city\nada@example.org,{long_value}\n", "city")


@pytest.mark.parametrize("tag", ["", " \n", "\u200b", "t" * (MAX_TAG + 1)])
def test_a_tag_for_all_is_short_and_can_be_seen(tag: str) -> None:
    with pytest.raises(ExtrasError, match="characters"):
        checked_tag(tag)


_cells = st.text(max_size=30) | st.sampled_from(['{"age":', "[[", '"a', "\ud800", "1e999", "{}"])


@given(st.lists(_cells, max_size=5), st.booleans())
def test_whatever_a_cell_holds_it_is_kept_or_refused(cells: list[str], is_csv: bool) -> None:
    header = "email,tags,attributes,field.x,city\n"
    text = csv_of([cells]) if is_csv else ",".join(cells)

    for row in rows(f"{header}ada@example.org,{text}\n", "age", "city"):
        if isinstance(row, Applicant):
            kept = (*row.tags, *(part for field in row.fields for part in field))
            assert all(word.isprintable() and word == word.strip() for word in kept)
        else:
            assert row.reason


_lines = st.text(min_size=1, max_size=20).map(one_line).filter(bool)


@given(st.lists(_lines, max_size=4, unique=True), _lines, st.text(max_size=20).map(one_line))
def test_what_is_exported_comes_back_as_it_was(tags: list[str], field: str, value: str) -> None:
    name = field_name(field)
    text = csv_of(
        [("address", "tags", f"field.{name}"), ("ada@example.org", tags_cell(tags), value)]
    )

    row = only(text)

    kept = ((name, value),) if name and value else ()
    assert row.tags == tuple(tags)
    assert row.fields == kept


@given(st.text(max_size=12).map(one_line))
def test_no_cell_of_an_export_begins_a_formula_and_each_comes_back(name: str) -> None:
    text = csv_of([("email", "name"), ("ada@example.org", name)])

    shown = list(csv.reader(io.StringIO(text)))[1][1]
    assert not shown.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert only(text).name == name
