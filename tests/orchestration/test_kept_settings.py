"""Settings that the server keeps which `partwork up` is about to start."""

from pathlib import Path

import pytest

from partwork.actions.init import init_home
from partwork.cli.main import run
from partwork.orchestration.api import Api
from partwork.orchestration.kept_settings import (
    NeededBefore,
    NoSuchBlock,
    settings_before,
    values_of,
)
from partwork.orchestration.launcher import RunningPrefect
from partwork.settings_faults import SettingsError
from tests.orchestration.test_secrets import SAVE, done


def test_what_is_not_known_yet_is_as_by_default_and_what_is_wrong_is_said_at_once(
    named_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARTWORK_SMTP_URL", "prefect-secret:smtp")
    named = {"PARTWORK_SMTP_URL": "smtp", "MAILGUN_PASSWORD": "of-a-relay"}

    known = settings_before({"web_port": 8001}, named)

    assert (known.home, known.web_port) == (named_home, 8001)
    assert known.smtp_url.get_secret_value() == ""
    monkeypatch.setenv("PARTWORK_LANES", "-1")
    with pytest.raises(SettingsError, match="PARTWORK_LANES must be 0 or more"):
        settings_before({}, named)


@pytest.mark.parametrize("setting", ["PARTWORK_DASHBOARD_LOGIN", "PARTWORK_WEB_PORT"])
def test_what_the_server_needs_to_start_it_cannot_keep(
    tmp_path: Path,
    setting: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    init_home(tmp_path / "a home", None)
    monkeypatch.setenv("PARTWORK_HOME", str(tmp_path / "a home"))
    monkeypatch.setenv(setting, "prefect-secret:mine")

    assert run(["up"]) == 1

    said = capsys.readouterr().err
    assert said.startswith(f"partwork: {setting} cannot be a Secret block of Prefect here")
    assert said.count("\n") == 1
    assert not (tmp_path / "a home" / ".partwork" / "prefect").exists()
    with pytest.raises(NeededBefore):
        settings_before({}, {setting: "mine"})


@pytest.mark.prefect
def test_blocks_are_read_from_the_server_and_one_that_is_not_there_is_named(
    prefect: RunningPrefect,
) -> None:
    api: Api = prefect.api
    done(prefect, "-c", SAVE, "kept-by-us", "smtp://ada:ünï%40@mail.example.org").check_returncode()

    found = values_of(api, {"PARTWORK_SMTP_URL": "kept-by-us"})

    assert found == {"PARTWORK_SMTP_URL": "smtp://ada:ünï%40@mail.example.org"}
    with pytest.raises(NoSuchBlock, match="PARTWORK_SECRET names the Secret block 'no-such'"):
        values_of(api, {"PARTWORK_SECRET": "no-such"})
