"""A file of addresses → applicants, and a reason for each row that gives none."""

import csv
import io
import re
import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from partwork.model.audience import Applicant
from partwork.subscribing.addresses import address_key, fault_of

MAX_HEADER = 10_000  # characters; a longer first line names no columns (a guess)


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that gives no applicant. `reason` holds nothing of the row, so it may be logged."""

    line: int
    reason: str


def applicants_in(text: str) -> tuple[tuple[Applicant, ...], tuple[RowError, ...]]:
    """The applicants of a CSV with a header, or of a list of one address a line.

    Cells are parted by comma, semicolon or tab; columns are known by their usual names, others
    ignored. Addresses stay as typed but for white space around them; syntax alone is judged,
    no server is asked. Two spellings of one address are one: the first counts. Lines count
    from 1; a row of several lines has the number of its first.
    """
    text = text.removeprefix("\ufeff")
    header = _header_of(text)
    if header is None:
        return _judged(_bare_rows(text))
    if _Column.ADDRESS not in header.columns:
        return (), (RowError(header.line, _NO_ADDRESS_COLUMN),)
    return _judged(_table_rows(text, header))


class _Column(Enum):
    """What a column may hold that is of use here."""

    ADDRESS = auto()
    NAME = auto()
    FIRST_NAME = auto()
    LAST_NAME = auto()
    LANGUAGE = auto()
    STATUS = auto()
    STATE = auto()


# Column titles without case, spaces and punctuation, the surest first: a file may have a postal
# "address" beside its "e-mail address".
_TITLES = {
    _Column.ADDRESS: ("email", "emailaddress", "mail", "mailaddress", "emailadresse",
                      "adressemail", "courriel", "address", "subscriber"),
    _Column.NAME: ("name", "fullname", "displayname", "subscribername"),
    _Column.FIRST_NAME: ("firstname", "givenname", "forename", "vorname", "prénom", "prenom"),
    _Column.LAST_NAME: ("lastname", "surname", "familyname", "nachname"),
    _Column.LANGUAGE: ("language", "lang", "locale", "sprache", "langue"),
    _Column.STATUS: ("status", "subscriptionstatus", "emailmarketing"),
    _Column.STATE: ("state",),
}  # fmt: skip
_NO_ADDRESS_COLUMN = (
    "no column is called email; name the columns in the first line, for example: email,name"
)
# A status has to say yes; "state" may be a part of a country, so it has to say no.
_YES = frozenset({"", "subscribed", "confirmed", "active", "enabled", "yes", "true", "1"})
_NO = frozenset({"ended", "pending", "unsubscribed", "unconfirmed", "bounced", "cleaned"})

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_DEFUSED = re.compile(r"'(?=\s*[=+\-@＝＋－＠])")


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the header stands, how its cells are parted and which column is what."""

    line: int
    delimiter: str
    width: int
    columns: Mapping[_Column, int]


@dataclass(frozen=True, slots=True)
class _Row:
    line: int
    address: str
    name: str = ""
    language: str = ""


def _header_of(text: str) -> _Header | None:
    """The header, parted by whichever delimiter makes most known columns; None for a bare list."""
    lines = text.splitlines()
    number = next((n for n, line in enumerate(lines, 1) if line.strip()), 0)
    if not number or "@" in lines[number - 1]:
        return None
    found = []
    for delimiter in (",", ";", "\t"):
        titles = next(csv.reader([lines[number - 1][:MAX_HEADER]], delimiter=delimiter), [])
        found.append(_Header(number, delimiter, len(titles), _columns(titles)))
    return max(found, key=lambda header: (len(header.columns), header.width))


def _columns(titles: Sequence[str]) -> Mapping[_Column, int]:
    plain = [re.sub(r"[\W_]", "", title).casefold() for title in titles]
    return {
        meaning: plain.index(known)
        for meaning, names in _TITLES.items()
        for known in reversed(names)  # the surest comes last and stays
        if known in plain
    }


def _bare_rows(text: str) -> Iterator[_Row | RowError]:
    for number, line in enumerate(text.splitlines(), 1):
        cell = _trimmed(_trimmed(line).strip('"'))
        if not cell:
            continue
        named = _NAMED.fullmatch(cell)
        if named:
            yield _Row(number, _trimmed(named["address"]), _one_line(named["name"].strip('" ')))
        elif cell.count("@") > 1 and re.search(r"[,;\s]", cell):
            yield RowError(number, "more than one address in the line; give each its own")
        elif re.search(r"[,;\t]", cell):
            yield RowError(number, _NO_ADDRESS_COLUMN)
        else:
            yield _Row(number, cell)


def _table_rows(text: str, header: _Header) -> Iterator[_Row | RowError]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=header.delimiter, strict=True)
    number = 1
    try:
        for cells in reader:
            if number > header.line and any(cell.strip() for cell in cells):
                yield _row(number, cells, header)
            number = reader.line_num + 1
    except csv.Error:
        yield RowError(
            number,
            "a quotation mark here is not closed, or something follows it; "
            "nothing was read from this line on",
        )


def _row(number: int, cells: Sequence[str], header: _Header) -> _Row | RowError:
    def cell(meaning: _Column) -> str:
        place = header.columns.get(meaning, len(cells))
        return _DEFUSED.sub("", _trimmed(cells[place]), count=1) if place < len(cells) else ""

    if any(extra.strip() for extra in cells[header.width :]):
        return RowError(number, "it has more cells than the header; quote cells that hold a comma")
    if cell(_Column.STATUS).casefold() not in _YES or cell(_Column.STATE).casefold() in _NO:
        return RowError(number, "its status says that it is not subscribed")
    language = cell(_Column.LANGUAGE)
    return _Row(
        number,
        cell(_Column.ADDRESS),
        _one_line(cell(_Column.NAME) or f"{cell(_Column.FIRST_NAME)} {cell(_Column.LAST_NAME)}"),
        language if _LANGUAGE_TAG.fullmatch(language) else "",
    )


def _judged(
    rows: Iterator[_Row | RowError],
) -> tuple[tuple[Applicant, ...], tuple[RowError, ...]]:
    applicants: list[Applicant] = []
    errors: list[RowError] = []
    seen: dict[str, int] = {}
    for row in rows:
        if isinstance(row, RowError):
            errors.append(row)
            continue
        fault = fault_of(row.address)
        if fault:
            errors.append(RowError(row.line, fault))
            continue
        first = seen.setdefault(address_key(row.address), row.line)
        if first != row.line:
            errors.append(RowError(row.line, f"it has the address of line {first} again"))
            continue
        applicants.append(Applicant(row.line, row.address, row.name, row.language))
    return tuple(applicants), tuple(errors)


def _trimmed(cell: str) -> str:
    """Without white space and invisible characters at its ends; inside they are faults."""
    return cell.strip(f"{string.whitespace}\xa0\u200b\u200c\u200d\u2060\ufeff")


def _one_line(text: str) -> str:
    return "".join(c for c in " ".join(text.split()) if c.isprintable())
