"""What a row of an import has besides address, name and language: tags, and fields asked for."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from partwork.model.audience import ZONE_FIELD
from partwork.model.errors import PartworkError
from partwork.model.zone import zone_meant

MAX_TAG = 100  # characters (Mailchimp's limit)
MAX_VALUE = 500  # characters of a field; PostgreSQL's indexes take 2,700 bytes of a row

_OWN = "field."  # what our export puts before the names of fields
# Of Mailchimp and Substack, of Ghost, of listmonk.
_TAG_TITLES = frozenset({"tags", "labels", "lists"})
_ATTRIBUTES = ("attributes", "attribs")


class ExtrasError(PartworkError):
    """A row whose tags or fields cannot be kept; the message holds nothing of the row."""


@dataclass(frozen=True, slots=True)
class Extras:
    """Where in a row tags and fields are.

    `tags` and `fields` are columns' places, `attributes` that of a JSON object (None: there is
    none) in which the fields of `within` are looked for. `missing` are in none.
    """

    tags: tuple[int, ...] = ()
    fields: tuple[tuple[str, int], ...] = ()
    attributes: int | None = None
    within: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    def tags_of(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The tags of a row as wide as the header, each once. Raises ExtrasError.

        They are parted by commas, and in quotes where they hold one.
        """
        given = [one_line(cells[place]) for place in self.tags]
        rows = (next(csv.reader([cell], skipinitialspace=True), []) for cell in given)
        found = [tag.strip() for row in rows for tag in row]
        if any(len(tag) > MAX_TAG for tag in found):
            raise ExtrasError(f"one of its tags has more than {MAX_TAG} characters")
        return tuple(dict.fromkeys(filter(None, found)))

    def fields_of(self, cells: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """The fields of such a row that are not empty. Raises ExtrasError."""
        found = [(name, cells[place]) for name, place in self.fields]
        if self.within and self.attributes is not None:
            told = _attributes_in(cells[self.attributes])
            found += [(name, told.get(plain(name), "")) for name in self.within]
        kept = tuple((name, value) for name, given in found if (value := one_line(given)))
        for name, value in kept:
            if len(value) > MAX_VALUE:
                raise ExtrasError(f"its {name} has more than {MAX_VALUE} characters")
        return tuple((name, _zone(value) if name == ZONE_FIELD else value) for name, value in kept)


def extras_in(titles: Sequence[str], wanted: Sequence[str]) -> Extras:
    """What a file with these columns has of tags, and of the fields that are wanted.

    A field is wanted by the title of its column or by its key among the attributes, whatever
    their case, spaces and punctuation. Fields of our own export are wanted by themselves, and so is
    the time zone, by which courses come.
    """
    known = {plain(title): place for place, title in reversed(list(enumerate(titles)))}
    names = tuple(dict.fromkeys(map(field_name, wanted)))
    attributes = next((known[title] for title in _ATTRIBUTES if title in known), None)
    own = {
        field_name(title[len(_OWN) :]): place
        for place, title in enumerate(titles)
        if title.casefold().startswith(_OWN) and field_name(title[len(_OWN) :])
    }
    if ZONE_FIELD in known:
        own.setdefault(ZONE_FIELD, known[ZONE_FIELD])
    columns = own | {name: known[plain(name)] for name in names if plain(name) in known}
    others = tuple(name for name in names if name not in columns)
    return Extras(
        tuple(place for place, title in enumerate(titles) if plain(title) in _TAG_TITLES),
        tuple(columns.items()),
        attributes,
        others if attributes is not None else (),
        others if attributes is None else (),
    )


def tags_cell(tags: Sequence[str]) -> str:
    """The tags as `Extras.tags_of` reads them."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(tags)
    return out.getvalue()


def checked_tag(written: str) -> str:
    """A tag as it is kept, on one line. Raises ExtrasError for one that is empty or too long."""
    tag = one_line(written)
    if not 0 < len(tag) <= MAX_TAG:
        raise ExtrasError(f"a tag has 1 to {MAX_TAG} characters; {written[:20]!r} has {len(tag)}")
    return tag


def field_name(written: str) -> str:
    """A field's name as it is kept: in lower case, on one line, and no address in a header."""
    name = one_line(written.replace("@", " ")).casefold()
    return ZONE_FIELD if plain(name) == ZONE_FIELD else name


def plain(title: str) -> str:
    """A column's title without case, spaces and punctuation."""
    return re.sub(r"[\W_]", "", title).casefold()


def one_line(text: str) -> str:
    """`text` with single spaces for white space, and without what cannot be seen."""
    line = " ".join(text.split())
    if line.isprintable():
        return line
    return " ".join("".join(c for c in line if c.isprintable()).split())


def _zone(written: str) -> str:
    """The time zone's own name. Raises ExtrasError."""
    if zone := zone_meant(written):
        return zone
    raise ExtrasError("its timezone is none such as Europe/Berlin; mend it, or leave it empty")


def _attributes_in(cell: str) -> Mapping[str, str]:
    """Values as text by their keys' plain forms; lists and objects stay JSON."""
    try:
        told = json.loads(cell or "{}")
        if isinstance(told, dict):
            return {plain(key): _worded(told[key]) for key in told}
    except (ValueError, RecursionError):
        pass
    raise ExtrasError("its attributes are no JSON object")


def _worded(value: object) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json.dumps(value, ensure_ascii=False)
