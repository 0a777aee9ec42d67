"""Answers kept as files, so that the same question is paid for once."""

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path


class Cache:
    """One file for each question, named by the SHA-256 of all that decides the answer.

    Nobody's record: a file that is damaged, unreadable or gone is a question asked anew, and a
    folder that cannot be written is one without memory.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def answer(self, question: bytes) -> str | None:
        """What was answered to the question; None where nothing is kept, or not whole."""
        try:
            kept = json.loads(self._file(question).read_bytes())
            answer = kept["answer"]
            whole = isinstance(answer, str) and kept["sha256"] == _digest(_bytes(answer))
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None
        return answer if whole else None

    def keep(self, question: bytes, answer: str) -> None:
        """Keeps an answer, whole or not at all."""
        with suppress(OSError):
            entry = {"sha256": _digest(_bytes(answer)), "answer": answer}
            self._folder.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as stream:
                    json.dump(entry, stream)
                Path(temporary).replace(self._file(question))
            except BaseException:
                Path(temporary).unlink(missing_ok=True)
                raise

    def _file(self, question: bytes) -> Path:
        return self._folder / f"{_digest(question)}.json"


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _bytes(answer: str) -> bytes:
    return answer.encode("utf-8", "surrogatepass")  # JSON may hold lone surrogates
