"""A command beside `partwork up` speaks to its server, unless it is told of another."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from partwork.launched import Launched, told_beside

UP = Launched(4321, "partwork:a-password-of-16", "127.0.0.1", "https://dashboard.example.org")
MEET = """
import json, os, sys
from partwork.orchestration.beside import meet_server
meet_server()
print(json.dumps([dict(os.environ), "prefect" in sys.modules]))
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".partwork" / "prefect").mkdir(parents=True)
    return tmp_path


def environment_beside(home: Path, **theirs: str) -> dict[str, str]:
    """What the command's own environment is then; nothing of Prefect is imported for it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    said = subprocess.check_output(
        [sys.executable, "-c", MEET], env=kept | {"PARTWORK_HOME": str(home)} | theirs, text=True
    )
    environment, has_prefect = json.loads(said)
    assert not has_prefect
    return dict(environment)


def test_it_has_address_login_and_tokens_and_nothing_of_the_users(home: Path) -> None:
    theirs = {"PREFECT_API_KEY": "theirs", "HTTP_PROXY": "http://proxy.example.org"}
    with told_beside(home / ".partwork", UP):
        found = environment_beside(home, **theirs)

    assert found["PREFECT_API_URL"] == "http://127.0.0.1:4321/api"
    assert found["PREFECT_API_AUTH_STRING"] == UP.login
    assert found["PREFECT_CLIENT_CSRF_SUPPORT_ENABLED"] == "true"
    assert found["PREFECT_UI_URL"] == UP.url
    assert "PREFECT_API_KEY" not in found
    assert "127.0.0.1" in found["NO_PROXY"].split(",")


def test_a_server_that_is_named_is_the_one_that_is_meant(home: Path) -> None:
    with told_beside(home / ".partwork", UP):
        found = environment_beside(home, PREFECT_API_URL="http://10.0.0.1:4200/api")

    assert found["PREFECT_API_URL"] == "http://10.0.0.1:4200/api"
    assert "PREFECT_API_AUTH_STRING" not in found


def test_where_nothing_runs_no_server_is_named(home: Path) -> None:
    assert "PREFECT_API_URL" not in environment_beside(home)
