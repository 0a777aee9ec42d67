"""What tests of reviews share: a letter of two parts, and a newsletter that asks for two people."""

from pathlib import Path

from partwork.actions.letter import begin_letter
from partwork.actions.loading import load_parts
from partwork.assembly import Press

SERIES = "greetings"


def letter(press: Press, *texts: str) -> str:
    """A letter with a part for each text."""
    for n, text in enumerate(texts, 1):
        begin_letter(
            press,
            SERIES,
            title=f"Greetings {n}",
            newsletter="",
            subject=f"Greetings <{n}>",
            preheader="What to bring on the first morning at the gate.",
            text=f"{text}\n",
        )
    return SERIES


def edit(press: Press, number: int, old: str, new: str) -> None:
    """Changes a part's file by hand."""
    file = file_of(press, number)
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def file_of(press: Press, number: int) -> Path:
    """The file of a part."""
    return next(path for part, path in load_parts(press, SERIES) if part.number == number)


def ask_of(press: Press, line: str) -> None:
    """Puts a line at the top of the newsletter's file."""
    (slug,) = press.library.newsletter_slugs()
    file = press.library.newsletter_file(slug)
    file.write_text(f"{line}\n{file.read_text()}")
