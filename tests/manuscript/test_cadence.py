"""When a series appears, as an editor writes it."""

from datetime import date, time

import pytest

from partwork.manuscript.cadence import cadence_in
from partwork.manuscript.errors import FieldsError
from partwork.manuscript.newsletter import parse_newsletter
from partwork.manuscript.series import parse_series, print_series
from partwork.model.newsletter import Cadence, Pause, Weekday

ZONE = {"time": "07:30", "zone": "Europe/Berlin"}
HEAD = 'newsletter = "bench"\ntitle = "Soil"\n'
LETTER = 'name = "The Bench"\nsender = "a@example.org"\nreply_to = "a@example.org"\n'


@pytest.mark.parametrize(
    ("fields", "read"),
    [
        ({"days": ["tue"]}, Cadence((Weekday.TUESDAY,), time(7, 30), "Europe/Berlin")),
        (
            {"days": ["tue"], "every": "2 weeks", "starts_on": date(2026, 12, 1)},
            Cadence((Weekday.TUESDAY,), time(7, 30), "Europe/Berlin", date(2026, 12, 1), (), 2),
        ),
        (
            {"month_days": [31, 1]},
            Cadence((), time(7, 30), "Europe/Berlin", None, (1, 31)),
        ),
        (
            {"every": "10 days", "starts_on": date(2026, 12, 1)},
            Cadence((), time(7, 30), "Europe/Berlin", date(2026, 12, 1), (), 10),
        ),
    ],
)
def test_a_cadence_is_weekly_monthly_or_counts_days(
    fields: dict[str, object], read: Cadence
) -> None:
    assert cadence_in(ZONE | fields) == (read, ())


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "days is a list of days"),
        ({"days": ["tue"], "month_days": [1]}, "month_days and days exclude each other"),
        ({"month_days": [0]}, "month_days is a list of days of the month"),
        ({"month_days": [True]}, "month_days is a list of days of the month"),
        ({"month_days": []}, "month_days is a list of days of the month"),
        ({"days": ["tue"], "every": "2 months"}, "every counts months, which goes with month_days"),
        ({"days": ["tue"], "every": "2 weeks"}, "every needs starts_on"),
        ({"every": "3 days"}, "every needs starts_on"),
        ({"days": ["tue"], "every": 2}, "every is a number up to 1000 and days"),
        ({"days": ["tue"], "every": "2000 weeks"}, "every is a number up to 1000 and days"),
        ({"days": ["tue"], "starts_on": date(9999, 12, 31)}, "starts_on is a day of the years"),
        ({"days": ["tue"], "zone": 7}, "zone is text"),
        ({"days": ["tue"], "evry": "2 weeks"}, "'evry' is no field; did you mean every?"),
    ],
)
def test_what_does_not_go_together_is_told_in_a_line(
    fields: dict[str, object], problem: str
) -> None:
    cadence, problems = cadence_in(ZONE | fields)

    assert cadence is None
    assert len(problems) == 1
    assert problems[0].startswith(f"cadence.{problem}")


def test_days_and_pauses_are_skipped_by_newsletters_and_series() -> None:
    skip = 'skip = ["2026-12-24/2027-01-02", 2027-05-01]\n'
    read = (
        Pause(date(2026, 12, 24), date(2027, 1, 2)),
        Pause(date(2027, 5, 1), date(2027, 5, 1)),
    )

    assert parse_newsletter(LETTER + skip, "bench", "bench.toml").skip == read
    assert parse_series(HEAD + skip, "soil", "series.toml").skip == read


@pytest.mark.parametrize(
    "written",
    ['"2026-12-24"', '["24.12.2026"]', '["2027-01-02/2026-12-24"]', '["2026-01-01/2029-01-01"]',
     '["2026-02-30"]', "[7]", '["1890-01-01"]'],
)  # fmt: skip
def test_what_is_no_pause_is_told_in_a_line(written: str) -> None:
    with pytest.raises(FieldsError, match="skip is a list of days and pauses"):
        parse_series(f"{HEAD}skip = {written}\n", "soil", "series.toml")


def test_a_course_may_have_a_day_by_which_it_is_reviewed() -> None:
    course = parse_series(f'{HEAD}mode = "course"\nreview_by = 2027-06-30\n', "soil", "s.toml")

    assert course.review_by == date(2027, 6, 30)
    with pytest.raises(FieldsError, match="review_by is for courses"):
        parse_series(f"{HEAD}review_by = 2027-06-30\n", "soil", "s.toml")
    with pytest.raises(FieldsError, match="review_by is a day without quotes"):
        parse_series(f'{HEAD}mode = "course"\nreview_by = "soon"\n', "soil", "s.toml")


def test_a_series_is_printed_as_its_editor_wrote_it() -> None:
    text = (
        f'{HEAD}mode = "course"\nreview_by = 2027-06-30 # ask Jo\n'
        'skip = [ 2027-05-01, "2027-12-24 / 2028-01-02" ]\n\n'
        '[cadence]\nmonth_days = [31, 1] # the ends\nevery = "1 month"\ntime = "07:30"\n'
        'zone = "Europe/Berlin"\n'
    )
    series = parse_series(text, "soil", "series.toml")

    assert print_series(series, text) == text
    assert parse_series(print_series(series), "soil", "series.toml") == series
