import os
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

import pytest
from dotenv import dotenv_values

from partwork.orchestration.environment import Place, clean_environment, prefect_settings

MACHINES = Path(__file__).parents[2] / "deploy" / "machines.env.example"


def test_nothing_that_steers_prefect_is_handed_down():
    theirs = {
        "PREFECT_API_URL": "http://127.0.0.1:9/api",
        "prefect_api_key": "theirs",
        "PREFECT__FLOW_RUN_ID": "1",
        "UVICORN_ROOT_PATH": "/elsewhere",
        "LANG": "C.UTF-8",
    }

    ours = clean_environment(theirs, PREFECT_API_URL="http://127.0.0.1:1/api")

    assert ours["PREFECT_API_URL"] == "http://127.0.0.1:1/api"
    assert ours["LANG"] == "C.UTF-8"
    assert "theirs" not in ours.values()
    assert not {name for name in ours if name.startswith(("PREFECT__", "UVICORN"))}


def test_prefects_clients_read_one_certificate_of_nobodys(tmp_path: Path):
    settings = prefect_settings(tmp_path, Place(port=4200))

    context = ssl.create_default_context(cafile=settings["PREFECT_API_SSL_CERT_FILE"])

    (known,) = context.get_ca_certs()
    assert known["issuer"] == known["subject"] == ((("commonName", "nobody.invalid"),),)


def test_the_loopback_address_never_goes_through_a_proxy():
    ours = clean_environment(
        {"HTTP_PROXY": "http://proxy.example.org", "NO_PROXY": "a.example.org"}
    )

    assert ours["NO_PROXY"].split(",") == ["a.example.org", "127.0.0.1", "localhost"]
    assert ours["HTTP_PROXY"] == "http://proxy.example.org"


def test_python_is_the_interpreter_that_runs_now():
    ours = clean_environment({"PATH": "/nowhere"})

    found = shutil.which("python", path=ours["PATH"])

    assert found is not None
    said = subprocess.check_output([found, "-c", "import sys; print(sys.prefix)"], text=True)
    assert said.strip() == sys.prefix


LINK = """
from prefect.utilities.urls import url_for
print(url_for("flow-run", "4b2f0a1e-0000-4000-8000-000000000000"))
"""


@pytest.mark.parametrize("place", ["behind a proxy", "of several machines"])
def test_links_to_runs_lead_to_what_people_see(place: str, tmp_path: Path) -> None:
    settings = (
        prefect_settings(tmp_path, Place(4300, "ada:secret", url="https://dashboard.example.org"))
        if place == "behind a proxy"
        else {name: value or "" for name, value in dotenv_values(MACHINES).items()}
    )
    (tmp_path / ".partwork" / "prefect").mkdir(parents=True)

    link = subprocess.check_output(
        [sys.executable, "-c", LINK],
        env=clean_environment(os.environ, **settings),
        cwd=tmp_path,
        text=True,
    )

    run = "runs/flow-run/4b2f0a1e-0000-4000-8000-000000000000"
    assert link.strip() == f"https://dashboard.example.org/{run}"


def test_a_home_has_its_own_server_and_tells_nobody():
    home = Path("/srv/a home")

    settings = prefect_settings(home, Place(4300, "ada:secret"))

    assert settings["PARTWORK_HOME"] == "/srv/a home"
    assert settings["PREFECT_API_URL"] == "http://127.0.0.1:4300/api"
    assert settings["PREFECT_SERVER_API_HOST"] == "127.0.0.1"
    assert settings["PREFECT_SERVER_DATABASE_CONNECTION_URL"].endswith(
        "////srv/a home/.partwork/prefect/prefect.db"
    )
    assert settings["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert settings["DO_NOT_TRACK"] == "1"
