"""The file that a backup is: a zip of table dumps, the home's files, the keys and the log."""

import io
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from partwork.library import LibraryError

KEYS, LOG = "keys.env", "suppression.log"
HOME, TABLES = "home", "tables"

_FORMAT = 1
_MANIFEST = "backup.json"
_NAME_LENGTH = 4096  # characters; PATH_MAX of Linux


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in a backup, and what it fits: fingerprints of keys, never the keys."""

    made_at: datetime
    revision: str
    hash_key: str
    secrets: tuple[str, ...]
    rows: Mapping[str, int]
    last_numbers: Mapping[str, int]


class BackupWriter:
    """Takes what belongs into a backup, a member at a time."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def table(self, name: str, lines: Iterable[str]) -> None:
        """Keep the lines of one table."""
        with self._archive.open(f"{TABLES}/{name}.jsonl", "w", force_zip64=True) as member:
            member.writelines(f"{line}\n".encode() for line in lines)

    def file(self, name: str, file: Path) -> None:
        """Keep a file as it is now. Raises LibraryError where it cannot be read."""
        try:
            self._archive.write(file, name)
        except (OSError, ValueError) as error:  # ValueError: dated before 1980
            raise LibraryError(f"{file}: cannot be put into the backup ({error})") from None

    def manifest(self, manifest: Manifest) -> None:
        """Say what all of it is; a backup without it is none."""
        held = {"format": _FORMAT, **asdict(manifest), "made_at": manifest.made_at.isoformat()}
        self._archive.writestr(_MANIFEST, json.dumps(held, indent=1))


@contextmanager
def new_backup(file: Path) -> Iterator[BackupWriter]:
    """A backup that is at `file`, whole and synced to the disk, once the block has ended.

    It may be read by its owner alone. Raises LibraryError where there is a file already, or none
    can be written.
    """
    if file.exists():
        raise LibraryError(f"{file}: is there already; give the backup another name")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as stream:
                packing = zipfile.ZIP_DEFLATED
                with zipfile.ZipFile(
                    stream, "w", packing, compresslevel=1, strict_timestamps=False
                ) as archive:
                    yield BackupWriter(archive)
                stream.flush()
                os.fsync(stream.fileno())
            Path(temporary).replace(file)
        finally:
            Path(temporary).unlink(missing_ok=True)
    except OSError as error:
        why = (error.strerror or "error").lower()
        raise LibraryError(f"{file}: cannot be written ({why}); name another place") from None


class Backup:
    """A backup that was read over from end to end: what it holds is undamaged."""

    def __init__(self, archive: zipfile.ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    def lines_of(self, table: str) -> Iterator[str]:
        """The lines of one table; none where the backup does not have it."""
        name = f"{TABLES}/{table}.jsonl"
        if name not in self._archive.NameToInfo:
            return
        with self._archive.open(name) as member:
            yield from io.TextIOWrapper(member, "utf-8", newline="\n")

    def text(self, name: str) -> str | None:
        """A member as text; None where there is none of that name."""
        found = name in self._archive.NameToInfo
        return self._archive.read(name).decode() if found else None

    def unpack_home(self, folder: Path) -> tuple[str, ...]:
        """Write the home's files below `folder`; their names, relative to it."""
        names = []
        for info in self._archive.infolist():
            path = PurePosixPath(info.filename)
            if path.parts[0] != HOME or info.is_dir():
                continue
            name = PurePosixPath(*path.parts[1:])
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            with self._archive.open(info) as member, target.open("wb") as stream:
                while piece := member.read(1 << 20):
                    stream.write(piece)
            names.append(str(name))
        return tuple(names)


@contextmanager
def opened_backup(file: Path) -> Iterator[Backup]:
    """The backup at `file`. Raises LibraryError for what is none, or is damaged."""
    archive, manifest = _read_over(file)
    with archive:
        yield Backup(archive, manifest)


def _read_over(file: Path) -> tuple[zipfile.ZipFile, Manifest]:
    damaged = f"{file}: is no whole backup of Partwork; take another one"
    try:
        archive = zipfile.ZipFile(file)
        if archive.testzip():
            raise LibraryError(damaged)
        if odd := next(filter(_leads_astray, archive.namelist()), None):
            raise LibraryError(f"{file}: is no backup of Partwork (it holds {odd[:80]!r})")
        return archive, _manifest_of(archive, file)
    except FileNotFoundError:
        raise LibraryError(f"{file}: there is no such file; check its name") from None
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        raise LibraryError(f"{file}: cannot be read ({why})") from None
    # A library that reads damaged bytes may stumble in any of these ways.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError):
        raise LibraryError(damaged) from None


def _leads_astray(name: str) -> bool:
    """Whether a member would be written outside of the places that a backup has."""
    path = PurePosixPath(name)
    known = {HOME, TABLES, KEYS, LOG, _MANIFEST}
    return (
        path.is_absolute()
        or ".." in path.parts
        or len(name) > _NAME_LENGTH
        or "\\" in name
        or not path.parts
        or path.parts[0] not in known
    )


def _manifest_of(archive: zipfile.ZipFile, file: Path) -> Manifest:
    try:
        held = json.loads(archive.read(_MANIFEST))
        if held["format"] > _FORMAT:
            raise LibraryError(f"{file}: a newer Partwork has made it; install that one")
        return Manifest(
            datetime.fromisoformat(held["made_at"]),
            str(held["revision"]),
            str(held["hash_key"]),
            tuple(map(str, held["secrets"])),
            {str(name): int(rows) for name, rows in held["rows"].items()},
            {str(name): int(last) for name, last in held["last_numbers"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise LibraryError(f"{file}: is no backup of Partwork") from None
