"""Whether what comes back would be heard: the mailbox, and the inbox of events."""

from datetime import datetime, timedelta

from partwork.actions.collect_bounces import folder_at, looked_through_at
from partwork.actions.finding import Finding, looked
from partwork.actions.inbox import inbox_of, words_for
from partwork.assembly import Press

SILENCE = timedelta(seconds=10)  # a person waits for the answer
OVERDUE = timedelta(days=1)  # the flow looks every ten minutes


def listening(press: Press, now: datetime) -> tuple[Finding, ...]:
    """What is found of a mailbox that is set, and of events that are not judged."""
    mailbox = [_mailbox(press, now)] if press.settings.mailbox else []
    return (*mailbox, *_inbox(press))


def _mailbox(press: Press, now: datetime) -> Finding:
    """It is opened as for a look; nothing in it is changed."""
    address = press.settings.mailbox
    last = looked_through_at(press)
    when = f"last looked through {last:%Y-%m-%d %H:%M} UTC" if last else "never looked through"

    def look() -> str:
        if address is None:
            return ""
        with folder_at(address, SILENCE) as folder:
            return f"{address} opens, {folder.count_unread()} unread; {when}"

    found = looked("bounce mailbox", look)
    if found.well and (last is None or now - last > OVERDUE):
        words = f"{found.words}; `partwork collect-bounces` does it, and a worker every 10 minutes"
        return Finding(found.subject, found.well, words)
    return found


def _inbox(press: Press) -> tuple[Finding, ...]:
    inbox = inbox_of(press)
    words = words_for(inbox)
    return (Finding("what came back", not inbox.set_aside, "; ".join(words)),) if words else ()
