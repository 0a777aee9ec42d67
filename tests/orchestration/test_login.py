"""The dashboard's login is made once, and nobody else of the machine reads it."""

from pathlib import Path

import pytest

from partwork.orchestration.environment import prefect_state
from partwork.orchestration.login import BadLogin, login_file, login_of
from partwork.settings_of_running import is_login


@pytest.fixture
def home(tmp_path: Path) -> Path:
    prefect_state(tmp_path).mkdir(parents=True)
    return tmp_path


def test_a_login_is_made_once_for_its_owner_alone(home: Path) -> None:
    made = login_of(home)

    assert is_login(made)
    assert login_of(home) == made
    assert login_file(home).stat().st_mode & 0o777 == 0o600
    assert [file.name for file in prefect_state(home).iterdir()] == ["login"]


@pytest.mark.parametrize("broken", [b"", b"no login\n", b"name:short\n", b"\xff\xfe"])
def test_a_file_that_holds_no_login_is_refused_with_what_to_do(home: Path, broken: bytes) -> None:
    login_file(home).write_bytes(broken)

    with pytest.raises(BadLogin, match="remove it, and a new login is made"):
        login_of(home)
