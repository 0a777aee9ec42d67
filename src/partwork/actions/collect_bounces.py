"""Mail that came back → the inbox of events → what it means.

Nothing here writes to anybody, and nothing is deleted: mail that has been taken in is marked as
read, all other mail stays as it is.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from partwork.actions.feedback import Judged, judge_all, take_in
from partwork.actions.notices import tell_editors
from partwork.actions.putting_down import is_forged
from partwork.actions.unheeded import unheeded_lines
from partwork.assembly import Clock, Press
from partwork.delivering.bounces import TOKEN, mail_behind
from partwork.delivering.service import is_service_message_id
from partwork.mailbox.address import ImapAddress
from partwork.mailbox.folder import Folder, MailboxUnusable, StoredMail
from partwork.mailbox.imap import ImapFolder
from partwork.mailbox.maildir import Maildir
from partwork.model.feedback import Feedback, FeedbackKind
from partwork.returning.mail import read_mail
from partwork.returning.mail_parts import READ_BYTES
from partwork.returning.wishes import asks_to_leave
from partwork.store.engine import read_only
from partwork.store.positions import load_position, save_position

LONG_BYTES = 20_000_000  # worth a word to the operator; no more is read of it than of others
MOST_NOTES = 100
SILENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Collected:
    """What came back.

    `mails` were looked at; `told` counts by kind what they tell, `new` what of it no earlier look
    had. `notes` has a line for each mail that could not be read or is very long, `unheeded` one for
    each kind that counts for nothing; `has_mailbox` is false where there was none to look into.
    """

    mails: int = 0
    told: Mapping[FeedbackKind, int] = field(default_factory=dict)
    new: int = 0
    notes: tuple[str, ...] = ()
    unheeded: tuple[str, ...] = ()
    judged: Judged = field(default_factory=Judged)
    has_mailbox: bool = True


def collect_bounces(press: Press, clock: Clock) -> Collected:
    """Looks at what has come into the mailbox since the last look, then judges all that waits.

    Without a mailbox in the settings it only judges. May run at once or elsewhere, and be killed at
    any moment: mail is marked after what it tells is committed, and what is looked at once more is
    recognised. Raises MailboxUnusable, when all that waits is judged; StoreError, LogUnusable.
    """
    look = _Look(press)
    address = press.settings.mailbox
    try:
        if address:
            with folder_at(address) as folder:
                _look_through(press, folder, look, clock)
    except MailboxUnusable:
        judge_waiting(press, clock)  # what webhooks told does not wait for a mailbox
        raise
    return replace(look.collected(judge_waiting(press, clock)), has_mailbox=bool(address))


def collect_mail(press: Press, mail: StoredMail, clock: Clock) -> Collected:
    """The same for one mail that a mail server hands over. Raises StoreError, LogUnusable."""
    look = _Look(press)
    look.at([mail], clock)
    return look.collected(judge_waiting(press, clock))


def in_words(collected: Collected) -> str:
    """What came back, what was done about it and what was held for it, in a line for people."""
    told = [f"{n} {_KINDS[kind]}" for kind in _KINDS if (n := collected.told.get(kind, 0))]
    mails = f"{collected.mails} mail{'' if collected.mails == 1 else 's'}"
    looked = (
        f"looked at {mails}"
        if collected.has_mailbox
        else "no mailbox is set (PARTWORK_BOUNCE_MAILBOX)"
    )
    kinds = f": {', '.join(told)}, {collected.new} new to us" if told else ""
    held = "".join(f"; {one.issue} is held: {one.why}" for one in collected.judged.held)
    return f"{looked}{kinds}; {outcomes_in_words(collected.judged)}{held}"


def outcomes_in_words(judged: Judged) -> str:
    """What became of events, in words."""
    outcomes = [f"{n} {_OUTCOMES[o]}" for o in _OUTCOMES if (n := getattr(judged, o))]
    return ", ".join(outcomes) or "nothing to judge"


def judge_waiting(press: Press, clock: Clock) -> Judged:
    """Judges all that waits, and tells editors what is held for it."""
    judged = judge_all(press, clock)
    tell_editors(press, judged.held, clock)
    return judged


def _look_through(press: Press, folder: Folder, look: "_Look", clock: Clock) -> None:
    with read_only(press.engine) as connection:
        reached = load_position(connection, folder.key)
    for step in folder.steps(reached, READ_BYTES):
        taken = look.at(step.mails, clock)
        look.note(step.unreadable)
        folder.mark(taken)
        with press.engine.begin() as connection:
            save_position(connection, folder.key, step.reached)
    with press.engine.begin() as connection:
        save_position(connection, _looked(press), int(clock().timestamp()))


def looked_through_at(press: Press) -> datetime | None:
    """When the mailbox of the settings was last looked through to its end; None: never."""
    with read_only(press.engine) as connection:
        at = load_position(connection, _looked(press))
    return datetime.fromtimestamp(at, UTC) if at else None


def _looked(press: Press) -> str:
    """Under which name that is noted, in seconds since 1970; there is no login in it."""
    return f"looked through {press.settings.mailbox}"


class _Look:
    """What one look gathers."""

    def __init__(self, press: Press) -> None:
        self._press = press
        self._mails = self._new = 0
        self._told: Counter[FeedbackKind] = Counter()
        self._harmless: Counter[FeedbackKind] = Counter()
        self._forged: list[str] = []
        self._notes: list[str] = []
        self._more_notes = 0

    def at(self, mails: Sequence[StoredMail], clock: Clock) -> list[str]:
        """Takes in what they tell, durably; the names of those that are to be marked."""
        taken, events = [], []
        for mail in mails:
            told = self._read(mail)
            self._told.update(event.kind for event in told)
            telling = [event for event in told if event.kind is not FeedbackKind.UNRELATED]
            events += telling
            if any(_may_be_ours(self._press, event) for event in telling):
                taken.append(mail.name)
            if any(is_forged(self._press, event.bounce_address) for event in told):
                self._forged.append(mail.name)
            else:
                self._harmless.update(event.kind for event in told)
        self._mails += len(mails)
        if events:
            self._new += take_in(self._press, events, now=clock())
        return taken

    def note(self, lines: Iterable[str]) -> None:
        """Keeps the lines, as long as they are not too many."""
        for line in lines:
            if len(self._notes) < MOST_NOTES:
                self._notes.append(line)
            else:
                self._more_notes += 1

    def collected(self, judged: Judged) -> Collected:
        more = [f"and {self._more_notes} more"] if self._more_notes else []
        notes = (*self._notes, *more)
        unheeded = unheeded_lines(self._harmless, self._forged, judged)
        return Collected(self._mails, dict(self._told), self._new, notes, unheeded, judged)

    def _read(self, mail: StoredMail) -> tuple[Feedback, ...]:
        if mail.size_bytes > LONG_BYTES:
            megabytes = mail.size_bytes // 1_000_000
            self.note([f"{mail.name}: has {megabytes} MB, of which the beginning was read"])
        try:
            told = read_mail(mail.octets)
            return tuple(_wish(self._press, mail, event) for event in told)
        except Exception as error:  # noqa: BLE001 whatever one mail does, the others are read
            self.note([f"{mail.name}: cannot be read ({type(error).__name__}); please report it"])
            return ()


def _wish(press: Press, mail: StoredMail, event: Feedback) -> Feedback:
    """The event, a wish to leave if the mail came to where only the reader's own mail says so."""
    is_one = (
        event.kind in {FeedbackKind.UNRELATED, FeedbackKind.AUTO_REPLY}
        and _names_ours(press, event)
        and asks_to_leave(mail.octets)
    )
    return replace(event, kind=FeedbackKind.UNSUBSCRIBE) if is_one else event


def _may_be_ours(press: Press, event: Feedback) -> bool:
    """Reports of people's own mail may come to the same mailbox: they stay unread for them.

    So do our own notices to editors, which no person wrote.
    """
    if is_service_message_id(event.event):
        return False
    return TOKEN not in press.settings.bounce_address or _names_ours(press, event)


def _names_ours(press: Press, event: Feedback) -> bool:
    pattern = press.settings.bounce_address
    return mail_behind(event.bounce_address, pattern, press.secrets) is not None


def folder_at(address: ImapAddress | Path, silence: timedelta = SILENCE) -> Folder:
    """The folder, to be opened; `silence` is how long a server may say nothing."""
    return Maildir(address) if isinstance(address, Path) else ImapFolder(address, silence)


_KINDS = {
    FeedbackKind.BOUNCE: "bounced",
    FeedbackKind.DELAY: "delayed",
    FeedbackKind.DELIVERED: "delivered",
    FeedbackKind.COMPLAINT: "reported as spam",
    FeedbackKind.UNSUBSCRIBE: "asking to leave",
    FeedbackKind.AUTO_REPLY: "answered by a machine",
    FeedbackKind.UNRELATED: "unrelated",
}
_OUTCOMES = {
    "judged": "judged",
    "suppressed": "suppressed",
    "left": "left",
    "probes": "due a probe",
    "asked": "for a person to look at",
    "put_back": "tried again later",
    "set_aside": "set aside after failing again and again",
    "waiting": "waiting",
}
