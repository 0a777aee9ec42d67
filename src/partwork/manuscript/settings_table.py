"""The fields of a TOML file that an editor wrote, with all that is wrong with them at once."""

import re
import tomllib
import zoneinfo
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from difflib import get_close_matches
from enum import Enum
from typing import TypeVar

from email_validator import EmailNotValidError, validate_email

from partwork.manuscript.errors import FieldsError, ManuscriptError
from partwork.model.address import Mailbox
from partwork.model.colour import WHITE, readable
from partwork.model.newsletter import Cadence, QuotationLimits, Weekday

Choice = TypeVar("Choice", bound=Enum)
Value = TypeVar("Value")

# What names a file or a part of a web address: no dots or slashes can hide in it.
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")

_ACCENT = re.compile(r"#[0-9a-fA-F]{6}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_URL = re.compile(r"https?://[^\s/?#@:]+(:\d+)?([/?#]\S*)?")
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_ALLOWED = "\u00a0\u200c\u200d"  # no-break space, and what parts or joins letters (Persian, emoji)
_MAILBOX = re.compile(r'(?:"(?P<quoted>(?:[^"\\]|\\.)*)"\s*|(?P<name>[^<>]*))<(?P<address>[^<>]*)>')


class SettingsTable:
    """A table of a TOML file; each method takes one field and notes what is wrong with it.

    What a method returns for a wrong or missing field is only there to let the reading go on:
    `finish` raises FieldsError with every problem noted, and must be called before any value
    is used.
    """

    def __init__(self, text: str, file: str) -> None:
        self._file = file
        self._problems: list[str] = []
        self._text = text
        self._table = parsed_toml(text, file)
        self._prefix = ""

    def finish(self, known: Collection[str]) -> None:
        """Note fields that are not `known`, and raise FieldsError if anything was wrong."""
        self._note_unknown(self._table, known)
        if self._problems:
            raise FieldsError(self._file, tuple(self._problems))

    def text(self, name: str, default: str | None = None, *, lines: bool = False) -> str:
        """A string; it must be there if `default` is None. `lines`: it may have several."""
        value = self._table.get(name, default)
        if value is None:
            self._note(name, "is missing")
            return ""
        if not isinstance(value, str):
            self._note(name, "is text; put it in quotes")
            return ""
        clean = value.strip()
        if default is None and not clean:
            self._note(name, "is empty")
        allowed = clean.replace("\n", "") if lines else clean
        if any(not c.isprintable() and c not in _ALLOWED for c in allowed):
            self._note(name, "holds a line break or control character; take it out")
        return clean

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings, none of them empty; a missing one is empty."""
        value = self._table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            self._note(name, 'is a list of texts: ["…", "…"]')
            return ()
        return tuple(v.strip() for v in value)

    def flag(self, name: str) -> bool:
        """`true` or `false`; a missing one is false."""
        value = self._table.get(name, False)
        if not isinstance(value, bool):
            self._note(name, "is true or false, without quotes")
        return value is True

    def choice(self, name: str, default: Choice) -> Choice:
        """One of the words of an enumeration."""
        word = self.text(name, str(default.value))
        for member in type(default):
            if member.value == word:
                return member
        self._note(name, "is " + " or ".join(f'"{member.value}"' for member in type(default)))
        return default

    def language(self, name: str, default: str) -> str:
        """A language tag by its form (BCP 47)."""
        return self._matching(name, default, _LANGUAGE, 'is a language tag such as "en" or "de-CH"')

    def accent(self, name: str, default: str) -> str:
        """A colour, `#rrggbb`, that can be read on white; on dark paper it is lightened."""
        colour = self._matching(name, default, _ACCENT, 'is a colour such as "#1d5c63"')
        if _ACCENT.fullmatch(colour) and (legible := readable(colour, WHITE)) != colour.lower():
            too_pale = "is too pale to be read on white; the nearest that is not"
            self._note(name, f'{too_pale}: "{legible}"')
        return colour

    def logos(self) -> tuple[str, str]:
        """The fields logo and logo_dark, files of `content/media`; missing ones are empty."""
        logo, dark = self.text("logo", ""), self.text("logo_dark", "")
        if dark and not logo:
            self._note("logo_dark", "stands in for logo in the dark; name a logo as well")
        return logo, dark

    def url(self, name: str) -> str:
        """A web address; a missing one is empty."""
        return self._matching(name, "", _URL, 'is a web address such as "https://example.org/"')

    def slug(self, name: str, default: str | None = None) -> str:
        """The slug of something; it must be named if `default` is None."""
        return self._matching(name, default, SLUG, "is a short name of a-z, 0-9 and hyphens")

    def slugs(self, name: str) -> tuple[str, ...]:
        """A list of slugs, none twice."""
        found = self.texts(name)
        if wrong := [slug for slug in found if not SLUG.fullmatch(slug)]:
            self._note(name, f"holds {wrong[0][:40]!r}; a short name has a-z, 0-9 and hyphens")
        if len(set(found)) < len(found):
            self._note(name, "names one twice")
        return found

    def mailbox(self, name: str) -> Mailbox:
        """`Name <address>` or an address alone, that must be there."""
        return self._mailbox(name, self.text(name)) or Mailbox("", "")

    def other_mailbox(self, name: str) -> Mailbox | None:
        """The same of a field that may be missing or empty, and is None then."""
        return self._mailbox(name, self.text(name, ""))

    def cadence(self, name: str) -> Cadence | None:
        """A table of days, time, zone and perhaps starts_on; a missing one is None."""
        with self._inner(name, ("days", "time", "zone", "starts_on")) as is_there:
            if not is_there:
                return None
            return Cadence(self._days(), self._time(), self._zone(), self._starts_on())

    def whole(self, name: str, default: int, most: int) -> int:
        """A whole number from 0 to `most`."""
        value = self._table.get(name, default)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= most:
            return value
        self._note(name, f"is a whole number from 0 to {most}, without quotes")
        return default

    def quotation(self, name: str) -> QuotationLimits:
        """A table of percent and words, each a whole number; what is missing is as usual."""
        usual = QuotationLimits()
        with self._inner(name, ("percent", "words")) as is_there:
            if not is_there:
                return usual
            percent = self.whole("percent", round(usual.share * 100), 100)
            return QuotationLimits(percent / 100, self.whole("words", usual.run, 100_000))

    def read(
        self, name: str, reader: Callable[[object, str], tuple[Value, Sequence[str]]]
    ) -> Value:
        """What `reader` makes of a table, or of {}, and of the file's text, beside its problems."""
        value, problems = reader(self._table.get(name, {}), self._text)
        self._problems += problems
        return value

    @contextmanager
    def _inner(self, name: str, known: Collection[str]) -> Iterator[bool]:
        """Goes on with the fields of a table within, if it is there."""
        table = self._table.get(name)
        if not isinstance(table, dict):
            if table is not None:
                self._note(name, f"is a table; write [{name}] and its fields below")
            yield False
            return
        outer, self._table, self._prefix = self._table, table, f"{name}."
        yield True
        self._note_unknown(table, known)
        self._table, self._prefix = outer, ""

    def _days(self) -> tuple[Weekday, ...]:
        value = self._table.get("days", [])
        words = value if isinstance(value, list) else []
        days = tuple(day for word in words for day in Weekday if word == day.value)
        if not days or len(set(days)) < len(words):
            self._note("days", 'is a list of days, each once, such as ["tue", "fri"]')
        return days

    def _time(self) -> time:
        value = self._table.get("time")
        if isinstance(value, str) and _CLOCK.fullmatch(value):
            return time.fromisoformat(value)
        if isinstance(value, time) and not value.second and not value.microsecond:
            return value
        self._note("time", 'is a time of day in hours and minutes, such as "07:30"')
        return time()

    def _zone(self) -> str:
        zone = self.text("zone")
        try:
            zoneinfo.ZoneInfo(zone)
        except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            if zone:
                self._note("zone", 'is a time zone such as "Europe/Berlin"')
        return zone

    def _starts_on(self) -> date | None:
        value = self._table.get("starts_on")
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self._note("starts_on", "is a day without quotes, such as 2026-12-01")
        return None

    def _mailbox(self, name: str, written: str) -> Mailbox | None:
        mailbox = mailbox_of(written)
        if written and not mailbox:
            self._note(name, 'is an address such as "The Quiet Hour <letters@example.org>"')
        return mailbox

    def _matching(self, name: str, default: str | None, form: re.Pattern[str], should: str) -> str:
        value = self.text(name, default)
        if value and not form.fullmatch(value):
            self._note(name, should)
        return value

    def _note(self, name: str, problem: str) -> None:
        sentence = f"{self._prefix}{name} {problem}"
        if not any(noted.startswith(f"{self._prefix}{name} ") for noted in self._problems):
            self._problems.append(sentence)

    def _note_unknown(self, table: dict[str, object], known: Collection[str]) -> None:
        for name in table:
            if name not in known:
                near = get_close_matches(name, known, 1)
                remedy = f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}"
                self._problems.append(f"{self._prefix}{name[:40]!r} is no field; {remedy}")


def mailbox_of(written: str) -> Mailbox | None:
    """The mailbox that is written `Name <address>` or as an address alone; None if it is none.

    A name in quotes may hold anything, quotes with a backslash before them (RFC 5322, 3.2.4); one
    without may hold what it likes but angle brackets.
    """
    parts = _MAILBOX.fullmatch(written)
    address = parts["address"] if parts else written
    try:
        valid = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        return None
    if parts and parts["quoted"] is not None:
        return Mailbox(re.sub(r"\\(.)", r"\1", parts["quoted"]).strip(), valid.normalized)
    return Mailbox(parts["name"].strip() if parts else "", valid.normalized)


def written_mailbox(mailbox: Mailbox) -> str:
    """The mailbox as `mailbox_of` reads it."""
    if not mailbox.name:
        return mailbox.address
    if not re.search(r'[<>"]', mailbox.name):
        return f"{mailbox.name} <{mailbox.address}>"
    escaped = re.sub(r'(["\\])', r"\\\1", mailbox.name)
    return f'"{escaped}" <{mailbox.address}>'


def parsed_toml(text: str, file: str) -> dict[str, object]:
    """The tables of a TOML file. Raises ManuscriptError with the line where it is none."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except tomllib.TOMLDecodeError as error:
        raise syntax_error(file, str(error)) from None
    except RecursionError:
        raise ManuscriptError(file, 0, "lists are nested too deep; flatten them") from None


def syntax_error(file: str, message: str) -> ManuscriptError:
    """What to raise for a file that is no TOML; `message` is the parser's, with its line."""
    found = re.search(r"line (\d+)", message)
    why = re.sub(r"\s*\(?at (line \d+,? col(umn)? \d+|end of document)\)?", "", message)
    return ManuscriptError(
        file,
        int(found[1]) if found else 0,
        f'not TOML ({why[:1].lower()}{why[1:]}); a field is written: name = "text"',
    )
