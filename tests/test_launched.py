"""Whoever works beside a launcher knows what it runs, as long as it runs."""

import json
import platform
from pathlib import Path

import pytest

from partwork.launched import Launched, launched, told_beside

UP = Launched(4201, "partwork:a-password-of-16", "127.0.0.1", pages="http://127.0.0.1:8001")


@pytest.fixture
def state(tmp_path: Path) -> Path:
    (tmp_path / "prefect").mkdir()
    return tmp_path


@pytest.fixture
def note(state: Path) -> Path:
    return state / "prefect" / "running"


@pytest.fixture
def left_over(state: Path, note: Path) -> str:
    """What a launcher had written when it was killed."""
    with told_beside(state, UP):
        words = note.read_text()
    note.write_text(words)
    return words


def test_it_is_known_while_it_runs_and_no_longer(state: Path, note: Path) -> None:
    assert launched(state) is None

    with told_beside(state, UP):
        assert launched(state) == UP == launched(state)
        assert note.stat().st_mode & 0o777 == 0o600

    assert launched(state) is None
    assert not note.exists()


def test_what_a_killed_launcher_has_left_is_not_believed(state: Path, left_over: str) -> None:
    assert launched(state) is None

    with told_beside(state, Launched(1, "a:b", "127.0.0.1")):
        assert launched(state) == Launched(1, "a:b", "127.0.0.1")


def test_the_note_of_another_machine_is_not_believed(state: Path, note: Path) -> None:
    with told_beside(state, UP):
        said = json.loads(note.read_text())
        assert said["machine"] == platform.node()
        note.write_text(json.dumps(said | {"machine": "elsewhere"}))

        assert launched(state) is None


@pytest.mark.parametrize("broken", ["", "{", "[]", "7", '{"machine": 1}', '{"port": 1}'])
def test_a_note_that_is_half_written_is_none(state: Path, note: Path, broken: str) -> None:
    with told_beside(state, UP):
        note.write_text(broken)

        assert launched(state) is None


def test_a_field_of_the_wrong_kind_makes_no_note(state: Path, note: Path) -> None:
    with told_beside(state, UP):
        said = json.loads(note.read_text())
        for wrong in ({"port": "4200"}, {"login": 7}, {"more": ""}, {"pages": None}):
            note.write_text(json.dumps(said | wrong))
            assert launched(state) is None


def test_a_password_is_not_shown() -> None:
    assert "password" not in repr(UP)
