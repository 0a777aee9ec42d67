"""A body with open merge fields → quoted-printable bytes, encoded once and filled in for each.

What stands between two fields is encoded when the body is prepared. Each field stands between
two soft line breaks (RFC 2045, 6.7), so that filling it in moves no column and splits no line.
No line begins with a dot, so that DATA carries the bytes as they are (RFC 5321, 4.5.2).
"""

import re
from binascii import b2a_qp
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Self

from partwork.model.errors import PartworkError
from partwork.model.issue import MERGE_CLOSE, MERGE_OPEN, MergeField

LINE = 76  # RFC 2045, 6.7: no encoded line is longer


class OpenField(PartworkError):
    """A merge field that nothing was given for, or a mark that is none."""

    def __init__(self, field: str) -> None:
        self.field = field
        known = ", ".join(MergeField)
        super().__init__(
            f"the merge field {field!r} cannot be filled in (known: {known}); "
            "render the issue anew, or mend the template that asks for it"
        )


@dataclass(frozen=True, slots=True)
class Places:
    """Where a field's value belongs among the pieces, and whether HTML is around it."""

    field: MergeField
    html: bool
    indexes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Segments:
    """Encoded bytes, with an empty piece at each place of a field."""

    pieces: tuple[bytes, ...]
    places: tuple[Places, ...] = ()

    def __add__(self, other: Self) -> "Segments":
        so_far = len(self.pieces)
        moved = (
            Places(each.field, each.html, tuple(so_far + i for i in each.indexes))
            for each in other.places
        )
        return Segments((*self.pieces, *other.pieces), (*self.places, *moved))

    def filled(self, fields: Mapping[MergeField, str], *, head: bytes = b"") -> bytes:
        """`head` and the bytes with the fields' values, escaped in HTML and encoded as text is.

        A value is never searched for fields. Raises OpenField for a field without one.
        """
        return b"".join((head, *_put_in(self.pieces, self.places, fields)))

    def given(self, fields: Mapping[MergeField, str]) -> "Segments":
        """The same once these fields have values, the others open; see `filled`."""
        known = [places for places in self.places if places.field in fields]
        still_open = [places for places in self.places if places.field not in fields]
        at_field = {index for places in still_open for index in places.indexes}
        pieces: list[bytes] = []
        moved: dict[int, int] = {}
        for index, piece in enumerate(_put_in(self.pieces, known, fields)):
            if index in at_field:
                moved[index] = len(pieces)
                pieces.append(b"")
            elif len(pieces) - 1 in moved.values() or not pieces:
                pieces.append(piece)
            else:
                pieces[-1] += piece
        places = (Places(p.field, p.html, tuple(moved[i] for i in p.indexes)) for p in still_open)
        return Segments(tuple(pieces), tuple(places))


def body_segments(text: str, *, html: bool) -> Segments:
    """`text`, encoded but for its fields. Raises OpenField for a mark that is no field."""
    pieces: list[bytes] = []
    indexes: dict[MergeField, list[int]] = {}
    begun = 0
    for mark in _MARK.finditer(text):
        after_field = _SOFT_BREAK if pieces else b""
        pieces += (after_field + _ended(text[begun : mark.start()]), b"")
        indexes.setdefault(_field_in(mark), []).append(len(pieces) - 1)
        begun = mark.end()
    rest = quoted_printable(text[begun:])
    pieces.append(_SOFT_BREAK + rest if pieces and rest else rest)
    places = (Places(field, html, tuple(where)) for field, where in indexes.items())
    return Segments(tuple(pieces), tuple(places))


def quoted_printable(text: str) -> bytes:
    """A body in quoted-printable: CRLF line ends, lines of at most 76 octets, no dot first."""
    encoded = b2a_qp((_LINE_END.sub("\n", text) if "\r" in text else text).encode())
    if b"=20\n" in encoded or b"=09\n" in encoded or encoded.endswith((b"=20", b"=09")):
        encoded = _OVERLONG.sub(rb"\1=\n\2", encoded)
    if b"\n." in encoded or encoded.startswith(b"."):
        encoded = _DOTTED.sub(_without_dot, encoded)
    return encoded.replace(b"\n", b"\r\n")


def filled(text: str, fields: Mapping[MergeField, str], *, html: bool) -> str:
    """`text` with each merge field's mark replaced by its value, escaped where `html`.

    A value is never searched for marks again. Raises OpenField for a mark without a value.
    """

    def value(mark: re.Match[str]) -> str:
        plain = value_of(_field_in(mark), fields)
        return escape(plain) if html else plain

    return _MARK.sub(value, text)


def value_of(field: MergeField, fields: Mapping[MergeField, str]) -> str:
    """The field's value. Raises OpenField where there is none, or an empty one."""
    value = fields.get(field)
    if not value:
        raise OpenField(field)
    return value


def _put_in(
    pieces: Sequence[bytes], places: Iterable[Places], fields: Mapping[MergeField, str]
) -> list[bytes]:
    """The pieces with values at these places; the same value is encoded once."""
    filled_in = list(pieces)
    encoded: dict[str, bytes] = {}
    for each in places:
        plain = value_of(each.field, fields)
        text = escape(plain) if each.html else plain
        value = encoded.get(text)
        if value is None:
            value = encoded[text] = _open_ended(text)
        for index in each.indexes:
            filled_in[index] = value
    return filled_in


_NAMES = frozenset(MergeField)
_BRACKETS = f"{MERGE_OPEN}{MERGE_CLOSE}"
_MARK = re.compile(f"{MERGE_OPEN}(?P<name>[^{_BRACKETS}]*){MERGE_CLOSE}|[{_BRACKETS}]")
_LINE_END = re.compile(r"\r\n?")
# b2a_qp, having filled a line, still writes a space or tab at its end as three octets.
_OVERLONG = re.compile(rb"(?m)^(.{74,})(=09|=20)$")
_DOTTED = re.compile(rb"(?m)^\..*")
_SOFT_BREAK = b"=\r\n"
# What encoding would not change, such as an address: a line with room for a soft break.
_AS_IT_IS = re.compile(r"[!-\-/-<>-~][!-<>-~]{0,73}")
_PLAIN = re.compile(r"[!-<>-~]+")


def _field_in(mark: re.Match[str]) -> MergeField:
    name = mark["name"] or ""
    if name not in _NAMES:
        raise OpenField(name)
    return MergeField(name)


def _ended(text: str) -> bytes:
    """`text` encoded, what follows it at the start of a line."""
    encoded = _open_ended(text)
    return encoded if encoded[-1:] in {b"", b"\n"} else encoded + _SOFT_BREAK


def _open_ended(text: str) -> bytes:
    """`text` encoded, with room for the `=` of a soft break on its last line."""
    if _AS_IT_IS.fullmatch(text):
        return text.encode()
    if _PLAIN.fullmatch(text):  # such as a URL without a query
        lines = [text[at : at + LINE - 1] for at in range(0, len(text), LINE - 1)]
        joined = "=\r\n".join(lines)
        if "\n." not in joined and joined[0] != ".":
            return joined.encode()
    encoded = quoted_printable(text)
    if len(encoded) - encoded.rfind(b"\n") - 1 < LINE:
        return encoded
    last = 3 if encoded[-3:-2] == b"=" else 1  # octets of the last character
    tail = encoded[-last:].replace(b".", b"=2E")
    return encoded[:-last] + _SOFT_BREAK + tail


def _without_dot(line: re.Match[bytes]) -> bytes:
    """A line that begins with a dot, with the dot encoded; on two lines where one is too short."""
    rest = line[0][1:]
    if len(line[0]) + 2 < LINE:
        return b"=2E" + rest
    return b"=2E=\n" + _DOTTED.sub(_without_dot, rest)
