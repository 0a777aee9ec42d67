"""Messages in the outbox's folders that were one person's."""

from collections.abc import Callable, Iterable
from email.parser import HeaderParser
from email.utils import getaddresses
from pathlib import Path

_HEADER = 64 * 1024  # bytes; ours have under 2,000


def forget_messages(folders: Iterable[Path], is_theirs: Callable[[str], bool]) -> int:
    """Remove each `.eml` file below these folders that is addressed to them; how many.

    A folder that is not there has none. Raises OSError where a file cannot be removed.
    """
    gone = 0
    for folder in folders:
        for file in sorted(folder.rglob("*.eml")):
            if any(map(is_theirs, _recipients(file))):
                file.unlink(missing_ok=True)
                gone += 1
    return gone


def _recipients(file: Path) -> list[str]:
    with file.open("rb") as stream:
        head = stream.read(_HEADER)
    # A local part beyond ASCII stands in the header as UTF-8 (RFC 6532, 3.2).
    fields = HeaderParser().parsestr(head.decode("utf-8", "replace")).get_all("To", [])
    return [address for _, address in getaddresses([str(field) for field in fields])]
