"""Pictures of `content/media` → files that mails and pages show, served by us."""

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from unicodedata import category

from partwork.assembly import Press
from partwork.images.mailable import BadPicture, Mailable, mailable
from partwork.library import Library, LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.picture import parse_picture_note
from partwork.model.picture import Picture
from partwork.model.slug import slug_of

_SUFFIXES = (".gif", ".jpeg", ".jpg", ".png", ".webp")
_LONGEST = 200  # bytes of a file's name in UTF-8; file systems take 255, and its note's is longer
_SERVED = re.compile(r"[a-z0-9-]{1,60}-[0-9a-f]{16}\.(?:jpg|png)")


@dataclass(frozen=True, slots=True)
class Album:
    """The pictures there are, and why others are left out; both by name."""

    pictures: Mapping[str, Picture]
    left_out: Mapping[str, str]


def album_of(press: Press, names: Iterable[str]) -> Album:
    """The pictures of these names in `content/media`, made fit for mail and ready to be served.

    One that is not there, is no picture, or of which nobody says what it shows, who made it and
    why it may be shown, is left out.
    """
    pictures: dict[str, Picture] = {}
    left_out: dict[str, str] = {}
    for name in dict.fromkeys(names):
        try:
            pictures[name] = picture_of(press, name)
        except (BadPicture, LibraryError, ManuscriptError) as error:
            left_out[name] = str(error)
    return Album(pictures, left_out)


def picture_of(
    press: Press, name: str, made_from: Callable[[bytes, str], Mailable] = mailable
) -> Picture:
    """One picture of `content/media`, what it was made into ready to be served.

    Raises BadPicture, LibraryError or ManuscriptError for one that has to be left out.
    """
    if why := _why_no_name(name):
        raise LibraryError(f"{name[:80]!r} names no picture of content/media: {why}")
    file = _media(press) / name
    note_file = file.with_suffix(".toml")
    shown = press.library.shown(note_file)
    if file.resolve().parent != _media(press).resolve():
        link = f"{press.library.shown(file)} is a link to another place"
        raise LibraryError(f"{link}; put the picture itself there")
    if not file.is_file():
        raise LibraryError(f"{press.library.shown(file)} is not there; check its name")
    if not note_file.is_file():
        raise LibraryError(f"{shown} is not there; write alt, credit and permission into it")
    note = parse_picture_note(press.library.read(note_file), shown)
    known = file.stat()
    made = _made_once(press.library, file, (known.st_mtime_ns, known.st_size), made_from)
    digest = hashlib.sha256(made.content).hexdigest()[:16]
    served = f"{slug_of(file.stem, 60) or 'picture'}-{digest}.{made.suffix}"
    if not (_made(press) / served).is_file():
        press.library.write(_made(press) / served, made.content)
    return Picture(f"{media_url(press)}{served}", made.width, made.height, note)


def served_picture(press: Press, name: str) -> bytes | None:
    """The bytes of a made picture; None for a name that is none of ours."""
    file = _made(press) / name
    known = _SERVED.fullmatch(name) and file.is_file()
    return press.library.read_raw(file) if known else None


def picture_at(press: Press, url: str) -> bytes | None:
    """The same by its whole address; None for any that is not of our pictures."""
    address = media_url(press)
    return served_picture(press, url.removeprefix(address)) if url.startswith(address) else None


def media_url(press: Press) -> str:
    """What the addresses of all our pictures begin with."""
    return f"{press.settings.public_url}/media/"


def with_pictures_served(press: Press, html: str) -> str:
    """A mail or page that shows our pictures at the address where they are served now.

    What is approved has them where the settings say, or would by default.
    """
    return html.replace(media_url(press), f"{press.pages_url}/media/")


def with_pictures_beside(press: Press, html: str, folder: Path) -> str:
    """A file of `folder` that shows our pictures from the disk, whether or not they are served."""
    beside = Path(os.path.relpath(_made(press), folder)).as_posix()
    return html.replace(media_url(press), f"{beside}/")


def _why_no_name(name: str) -> str:
    """Why a name is none of a file in our folder; nothing if it is, and leads nowhere else."""
    if not name.lower().endswith(_SUFFIXES):
        return "it ends in none of .gif, .jpg, .png, .webp"
    if len(name.encode(errors="replace")) > _LONGEST:
        return "it is too long; shorten it"
    if not name[0].isalnum():
        return f"it begins with {name[0]!r}; begin with a letter or digit"
    for character in name:
        if not (character.isalnum() or character in " ._-" or category(character)[0] == "M"):
            allowed = "letters and digits of any script, spaces, dots, - and _"
            return f"it holds {character!r}; use {allowed}"
    return ""


@lru_cache(maxsize=64)  # a photograph takes a second, and is asked for whenever a part is rendered
def _made_once(
    library: Library,
    file: Path,
    _saved: tuple[int, int],
    made_from: Callable[[bytes, str], Mailable],
) -> Mailable:
    """What the file gives, made anew when it was saved anew."""
    return made_from(library.read_raw(file), library.shown(file))


def _media(press: Press) -> Path:
    return press.library.home / "content" / "media"


def _made(press: Press) -> Path:
    """Where made pictures stay as long as a mail may show them, named by their content."""
    return press.settings.state / "media"
