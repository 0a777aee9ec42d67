"""A home's copies of what the package gives (flows, prefect.yaml, templates) → this version's."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from pathlib import Path

from partwork.library import Library, LibraryError

PACKAGED = ("flows", "prefect.yaml", "templates")
# By path the SHA-256 of what the package last gave the home. It belongs under version control with
# the files that it tells of.
RECORD = ".packaged.json"
OFFER = ".new"  # ends the name of what lies beside an edited file


class Fate(Enum):
    """What becomes of one file."""

    SAME = "it is as this version has it"
    WRITE = "nobody has edited it, or it is missing: this version's is written"
    REMOVE = "nobody has edited it, and this version has it no more"
    OFFER = "somebody has edited it, and this version's is new: that is laid beside it"
    MINE = "somebody has edited it, and this version has nothing new"


@dataclass(frozen=True, slots=True)
class Renewal:
    """What became of the files; names as people know them, relative to the home.

    `waiting` are the edited ones beside which lies this version's, from now or from before;
    `aside` is where edited ones lie that made room.
    """

    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """A line for each thing that there is to say; none where all is as it was."""
        renewed = [
            f"{what} for this version: {', '.join(names)}"
            for what, names in (("renewed", self.written), ("removed", self.removed))
            if names
        ]
        return (
            *renewed,
            *(f"what was edited before: {name}" for name in self.aside),
            *(
                f"{name} was edited by hand and stays as it is; this version's is {name}{OFFER}: "
                "take over what it has, then remove it"
                for name in self.waiting
            ),
        )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a home's files stand to this version's: what `renew` would see to, what waits for a
    person, and how many were edited.
    """

    behind: tuple[str, ...]
    waiting: tuple[str, ...]
    edited: int


def fate_of(here: str, packaged: str, noted: str) -> Fate:
    """What becomes of a file, by the digests of what the home has, this version has, and the
    package last gave; "" for what is not there.
    """
    if here == packaged:
        return Fate.SAME
    if not packaged:
        return Fate.REMOVE if here == noted else Fate.MINE
    if here in {"", noted}:
        return Fate.WRITE
    return Fate.MINE if packaged == noted else Fate.OFFER


def renew(library: Library, now: datetime, *, replace: bool = False) -> Renewal:
    """Makes new what nobody has edited; what was edited stays, and is told.

    An edited file that this version has otherwise gets this version's beside it, once, as
    `FILE.new`. With `replace` this version's takes its place, and the edited one lies aside.
    A home from before there was a record has files of which nobody knows whether they were
    edited: these count as edited. Raises LibraryError.
    """
    if _is_the_package(library):
        return Renewal()
    noted = _noted(library)
    written: list[str] = []
    removed: list[str] = []
    aside: list[str] = []
    now_noted: dict[str, str] = {}
    for name in _names(library, noted):
        file, theirs = library.home / name, library.packaged / name
        here, packaged = _digests(library, name)
        fate = fate_of(here, packaged, noted.get(name, ""))
        if replace and packaged and fate in {Fate.OFFER, Fate.MINE}:
            aside.append(_put_aside(library, file, now))
            fate = Fate.WRITE
        match fate:
            case Fate.WRITE:
                library.write(file, library.read_raw(theirs))
                written.append(name)
            case Fate.REMOVE:
                _unlink(library, file)
                removed.append(name)
            case Fate.OFFER:
                library.write(_beside(file), library.read_raw(theirs))
        if fate in {Fate.SAME, Fate.WRITE} and _digest(library, _beside(file)) == packaged:
            _unlink(library, _beside(file))
        if packaged:
            now_noted[name] = packaged
    if now_noted != noted:
        _note(library, now_noted)
    return Renewal(tuple(written), tuple(removed), _waiting(library, now_noted), tuple(aside))


def standing_of(library: Library) -> Standing:
    """How the home's files stand to this version's; nothing is changed. Raises LibraryError."""
    if _is_the_package(library):
        return Standing((), (), 0)
    noted = _noted(library)
    fates = {
        name: fate_of(*_digests(library, name), noted.get(name, ""))
        for name in _names(library, noted)
    }
    behind = {Fate.WRITE, Fate.REMOVE, Fate.OFFER}
    return Standing(
        tuple(name for name, fate in fates.items() if fate in behind),
        _waiting(library, fates),
        sum(fate in {Fate.OFFER, Fate.MINE} for fate in fates.values()),
    )


def note_packaged(library: Library, names: Iterable[str]) -> None:
    """Notes of files that were written into the home just now that the package gave them."""
    own = [name for name in names if Path(name).parts[0] in PACKAGED]
    if own:
        given = {name: _digest(library, library.home / name) for name in own}
        _note(library, {**_noted(library), **given})


def _is_the_package(library: Library) -> bool:
    """In a checkout the package's files are the home's own."""
    return library.home.resolve() == library.packaged.resolve()


def _names(library: Library, noted: Mapping[str, str]) -> list[str]:
    """Of all files that this version has or an earlier one gave."""
    return sorted({*_packaged_names(library.packaged), *noted})


def _packaged_names(package: Path) -> Iterator[str]:
    for part in PACKAGED:
        root = package / part
        for file in [root] if root.is_file() else root.rglob("*"):
            inner = file.relative_to(package)
            is_ours = not any(p.startswith(".") or p == "__pycache__" for p in inner.parts)
            if is_ours and file.is_file():
                yield inner.as_posix()


def _beside(file: Path) -> Path:
    return file.with_name(file.name + OFFER)


def _waiting(library: Library, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in sorted(names) if _beside(library.home / name).is_file())


def _digests(library: Library, name: str) -> tuple[str, str]:
    """Of what counts in the home, and of what this version has.

    A template that the home does not have is taken from the package as it is.
    """
    here, packaged = (_digest(library, root / name) for root in (library.home, library.packaged))
    is_template = Path(name).parts[0] == "templates"
    return (here or packaged) if is_template else here, packaged


def _digest(library: Library, file: Path) -> str:
    """The SHA-256 of its bytes; "" where there is none."""
    if not file.exists():
        return ""
    return hashlib.sha256(library.read_raw(file)).hexdigest()


def _put_aside(library: Library, file: Path, now: datetime) -> str:
    there = file.with_name(f"{file.name}.before-renew-{now:%Y%m%d-%H%M%S}")
    try:
        file.rename(there)
    except OSError as error:
        raise _unchanged(library, file, error) from None
    return library.shown(there)


def _unlink(library: Library, file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise _unchanged(library, file, error) from None


def _unchanged(library: Library, file: Path, error: OSError) -> LibraryError:
    why = (error.strerror or "error").lower()
    return LibraryError(f"{library.shown(file)}: cannot be moved ({why}); make the home writable")


def _noted(library: Library) -> dict[str, str]:
    """What the record says; nothing where there is none, or none that can be understood."""
    file = library.home / RECORD
    if not file.exists():
        return {}
    try:
        held = json.loads(library.read(file))
    except ValueError:
        return {}
    pairs = held.items() if isinstance(held, dict) else ()
    return {name: str(digest) for name, digest in pairs if _is_ours(name)}


def _is_ours(name: str) -> bool:
    """Whether a name leads to where the package's files are, and nowhere else."""
    parts = Path(name).parts
    return bool(parts) and parts[0] in PACKAGED and ".." not in parts


def _note(library: Library, digests: Mapping[str, str]) -> None:
    library.write(library.home / RECORD, json.dumps(digests, indent=0, sort_keys=True) + "\n")
