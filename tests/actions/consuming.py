"""Consumers of the inbox in processes of their own, and a database that notes each judgement."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import text

from partwork.assembly import Press

# For a consumer it is the instant that it was told; it judges so many events at a time.
CONSUMER = """
import sys
from datetime import datetime
from partwork.actions.feedback import judge
from partwork.assembly import assemble
from partwork.settings import Settings
now, limit = datetime.fromisoformat(sys.argv[1]), int(sys.argv[2])
with assemble(Settings()) as press:
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        judge(press, now=now, limit=limit)
"""

NOTE = {
    "sqlite": [
        "CREATE TABLE noted (event INTEGER)",
        "CREATE TRIGGER noting AFTER UPDATE OF judged_at ON events"
        " WHEN new.judged_at IS NOT NULL BEGIN INSERT INTO noted VALUES (new.id); END",
    ],
    "postgresql": [
        "CREATE TABLE noted (event BIGINT)",
        "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN INSERT INTO noted VALUES (new.id); RETURN new; END $$",
        "CREATE TRIGGER noting AFTER UPDATE OF judged_at ON events"
        " FOR EACH ROW EXECUTE FUNCTION note()",
    ],
}


def note_judgements(press: Press) -> None:
    """From now on the database notes each time that an event becomes judged."""
    with press.engine.begin() as connection:
        for statement in NOTE[press.engine.dialect.name]:
            connection.execute(text(statement))


def noted(press: Press) -> Counter[int]:
    """How often each event became judged."""
    with press.engine.connect() as connection:
        return Counter(connection.execute(text("SELECT event FROM noted")).scalars())


def count_noted(press: Press) -> int:
    with press.engine.connect() as connection:
        count: int = connection.execute(text("SELECT count(*) FROM noted")).scalar_one()
        return count


@contextmanager
def consumer(press: Press, now: datetime, limit: int) -> Iterator["subprocess.Popen[str]"]:
    """One that waits to be let go; killed in the end, if it still runs."""
    given = press.settings
    environment = {
        "PARTWORK_HOME": str(given.home),
        "PARTWORK_DATABASE_URL": given.engine_url,
        "PARTWORK_BOUNCE_ADDRESS": given.bounce_address,
        "PARTWORK_SECRET": ",".join(press.secrets),
        "PARTWORK_HASH_KEY": press.hash_key.decode(),
    }
    process = subprocess.Popen(
        [sys.executable, "-c", CONSUMER, now.isoformat(), str(limit)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | environment,
    )
    try:
        assert process.stdout.readline() == "ready\n"
        yield process
    finally:
        process.kill()
        process.communicate()


def let_go(process: "subprocess.Popen[str]") -> None:
    process.stdin.write("go\n")
    process.stdin.flush()
