"""Tags and imported fields: what else is known of subscribers because an operator wanted it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, bindparam, select, text

from partwork.model.audience import Applicant
from partwork.store.schema import imported_fields, tags


def save_tags(conn: Connection, people: Mapping[int, Applicant]) -> None:
    """Add the tags and fields of applicants to subscribers, by their ids.

    Tags stay; a field that was there has the new value.
    """
    # In one order, so that no two imports wait for each other.
    held = [(id_, people[id_]) for id_ in sorted(people)]
    if rows := [{"id": id_, "tag": tag} for id_, one in held for tag in sorted(one.tags)]:
        conn.execute(_TAG, rows)
    if rows := [
        {"id": id_, "name": name, "value": value}
        for id_, one in held
        for name, value in sorted(one.fields)
    ]:
        conn.execute(_KEEP, rows)


def load_tags(conn: Connection, people: Collection[int]) -> Mapping[int, Sequence[str]]:
    """The tags of each subscriber who has any, in alphabetical order."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for row in conn.execute(_TAGS, {"people": list(people)}):
        found[row.subscriber].append(row.tag)
    return {subscriber: sorted(held) for subscriber, held in found.items()}


def load_fields(conn: Connection, people: Collection[int]) -> Mapping[int, Mapping[str, str]]:
    """The imported fields of each subscriber who has any, by their names."""
    found: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for row in conn.execute(_FIELDS, {"people": list(people)}):
        found[row.subscriber][row.name] = row.value
    return found


def field_names(conn: Connection) -> Sequence[str]:
    """The names of all fields that anybody has, in alphabetical order."""
    return sorted(conn.execute(select(imported_fields.c.name).distinct()).scalars())


# As text, since SQLAlchemy compiles an INSERT with ON CONFLICT anew each time.
_TAG = text("INSERT INTO tags (subscriber, tag) VALUES (:id, :tag) ON CONFLICT DO NOTHING")
_KEEP = text(
    "INSERT INTO imported_fields (subscriber, name, value) VALUES (:id, :name, :value)"
    " ON CONFLICT (subscriber, name) DO UPDATE SET value = excluded.value"
)
_TAGS = select(tags).where(tags.c.subscriber.in_(bindparam("people", expanding=True)))
_FIELDS = select(imported_fields).where(
    imported_fields.c.subscriber.in_(bindparam("people", expanding=True))
)
