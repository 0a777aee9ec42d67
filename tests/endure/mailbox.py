"""Looks through a Maildir of many mails, of which one in ten tells something: `mailbox.py [MAILS]`.

Prints a line for a first look and one for a second; fails where a mail was left out, one was
touched that tells nothing, or the memory grew with the number of mails.
"""

import resource
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from partwork.actions.collect_bounces import Collected, collect_bounces, in_words
from partwork.actions.init import init_home, wishes_from
from partwork.assembly import Press, assemble
from partwork.model.feedback import FeedbackKind
from partwork.settings import Settings

MAILS = 50_000
MOST_MB = 50  # names and sizes of 50,000 files are 10
LETTER = b"From: ada@example.org\r\nSubject: the fork\r\n\r\n" + b"Where can I get it?\r\n" * 99
REPLY = b"Message-ID: <%d@example.org>\r\nAuto-Submitted: auto-replied\r\nSubject: Away\r\n\r\n"


def main(mails: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home, maildir = Path(folder, "home"), Path(folder, "Maildir")
        init_home(home, wishes_from("The Bench", "", "", "", None))
        fill(maildir, mails)
        settings = Settings(home=home, bounce_mailbox=f"maildir:{maildir}")
        with assemble(settings) as press:
            first = look(press)
            second = look(press)
        assert first.mails == mails
        assert first.new == first.judged.judged == first.told[FeedbackKind.AUTO_REPLY]
        assert (second.new, second.judged.judged) == (0, 0)
        assert len(list((maildir / "new").iterdir())) == first.told[FeedbackKind.UNRELATED]
        assert all(file.name.endswith(":2,S") for file in (maildir / "cur").iterdir())


def fill(maildir: Path, mails: int) -> None:
    for name in ("new", "cur", "tmp"):
        (maildir / name).mkdir(parents=True)
    for number in range(mails):
        (maildir / "new" / f"{number}.host").write_bytes(LETTER if number % 10 else REPLY % number)


def look(press: Press) -> Collected:
    before, started = memory_mb(), time.perf_counter()
    collected = collect_bounces(press, lambda: datetime.now(UTC))
    seconds, grown_mb = time.perf_counter() - started, memory_mb() - before
    print(f"{seconds:.1f} s, {grown_mb} MB more: {in_words(collected)}")  # noqa: T201 it is a script
    assert grown_mb < MOST_MB
    return collected


def memory_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else MAILS)
