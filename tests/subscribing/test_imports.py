"""Files of addresses as people have them."""

import csv
import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.model.audience import Applicant
from partwork.subscribing.exports import csv_of
from partwork.subscribing.imports import RowError, applicants_in


def read(text: str) -> tuple[tuple[Applicant, ...], tuple[RowError, ...]]:
    """What gave somebody, and what did not."""
    rows = tuple(applicants_in(io.StringIO(text, newline="")))
    return (
        tuple(row for row in rows if isinstance(row, Applicant)),
        tuple(row for row in rows if isinstance(row, RowError)),
    )


def addresses_in(text: str) -> list[str]:
    applicants, errors = read(text)
    assert errors == ()
    return [a.address for a in applicants]


def only_reason(text: str) -> tuple[int, str]:
    applicants, (error,) = read(text)
    assert applicants == ()
    return error.line, error.reason


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_columns_are_found_by_their_names(delimiter: str, line_end: str, bom: str) -> None:
    rows = [
        ["Name", "E-Mail Address", "Language", "Shoe size"],
        ["Ada Lovelace", "Ada@example.org", "en-GB", "37"],
        ["", "grace@example.org", "", ""],
    ]

    text = bom + line_end.join(delimiter.join(row) for row in rows) + line_end

    assert read(text) == (
        (
            Applicant(2, "Ada@example.org", "Ada Lovelace", "en-GB"),
            Applicant(3, "grace@example.org"),
        ),
        (),
    )


@pytest.mark.parametrize(
    "title",
    ["email", "E-mail", "EMAIL ADDRESS", "Email Address", "e_mail", "E-Mail-Adresse", "address"],
)
def test_the_address_column_has_many_names(title: str) -> None:
    assert addresses_in(f"{title},x\nada@example.org,1\n") == ["ada@example.org"]


def test_an_e_mail_column_is_surer_than_an_address() -> None:
    text = "address,email\n1 Heap Lane,ada@example.org\n"

    assert addresses_in(text) == ["ada@example.org"]


def test_first_and_last_name_are_a_name() -> None:
    (ada, grace), _ = read(
        'First Name,Last Name,Email\nAda,Lovelace,ada@example.org\n,"Hopper",grace@example.org\n'
    )

    assert (ada.name, grace.name) == ("Ada Lovelace", "Hopper")


def test_a_bare_list_has_one_address_a_line() -> None:
    applicants, errors = read(
        "\n ada@example.org \nGrace Hopper <grace@example.org>\n\n"
        '"Noether, Emmy" <emmy@example.org>\n\u200bhedy@example.org\xa0\n'
    )

    assert errors == ()
    assert applicants == (
        Applicant(2, "ada@example.org"),
        Applicant(3, "grace@example.org", "Grace Hopper"),
        Applicant(5, "emmy@example.org", "Noether, Emmy"),
        Applicant(6, "hedy@example.org"),
    )


def test_an_address_is_kept_as_it_was_typed() -> None:
    assert addresses_in("Ada.L+news@Example.ORG\njörg@straße.example\n") == [
        "Ada.L+news@Example.ORG",
        "jörg@straße.example",
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "ada",
        "ada@",
        "@example.org",
        "ada@example",
        "ada@localhost",
        "ada@exam ple.org",
        "ada lovelace@example.org",
        "ada..l@example.org",
        "ada@@example.org",
        "ad\x00a@example.org",
        "ad\u200ba@example.org",
        "ada@example.org\x1b[2J",
        "ada@[192.0.2.1]",
        '"ada"@example.org',
        "ada@xn--.example",
        "a" * 65 + "@example.org",
        "ada@" + "x" * 250 + ".example.org",
        "=HYPERLINK(1)@example.org(",
    ],
)
def test_a_wrong_address_is_told_by_its_line_and_never_repeated(cell: str) -> None:
    table = only_reason('name;email\nAda;"' + cell.replace('"', '""') + '"\n')
    bare = only_reason(f"{cell}\n")

    assert table[0] == 2
    assert bare[0] == 1
    for _, reason in (table, bare):
        assert cell not in reason
        assert "\n" not in reason


def test_a_row_without_an_address_says_so() -> None:
    assert only_reason("name,email\nAda,\n") == (2, "it has no address")
    assert only_reason("name,email\nAda\n") == (2, "it has no address")


def test_a_shifted_row_is_not_guessed_at() -> None:
    line, reason = only_reason("name,email\nLovelace, Ada,ada@example.org\n")

    assert (line, "more cells" in reason) == (2, True)
    assert addresses_in("email,name\nada@example.org,Ada,,\n") == ["ada@example.org"]


@pytest.mark.parametrize(
    "text",
    [
        "name,phone\nAda,1\n",
        "just some words\nada@example.org\n",
        "ada@example.org,Ada\n",
        "ada@example.org;Ada\n",
    ],
)
def test_several_columns_need_names(text: str) -> None:
    _, reason = only_reason(text)

    assert "email,name" in reason


def test_addresses_on_one_line_are_asked_apart() -> None:
    _, reason = only_reason("ada@example.org, grace@example.org\n")

    assert "each its own" in reason


def test_who_left_elsewhere_is_not_brought_here() -> None:
    applicants, errors = read(
        "email,status\nada@example.org,subscribed\ngrace@example.org,Unsubscribed\n"
        "emmy@example.org,cleaned\nhedy@example.org,\n"
    )

    assert [a.address for a in applicants] == ["ada@example.org", "hedy@example.org"]
    assert [e.line for e in errors] == [3, 4]
    assert addresses_in("email,state\nada@example.org,CA\n") == ["ada@example.org"]
    assert "status" in only_reason("email,state\nada@example.org,ended\n")[1]


def test_rows_of_several_lines_keep_the_count() -> None:
    (ada, grace), _ = read('email,name\nada@example.org,"Ada\nLovelace"\ngrace@example.org,G\n')

    assert (ada.line, ada.name, grace.line) == (2, "Ada Lovelace", 4)


def test_a_quotation_mark_left_open_swallows_nobody_in_silence() -> None:
    applicants, errors = read(
        'email,name\nada@example.org,Ada\ngrace@example.org,"Grace\nemmy@example.org,Emmy\n'
    )

    assert [a.address for a in applicants] == ["ada@example.org"]
    assert [e.line for e in errors] == [3]


def test_a_language_that_is_none_is_left_open() -> None:
    (ada, grace), _ = read(
        "email,language\nada@example.org,English (UK)\ngrace@example.org,de_CH\n"
    )

    assert (ada.language, grace.language) == ("", "de_CH")


def test_an_empty_file_holds_nobody() -> None:
    assert read("") == read("\ufeff\r\n \n") == ((), ())


@given(st.text())
def test_any_text_is_read_to_its_end(text: str) -> None:
    for head in ("", "email,name\n", "email;name\n"):
        applicants, errors = read(head + text)
        assert all(a.line >= 1 and "@" in a.address for a in applicants)
        assert all(e.line >= 1 and "\n" not in e.reason for e in errors)


def test_a_long_line_is_no_header() -> None:
    assert only_reason("x," * 200_000)[0] == 1


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]))


@given(st.lists(st.lists(cells, min_size=1), min_size=1))
def test_no_exported_cell_begins_a_formula(rows: list[list[str]]) -> None:
    read = list(csv.reader(io.StringIO(csv_of(rows), newline="")))

    assert [[c.removeprefix("'") for c in row] for row in read] == [
        [c.removeprefix("'") for c in row] for row in rows
    ]
    assert not any(c.lstrip().startswith(("=", "+", "-", "@")) for row in read for c in row)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
def test_a_formula_becomes_words(cell: str) -> None:
    assert csv_of([[cell]]).lstrip('"').startswith("'")


def test_what_was_exported_is_imported_as_it_was() -> None:
    people = [("+ada@example.org", '=Ada, "Countess"'), ("grace@example.org", "- Grace")]

    applicants, errors = read(csv_of([("address", "name"), *people]))

    assert errors == ()
    assert [(a.address, a.name) for a in applicants] == people


def test_exported_rows_end_as_rfc_4180_wants() -> None:
    assert csv_of([("a", "b"), ("1", "x,y")]) == 'a,b\r\n1,"x,y"\r\n'


def test_mailchimps_three_files_bring_only_the_first_kind() -> None:
    head = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,CONFIRM_TIME"
    row = "ada@example.org,Ada,Lovelace,2,2024-01-02 10:00:00,2024-01-02 10:05:00"
    when = "2025-03-04 11:00:00"

    assert addresses_in(f"{head},LEID,NOTES\n{row},1,\n") == ["ada@example.org"]
    for title in ("UNSUB_TIME", "CLEAN_TIME"):
        applicants, (error,) = read(f"{head},{title},LEID\n{row},{when},1\n")
        assert applicants == ()
        assert (error.line, error.has_left) == (2, True)


def test_substacks_free_readers_come_and_its_disabled_ones_do_not() -> None:
    applicants, errors = read(
        "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
        "ada@example.org,false,,other,false,2025-01-01T00:00:00Z,\n"
        "grace@example.org,true,2027-01-01T00:00:00Z,yearly,true,2025-01-01T00:00:00Z,\n"
    )

    assert [a.address for a in applicants] == ["ada@example.org"]
    assert [(e.line, e.has_left) for e in errors] == [(3, True)]


def test_listmonks_blocked_and_disabled_stay_away() -> None:
    applicants, errors = read(
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        'u1,ada@example.org,Ada,"{""city"": ""Bath, UK""}",enabled,2025-01-01,2025-01-01\n'
        "u2,grace@example.org,Grace,{},blocklisted,2025-01-01,2025-01-01\n"
        "u3,emmy@example.org,Emmy,{},disabled,2025-01-01,2025-01-01\n"
    )

    assert [(a.address, a.name) for a in applicants] == [("ada@example.org", "Ada")]
    assert [e.line for e in errors if e.has_left] == [3, 4]


def test_ghosts_members_come_who_want_mail_and_are_still_there() -> None:
    applicants, errors = read(
        "id,email,name,note,subscribed_to_emails,complimentary_plan,created_at,deleted_at,labels\n"
        "1,ada@example.org,Ada,,true,false,2025-01-01,,\n"
        "2,grace@example.org,Grace,,false,false,2025-01-01,,\n"
        "3,emmy@example.org,Emmy,,,false,2025-01-01,,\n"
        "4,hedy@example.org,Hedy,,true,false,2025-01-01,2025-02-02,\n"
    )

    assert [a.address for a in applicants] == ["ada@example.org"]
    assert [e.line for e in errors if e.has_left] == [3, 4, 5]


def test_our_own_export_brings_the_confirmed() -> None:
    applicants, errors = read(
        "address,name,language,newsletter,state,confirmed_at,ended_at\r\n"
        "ada@example.org,Ada,en,bench,confirmed,2025-01-01T00:00:00+00:00,\r\n"
        "grace@example.org,,,bench,ended,2025-01-01T00:00:00+00:00,2025-02-01T00:00:00+00:00\r\n"
        "emmy@example.org,,,bench,pending,,\r\n"
    )

    assert [a.address for a in applicants] == ["ada@example.org"]
    assert [e.line for e in errors if e.has_left] == [3, 4]


def test_a_mistake_is_not_taken_for_a_departure() -> None:
    _, (error,) = read("email,status\nada,subscribed\n")

    assert not error.has_left


def test_rows_are_read_as_they_are_asked_for() -> None:
    endless = (f"reader.{n}@example.org\n" for n in itertools.count())

    first = next(applicants_in(itertools.chain(["email\n"], endless)))

    assert first == Applicant(2, "reader.0@example.org")
