"""Every write and sync of SQLite's files, recorded, so that a loss of power can be played.

What was written and not synced when the power went may be on the disk or not, each write for
itself. Copying the files would show what the operating system knows, which a loss of power takes.
"""

import ctypes
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

# sqlite.org/c3ref/io_methods.html and vfs.html: a version, and for a file system two sizes more;
# then pointers, in this order.
_WRITE, _TRUNCATE, _SYNC = 2, 3, 4
_METHODS = 18
_FULL = 13  # SQLITE_FULL
_Pointers = ctypes.c_void_p * _METHODS


class _Methods(ctypes.Structure):
    _fields_ = (("version", ctypes.c_int), ("calls", _Pointers))


class _File(ctypes.Structure):
    _fields_ = (("methods", ctypes.POINTER(_Methods)),)


class _System(ctypes.Structure):
    _fields_ = (
        ("version", ctypes.c_int),
        ("file_size", ctypes.c_int),
        ("longest_path", ctypes.c_int),
        ("next", ctypes.c_void_p),
        ("name", ctypes.c_char_p),
        ("data", ctypes.c_void_p),
        ("open", ctypes.c_void_p),
        ("others", ctypes.c_void_p * 15),
    )


# The name is passed on as the pointer it is, for SQLite keeps that while the file is open: with a
# copy, gone by then, a file `-shm` was left in the folder of whoever ran the tests.
_Open = ctypes.CFUNCTYPE(
    ctypes.c_int,
    ctypes.POINTER(_System),
    ctypes.c_void_p,
    ctypes.POINTER(_File),
    ctypes.c_int,
    ctypes.c_void_p,
)
_Write = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int64
)
_Truncate = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int64)
_Sync = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int)


@dataclass(frozen=True)
class Written:
    """Octets at an offset; none: the file was cut there."""

    file: str
    offset: int
    octets: bytes | None


@dataclass(frozen=True)
class Synced:
    file: str


@dataclass
class Recording:
    """What happened, in its order; a test may add what it saw itself.

    `refused` is how many of the next writes find the disk full.
    """

    happened: list[object] = field(default_factory=list)
    refused: int = 0

    def rebuild(self, before: Path, until: int, folder: Path, chance: random.Random) -> None:
        """The files as they may be when the power goes after `until` of what happened.

        `before` holds them as they were when recording began, and all was synced.
        """
        files = {file.name: bytearray(file.read_bytes()) for file in before.iterdir()}
        happened = self.happened[:until]
        last_sync = {one.file: n for n, one in enumerate(happened) if isinstance(one, Synced)}
        for n, one in enumerate(happened):
            if not isinstance(one, Written):
                continue
            if n > last_sync.get(one.file, -1) and chance.random() < 0.5:
                continue
            content = files.setdefault(one.file, bytearray())
            if one.octets is None:
                del content[one.offset :]
                continue
            content.extend(bytes(max(0, one.offset - len(content))))
            content[one.offset : one.offset + len(one.octets)] = one.octets
        for name, content in files.items():
            (folder / name).write_bytes(content)


@contextmanager
def recorded_files() -> Iterator[Recording]:
    """Records what SQLite does to files that are opened from here on, by this process."""
    library = _library()
    find, register = library.sqlite3_vfs_find, library.sqlite3_vfs_register
    find.restype = ctypes.POINTER(_System)
    usual = find(None)
    recording = Recording()
    own = _System.from_buffer_copy(usual.contents)
    own.name = b"recording"
    keep: list[object] = [own]
    names: dict[int, str] = {}
    usual_open = _Open(usual.contents.open)

    def opened(_system, name, file, flags, out):  # type: ignore[no-untyped-def]
        code = usual_open(usual, name, file, flags, out)
        if code == 0 and name:
            address = ctypes.addressof(file.contents)
            names[address] = Path(ctypes.string_at(name).decode()).name
            file.contents.methods = ctypes.pointer(recorder(file.contents.methods.contents))
        return code

    made: dict[int, _Methods] = {}

    def recorder(methods: _Methods) -> _Methods:
        """The same methods, but for those that change what is on the disk."""
        key = ctypes.addressof(methods)
        if key in made:
            return made[key]
        changed = _Methods.from_buffer_copy(methods)
        write, cut = _Write(methods.calls[_WRITE]), _Truncate(methods.calls[_TRUNCATE])
        sync = _Sync(methods.calls[_SYNC])

        def written(file, octets, size, offset):  # type: ignore[no-untyped-def]
            if recording.refused:
                recording.refused -= 1
                return _FULL
            one = Written(names[file], offset, ctypes.string_at(octets, size))
            recording.happened.append(one)
            return write(file, octets, size, offset)

        def truncated(file, size):  # type: ignore[no-untyped-def]
            recording.happened.append(Written(names[file], size, None))
            return cut(file, size)

        def synced(file, flags):  # type: ignore[no-untyped-def]
            code = sync(file, flags)
            recording.happened.append(Synced(names[file]))
            return code

        for place, call in (
            (_WRITE, _Write(written)),
            (_TRUNCATE, _Truncate(truncated)),
            (_SYNC, _Sync(synced)),
        ):
            changed.calls[place] = ctypes.cast(call, ctypes.c_void_p).value
            keep.append(call)
        made[key] = changed
        return changed

    own_open = _Open(opened)
    keep.append(own_open)
    own.open = ctypes.cast(own_open, ctypes.c_void_p).value
    register(ctypes.byref(own), 1)
    try:
        yield recording
    finally:
        library.sqlite3_vfs_unregister(ctypes.byref(own))
        register(usual, 1)


def _library() -> ctypes.CDLL:
    """The SQLite that this Python has loaded, where it is a library of its own."""
    maps = Path("/proc/self/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    path = next((line.split()[-1] for line in lines if "libsqlite3" in line), None)
    if path is None:
        pytest.skip("this Python has SQLite built in, or the system does not tell")
    return ctypes.CDLL(path)
