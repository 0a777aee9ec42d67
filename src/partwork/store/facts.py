"""Facts about the installation that must not change under its data."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from partwork.store.notes_schema import facts
from partwork.store.rows import insert_if_new


def load_fact(conn: Connection, name: str) -> str | None:
    """What stands under `name`; None for nothing."""
    return conn.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one_or_none()


def facts_named(conn: Connection, beginning: str) -> Mapping[str, str]:
    """Those whose names begin so, by what follows."""
    known = select(facts.c.name, facts.c.value).where(
        facts.c.name.startswith(beginning, autoescape=True)
    )
    rows = conn.execute(known.order_by(facts.c.name))
    return {row.name.removeprefix(beginning): row.value for row in rows}


def save_fact(conn: Connection, name: str, value: str) -> bool:
    """Save a fact for ever; False, and nothing changed, where one stands under `name`."""
    return insert_if_new(conn, facts, name=name, value=value)
