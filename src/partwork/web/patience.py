"""A server that waits for its clients, and for its own end, no longer than it says.

uvicorn has no limits of this kind but one for connections that rest between two requests. Other
servers have (granian, hypercorn), but start the app anew in processes of theirs, or lack one of
these three; and a proxy in front, which would do, is not there on every machine.
"""

import os
import socket
import time
from dataclasses import dataclass
from datetime import timedelta
from threading import Timer

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited; guesses, and wide ones.

    `asking` is for a request's head, and again for its body: the largest that is taken has 64 kB.
    `reading` is for anything at all of an answer to be taken. `ending` is from the order to stop
    to the end of the process: `systemctl` and `docker stop` wait for at least 10 seconds.
    """

    asking: timedelta = timedelta(seconds=20)
    reading: timedelta = timedelta(seconds=30)
    ending: timedelta = timedelta(seconds=5)


PATIENT = Patience()


@dataclass(frozen=True, slots=True)
class _Debt:
    """What a client owes: to take `unread_bytes` of an answer, else to go on asking.

    `request` and `state` tell one request, and its head and its body, from the next.
    """

    request: object
    state: object
    unread_bytes: int


class PatientServer(uvicorn.Server):
    """uvicorn, but with an end to its patience.

    Once a second it looks at every connection: whoever has owed the same for too long is cut off.
    """

    def __init__(self, config: uvicorn.Config, patience: Patience) -> None:
        super().__init__(config)
        self._patience = patience
        self._owed: dict[H11Protocol, tuple[_Debt, float]] = {}
        self._last_word: Timer | None = None

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serves until told to end, and ends in time.

        If not by itself then like by `kill -9`, which nothing here minds: no thread can be ended
        from outside, such as one that waits for a locked database.
        """
        try:
            super().run(sockets)
        finally:
            if self._last_word:
                self._last_word.cancel()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn does, while the time runs."""
        self._last_word = Timer(self._patience.ending.total_seconds(), os._exit, [0])
        self._last_word.daemon = True
        self._last_word.start()
        await super().shutdown(sockets)

    async def on_tick(self, counter: int) -> bool:
        """What uvicorn does ten times a second, and our look at the connections."""
        if counter % 10 == 0:
            self._cut_off_the_slow(time.monotonic())
        return await super().on_tick(counter)

    def _cut_off_the_slow(self, now: float) -> None:
        owed: dict[H11Protocol, tuple[_Debt, float]] = {}
        for connection in self.server_state.connections.copy():
            if not isinstance(connection, H11Protocol) or not (debt := _debt_of(connection)):
                continue
            before, since = self._owed.get(connection, (debt, now))
            owed[connection] = debt, since if before == debt else now
            limit = self._patience.reading if debt.unread_bytes else self._patience.asking
            if now - owed[connection][1] >= limit.total_seconds():
                connection.transport.abort()  # `close` would wait until all is read
        self._owed = owed


def _debt_of(connection: H11Protocol) -> _Debt | None:
    """None: the client waits for us."""
    unread, state = connection.transport.get_write_buffer_size(), connection.conn.their_state
    if not unread and state not in {h11.IDLE, h11.SEND_BODY}:
        return None
    return _Debt(connection.cycle, state, unread)
