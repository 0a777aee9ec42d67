"""A file of addresses, read a line at a time; and beside it the rows that gave nobody."""

import codecs
import io
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.reading.decoding import decoded
from partwork.subscribing.exports import csv_of
from partwork.subscribing.imports import RowError

MOST_TOLD = 20
ERRORS_SUFFIX = ".errors.csv"

_BLOCK = 1 << 20  # bytes
_HEADER = csv_of([("line", "reason")])  # of a list of rows that gave nobody
# UTF-32's mark begins with UTF-16's, so it stands first.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)


@contextmanager
def lines_of(press: Press, file: Path) -> Iterator[tuple[Iterator[str], int]]:
    """The file's lines with their ends, and about how many there are.

    UTF-8, and what begins with a byte order mark, is read a line at a time, however long the file
    is; other encodings are told apart by the whole of it (`decoded`). Raises LibraryError and
    Unreadable.
    """
    stream, count = _opened(press, file)
    with stream:
        yield stream, count


@dataclass(slots=True)
class RejectedRows:
    """Rows that gave nobody: counted, the first `MOST_TOLD` unusable ones kept, all in a file."""

    file: Path
    stream: TextIO
    not_subscribed: int = 0
    unusable: int = 0
    first: list[RowError] = field(default_factory=list)

    def add(self, error: RowError) -> None:
        """Count it and write it down. Raises LibraryError where the file takes no more."""
        if error.has_left:
            self.not_subscribed += 1
        else:
            self.unusable += 1
            if len(self.first) < MOST_TOLD:
                self.first.append(error)
        with _telling(self.file):
            self.stream.write(csv_of([(str(error.line), error.reason)]))


@contextmanager
def errors_beside(file: Path) -> Iterator[RejectedRows]:
    """What takes rows that gave nobody into `readers.errors.csv`, beside `readers.csv`.

    It holds lines and reasons, no addresses, so that nobody who is erased is still in it. It is
    there once the block has ended, however that was, and replaces one of an earlier import; one
    without any row does not stay. Each import has a list of its own until then, so that two of
    one file at once leave the whole list of one. Raises LibraryError where it cannot be written,
    or where the name is another file's.
    """
    path = file.with_name(f"{file.stem}{ERRORS_SUFFIX}")
    # What a crash leaves is told from other files by the same suffix and header, and pruned.
    ours = file.with_name(f".{file.stem}.{secrets.token_hex(4)}{ERRORS_SUFFIX}")
    with _telling(path):
        if not _may_be_replaced(path):
            raise LibraryError(f"{path}: is not ours, and errors would go there; move it away")
        # Line by line, so that a full disk is noticed where it can be told.
        stream = ours.open("x", buffering=1, encoding="utf-8", newline="")
    rejected = RejectedRows(path, stream)
    try:
        with stream:
            with _telling(path):
                stream.write(_HEADER)
            yield rejected
    finally:
        with _telling(path):
            if rejected.unusable or rejected.not_subscribed:
                ours.replace(path)
            else:
                ours.unlink(missing_ok=True)
                path.unlink(missing_ok=True)


def _may_be_replaced(path: Path) -> bool:
    try:
        return is_list_of_errors(path)
    except FileNotFoundError:  # there is none, or an import that ran beside this one removed it
        return True


def is_list_of_errors(file: Path) -> bool:
    """Whether the file begins as what `errors_beside` writes. Raises OSError."""
    return _beginning(file, len(_HEADER)) == _HEADER.encode()


@contextmanager
def _telling(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LibraryError(
            f"{path}: cannot be written ({error.strerror}), and rows that give nobody are told "
            "there; copy the file of addresses into a folder of yours"
        ) from None


def _beginning(path: Path, length: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(length)


def _opened(press: Press, file: Path) -> tuple[TextIO, int]:
    try:
        streamed = _encoding_of(file) if file.is_file() else None
        if streamed is not None:
            encoding, count = streamed
            # What was damaged since it was looked through makes an address that is none.
            return file.open(encoding=encoding, errors="replace", newline=""), count
    except OSError as error:
        raise LibraryError(f"{file}: cannot be read ({error.strerror})") from None
    # The library says what is wrong with what is no file.
    text = decoded(press.library.read_raw(file), file.name)
    return io.StringIO(text, newline=""), text.count("\n")


def _encoding_of(file: Path) -> tuple[str, int] | None:
    """The encoding and the number of line ends; None where both need the whole file at once."""
    with file.open("rb") as stream:
        first = stream.read(4)
        encoding = next((name for mark, name in _MARKS if first.startswith(mark)), "utf-8")
        stream.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        count = 0
        try:
            while block := stream.read(_BLOCK):
                text = decoder.decode(block)
                if "\0" in text:  # UTF-16 without a mark, or no text
                    return None
                count += text.count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    return encoding, count
