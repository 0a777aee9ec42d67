"""The documents say what the code does."""

import re
from pathlib import Path

import pytest

from partwork.cli.main import app
from partwork.settings import Settings
from partwork.settings_faults import PREFIX

ROOT = Path(__file__).parents[1]
DOCUMENTS = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])

SETTINGS = sorted(f"{PREFIX}{name.upper()}" for name in Settings.model_fields)
COMMANDS = sorted(name for name in app if not name.startswith("-"))


@pytest.mark.parametrize("file", [".env.example", "docs/operations.md"])
def test_every_setting_is_told_and_no_other(file: str) -> None:
    told = set(re.findall(rf"\b{PREFIX}[A-Z_]+\b", (ROOT / file).read_text()))

    assert told == set(SETTINGS)


@pytest.mark.parametrize("setting", Settings.model_fields.items(), ids=lambda s: s[0])
def test_every_setting_has_a_sentence(setting: tuple[str, object]) -> None:
    assert Settings.model_fields[setting[0]].description


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_told(command: str) -> None:
    assert f"`{command}" in (ROOT / "docs" / "operations.md").read_text()


@pytest.mark.parametrize("command", COMMANDS)
def test_the_help_of_every_command_has_an_example(command: str) -> None:
    parts = [name for name in app[command] if not name.startswith("-")]
    for each in [app[command][part] for part in parts] or [app[command]]:
        assert f"Example: partwork {command}" in each.help


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda f: f.name)
def test_no_command_is_told_that_is_not_there(file: Path) -> None:
    told = set(re.findall(r"`(?:\$ )?partwork ([a-z][a-z-]*)", file.read_text()))

    assert told <= set(COMMANDS)


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda f: f.name)
def test_links_between_documents_lead_somewhere(file: Path) -> None:
    prose = re.sub(r"(?ms)^(```+).*?^\1$", "", file.read_text())  # what is shown as code is no link
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", prose):
        assert (file.parent / target).exists(), target


def test_every_dependency_has_a_line() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    needed = text.split("dependencies = [", 1)[1].split("\n]", 1)[0]
    told = (ROOT / "docs" / "dependencies.md").read_text()
    for name in re.findall(r'"([a-z0-9-]+)', needed):
        assert re.search(rf"\b{name}\b", told), name


def test_every_dependency_is_pinned_and_no_address_stands_in_the_pins() -> None:
    pins = (ROOT / "constraints.txt").read_text()
    lines = [line for line in pins.splitlines() if line and not line.startswith("#")]

    assert len(lines) > 50
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line) for line in lines)
