"""Brings a database to the tables this version of Partwork works with."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from partwork.store.engine import StoreError, read_only

# Not Alembic's usual name: Prefect keeps its own there, and may live in the same PostgreSQL.
VERSION_TABLE = "partwork_version"

# The first eight bytes of SHA-256("partwork"): any number serves that no other program locks.
_LOCK = 7359350781487620971

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(engine: Engine) -> None:
    """Bring the database to head: all of it or nothing, in one transaction.

    Safe when several processes start at once: the first does it while the others wait. Raises
    StoreError for a database that a newer Partwork has made.
    """
    if _known(revision_of(engine), engine) == max(_revisions()):
        return
    with engine.begin() as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        _known(_revision(conn), engine)
        upgrade(conn)


def upgrade(conn: Connection, revision: str = "head") -> None:
    """Bring the database to a revision in the connection's transaction."""
    # Here, for a database that is at head, as mostly, has no need of a tenth of a second's import.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": conn, "version_table": VERSION_TABLE})
    # The option is a configparser's: a percent sign in the path would begin a reference.
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    command.upgrade(config, revision)


def is_known(revision: str) -> bool:
    """Whether this Partwork can bring a database of that revision to its own."""
    return revision in _revisions()


def revision_of(engine: Engine) -> str | None:
    """The revision the database is at; None for one without our tables."""
    with read_only(engine) as conn:
        return _revision(conn)


def _revision(conn: Connection) -> str | None:
    if not inspect(conn).has_table(VERSION_TABLE):
        return None
    found = conn.execute(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 our own
    return found.scalar_one_or_none()


def _revisions() -> frozenset[str]:
    """Of all steps, which follow each other as their numbers do; a file's name begins with it."""
    return frozenset(file.name[:4] for file in (_SCRIPTS / "versions").glob("[0-9]*_*.py"))


def _known(revision: str | None, engine: Engine) -> str | None:
    if revision is not None and not is_known(revision):
        raise StoreError(
            str(engine.url.database),
            f"is at revision {revision}, which this Partwork does not know; "
            "a newer one has made it: install that one",
        )
    return revision
