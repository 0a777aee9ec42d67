"""Text that comes without a file → a file of the inbox, for `ingest` to take."""

from datetime import datetime
from pathlib import Path

from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.slug import slug_of
from partwork.reading.raw import read_article


def save_paste(press: Press, text: str, title: str, now: datetime) -> Path:
    """The file in the inbox that holds a pasted text; the same text gives the same file."""
    words = slug_of(title or text.strip().split("\n", 1)[0]) or f"pasted-{now:%Y-%m-%d}"
    body = f"{title.strip()}\n\n{text}" if title.strip() else text
    suffix = ".html" if text.lstrip()[:1] == "<" else ".txt"
    return press.library.keep_raw(words + suffix, body.encode("utf-8", "replace"))


def save_piped(press: Press, raw: bytes, now: datetime) -> Path:
    """The file in the inbox that holds what came by standard input; the same bytes, the same file.

    Raises LibraryError where nothing came, and Unreadable for what is no text.
    """
    if not raw.strip():
        raise LibraryError("standard input: nothing came; pipe an article's text into it")
    read_article(raw, "standard input")  # else what is no text would stay in the inbox
    for file in press.library.raw_files(press.library.inbox):
        if file.stat().st_size == len(raw) and press.library.read_raw(file) == raw:
            return file
    suffix = ".html" if raw.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" else ".txt"
    return press.library.keep_raw(f"pasted-{now:%Y-%m-%d}{suffix}", raw)
