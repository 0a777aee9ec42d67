"""Files of the home that are too old to be kept.

Only what can be made again, or is there for a person to read once. Keys, suppression log,
database, pictures of mails, the outbox, answers of a language model and backups are none of it.
"""

import errno
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from partwork.actions.address_files import ERRORS_SUFFIX, is_list_of_errors
from partwork.assembly import Press


@dataclass(frozen=True, slots=True)
class OldFiles:
    """What is removed together: what it is, and its files and folders, the innermost first."""

    what: str
    paths: tuple[Path, ...]


def old_files(press: Press, before: datetime) -> Iterator[OldFiles]:
    """All of the home in which nothing was changed since then.

    Of a folder of one part, or of one dry run, all of it goes or nothing. Raises OSError for a
    folder that cannot be read.
    """
    state = press.settings.state
    for part in _folders(press.previews, depth=2):
        yield from _if_old(PREVIEWS, part, before)
    for issue in _folders(state / "dry-run", depth=1):
        yield from _if_old(DRY_RUNS, issue, before)
    for file in _files(state / "logs", "*"):
        yield from _if_old(LOGS, file, before)
    for file in _files(press.settings.home, f"*{ERRORS_SUFFIX}"):
        if is_list_of_errors(file):
            yield from _if_old(ERROR_LISTS, file, before)


def remove(old: OldFiles) -> bool:
    """Removes it; False where another was quicker, or put something in. Raises OSError."""
    is_gone = False
    for path in old.paths:
        try:
            if path.is_dir():
                path.rmdir()
            else:
                path.unlink()
            is_gone = True
        except FileNotFoundError:
            is_gone = False
        except OSError as error:
            if error.errno != errno.ENOTEMPTY:
                raise
            return False
    if old.what is PREVIEWS:
        with suppress(OSError):  # other parts of the series have theirs in it
            old.paths[-1].parent.rmdir()
    return is_gone


def _if_old(what: str, path: Path, before: datetime) -> Iterator[OldFiles]:
    """It, if nothing in it was changed since; a link is nobody's, and so is all behind it."""
    try:
        paths = (*_below(path), path)
        if any(one.is_symlink() for one in paths):
            return
        changed = [one.stat().st_mtime for one in paths if not one.is_dir()]
        if not changed:
            changed = [path.stat().st_mtime]
    except FileNotFoundError:  # another is at it
        return
    if max(changed) < before.timestamp():
        yield OldFiles(what, paths)


def _below(path: Path) -> Iterator[Path]:
    if path.is_symlink() or not path.is_dir():
        return
    for one in sorted(path.iterdir()):
        yield from _below(one)
        yield one


def _folders(root: Path, depth: int) -> Iterator[Path]:
    if not root.is_dir() or root.is_symlink():
        return
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and not folder.is_symlink():
            if depth == 1:
                yield folder
            else:
                yield from _folders(folder, depth - 1)


def _files(folder: Path, pattern: str) -> Iterator[Path]:
    found = sorted(folder.glob(pattern)) if folder.is_dir() else []
    return (file for file in found if file.is_file() and not file.is_symlink())


PREVIEWS = "previews"
DRY_RUNS = "dry runs"
LOGS = "logs"
ERROR_LISTS = "lists of rows that an import refused"
