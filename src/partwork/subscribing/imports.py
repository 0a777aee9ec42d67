"""A file of addresses → applicants, and a reason for each row that gives none."""

import csv
import re
import string
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, auto
from itertools import chain

from partwork.model.audience import Applicant
from partwork.subscribing.addresses import fault_of
from partwork.subscribing.extras import Extras, ExtrasError, extras_in, one_line, plain
from partwork.subscribing.plain_addresses import is_plain

MAX_HEADER = 10_000  # characters; a longer first line names no columns (a guess)


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that gives no applicant. `reason` holds nothing of the row, so it may be logged.

    `has_left` where the row is in order, and says itself that it is not subscribed.
    """

    line: int
    reason: str
    has_left: bool = False


def applicants_in(
    lines: Iterable[str], fields: Sequence[str] = ()
) -> Iterator[Applicant | RowError]:
    """What each row gives of a CSV with a header, or of a list of one address a line.

    Cells are parted by comma, semicolon or tab; columns are known by the names that Mailchimp,
    Substack, listmonk, Ghost and people give them; of others those that `fields` names are kept.
    Who left, bounced or was cleaned out there is no applicant. Addresses stay as typed but for
    white space around them; syntax alone is judged, no server is asked. `lines` have their ends;
    they count from 1, and a row of several has the number of its first. Of the rows no more than
    one is held.
    """
    numbered = enumerate(lines, 1)
    number, first = next(((n, line) for n, line in numbered if _trimmed(line)), (0, ""))
    if not number:
        return
    first = first.removeprefix("\ufeff")
    all_lines = chain([first], (line for _, line in numbered))
    header = _header_of(number, first, fields)
    if header is not None and _Column.ADDRESS not in header.columns:
        yield RowError(number, _NO_ADDRESS_COLUMN)
        return
    if missing := header.extras.missing if header else fields:
        yield RowError(number, f"no column is called {missing[0]!r}; leave it out, or name it")
        return
    rows = _table_rows(all_lines, header) if header else _bare_rows(all_lines, number)
    for row in rows:
        yield row if isinstance(row, RowError) else _judged(row)


class _Column(IntEnum):
    """What a column may hold that is of use here."""

    ADDRESS = auto()
    NAME = auto()
    FIRST_NAME = auto()
    LAST_NAME = auto()
    LANGUAGE = auto()
    STATUS = auto()
    STATE = auto()
    WANTED = auto()


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
    _Column.WANTED: ("subscribedtoemails", "subscribed"),
}  # fmt: skip
# Whoever has something here, if only an instant, left: of Mailchimp's three files, of Substack,
# of Ghost, of our own export, of others.
_GONE_TITLES = frozenset(
    {"unsubtime", "cleantime", "emaildisabled", "deletedat", "endedat", "unsubscribed",
     "unsubscribedat", "bounced", "bouncedat", "complainedat", "blocklisted", "suppressed",
     "suppressedat", "suppressionreason"}
)  # fmt: skip
_NO_ADDRESS_COLUMN = (
    "no column is called email; name the columns in the first line, for example: email,name"
)
# A status has to say yes, and listmonk's "enabled" is one; "state" may be a part of a country, so
# it has to say no.
_YES = frozenset({"", "subscribed", "confirmed", "active", "enabled", "yes", "true", "1"})
_NO = frozenset({"ended", "pending", "unsubscribed", "unconfirmed", "bounced", "cleaned"})
_FALSE = frozenset({"", "false", "no", "0", "null"})

_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_NAMED = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]*)>")
_DEFUSED = re.compile(r"'(?='*\s*[=+\-@＝＋－＠])")
_INVISIBLE = f"{string.whitespace}\xa0\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class _Header:
    """Where the header stands, how its cells are parted and which column is what."""

    line: int
    delimiter: str
    width: int
    columns: Mapping[_Column, int]
    gone: tuple[int, ...]
    extras: Extras


def _header_of(number: int, line: str, fields: Sequence[str]) -> _Header | None:
    """The header, parted by whichever delimiter makes most known columns; None for a bare list."""
    if "@" in line:
        return None
    found = []
    for delimiter in (",", ";", "\t"):
        titles = next(csv.reader([line[:MAX_HEADER]], delimiter=delimiter), [])
        known = [plain(title) for title in titles]
        gone = tuple(place for place, title in enumerate(known) if title in _GONE_TITLES)
        extras = extras_in(titles, fields)
        found.append(_Header(number, delimiter, len(titles), _columns(known), gone, extras))
    return max(found, key=lambda header: (len(header.columns), header.width))


def _columns(titles: Sequence[str]) -> Mapping[_Column, int]:
    return {
        meaning: titles.index(known)
        for meaning, names in _TITLES.items()
        for known in reversed(names)  # the surest comes last and stays
        if known in titles
    }


def _bare_rows(lines: Iterable[str], first: int) -> Iterator[Applicant | RowError]:
    for number, line in enumerate(lines, first):
        cell = _trimmed(_trimmed(line).strip('"'))
        if not cell:
            continue
        named = _NAMED.fullmatch(cell)
        if named:
            yield Applicant(number, _trimmed(named["address"]), one_line(named["name"].strip('" ')))
        elif cell.count("@") > 1 and re.search(r"[,;\s]", cell):
            yield RowError(number, "more than one address in the line; give each its own")
        elif re.search(r"[,;\t]", cell):
            yield RowError(number, _NO_ADDRESS_COLUMN)
        else:
            yield Applicant(number, cell)


def _table_rows(lines: Iterable[str], header: _Header) -> Iterator[Applicant | RowError]:
    reader = csv.reader(lines, delimiter=header.delimiter, strict=True)
    number = header.line
    try:
        for cells in reader:
            if number > header.line and any(cell.strip() for cell in cells):
                yield _row(number, cells, header)
            number = header.line + reader.line_num
    except csv.Error:
        yield RowError(
            number,
            "a quotation mark here is not closed, or something follows it; "
            "nothing was read from this line on",
        )


def _row(number: int, given: Sequence[str], header: _Header) -> Applicant | RowError:
    if len(given) > header.width and any(extra.strip() for extra in given[header.width :]):
        return RowError(number, "it has more cells than the header; quote cells that hold a comma")
    cells = [_undefused(_trimmed(cell)) if cell else "" for cell in given]
    cells += [""] * (header.width - len(cells))

    def cell(meaning: _Column) -> str:
        place = header.columns.get(meaning)
        return "" if place is None else cells[place]

    if cell(_Column.STATUS).casefold() not in _YES or cell(_Column.STATE).casefold() in _NO:
        return RowError(number, "its status says that it is not subscribed", has_left=True)
    wants_none = _Column.WANTED in header.columns and cell(_Column.WANTED).casefold() in _FALSE
    if wants_none or any(cells[place].casefold() not in _FALSE for place in header.gone):
        return RowError(number, "the file says that it left, bounced or wants no mail", True)
    language = cell(_Column.LANGUAGE)
    try:
        return Applicant(
            number,
            cell(_Column.ADDRESS),
            one_line(cell(_Column.NAME) or f"{cell(_Column.FIRST_NAME)} {cell(_Column.LAST_NAME)}"),
            language if _LANGUAGE_TAG.fullmatch(language) else "",
            header.extras.tags_of(cells) if header.extras.tags else (),
            header.extras.fields_of(cells),
        )
    except ExtrasError as error:
        return RowError(number, str(error))


def _judged(row: Applicant) -> Applicant | RowError:
    fault = "" if is_plain(row.address) else fault_of(row.address)
    return RowError(row.line, fault) if fault else row


def _trimmed(cell: str) -> str:
    """Without white space and invisible characters at its ends; inside they are faults."""
    return cell.strip(_INVISIBLE)


def _undefused(cell: str) -> str:
    """The cell without the apostrophe that `csv_of` has put before a formula."""
    return cell[1:] if cell[:1] == "'" and _DEFUSED.match(cell) else cell
