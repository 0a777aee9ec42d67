"""Pauses between what is asked of one host."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import urlsplit


class Pacer:
    """Keeps a pause between the visits to a host; within one visit nothing waits."""

    def __init__(self, pause: timedelta) -> None:
        self._pause = pause.total_seconds()
        self._left_at: dict[str, float] = {}
        self._visited: set[str] = set()

    def wait(self, url: str) -> None:
        """Returns when the host of `url` may be asked."""
        host = urlsplit(url).netloc.lower()
        if host not in self._visited:
            self._visited.add(host)
            since = time.monotonic() - self._left_at.get(host, -self._pause)
            time.sleep(max(0.0, self._pause - since))

    @contextmanager
    def visit(self) -> Iterator[None]:
        """One page's visit: its hosts' pauses begin when it is over."""
        try:
            yield
        finally:
            self._left_at.update(dict.fromkeys(self._visited, time.monotonic()))
            self._visited.clear()
