"""A letter begun: a part of a series that a person writes, without articles."""

from pathlib import Path

from partwork.actions.compose import only_newsletter
from partwork.actions.loading import load_newsletter, load_parts
from partwork.actions.revising import file_name
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.instalment import print_instalment
from partwork.manuscript.series import parse_series, print_series
from partwork.model.errors import PartworkError
from partwork.model.series import Instalment, Kind, Series
from partwork.store.engine import read_only
from partwork.store.issues import published_instalments


class NotALetter(PartworkError):
    """A series that is composed from articles was to be written by hand."""

    def __init__(self, series: str) -> None:
        self.series = series
        super().__init__(
            f"{series} is composed from articles; edit its parts, or begin the letter "
            "under another name"
        )


def begin_letter(press: Press, series: str, *, title: str, newsletter: str) -> Path:
    """The file of a new part, the series' first or its next, for a person to write.

    It has its id, its number and a title; its subject is left open, without which it cannot be
    approved. Raises `NotALetter` for a series of articles.
    """
    toml = press.library.series_folder(series) / "series.toml"
    known = None
    if toml.exists():
        known = parse_series(press.library.read(toml), series, press.library.shown(toml))
        if known.kind is not Kind.LETTER:
            raise NotALetter(series)
    owner = newsletter or (known.newsletter if known else only_newsletter(press))
    language = load_newsletter(press, owner).language
    if known and known.newsletter != owner:
        raise LibraryError(
            f"{series} belongs to {known.newsletter}; change that in {press.library.shown(toml)}"
        )
    words = title.strip() or series.replace("-", " ").capitalize()
    parts = [part for part, _ in load_parts(press, series)]
    with read_only(press.engine) as connection:
        gone_out = published_instalments(connection, series).values()
    number = max([0, *(part.number for part in parts), *gone_out]) + 1
    part = Instalment(press.new_id(), number, words, subject="", preheader="")
    if not known:
        letter = Series(series, owner, words, language=language, kind=Kind.LETTER)
        press.library.write(toml, print_series(letter))
    file = press.library.series_folder(series) / file_name(part)
    press.library.write(file, print_instalment(part))
    return file
