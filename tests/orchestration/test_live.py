"""How far a run has come is shown while it works, and nobody waits for it."""

import logging
from contextlib import suppress

import pytest
from prefect import flow
from prefect.settings import PREFECT_API_URL, PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from partwork.orchestration.launcher import RunningPrefect
from partwork.orchestration.live import LiveReport, leave_full_bar
from tests.conftest import wait_until
from tests.orchestration.runs import as_in

pytestmark = pytest.mark.prefect


def so_far(done: int, of: int, is_cut_short: bool) -> str:
    return f"{done} of {of}{', and no more' if is_cut_short else ''}"


def test_report_and_bar_are_one_artifact_each_that_is_written_anew(prefect: RunningPrefect):
    def shown() -> list[object]:
        query = {"artifacts": {"key": {"any_": ["a-live-report", "a-live-bar"]}}}
        return sorted(
            (one["data"] for one in prefect.api.post("/artifacts/filter", query)), key=str
        )

    @flow(name="writes")
    def writes() -> None:
        with LiveReport("a live report", so_far, bar="a live bar", first=0.05) as live:
            wait_until(lambda: shown() == [0])
            for done in (1, 2):
                live.tell(done, 4)
                wait_until(lambda done=done: shown() == [f"{done} of 4", 25 * done])
            live.tell(3, 4)
            live.end("all done")

        assert shown() == [75, "all done"]
        leave_full_bar("a live bar")

    with as_in(prefect):
        writes()

    assert shown() == [100, 75, "all done"]


def test_a_run_that_is_ended_does_not_go_on_promising(prefect: RunningPrefect):
    @flow(name="ends")
    def ends() -> None:
        with (
            suppress(KeyboardInterrupt),
            LiveReport("a report cut short", so_far, bar="a bar cut short") as live,
        ):
            live.tell(1, 4)
            raise KeyboardInterrupt

    with as_in(prefect):
        ends()

    query = {"artifacts": {"key": {"any_": ["a-report-cut-short", "a-bar-cut-short"]}}}
    told = {one["key"]: one["data"] for one in prefect.api.post("/artifacts/filter", query)}
    assert told == {"a-report-cut-short": "1 of 4, and no more", "a-bar-cut-short": 25}


def test_who_works_goes_on_where_the_dashboard_is_away(
    prefect: RunningPrefect, caplog: pytest.LogCaptureFixture
):
    away = {PREFECT_API_URL: "http://127.0.0.1:9/api", PREFECT_CLIENT_MAX_RETRIES: 0}

    @flow(name="works")
    def works() -> None:
        with (
            temporary_settings(away),
            LiveReport("a report", so_far, bar="a bar", first=0.05) as live,
        ):
            live.tell(1, 2)
            wait_until(lambda: "a-bar is not shown: ConnectError" in caplog.text)
            live.end("all done")

    log = logging.getLogger("partwork.progress")
    log.addHandler(caplog.handler)  # where Prefect has set up logs, nothing goes further up
    try:
        with as_in(prefect):
            works()
    finally:
        log.removeHandler(caplog.handler)

    assert "a-report is not shown: ConnectError" in caplog.text
