"""Pictures of `content/media` → files that mails and pages show, served by us."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from partwork.assembly import Press
from partwork.images.mailable import BadPicture, mailable
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.picture import parse_picture_note
from partwork.model.fault import Fault, Severity
from partwork.model.picture import Picture
from partwork.model.slug import slug_of

# A file's name, with no way out of its folder; and what we call a made one.
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,99}\.(?:gif|jpe?g|png|webp)", re.IGNORECASE)
_SERVED = re.compile(r"[a-z0-9-]{1,60}-[0-9a-f]{16}\.(?:jpg|png)")


@dataclass(frozen=True, slots=True)
class Album:
    """The pictures there are by name, and a notice for each that is left out, with the reason."""

    pictures: dict[str, Picture]
    notices: tuple[Fault, ...]


def album_of(press: Press, names: Iterable[str]) -> Album:
    """The pictures of these names in `content/media`, made fit for mail and ready to be served.

    One that is not there, is no picture, or of which nobody says what it shows, who made it and
    why it may be shown, is left out with a notice.
    """
    pictures: dict[str, Picture] = {}
    notices: list[Fault] = []
    for name in dict.fromkeys(names):
        try:
            pictures[name] = _picture(press, name)
        except (BadPicture, LibraryError, ManuscriptError) as error:
            said = f"picture {name} is left out: {error}"
            notices.append(Fault(_shown(press, name), 0, "picture", said, Severity.NOTICE))
    return Album(pictures, tuple(notices))


def served_picture(press: Press, name: str) -> bytes | None:
    """The bytes of a made picture; None for a name that is none of ours."""
    file = _made(press) / name
    known = _SERVED.fullmatch(name) and file.is_file()
    return press.library.read_raw(file) if known else None


def picture_at(press: Press, url: str) -> bytes | None:
    """The same by its whole address; None for any that is not of our pictures."""
    address = _address(press)
    return served_picture(press, url.removeprefix(address)) if url.startswith(address) else None


def _picture(press: Press, name: str) -> Picture:
    if not _NAME.fullmatch(name):
        raise LibraryError(f"{name!r} names no picture of content/media; use a name like stone.jpg")
    file = _media(press) / name
    note_file = file.with_suffix(".toml")
    shown = press.library.shown(note_file)
    if file.resolve().parent != _media(press).resolve():
        raise LibraryError("is a link to another place; put the picture itself into content/media")
    if file.is_file() and not note_file.is_file():
        raise LibraryError(f"{shown} is not there; write alt, credit and permission into it")
    raw = press.library.read_raw(file)
    note = parse_picture_note(press.library.read(note_file), shown)
    made = mailable(raw, press.library.shown(file))
    digest = hashlib.sha256(made.content).hexdigest()[:16]
    served = f"{slug_of(file.stem, 60) or 'picture'}-{digest}.{made.suffix}"
    if not (_made(press) / served).is_file():
        press.library.write(_made(press) / served, made.content)
    return Picture(f"{_address(press)}{served}", made.width, made.height, note)


def _media(press: Press) -> Path:
    return press.library.home / "content" / "media"


def _made(press: Press) -> Path:
    """Where made pictures stay as long as a mail may show them, named by their content."""
    return press.settings.state / "media"


def _address(press: Press) -> str:
    return f"{press.settings.public_url}/media/"


def _shown(press: Press, name: str) -> str:
    return press.library.shown(_media(press) / Path(name).name)
