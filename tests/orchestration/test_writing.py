"""Prefect's server gives up nothing because two of its parts write into SQLite at once."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import (
    provide_database_interface,
    temporary_database_config,
)
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, temporary_settings

from partwork.orchestration.writing import InTurn, write_in_turn

AT_ONCE = 20


async def counted(configuration: AioSqliteConfiguration) -> int:
    """What a counter says that so many read and then write, each in a transaction, at once."""
    engine = await configuration.engine()

    async def add_one() -> None:
        async with (
            await configuration.session(engine) as session,
            configuration.begin_transaction(session),
        ):
            count = await session.scalar(sa.text("SELECT count FROM counter"))
            await session.execute(sa.text("UPDATE counter SET count = :new"), {"new": count + 1})

    async with await configuration.session(engine) as session:
        await session.execute(sa.text("CREATE TABLE counter (count INTEGER)"))
        await session.execute(sa.text("INSERT INTO counter VALUES (0)"))
        await session.commit()
    await asyncio.gather(*(add_one() for _ in range(AT_ONCE)))
    async with await configuration.session(engine) as session:
        return await session.scalar(sa.text("SELECT count FROM counter"))


def test_who_reads_and_then_writes_waits_for_the_others(tmp_path: Path):
    database = InTurn(connection_url=f"sqlite+aiosqlite:///{tmp_path / 'prefect.db'}")

    assert asyncio.run(counted(database)) == AT_ONCE


def test_without_it_some_are_refused_at_once(tmp_path: Path):
    """Once this fails, Prefect sees to it itself, and ours can go."""
    database = AioSqliteConfiguration(
        connection_url=f"sqlite+aiosqlite:///{tmp_path / 'prefect.db'}"
    )

    with pytest.raises(sa.exc.OperationalError, match="database is locked"):
        asyncio.run(counted(database))


@pytest.mark.parametrize(
    ("address", "is_ours"),
    [("sqlite+aiosqlite:///prefect.db", True), ("postgresql+asyncpg://prefect@[::1]/one", False)],
)
def test_it_is_for_sqlite_alone(address: str, is_ours: bool):
    with (
        temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: address}),
        temporary_database_config(None),
    ):
        write_in_turn()

        assert isinstance(provide_database_interface().database_config, InTurn) is is_ours
