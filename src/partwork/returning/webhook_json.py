"""The JSON of a webhook, read field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from partwork.model.errors import PartworkError
from partwork.model.feedback import Source
from partwork.returning.mail_parts import one_line
from partwork.returning.said import typed_address


class UnreadableEvent(PartworkError):
    """A service sent something of another form than it documents."""

    def __init__(self, source: Source, place: str, wanted: str) -> None:
        self.source, self.place, self.wanted = source, place, wanted
        super().__init__(
            f"a webhook of {source} was not understood: {place or 'it'} is not {wanted}; see "
            "which events to choose in docs/returning.md"
        )


@dataclass(frozen=True, slots=True)
class Told:
    """An object of a webhook's JSON; a field that is missing or null reads as empty.

    All methods raise UnreadableEvent for a value of another type. `place` is where it stands.
    """

    source: Source
    place: str
    values: Mapping[str, object]

    def text(self, name: str) -> str:
        """Words as one line without controls, clipped; a whole number as its digits."""
        value = self.values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is None or isinstance(value, str):
            return one_line((value or "").encode("utf-8", "replace"))
        raise UnreadableEvent(self.source, self._at(name), "text")

    def address(self, name: str) -> str:
        """The first address in the words; "": none."""
        return typed_address(self.text(name))

    def instant(self, name: str) -> datetime | None:
        """ISO 8601 or seconds since 1970, in UTC; None: neither, for nothing hangs on it alone."""
        value = self.values.get(name)
        try:
            if isinstance(value, str):
                found = datetime.fromisoformat(value)
                return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
            if isinstance(value, int | float):
                return datetime.fromtimestamp(value, UTC)
        except (ValueError, OverflowError, OSError):
            pass
        return None

    def is_true(self, name: str) -> bool:
        """Whether it says so."""
        return self.values.get(name) is True

    def within(self, name: str) -> "Told":
        """The object there."""
        value = self.values.get(name)
        return told(self.source, {} if value is None else value, self._at(name))

    def each(self, name: str) -> tuple["Told", ...]:
        """Each object of the list there."""
        items = enumerate(self._list(name))
        return tuple(told(self.source, item, f"{self._at(name)}[{n}]") for n, item in items)

    def addresses(self, name: str) -> tuple[str, ...]:
        """Each address in the list there."""
        items = self._list(name)
        return tuple(Told(self.source, self._at(name), {"": item}).address("") for item in items)

    def _list(self, name: str) -> list[object]:
        value = self.values.get(name)
        if value is None or isinstance(value, list):
            return value or []
        raise UnreadableEvent(self.source, self._at(name), "a list")

    def _at(self, name: str) -> str:
        return ".".join(filter(None, (self.place, name)))


def told(source: Source, value: object, place: str = "") -> Told:
    """The object; raises UnreadableEvent for what is none."""
    if not isinstance(value, dict):
        raise UnreadableEvent(source, place, "an object")
    return Told(source, place, value)
