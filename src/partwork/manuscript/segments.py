"""Segments as an editor defines them: `[segments.NAME]` in a newsletter's settings file."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from difflib import get_close_matches

from partwork.manuscript.settings_table import SLUG
from partwork.model.segment import Segment

CONDITIONS = (
    "language",
    "tag",
    "not_tag",
    "series",
    "signed_up_since",
    "signed_up_before",
    "field",
)


def segments_in(tables: object, text: str) -> tuple[tuple[Segment, ...], tuple[str, ...]]:
    """The segments of the tables below `segments`, and all that is wrong with them.

    `text` is the file's, in which each problem is given its line.
    """
    if tables is None:
        return (), ()
    if not isinstance(tables, dict):
        return (), ("segments are tables; write [segments.NAME] and its conditions below",)
    readers = [_Reader(name, table, text) for name, table in tables.items()]
    return (
        tuple(reader.segment for reader in readers),
        tuple(problem for reader in readers for problem in reader.problems),
    )


def line_of(field: str, text: str, *, table: str = "") -> int:
    """The line, from 1, on which a TOML file first sets a field; 0: it cannot be told.

    `table` is the name between the brackets above the field.
    """
    header = re.compile(rf"\s*\[\s*{_loosely(table)}\s*\]")
    setting = re.compile(rf"\s*{_loosely(field)}\s*[.=]")
    is_within, start = not table, 0
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            is_within = bool(table and header.match(line))
            start = number if is_within else start
        elif is_within and setting.match(line):
            return number
    return start


class _Reader:
    """Reads one table; what it gives for a wrong condition is only there to let it go on."""

    def __init__(self, name: str, table: object, text: str) -> None:
        self.problems: list[str] = []
        self._name, self._text = name, text
        self._table: Mapping[str, object] = table if isinstance(table, dict) else {}
        if not SLUG.fullmatch(name):
            self._note("", "has a name of more than a-z, 0-9 and hyphens")
        for condition in self._table:
            if condition not in CONDITIONS:
                near = get_close_matches(condition, CONDITIONS, 1)
                remedy = f"did you mean {near[0]}?" if near else f"known: {', '.join(CONDITIONS)}"
                self._note(condition, f"is no condition; {remedy}")
        since, before = self._day("signed_up_since"), self._day("signed_up_before")
        if since and before and before <= since:
            self._note("signed_up_before", "is not after signed_up_since; nobody is between them")
        self.segment = Segment(
            name=name,
            language=tuple(tag.replace("_", "-").lower() for tag in self._texts("language")),
            tag=self._texts("tag"),
            not_tag=self._texts("not_tag"),
            series=self._texts("series"),
            field=self._fields(),
            signed_up_since=since,
            signed_up_before=before,
        )
        self._demand("language", self.segment.language, _LANGUAGE, 'a language such as "de"')
        self._demand("series", self.segment.series, SLUG, "the name of a series")
        if not self.problems and not self.segment.has_conditions:
            self._note("", "has no condition; every reader is reached without a segment")

    def _texts(self, condition: str) -> tuple[str, ...]:
        return self._words(condition, self._table[condition]) if condition in self._table else ()

    def _words(self, condition: str, given: object) -> tuple[str, ...]:
        values = given if isinstance(given, list) else [given]
        words = [" ".join(value.split()) for value in values if isinstance(value, str)]
        if words and all(words) and len(words) == len(values):
            return tuple(dict.fromkeys(words))
        self._note(condition, 'is a text, or a list of which any may be: "…" or ["…", "…"]')
        return ()

    def _fields(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        given = self._table.get("field", {})
        if not isinstance(given, dict):
            self._note("field", 'names an imported field: field.city = "…"')
            return ()
        fields = {
            " ".join(name.split()).casefold(): self._words(f"field.{name}", values)
            for name, values in given.items()
        }
        if len(fields) < len(given):
            self._note("field", "names one twice; upper and lower case are the same")
        return tuple(fields.items())

    def _day(self, condition: str) -> date | None:
        given = self._table.get(condition)
        if given is None or (isinstance(given, date) and not isinstance(given, datetime)):
            return given
        self._note(condition, "is a day without quotes, such as 2026-12-01")
        return None

    def _demand(
        self, condition: str, values: Sequence[str], form: re.Pattern[str], should: str
    ) -> None:
        if wrong := [value for value in values if not form.fullmatch(value)]:
            self._note(condition, f"holds {wrong[0][:40]!r}, which is not {should}")

    def _note(self, condition: str, problem: str) -> None:
        line = line_of(condition, self._text, table=f"segments.{self._name}")
        place = f"line {line}: " if line else ""
        what = f"segments.{self._name[:40]}" + (f".{condition[:40]}" if condition else "")
        self.problems.append(f"{place}{what} {problem}")


# As imports know them; "german" is a language tag by its form alone.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")


def _loosely(dotted: str) -> str:
    """A pattern for a dotted key, in whose parts may be quotes."""
    return r"\s*\.\s*".join(rf"[\"']?{re.escape(part)}[\"']?" for part in dotted.split("."))
