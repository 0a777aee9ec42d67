"""Many values in one parameter: JSON for SQLite, an array for PostgreSQL.

Of a thousand parameters SQLAlchemy's part alone takes longer than the statement, and of more than
32,766 SQLite takes none.
"""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    CursorResult,
    TextClause,
    any_,
    bindparam,
    func,
    literal,
    select,
    text,
)

from partwork.store.columns import Instant

_PLACES = range(10, -1, -1)  # 10 before the 1 that its name begins with

# What a statement says in these words, each database says in its own. LISTED_TEXTS has `value`,
# each of the list in turn; VALUE_n is an item of a list within the list, taken from LISTED_ROWS.
_DIALECTS = {
    "sqlite": {
        "IS_LISTED": "IN (SELECT value FROM json_each(:listed))",
        "LISTED_TEXTS": "json_each(:listed)",
        "LISTED_ROWS": "json_each(:listed)",
        "LOCKED": "",
        **{f"VALUE_{n}": f"json_extract(value, '$[{n}]')" for n in _PLACES},
    },
    "postgresql": {
        "IS_LISTED": "= ANY(:listed)",
        "LISTED_TEXTS": "unnest(CAST(:listed AS text[])) AS told (value)",
        "LISTED_ROWS": "jsonb_array_elements(CAST(:listed AS jsonb))",
        # Nobody is erased, or tagged by another, before this is committed.
        "LOCKED": "FOR NO KEY UPDATE",
        **{f"VALUE_{n}": f"value ->> {n}" for n in _PLACES},
    },
}


def run(
    conn: Connection,
    statement: str,
    *,
    listed: Sequence[str] | Sequence[int] = (),
    rows: Sequence[Sequence[object]] | None = None,
    **values: object,
) -> CursorResult[Any]:
    """Run an SQL statement with one of the words above in it; `:at` and `:due` are instants."""
    if rows is not None:
        told: object = json.dumps(rows)
    else:
        told = json.dumps(listed) if conn.dialect.name == "sqlite" else list(listed)
    return conn.execute(_in_dialect(statement, conn.dialect.name), {**values, "listed": told})


def is_listed(
    conn: Connection, column: ColumnElement[int], values: Sequence[int]
) -> ColumnElement[bool]:
    """The condition that `column` holds one of `values`."""
    if conn.dialect.name == "sqlite":
        listed = func.json_each(literal(json.dumps(values))).table_valued("value")
        return column.in_(select(listed.c.value))
    return column == any_(literal(list(values), ARRAY(BigInteger)))


@cache
def _in_dialect(statement: str, dialect: str) -> TextClause:
    for word, meaning in _DIALECTS[dialect].items():
        statement = statement.replace(word, meaning)
    compiled = text(statement)
    instants = [bindparam(n, type_=Instant) for n in ("at", "due") if f":{n}" in statement]
    return compiled.bindparams(*instants)
