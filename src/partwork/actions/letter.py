"""A letter begun: a part of a series that a person writes, without articles."""

from dataclasses import replace
from pathlib import Path

from partwork.actions.compose import only_newsletter
from partwork.actions.loading import load_newsletter, load_parts
from partwork.actions.revising import file_name
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.instalment import parse_instalment, print_instalment
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


def begin_letter(
    press: Press,
    series: str,
    *,
    title: str,
    newsletter: str,
    subject: str = "",
    preheader: str = "",
    text: str = "",
) -> Path:
    """The file of a new part, the series' first or its next, for a person to write.

    It has its id, its number and a title; where `subject` or `text`, which is Markdown, is left
    open, it cannot be approved before somebody writes them. Begun twice with the same words, as by
    a run that is tried again, it is one part as long as that is not published. Raises `NotALetter`
    for a series of articles, ManuscriptError for a text that is no part's; then nothing is written.
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
    words = " ".join(title.split()) or series.replace("-", " ").capitalize()
    letter = Series(series, owner, words, language=language, kind=Kind.LETTER)
    parse_series(print_series(letter), series, press.library.shown(toml))  # refuses a bad title
    parts = load_parts(press, series)
    with read_only(press.engine) as connection:
        gone_out = published_instalments(connection, series)
    number = max([0, *(part.number for part, _ in parts), *gone_out.values()]) + 1
    part = Instalment(
        press.new_id(), number, words, " ".join(subject.split()), " ".join(preheader.split())
    )
    written = _with_text(part, text)
    begun = parse_instalment(written, "")
    for one, there in parts:
        if one.id not in gone_out and one == replace(begun, id=one.id, number=one.number):
            return there
    if not known:
        press.library.write(toml, print_series(letter))
    file = press.library.series_folder(series) / file_name(part)
    press.library.write(file, written)
    return file


def _with_text(part: Instalment, text: str) -> str:
    """The part's file with the text for its body. Raises ManuscriptError, by the text's lines."""
    head = print_instalment(part)
    if not text.strip():
        return head
    written = f"{head}\n{text.strip()}\n"
    try:
        parse_instalment(written, "")
    except ManuscriptError as error:
        line = max(0, error.line - head.count("\n") - 1)
        raise ManuscriptError("the letter's text", line, error.message) from None
    return written
