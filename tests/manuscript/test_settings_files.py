"""Newsletters and series as editors set them up in TOML."""

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.manuscript.errors import FieldsError, ManuscriptError
from partwork.manuscript.newsletter import parse_newsletter
from partwork.manuscript.series import parse_series, print_series
from partwork.manuscript.settings_table import mailbox_of, written_mailbox
from partwork.model.address import Mailbox
from partwork.model.newsletter import Brand, Cadence, Newsletter, QuotationLimits, Weekday
from partwork.model.series import Kind, Mode, Series

NEWSLETTER = """\
name = "Slow Bread"
description = "Baking, in parts."
language = "de-CH"
sender = "Slow Bread, Zürich <crumb@example.org>"
reply_to = "baker@example.org"
postal_address = "1 Mill Lane\\nGrainford"
imprint_url = "https://example.org/imprint"
privacy_url = "https://example.org/privacy?x=1#top"
accent = "#2A3b4c"
logo = "loaf.png"
logo_dark = "loaf at night.png"
footer = ["Baked on Mondays.", "Printed nowhere."]
notices = ["Ovens are hot."]
crisis_notice = "Call someone."
demo = true

[quotation]
percent = 10
words = 40

[cadence]
days = ["tue", "fri"]
time = "07:30"
zone = "Europe/Berlin"
starts_on = 2026-12-01
"""

CADENCE = Cadence(
    (Weekday.TUESDAY, Weekday.FRIDAY), time(7, 30), "Europe/Berlin", date(2026, 12, 1)
)

SERIES = """\
# Ask Jo before changing the title.
title = "Starting a starter"   # working title
newsletter = 'slow-bread'

articles = [
  "flour",  # the long one
  "water",
]

[cadence]   # like the newsletter's
zone = "Europe/Berlin"
days = ["tue", "fri"]
time = 07:30:00
starts_on = 2026-12-01
"""


def newsletter(text: str) -> Newsletter:
    return parse_newsletter(text, "slow-bread", "newsletters/slow-bread.toml")


def series(text: str) -> Series:
    return parse_series(text, "starter", "series/starter/series.toml")


def test_a_newsletter_is_read_with_all_its_fields() -> None:
    assert newsletter("\ufeff" + NEWSLETTER.replace("\n", "\r\n")) == Newsletter(
        slug="slow-bread",
        name="Slow Bread",
        sender=Mailbox("Slow Bread, Zürich", "crumb@example.org"),
        reply_to=Mailbox("", "baker@example.org"),
        postal_address="1 Mill Lane\nGrainford",
        imprint_url="https://example.org/imprint",
        privacy_url="https://example.org/privacy?x=1#top",
        description="Baking, in parts.",
        language="de-CH",
        accent="#2A3b4c",
        logo="loaf.png",
        logo_dark="loaf at night.png",
        footer=("Baked on Mondays.", "Printed nowhere."),
        notices=("Ovens are hot.",),
        crisis_notice="Call someone.",
        quotation=QuotationLimits(0.1, 40),
        cadence=CADENCE,
        demo=True,
    )


def test_a_newsletter_needs_no_more_than_a_name_and_two_addresses() -> None:
    read = newsletter('name = "A"\nsender = "a@example.org"\nreply_to = "b@example.org"\n')

    assert read == Newsletter(
        "slow-bread", "A", Mailbox("", "a@example.org"), Mailbox("", "b@example.org")
    )


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ('"Bread" <a@example.org>', "Bread"),
        (r'"The \"Slow\" Bread <daily> \\ Co." <a@example.org>', r'The "Slow" Bread <daily> \ Co.'),
        ('The "Slow" Bread, Zürich <a@example.org>', 'The "Slow" Bread, Zürich'),
        ('"Slow" and "Bread" <a@example.org>', '"Slow" and "Bread"'),
        ('"" <a@example.org>', ""),
        ("<a@example.org>", ""),
    ],
)
def test_a_senders_name_is_read_as_headers_write_it(written: str, name: str) -> None:
    assert mailbox_of(written) == Mailbox(name, "a@example.org")


@pytest.mark.parametrize(
    "written",
    [
        '"Bread" a@example.org',
        "Bread <daily> <a@example.org>",
        '"A" <a@example.org> <b@example.org>',
    ],
)
def test_what_is_no_mailbox_is_none(written: str) -> None:
    assert mailbox_of(written) is None


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "Slow Bread"', "", "name is missing"),
        ('name = "Slow Bread"', 'name = " "', "name is empty"),
        ('name = "Slow Bread"', "name = 3", "name is text"),
        ('name = "Slow Bread"', 'name = "A\\r\\nBcc: x"', "name holds a line break"),
        ('"de-CH"', '"german"+', "line 3"),
        ('"de-CH"', '"auf Deutsch"', "language is a language tag"),
        ("<crumb@example.org>", "crumb@example.org", "sender is an address"),
        ("<crumb@example.org>", "<crumb@example>", "sender is an address"),
        ("<crumb@example.org>", "<crumb@example.org>, <b@example.org>", "sender is an address"),
        ("<crumb@example.org>", "<crumb@example.org\\nBcc: b@example.org>", "sender holds a line"),
        ('"#2A3b4c"', '"teal"', 'accent is a colour such as "#1d5c63"'),
        ('"#2A3b4c"', '"#ffee88"', "accent is too pale to be read on white; the nearest"),
        ('"https://example.org/imprint"', '"javascript:alert(1)"', "imprint_url is a web address"),
        ('"https://example.org/imprint"', '"www.example.org"', "imprint_url is a web address"),
        ("demo = true", 'demo = "yes"', "demo is true or false"),
        ("demo = true", "demo = 1", "demo is true or false"),
        ("demo = true", "dmeo = true", "'dmeo' is no field; did you mean demo?"),
        ("demo = true", "banner = 'x'", "'banner' is no field; known are name"),
        ('logo = "loaf.png"', "", "logo_dark stands in for logo in the dark; name a logo"),
        ('logo = "loaf.png"', "logo = 3", "logo is text"),
        ('["Baked on Mondays.", "Printed nowhere."]', '"Baked."', "footer is a list of texts"),
        ('["Ovens are hot."]', '"Ovens are hot."', "notices is a list"),
        ('["Ovens are hot."]', '["", "x"]', "notices is a list"),
        ('["tue", "fri"]', '["tue", "friday"]', "cadence.days is a list of days"),
        ('["tue", "fri"]', '["tue", "tue"]', "cadence.days is a list of days"),
        ('["tue", "fri"]', "[]", "cadence.days is a list of days"),
        ('"07:30"', '"7.30"', "cadence.time is a time"),
        ('"07:30"', '"24:00"', "cadence.time is a time"),
        ('"Europe/Berlin"', '"Europe/Berln"', "cadence.zone is a time zone"),
        ('"Europe/Berlin"', '"Europe"', "cadence.zone is a time zone"),
        ('"Europe/Berlin"', '"../../etc/passwd"', "cadence.zone is a time zone"),
        ("percent = 10", "percent = 10.5", "quotation.percent is a whole number from 0 to 100"),
        ("percent = 10", "percent = 101", "quotation.percent is a whole number from 0 to 100"),
        ("words = 40", 'words = "40"', "quotation.words is a whole number from 0 to 100000"),
        ("words = 40", "words = true", "quotation.words is a whole number"),
        ("words = 40", "word = 40", "quotation.'word' is no field; did you mean words?"),
        ("[quotation]\n", "quotation = 10\n", "quotation is a table; write [quotation]"),
        ("2026-12-01", '"2026-12-01"', "cadence.starts_on is a day"),
        ("2026-12-01", "2026-12-01T10:00:00", "cadence.starts_on is a day"),
        ("starts_on", "start_on", "cadence.'start_on' is no field; did you mean starts_on?"),
        ("name =", "name", "line 1"),
        ("name =", 'name = "a"\nname =', "TOML"),
    ],
)
def test_a_wrong_field_is_named_with_what_would_be_right(old: str, new: str, says: str) -> None:
    with pytest.raises(ManuscriptError) as error:
        newsletter(NEWSLETTER.replace(old, new))

    assert str(error.value).startswith("newsletters/slow-bread.toml")
    assert says in str(error.value)
    assert "\n" not in str(error.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(FieldsError) as error:
        newsletter('nmae = "A"\naccent = "red"\ncadence = "daily"\n')

    assert [problem.split()[0] for problem in error.value.problems] == [
        "name",
        "sender",
        "reply_to",
        "accent",
        "cadence",
        "'nmae'",
    ]


def test_lists_nested_without_end_are_refused() -> None:
    with pytest.raises(ManuscriptError):
        newsletter("a = " + "[" * 100_000)


def test_the_newsletter_that_we_bring_can_be_read_and_never_leaves() -> None:
    file = Path(__file__).parents[2] / "content" / "newsletters" / "quiet-hour.toml"

    read = parse_newsletter(file.read_text("utf-8"), "quiet-hour", file.name)

    assert read.demo
    assert {m.address.rpartition("@")[2] for m in (read.sender, read.reply_to)} == {"example.org"}
    assert read.notices
    assert read.crisis_notice


def test_a_series_is_read_with_all_its_fields() -> None:
    assert series(SERIES) == Series(
        slug="starter",
        newsletter="slow-bread",
        title="Starting a starter",
        mode=Mode.CALENDAR,
        cadence=CADENCE,
        articles=("flour", "water"),
    )


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("'slow-bread'", "'../slow'", "newsletter is a short name"),
        ('"water"', '"../water"', "articles holds '../water'"),
        ('"water"', '"flour"', "articles names one twice"),
        ("title =", "mode = 'weekly'\ntitle =", 'mode is "calendar" or "course"'),
        ("07:30:00", "07:30:15", "cadence.time is a time"),
        ("title =", "accent = '#ffee88'\ntitle =", "accent is too pale to be read on white; the"),
        ("title =", "reply_to = 'nobody'\ntitle =", "reply_to is an address such as"),
        ("title =", 'sender_name = "A\\r\\nBcc"\ntitle =', "sender_name holds a line break"),
        ("title =", "logo_dark = 'night.png'\ntitle =", "logo_dark stands in for logo"),
        ("title =", "postal_address = 'Elsewhere'\ntitle =", "'postal_address' is no field"),
    ],
)
def test_a_wrong_field_of_a_series_is_named(old: str, new: str, says: str) -> None:
    with pytest.raises(FieldsError) as error:
        series(SERIES.replace(old, new))

    assert says in str(error.value)


def test_a_series_is_composed_unless_it_says_that_it_is_a_letter() -> None:
    assert series(SERIES).kind is Kind.COMPOSED
    assert series('kind = "letter"\n' + SERIES).kind is Kind.LETTER
    with pytest.raises(FieldsError, match='kind is "composed" or "letter"'):
        series('kind = "poem"\n' + SERIES)


BRAND = """\
sender_name = "Slow Bread: sourdough"
reply_to = 'Jo  <Jo@EXAMPLE.org>'   # she bakes
accent = "#7a1f1f"
logo = "jar.png"
footer = ["From a cellar."]
notices = ["Jars burst."]
"""


def test_a_series_may_look_other_than_its_newsletter_and_is_sent_from_the_same_address() -> None:
    brand = series(BRAND + SERIES).brand

    assert brand.on(newsletter(NEWSLETTER)) == replace(
        newsletter(NEWSLETTER),
        sender=Mailbox("Slow Bread: sourdough", "crumb@example.org"),
        reply_to=Mailbox("Jo", "Jo@example.org"),
        accent="#7a1f1f",
        logo="jar.png",
        logo_dark="",
        footer=("From a cellar.",),
        notices=("Ovens are hot.", "Jars burst."),
    )


def test_what_a_series_does_not_say_is_as_its_newsletter_has_it() -> None:
    empty = 'sender_name = ""\nreply_to = ""\naccent = ""\nlogo = ""\nfooter = []\n'

    for text in (SERIES, empty + SERIES):
        assert series(text).brand.on(newsletter(NEWSLETTER)) == newsletter(NEWSLETTER)


@pytest.mark.parametrize("text", [SERIES, BRAND + SERIES])
def test_a_series_written_over_its_file_leaves_all_that_is_the_same(text: str) -> None:
    assert print_series(series(text), text) == text


def test_a_series_written_over_its_file_changes_what_differs() -> None:
    changed = replace(series(SERIES), title="New", language="de", articles=("flour", "salt"))

    printed = print_series(changed, SERIES)

    assert series(printed) == changed
    assert 'title = "New"   # working title' in printed
    assert "# Ask Jo before changing the title." in printed
    assert "[cadence]   # like the newsletter's\nzone" in printed


TEXTS = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1).filter(
    lambda t: t == t.strip() and t.isprintable()
)
SLUGS = st.from_regex(r"[a-z0-9][a-z0-9-]{0,8}", fullmatch=True)
LINES = st.lists(TEXTS, max_size=3).map(tuple)
LOGOS = st.sampled_from([("", ""), ("a.png", ""), ("a b.jpg", "b.png")])
BRANDS = st.builds(
    lambda logos, **fields: Brand(logo=logos[0], logo_dark=logos[1], **fields),
    LOGOS,
    sender_name=st.one_of(st.just(""), TEXTS),
    reply_to=st.sampled_from(
        [None, Mailbox("", "a@example.org"), Mailbox('Jo, "B" <Ü> \\', "b@example.org")]
    ),
    accent=st.sampled_from(["", "#1D5c63"]),
    footer=LINES,
    notices=LINES,
)
SOME_SERIES = st.builds(
    Series,
    slug=st.just("starter"),
    newsletter=SLUGS,
    title=TEXTS,
    description=st.one_of(st.just(""), TEXTS),
    language=st.sampled_from(["en", "de-CH"]),
    kind=st.sampled_from(Kind),
    mode=st.sampled_from(Mode),
    brand=BRANDS,
    cadence=st.sampled_from([None, CADENCE, replace(CADENCE, starts_on=None)]),
    articles=st.lists(SLUGS, unique=True, max_size=4).map(tuple),
)


@given(TEXTS)
def test_a_printed_mailbox_reads_back_as_it_was(name: str) -> None:
    mailbox = Mailbox(name, "a@example.org")

    assert mailbox_of(written_mailbox(mailbox)) == mailbox


@given(SOME_SERIES, SOME_SERIES)
def test_a_printed_series_reads_back_as_it_was(old: Series, new: Series) -> None:
    first = print_series(old)

    assert series(first) == old
    assert series(print_series(new, first)) == new
    assert print_series(new, print_series(new, first)) == print_series(new, first)


def test_a_file_that_is_no_toml_is_not_written_over() -> None:
    with pytest.raises(ManuscriptError, match=r"series/starter/series\.toml, line 1"):
        print_series(series(SERIES), "title = ")
