"""What tests of corrections share: a letter that was published, and a mended file."""

from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from partwork.actions.approve import approve
from partwork.actions.letter import begin_letter
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.assembly import Press
from tests.conftest import NOW

SERIES, WRONG, RIGHT = "doses", "Take 40 mg of it.", "Take 4 mg of it."
BECAUSE = "The first part said <40> mg & more; it is 4 mg."


def begin(press: Press, title: str = "The dose", text: str = WRONG, now: datetime = NOW) -> Path:
    """A letter's next part, which is a series of its own, rendered and approved."""
    said = f"What {title} is about."
    file = begin_letter(
        press, SERIES, title=title, newsletter="", subject=title, preheader=said, text=text
    )
    preview(press, SERIES, None, now)
    approve(press, SERIES, None, reviewer="Ada", channel="cli", now=now)
    return file


def published_letter(press: Press, now: datetime = NOW) -> tuple[str, Path]:
    """The name of the issue, planned for all readers, and its part's file."""
    file = begin(press, now=now)
    return publish(press, SERIES, at_once=True, now=now).planned[0].issue, file


def mend(file: Path, words: str = RIGHT) -> None:
    file.write_text(file.read_text().replace(WRONG, words))


def mails(press: Press, address: str) -> list[EmailMessage]:
    """What a reader was sent, in the order of sending."""
    files = sorted(press.outbox.glob(f"{address}--*.eml"), key=lambda f: f.stat().st_mtime_ns)
    return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body
    return " ".join(str(body.get_content()).split())
