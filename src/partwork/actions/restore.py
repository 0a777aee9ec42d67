"""A backup → a home and its database again, from which nobody gets anything twice in silence."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path

from dotenv import dotenv_values
from sqlalchemy import Engine

from partwork.actions.backup import KEPT
from partwork.actions.backup_file import KEYS, LOG, Backup, opened_backup
from partwork.actions.renew import RECORD
from partwork.assembly import SUPPRESSION_LOG, Progress, assemble
from partwork.library import LibraryError
from partwork.settings import Settings
from partwork.store.engine import open_engine, read_only
from partwork.store.migrating import is_known
from partwork.store.restoring import Restored, drop_tables, has_tables, rebuild
from partwork.store.sqlite_files import demand_alone, sqlite_file
from partwork.store.suppression_log import prepend_missing
from partwork.subscribing.suppression import fingerprint


@dataclass(frozen=True, slots=True)
class RestoreReport:
    """What came back, of when, and what a person has to decide now.

    `aside` is where what was there before lies; `dead_links` says that links in mails that are
    out do not work, since PARTWORK_SECRET is another. `missing_log` is where there was no
    suppression log, so that nothing tells who left after the backup; None where there was one.
    """

    made_at: datetime
    rows: int
    files: int
    in_doubt: int
    approvals_lost: int
    dead_links: bool
    missing_log: Path | None
    aside: tuple[Path, ...]


def restore(
    settings: Settings,
    file: Path,
    now: datetime,
    *,
    replace: bool = False,
    progress: Progress = lambda _done, _of: None,
) -> RestoreReport:
    """Makes the home and its database what the backup holds; whoever left since stays away.

    With `replace` what is there already is put aside (PostgreSQL: dropped); else it is refused.
    Nothing is touched before the whole backup was read over. What was open for sending is in
    doubt, and approvals of what had not gone out are asked for again: see `store.restoring`.
    Raises LibraryError and StoreError.
    """
    with opened_backup(file) as backup:
        manifest = backup.manifest
        if not is_known(manifest.revision):
            raise LibraryError(f"{file}: a newer Partwork has made it; install that one")
        secrets = _demand_keys(settings, backup)
        _demand_room(settings, replace)
        log = settings.suppression_log or settings.state / SUPPRESSION_LOG
        missing_log = None if log.exists() else log
        staging = settings.state / f"restoring-{now:%Y%m%d-%H%M%S}"
        aside = _Aside(f"before-restore-{now:%Y%m%d-%H%M%S}", replace, [])
        try:
            names = backup.unpack_home(staging)
            restored = _restore_database(settings, backup, aside, now, progress)
            for name in KEPT:
                if (staging / name).exists():
                    aside.swap(staging / name, settings.home / name)
                elif name == RECORD:  # what is there tells of the files that make room
                    aside.make_room(settings.home / name)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
        _restore_keys(settings, backup, aside)
    with assemble(settings):  # the keys fit, and the log has told who left since
        pass
    return RestoreReport(
        manifest.made_at,
        restored.rows,
        len(names),
        restored.in_doubt,
        restored.approvals_lost,
        not secrets & set(manifest.secrets),
        missing_log,
        tuple(aside.moved),
    )


@dataclass(frozen=True, slots=True)
class _Aside:
    """Where things go that make room: beside where they were, under a name with a date."""

    ending: str
    is_allowed: bool
    moved: list[Path]

    def make_room(self, path: Path) -> None:
        if path.exists():
            there = path.with_name(f"{path.name}.{self.ending}")
            path.rename(there)
            self.moved.append(there)

    def swap(self, new: Path, path: Path) -> None:
        self.make_room(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        new.rename(path)


def _demand_keys(settings: Settings, backup: Backup) -> set[str]:
    """Fingerprints of the secrets that will sign links. Raises LibraryError for another hash key.

    The environment's keys come first, as everywhere; then the backup's own.
    """
    own = settings.state / KEYS
    text = backup.text(KEYS)
    kept = _keys_in(text) if text else dotenv_values(own) if own.exists() else {}
    hash_key = settings.hash_key.get_secret_value() or kept.get("PARTWORK_HASH_KEY") or ""
    if not hash_key or fingerprint(hash_key.encode()) != backup.manifest.hash_key:
        raise LibraryError(
            "PARTWORK_HASH_KEY is not the key that this backup was made under; set that one, since "
            "with any other the suppression list protects nobody"
        )
    secret = settings.secret.get_secret_value() or kept.get("PARTWORK_SECRET") or ""
    return {fingerprint(s.strip().encode()) for s in secret.split(",") if s.strip()}


def _keys_in(text: str) -> dict[str, str | None]:
    return dict(dotenv_values(stream=StringIO(text)))


def _demand_room(settings: Settings, replace: bool) -> None:
    home = settings.home
    there = [name for name in KEPT if (home / name).exists()]
    others = [p.name for p in home.iterdir()] if home.is_dir() else []
    if not there and set(others) - {".env", ".partwork"}:
        raise LibraryError(
            f"{home} is no Partwork home, and not empty; name a new folder in PARTWORK_HOME"
        )
    if there and not replace:
        raise LibraryError(
            f"{home} has {', '.join(there)} already; with --replace they are put aside"
        )


def _restore_database(
    settings: Settings, backup: Backup, aside: _Aside, now: datetime, progress: Progress
) -> Restored:
    file = sqlite_file(settings.engine_url)
    if file is None:
        with _closed(open_engine(settings.engine_url)) as engine:
            return _rebuilt(engine, backup, aside, now, progress)
    if file.exists():
        if not aside.is_allowed:
            raise LibraryError(f"{file} is there already; with --replace it is put aside")
        demand_alone(file)
    new = file.with_name(f".{file.name}.restoring")
    new.unlink(missing_ok=True)
    with _closed(open_engine(f"sqlite:///{new}")) as engine:
        restored = _rebuilt(engine, backup, aside, now, progress)
    demand_alone(new)  # all of it is in the one file
    aside.swap(new, file)
    return restored


def _rebuilt(
    engine: Engine, backup: Backup, aside: _Aside, now: datetime, progress: Progress
) -> Restored:
    manifest = backup.manifest
    of_all = sum(manifest.rows.values())
    with read_only(engine) as connection:
        is_taken = has_tables(connection)
    if is_taken and not aside.is_allowed:
        raise LibraryError(
            "the database has Partwork's tables already; with --replace they are dropped"
        )
    with engine.begin() as connection:
        if is_taken:
            drop_tables(connection)
        return rebuild(
            connection,
            backup.lines_of,
            revision=manifest.revision,
            last_numbers=manifest.last_numbers,
            made_at=manifest.made_at,
            now=now,
            progress=lambda rows: progress(rows, of_all),
        )


def _restore_keys(settings: Settings, backup: Backup, aside: _Aside) -> None:
    own = settings.state / KEYS
    text = backup.text(KEYS)
    if text and not (own.exists() and own.read_text() == text):
        aside.make_room(own)
        with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(text)
    if log := backup.text(LOG):
        prepend_missing(settings.suppression_log or settings.state / SUPPRESSION_LOG, log)


@contextmanager
def _closed(engine: Engine) -> Iterator[Engine]:
    try:
        yield engine
    finally:
        engine.dispose()
