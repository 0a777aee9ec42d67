"""Octets that wait to be written to a server."""

from collections import deque


class Outgoing:
    """In the pieces in which they came: a message of 44 kB is not copied to be written."""

    def __init__(self) -> None:
        self._pieces: deque[bytes | memoryview] = deque()
        self._octets = 0

    def __len__(self) -> int:
        return self._octets

    def __bytes__(self) -> bytes:
        return b"".join(self._pieces)

    @property
    def pieces(self) -> deque[bytes | memoryview]:
        """What to write, in its order."""
        return self._pieces

    def add(self, words: bytes) -> None:
        """Behind what waits."""
        self._pieces.append(words)
        self._octets += len(words)

    def joined(self) -> bytes | memoryview:
        """All in one piece, for who takes no more than one: the same until more is added."""
        if len(self._pieces) > 1:
            self._pieces = deque([bytes(self)])
        return self._pieces[0]

    def drop(self, octets: int) -> None:
        """So many from the front have been written."""
        self._octets -= octets
        while octets:
            piece = self._pieces.popleft()
            if len(piece) > octets:
                self._pieces.appendleft(memoryview(piece)[octets:])
            octets -= min(octets, len(piece))
