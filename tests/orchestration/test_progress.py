"""How far a run has come is shown, and nobody waits for it."""

import subprocess
import sys

import pytest

from partwork.orchestration.launcher import RunningPrefect

TELLS = """
from prefect import settings
from prefect.settings import temporary_settings
from partwork.orchestration.progress import shown_progress

tell = shown_progress("telling", "Of all")
tell(2, 2)
away = {settings.PREFECT_API_URL: "http://127.0.0.1:9/api", settings.PREFECT_CLIENT_MAX_RETRIES: 0}
with temporary_settings(away):
    tell(2, 2)
print("went on")
"""


@pytest.mark.prefect
def test_who_works_goes_on_where_the_dashboard_is_away(prefect: RunningPrefect):
    told = subprocess.run(
        [sys.executable, "-c", TELLS],
        env=dict(prefect.environment),
        cwd=prefect.home.parent,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.stdout == "went on\n", told.stderr
    assert "progress is not shown" in told.stderr
    query = {"artifacts": {"key": {"any_": ["telling"]}}}
    (shown,) = prefect.api.post("/artifacts/filter", query)
    assert shown["data"] == 100
