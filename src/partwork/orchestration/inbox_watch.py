"""Tells that something was put into the inbox: for whoever runs all the while where it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

from partwork.library import Library
from partwork.model.errors import PartworkError
from partwork.orchestration.automations import Server
from partwork.orchestration.event_names import INBOX_CHANGED

Entry = tuple[str, int, int]  # name, size, time of change


class InboxWatch:
    """Looks at the folder whenever it is asked to; calls `told` once it has changed and rests.

    What lies there at the first look is no change: `sweep` finds it. No file is read.
    """

    def __init__(self, library: Library, told: Callable[[], object]) -> None:
        self._library, self._told = library, told
        self._known = self._last = frozenset[Entry]()
        self._known = self._last = self._listing()

    def look(self) -> None:
        """Two looks that find the same make a rest: nobody is copying any more."""
        now = self._listing()
        if now == self._last and now - self._known:
            self._told()
        if now == self._last:
            self._known = now
        self._last = now

    def _listing(self) -> frozenset[Entry]:
        found = set()
        try:
            for file in self._library.raw_files(self._library.inbox):
                known = file.stat()
                found.add((file.name, known.st_size, known.st_ctime_ns))
        except (OSError, PartworkError):  # a file that is gone again, or there is no inbox yet
            return self._last
        return frozenset(found)


def tell_inbox_changed(server: Server) -> None:
    """Emits the event for which an automation runs `ingest`; a server that is away hears nothing.

    The next sweep finds the files then.
    """
    event = {
        "id": str(uuid4()),
        "occurred": datetime.now(UTC).isoformat(),
        "event": INBOX_CHANGED,
        "resource": {
            "prefect.resource.id": "partwork.inbox",
            "prefect.resource.name": "content/inbox",
        },
        "payload": {},
    }
    server.post("/events", [event])
