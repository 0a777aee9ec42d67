"""Files an editor or designer is writing → what they give now, each time one is saved."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from partwork.actions.preview import Previewed, preview
from partwork.assembly import Press
from partwork.model.errors import PartworkError


@dataclass(frozen=True, slots=True)
class Rendering:
    """What the files of one moment give: previews, or else why there are none.

    `stamp` names the moment: see `stamp_of`.
    """

    stamp: str
    shown: tuple[Previewed, ...] = ()
    error: str = ""


def stamp_of(press: Press, series: str) -> str:
    """Another string whenever a file was saved from which the series' mails are made."""
    lines = (f"{file} {size_bytes} {saved}" for file, size_bytes, saved in _files(press, series))
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def rendering(press: Press, series: str, part: int | None, now: datetime) -> Rendering:
    """The previews, rendered and stored anew as `preview` does it."""
    stamp = stamp_of(press, series)
    try:
        return Rendering(stamp, preview(press, series, part, now))
    except PartworkError as error:
        return Rendering(stamp, error=str(error))


def _files(press: Press, series: str) -> Iterator[tuple[Path, int, int]]:
    library = press.library
    media = library.home / "content" / "media"
    content = (library.series_folder(series), library.articles, library.newsletters, media)
    for folder in (*content, library.home / "templates", library.packaged / "templates"):
        for file in sorted(folder.rglob("*")):
            try:
                known = file.stat()
            except OSError:  # an editor's temporary file that is gone again
                continue
            yield file, known.st_size, known.st_mtime_ns
