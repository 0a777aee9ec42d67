"""Backups of other versions of Partwork: older ones come back, newer ones are refused."""

import json
import zipfile
from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from sqlalchemy import inspect

from partwork.actions.backup import backup
from partwork.actions.departing import depart, suppress
from partwork.actions.restore import restore
from partwork.actions.subscribers import story_of
from partwork.assembly import Press, assemble
from partwork.library import LibraryError
from partwork.model.audience import Evidence, SuppressionReason
from partwork.model.delivery import DeliveryState
from partwork.settings import Settings
from partwork.store import migrating
from partwork.store.engine import open_engine
from partwork.store.migrating import revision_of, upgrade
from tests.actions.sending import ledger
from tests.conftest import NOW

SCRIPTS = Path(migrating.__file__).parent / "migrations" / "versions"
*OLDER, HEAD = sorted(script.name.partition("_")[0] for script in SCRIPTS.glob("0*.py"))
LATER = NOW + timedelta(days=2)


@pytest.fixture
def kept(press: Press, issue: str, readers: tuple[str, ...], tmp_path: Path) -> Path:
    """A backup of a home with an issue that waits; one reader has left, another is suppressed."""
    ada, grace, _ = readers
    held = story_of(press, ada)
    depart(press, held.subscriber, held.subscriptions, Evidence("one-click"), now=NOW)
    suppress(press, grace, SuppressionReason.COMPLAINT, NOW)
    return backup(press, tmp_path / "monday.zip", NOW).file


def rewritten(file: Path, to: Path, tables: Mapping[str, Collection[str]], **manifest: Any) -> Path:
    """The backup with these tables and their columns alone, and a manifest that says otherwise."""
    with zipfile.ZipFile(file) as whole, zipfile.ZipFile(to, "w") as archive:
        for name in whole.namelist():
            path, content = PurePosixPath(name), whole.read(name).decode()
            if path.parts[0] == "tables":
                if path.stem in tables:
                    archive.writestr(name, narrowed(content, tables[path.stem]))
            elif name == "backup.json":
                archive.writestr(name, json.dumps(json.loads(content) | manifest))
            else:
                archive.writestr(name, content)
    return to


def narrowed(lines: str, columns: Collection[str]) -> str:
    """A table's lines with these columns alone."""
    rows = [json.loads(line) for line in lines.splitlines()]
    places = [place for place, name in enumerate(rows[0]) if name in columns]
    return "".join(json.dumps([row[place] for place in places]) + "\n" for row in rows)


def tables_at(revision: str, folder: Path) -> dict[str, set[str]]:
    """The columns of each table as they were at that revision."""
    engine = open_engine(f"sqlite:///{folder / revision}.db")
    with engine.begin() as connection:
        upgrade(connection, revision)
        found = inspect(connection)
        tables = {
            table: {column["name"] for column in found.get_columns(table)}
            for table in found.get_table_names()
        }
    engine.dispose()
    return tables


def rows_in(file: Path) -> dict[str, list[Any]]:
    """The rows of each table in a backup."""
    with zipfile.ZipFile(file) as archive:
        return {
            PurePosixPath(name).stem: [json.loads(line) for line in archive.read(name).splitlines()]
            for name in archive.namelist()
            if name.startswith("tables/")
        }


@pytest.mark.parametrize("revision", OLDER)
def test_what_an_older_version_has_kept_comes_back_whole_and_as_the_tables_are_now(
    press: Press, kept: Path, new_home: Settings, tmp_path: Path, *, issue: str, revision: str
) -> None:
    tables = tables_at(revision, tmp_path)
    older = rewritten(kept, tmp_path / "older.zip", tables, revision=revision)

    report = restore(new_home, older, LATER)

    with assemble(new_home) as restored:
        again = backup(restored, tmp_path / "again.zip", LATER).file
        assert revision_of(restored.engine) == HEAD
        assert {row.state for row in ledger(restored, issue).values()} == {DeliveryState.IN_DOUBT}
        assert ledger(restored, issue).keys() == ledger(press, issue).keys()
    # What is in doubt now, and approvals that are asked for again, differ after any restore.
    same = rows_in(older).keys() - {"deliveries", "approvals"}
    were, are = rows_in(kept), rows_in(again)
    assert {table: are[table] for table in same} == {table: were[table] for table in same}
    assert (report.in_doubt, report.approvals_lost) == (3, 1)


@pytest.mark.parametrize("newer", [{"revision": "9999"}, {"format": 2}])
def test_what_a_newer_version_has_kept_is_refused_in_a_line_and_nothing_is_touched(
    kept: Path, new_home: Settings, newer: dict[str, object], tmp_path: Path
) -> None:
    file = rewritten(kept, tmp_path / "newer.zip", tables_at(HEAD, tmp_path), **newer)

    with pytest.raises(LibraryError) as refused:
        restore(new_home, file, LATER)

    assert str(refused.value) == f"{file}: a newer Partwork has made it; install that one"
    assert not new_home.home.exists()
