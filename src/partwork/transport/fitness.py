"""What may go on the wire as it is: nothing that a server could take for something else."""

import re

from partwork.model.delivery import Envelope, Reply, Stage, WireReady


def dot_stuffed(message: bytes) -> WireReady:
    """The message as DATA carries it (RFC 5321, 4.5.2); a last line without its end gets one.

    Raises ValueError for a bare CR or LF, which servers read in different ways.
    """
    if _BARE.search(message):
        raise ValueError("a message's lines end in CRLF")
    end = b"" if message.endswith(b"\r\n") else b"\r\n"
    return WireReady(re.sub(rb"(?m)^\.", b"..", message) + end)


def refusal_of(envelope: Envelope) -> Reply | None:
    """A reply of our own to an address that could be more than one, or a command."""
    if envelope.sender and not _PATH.fullmatch(envelope.sender):
        return Reply(553, "5.1.7 not asked: no envelope can hold this sender", Stage.MAIL)
    if not _PATH.fullmatch(envelope.recipient):
        return Reply(553, "5.1.3 not asked: no envelope can hold this recipient", Stage.RCPT)
    return None


_BARE = re.compile(rb"(?<!\r)\n|\r(?!\n)")
# What may stand between < and >; the rest is the server's to judge.
_PATH = re.compile(r"[^\x00-\x1f\x7f-\x9f<>\ud800-\udfff]+@[^\x00-\x20\x7f-\x9f<>@\ud800-\udfff]+")
