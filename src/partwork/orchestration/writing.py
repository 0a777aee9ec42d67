"""What Prefect's server writes into an SQLite database it writes in turn."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import set_database_config
from prefect.server.utilities.database import get_dialect
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL


class InTurn(AioSqliteConfiguration):
    """Has every transaction begin by waiting for the lock that it needs to write.

    Prefect begins most of them without, reads, and then writes. Where another one has written in
    between, SQLite answers "database is locked" at once, since no waiting makes current what was
    read (SQLITE_BUSY_SNAPSHOT, sqlite.org/rescode.html). Under load that happened five times in
    half a second to one event, which Prefect then gave up: whoever was to be told of a failed run
    was not.
    """

    @asynccontextmanager
    async def begin_transaction(
        self,
        session: Any,  # SQLAlchemy's, which belongs to other rooms
        with_for_update: bool = False,  # noqa: ARG002 it is for all of them
    ) -> AsyncGenerator[Any]:
        """Shape and errors as Prefect's."""
        async with super().begin_transaction(session, with_for_update=True) as transaction:
            yield transaction


def write_in_turn() -> None:
    """Has Prefect's server in this process write in turn, if its database is one of SQLite's."""
    database = PREFECT_API_DATABASE_CONNECTION_URL.value()
    if get_dialect(database).name == "sqlite":
        set_database_config(InTurn(connection_url=database))
