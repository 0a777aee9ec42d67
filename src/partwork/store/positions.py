"""How far things outside the database have been read."""

from sqlalchemy import Connection, select

from partwork.store.notes_schema import positions
from partwork.store.rows import new_rows


def load_position(conn: Connection, name: str) -> int:
    """How far what is named so has been read; 0: it is new here."""
    query = select(positions.c.reached).where(positions.c.name == name)
    return conn.execute(query).scalar_one_or_none() or 0


def save_position(conn: Connection, name: str, reached: int) -> None:
    """What `load_position` has from now on."""
    row = new_rows(conn, positions).values(name=name, reached=reached)
    conn.execute(row.on_conflict_do_update(index_elements=["name"], set_={"reached": reached}))
