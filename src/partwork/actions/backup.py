"""The database and what an editor has written → one file that `restore` takes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from partwork.actions.backup_file import HOME, KEYS, LOG, Manifest, new_backup
from partwork.actions.renew import PACKAGED, RECORD
from partwork.assembly import Press, Progress
from partwork.store.dumping import count_rows, dump, dumped_tables, last_numbers
from partwork.store.engine import read_only
from partwork.store.migrating import revision_of
from partwork.subscribing.suppression import fingerprint

# What a home has of its own. The rest is made, such as the outbox, or is a secret, such as .env.
KEPT = ("content", *PACKAGED, RECORD, "relays.toml", ".partwork/media")


@dataclass(frozen=True, slots=True)
class BackupReport:
    """Where the backup is, what it holds, and whether it has the keys (else: the environment)."""

    file: Path
    rows: int
    files: int
    has_keys: bool


def backup(
    press: Press, file: Path | None, now: datetime, progress: Progress = lambda _done, _of: None
) -> BackupReport:
    """Writes the backup; everything else may go on meanwhile.

    It holds addresses, and the keys if Partwork made them: whoever has it has both. Where no file
    is named it goes to `.partwork/backups/`. Raises LibraryError.
    """
    file = file or press.settings.state / "backups" / f"partwork-{now:%Y%m%d-%H%M%S}.zip"
    keys = press.settings.state / KEYS
    with read_only(press.engine, frozen=True) as connection, new_backup(file) as writer:
        rows = count_rows(connection)
        of_all = sum(rows.values())
        done = 0
        for table in dumped_tables():
            lines = _shown(dump(connection, table), done, of_all, progress)
            writer.table(table, lines)
            done += rows[table]
        files = [f for name in KEPT for f in _files_in(press.settings.home / name)]
        for one in files:
            writer.file(f"{HOME}/{one.relative_to(press.settings.home).as_posix()}", one)
        if keys.exists():
            writer.file(KEYS, keys)
        if press.suppression_log.exists():
            writer.file(LOG, press.suppression_log)
        writer.manifest(
            Manifest(
                now,
                revision_of(press.engine) or "",
                fingerprint(press.hash_key),
                tuple(fingerprint(secret.encode()) for secret in press.secrets),
                rows,
                last_numbers(connection),
            )
        )
    return BackupReport(file, of_all, len(files), keys.exists())


def _shown(lines: Iterable[str], before: int, of_all: int, progress: Progress) -> Iterator[str]:
    for number, line in enumerate(lines, before):
        if number % 1000 == 0:
            progress(number, of_all)
        yield line


def _files_in(path: Path) -> Iterator[Path]:
    """The file itself, or all files of a folder, in order; not what links lead to."""
    if path.is_file():
        yield path
    for found in sorted(path.rglob("*")) if path.is_dir() else ():
        if found.is_file() and not found.is_symlink():
            yield found
