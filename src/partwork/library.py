"""The library: reads and writes the files of a home. What is in them is the manuscript's affair."""

import errno
import fcntl
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from partwork.model.errors import PartworkError
from partwork.model.slug import slug_of

RAW_SUFFIXES = frozenset({".txt", ".md", ".html", ".htm"})
TEMPLATE_SUFFIXES = frozenset({".mjml", ".txt", ".html"})
MAX_RAW_BYTES = 50_000_000  # a guard for memory; what an article may be is reading's decision

# Most file systems take 255 bytes; `.fetched.json` and a number come behind a raw file's name.
_NAME_BYTES, _ENDING = 200, 30
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?")


class LibraryError(PartworkError):
    """A file that cannot be read, written or named as asked."""


@dataclass(frozen=True, slots=True)
class Library:
    """The files of one home; `packaged` is where to look for what the home does not have."""

    home: Path
    packaged: Path

    @property
    def inbox(self) -> Path:
        """Raw sources, byte for byte."""
        return self.home / "content" / "inbox"

    @property
    def articles(self) -> Path:
        """Clean Markdown, `<slug>.md`, with `<slug>.removals.json` beside it."""
        return self.home / "content" / "articles"

    @property
    def newsletters(self) -> Path:
        """One `<slug>.toml` each."""
        return self.home / "content" / "newsletters"

    @property
    def all_series(self) -> Path:
        """One folder each, with `series.toml` and `NN-<slug>.md`."""
        return self.home / "content" / "series"

    @property
    def rules(self) -> Path:
        """What editors decided for whole sites."""
        return self.home / "content" / "rules.toml"

    def demand_home(self) -> None:
        """Raises LibraryError where the folder is no home."""
        if not (self.home / "content").is_dir():
            raise LibraryError(
                f"{self.home} is no Partwork home (it has no content/ folder); "
                "make one with `partwork init FOLDER`, or name one in PARTWORK_HOME"
            )

    def article_file(self, slug: str) -> Path:
        """Where the article of that name is or would be."""
        return self.articles / f"{checked_name(slug, 'article')}.md"

    def removals_file(self, slug: str) -> Path:
        """Where its removals are or would be."""
        return self.articles / f"{checked_name(slug, 'article')}.removals.json"

    def newsletter_file(self, slug: str) -> Path:
        """Where the newsletter's settings are or would be."""
        return self.newsletters / f"{checked_name(slug, 'newsletter')}.toml"

    def series_folder(self, slug: str) -> Path:
        """Where the series is or would be."""
        return self.all_series / checked_name(slug, "series")

    def instalment_files(self, series: str) -> tuple[Path, ...]:
        """The parts of a series, `NN-<slug>.md`, in the order of their names."""
        return tuple(sorted(self.series_folder(series).glob("[0-9][0-9]*-*.md")))

    def base_file(self, series: str, instalment: str) -> Path:
        """What was last generated for a part, so that a hand edit can be told."""
        return self.series_folder(series) / ".base" / f"{instalment}.md"

    def base_files(self, series: str) -> tuple[Path, ...]:
        """What was last generated for every part, in the order of their ids."""
        return tuple(sorted((self.series_folder(series) / ".base").glob("*.md")))

    def plan_file(self, series: str) -> Path:
        """What the parts of a series were last composed from."""
        return self.series_folder(series) / ".base" / "plan.json"

    def article_slugs(self) -> tuple[str, ...]:
        """The names of all articles, in order."""
        return tuple(sorted(p.stem for p in self.articles.glob("*.md")))

    def newsletter_slugs(self) -> tuple[str, ...]:
        """The names of all newsletters, in order."""
        return tuple(sorted(p.stem for p in self.newsletters.glob("*.toml")))

    def series_slugs(self) -> tuple[str, ...]:
        """The names of all series, in order."""
        return tuple(sorted(p.parent.name for p in self.all_series.glob("*/series.toml")))

    def raw_files(self, path: Path) -> tuple[Path, ...]:
        """The raw sources at `path`: itself, or what a folder holds, hidden files left out."""
        try:
            if not path.is_dir():
                return (path,)
            found = [p for p in sorted(path.iterdir()) if p.is_file() and p.name[0] != "."]
        except OSError as error:
            raise LibraryError(f"{path}: cannot be read ({_reason(error)})") from None
        return tuple(p for p in found if p.suffix.lower() in RAW_SUFFIXES)

    def read_raw(self, path: Path) -> bytes:
        """The file's bytes. Raises LibraryError for what is no ordinary file, is larger than
        `MAX_RAW_BYTES`, or cannot be read.
        """
        try:
            if path.is_dir():
                raise LibraryError(f"{path}: is a folder; name a file in it")
            if path.exists() and not path.is_file():  # a pipe or a device might never end
                raise LibraryError(
                    f"{path}: is no ordinary file; save the article as .txt, .md or .html"
                )
            with path.open("rb") as stream:
                return read_all(stream, str(path))
        except FileNotFoundError:
            raise LibraryError(f"{path}: there is no such file; check its name") from None
        except OSError as error:
            raise LibraryError(f"{path}: cannot be read ({_reason(error)})") from None

    def keep_raw(self, name: str, raw: bytes) -> Path:
        """A file in the inbox that holds just these bytes, under this name or `name-2`, … .

        The name is made plain first, see `plain_name`.
        """
        plain = Path(plain_name(name))
        stem, suffix = plain.stem, plain.suffix.lower()
        for count in range(1, 10_000):
            file = self.inbox / f"{stem}{f'-{count}' if count > 1 else ''}{suffix}"
            if not file.exists():
                self.write(file, raw)
                return file
            if self.read_raw(file) == raw:
                return file
        raise LibraryError(f"{self.inbox}: too many files are called {stem}; rename this one")

    def read(self, file: Path) -> str:
        """The file's text, UTF-8; line ends as they are."""
        try:
            return file.read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            raise LibraryError(f"{self.shown(file)}: there is no such file") from None
        except UnicodeDecodeError:
            raise LibraryError(
                f"{self.shown(file)}: is not UTF-8; save it as UTF-8 and try again"
            ) from None
        except OSError as error:
            raise LibraryError(f"{self.shown(file)}: cannot be read ({_reason(error)})") from None

    def write(self, file: Path, content: str | bytes, mode: int = 0o644) -> None:
        """Puts `content` where `file` is, whole or not at all, durably; then it has that mode."""
        raw = content.encode() if isinstance(content, str) else content
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(raw)
                    stream.flush()
                    os.fsync(stream.fileno())
                Path(temporary).chmod(mode)
                Path(temporary).replace(file)
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise self._not_written(file, error) from None

    @contextmanager
    def locked(self, file: Path) -> Iterator[bool]:
        """Whether no other process holds this lock; if so it is held until the block ends.

        The system frees it however a process ends, also by `kill -9` (flock(2)).
        """
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            stream = file.open("a")
        except OSError as error:
            raise self._not_written(file, error) from None
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                is_ours = True
            except BlockingIOError:
                is_ours = False
            yield is_ours

    def templates(self) -> Mapping[str, str]:
        """Template sources by name, e.g. `email/issue.mjml`: the home's, else the package's.

        Files of other kinds, such as a picture, are none.
        """
        found: dict[str, str] = {}
        for root in (self.packaged / "templates", self.home / "templates"):
            for file in sorted(root.rglob("*")):
                known = file.suffix in TEMPLATE_SUFFIXES and not file.name.startswith(".")
                if known and file.is_file():
                    found[file.relative_to(root).as_posix()] = self.read(file)
        return found

    def shown(self, file: Path) -> str:
        """The file's path as people know it: relative to the home where it lies inside."""
        return str(file.relative_to(self.home)) if file.is_relative_to(self.home) else str(file)

    def _not_written(self, file: Path, error: OSError) -> LibraryError:
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT}
        writable = "make the home writable, or choose another by PARTWORK_HOME"
        remedy = "free some space and try again" if is_full else writable
        return LibraryError(f"{self.shown(file)}: cannot be written ({_reason(error)}); {remedy}")


def read_all(stream: BinaryIO, name: str) -> bytes:
    """What the stream called `name` holds. Raises LibraryError above `MAX_RAW_BYTES`."""
    raw = stream.read(MAX_RAW_BYTES + 1)
    if len(raw) > MAX_RAW_BYTES:
        raise LibraryError(
            f"{name}: more than {MAX_RAW_BYTES:,} bytes are too many for an article; "
            "split it, or take out what is no article"
        )
    return raw


def plain_name(name: str) -> str:
    """The name of a raw file as it may stand anywhere: on one line, nothing in it that acts.

    It leaves room for a number and for the file of what was fetched. Names that must be changed
    for that stay as different as they were.
    """
    if name.isprintable() and len(name.encode()) <= _NAME_BYTES:
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    plain = Path("".join(c if c.isprintable() else "_" for c in name))
    stem = plain.stem.encode()[: _NAME_BYTES - _ENDING].decode(errors="ignore")
    return f"{stem}-{digest}{plain.suffix[:_ENDING]}"


def checked_name(name: str, kind: str) -> str:
    """`name`, if it can name a file safely; a LibraryError that says how to name it otherwise."""
    if not _NAME.fullmatch(name):
        better = slug_of(Path(name).name.removesuffix(".md"), 80) or kind
        raise LibraryError(
            f"{name!r} cannot name {'an' if kind[0] in 'aeiou' else 'a'} {kind}: use small "
            f"letters, digits and hyphens, at most 80, such as {better}"
        )
    return name


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
