"""The house: what may import what."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "partwork"
FLOWS = Path(__file__).parents[1] / "flows"

FLOORS = {
    "model": 1,
    **dict.fromkeys(
        ["reading", "cleaning", "composing", "manuscript", "rendering", "scheduling"], 2
    ),
    **dict.fromkeys(["subscribing", "delivering", "returning", "library", "store"], 2),
    **dict.fromkeys(["transport", "fetching", "mailbox"], 2),
    **dict.fromkeys(["language_model", "screenshots", "images"], 2),
    **dict.fromkeys(
        ["actions", "assembly", "settings", "settings_faults", "packaged", "launched"], 3
    ),
    **dict.fromkeys((file.stem for file in SOURCE.glob("settings_of_*.py")), 3),
    **dict.fromkeys(["cli", "__main__", "web", "orchestration", "flows"], 4),
}

STAGES = {"reading", "cleaning", "composing", "manuscript", "rendering", "scheduling"} | {
    "subscribing",
    "delivering",
    "returning",
}

# Which rooms may know of which library; `cli` reaches Prefect by way of orchestration alone.
KEPT_IN = {
    "prefect": {"flows", "orchestration"},
    "fastapi": {"web"},
    "uvicorn": {"web"},
    "bs4": {"reading"},
    "lxml": {"reading"},
    "sqlalchemy": {"store", "assembly", "actions"},
    "alembic": {"store"},
    "smtplib": {"transport"},
    "imaplib": {"mailbox"},
    "dns": {"transport"},
    "cryptography": {"delivering", "returning"},
    "flufl": {"returning"},
    "socket": {"transport", "orchestration", "web", "fetching", "mailbox"},
    "mjml": {"rendering"},
    "jinja2": {"rendering", "web"},
    "itsdangerous": {"subscribing"},
    "cyclopts": {"cli"},
    "prometheus_client": {"web"},
    "requests": {"fetching", "language_model"},
    "PIL": {"images"},
    "unittest": set(),
}

# Nothing pure reads the clock, chance, the environment or a file.
IMPURE = {"os", "random", "secrets", "subprocess", "tempfile", "shutil", "time", "requests"}


def modules() -> list[Path]:
    return sorted([*SOURCE.rglob("*.py"), *FLOWS.glob("*.py")])


def room_of(file: Path) -> str:
    if file.is_relative_to(FLOWS):
        return "flows"
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


def imports_of(file: Path) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: imports are absolute"
            yield node.module or "", node.lineno


def rooms_imported(file: Path) -> Iterator[tuple[str, int]]:
    for name, line in imports_of(file):
        parts = name.split(".")
        if parts[0] == "partwork" and len(parts) > 1:
            yield parts[1], line


def name_of(file: Path) -> str:
    return str(file.relative_to(SOURCE.parents[1]))


@pytest.mark.parametrize("file", modules(), ids=name_of)
def test_imports_point_down_and_never_sideways(file: Path) -> None:
    here = room_of(file)
    if here == "__init__":
        return
    for there, line in rooms_imported(file):
        assert there in FLOORS, f"{name_of(file)}:{line}: {there} stands on no floor"
        up = FLOORS[there] > FLOORS[here]
        sideways = FLOORS[there] == FLOORS[here] == 2 and there != here
        assert not up, f"{name_of(file)}:{line}: {here} imports {there}, which is above it"
        assert not sideways, f"{name_of(file)}:{line}: {here} and {there} meet only in actions"


@pytest.mark.parametrize("file", modules(), ids=name_of)
def test_each_library_stays_in_its_room(file: Path) -> None:
    for name, line in imports_of(file):
        rooms = KEPT_IN.get(name.split(".")[0])
        assert rooms is None or room_of(file) in rooms, (
            f"{name_of(file)}:{line}: {name} belongs in {', '.join(sorted(rooms)) or 'no room'}"
        )


@pytest.mark.parametrize(
    "file", [f for f in modules() if room_of(f) in STAGES | {"model"}], ids=name_of
)
def test_stages_are_pure(file: Path) -> None:
    for name, line in imports_of(file):
        assert name.split(".")[0] not in IMPURE, f"{name_of(file)}:{line}: {name} in a pure room"
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            assert node.func.attr not in {"now", "utcnow", "today"}, (
                f"{name_of(file)}:{node.lineno}: the clock is an argument"
            )


def test_the_ground_floor_needs_the_standard_library_alone() -> None:
    for file in (SOURCE / "model").glob("*.py"):
        for name, line in imports_of(file):
            top = name.split(".")[0]
            assert top == "partwork" or top in sys.stdlib_module_names, f"{file.name}:{line}"


def test_packages_are_empty() -> None:
    full = [name_of(f) for f in SOURCE.rglob("__init__.py") if f.read_text().strip()]

    assert full == []


def test_a_module_reads_in_one_sitting() -> None:
    long = {name_of(f): n for f in modules() if (n := len(f.read_text().splitlines())) > 400}

    assert long == {}
