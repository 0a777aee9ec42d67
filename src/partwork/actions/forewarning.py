"""What editors are told before a slot comes: that a part is about to leave, or that none can."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from partwork.actions.notices import Notice, mail_editors
from partwork.assembly import Press
from partwork.model.issue import Issue
from partwork.model.newsletter import Cadence
from partwork.model.series import Instalment, Series
from partwork.scheduling.cadence import zone_of
from partwork.store.campaigns import count_audience
from partwork.store.engine import read_only
from partwork.store.telling import save_told, told_at
from partwork.subscribing.page_links import stop_key

TICK = timedelta(minutes=15)  # between two looks at what is due, as prefect.yaml has it
LATE = timedelta(minutes=5)  # by which a look may begin late; a guess
A_DAY_AHEAD = timedelta(days=1) + TICK + LATE
LINK_LASTS = timedelta(days=3)  # behind the slot

# The part as it may be mailed in the slot; else why it may not, in words.
Ready = Callable[[], Issue | str]


@dataclass(frozen=True, slots=True)
class Slot:
    """A slot of a series, and the part that is next for it."""

    series: Series
    part: Instalment
    cadence: Cadence
    at: datetime

    @property
    def name(self) -> str:
        """Its own among all slots of parts."""
        return f"{self.series.slug} {self.part.id} {self.at.isoformat()}"

    @property
    def local(self) -> str:
        """When it is, by the clocks of the cadence's zone."""
        return local_time(self.at, self.cadence)


def look_ahead(press: Press, slot: Slot, ready: Ready, now: datetime) -> None:
    """Tells the editor what will come of a slot, each thing once.

    A day before, that nothing is approved for it. Minutes before, as many as the settings say and
    up to a look's distance more, that the part starts: in the slot itself that would be too late.
    """
    minutes = timedelta(minutes=press.settings.notice_minutes)
    if not minutes or slot.at - now > minutes + TICK + LATE:
        foresee(press, slot, ready, now)
    elif press.has_mail_server:
        issue = ready()
        if isinstance(issue, str):
            _tell_of_nothing(press, slot, issue, now)
        else:
            tell_of_start(press, slot, issue, now)


def foresee(press: Press, slot: Slot, ready: Ready, now: datetime) -> None:
    """Looks once, a day before a slot, whether its part is approved; tells the editor if not."""
    if not press.has_mail_server or slot.at - now > A_DAY_AHEAD:
        return
    is_ready = f"ready {slot.name}"
    with read_only(press.engine) as connection:
        if told_at(connection, is_ready) or told_at(connection, _nothing(slot)):
            return
    issue = ready()
    if isinstance(issue, str):
        _tell_of_nothing(press, slot, issue, now)
    else:
        with press.engine.begin() as connection:
            save_told(connection, is_ready, now)


def starts_at(press: Press, slot: Slot, issue: Issue, now: datetime) -> datetime:
    """When an issue that is due may leave: not before its editor has had the time to stop it.

    They are told now, if they were not; where no mail can tell them, nobody waits for that.
    """
    minutes = timedelta(minutes=press.settings.notice_minutes)
    if not minutes or not press.has_mail_server:
        return slot.at
    told = tell_of_start(press, slot, issue, now)
    return max(slot.at, told + minutes) if told else slot.at


def tell_of_start(press: Press, slot: Slot, issue: Issue, now: datetime) -> datetime | None:
    """When the editor was told that an issue starts in a slot, which may be now; None: never."""
    name = f"starts {issue.content_hash} {slot.at.isoformat()}"
    with read_only(press.engine) as connection:
        before = told_at(connection, name)
        readers = count_audience(connection, issue, now)
    if before and before <= now:
        return before
    minutes = timedelta(minutes=press.settings.notice_minutes)
    start = local_time(max(slot.at, now + minutes), slot.cadence)
    lines = (
        f"“{issue.subject}”, part {issue.number} of {slot.series.title}, is sent from {start} on; "
        f"as of now it has {readers:,} readers. To stop it, open this page and press its button:",
        f"It stays stopped until somebody lets it go on: partwork resume {issue.name}",
    )
    key = stop_key(issue.name, slot.at + LINK_LASTS, press.secrets)
    link = f"{press.pages_url}/stop/{issue.name}?key={key}"
    notice = Notice(name, f"{issue.name} starts at {start}", lines, link)
    return now if tell_once(press, slot.series.newsletter, notice, now) else None


def tell_once(press: Press, newsletter: str, notice: Notice, now: datetime) -> bool:
    """Whether the editor was told of this, before or now; where no mail leaves, it comes again."""
    with read_only(press.engine) as connection:
        before = told_at(connection, notice.name)
    if before and before <= now:  # else the clock was set back since
        return True
    if not mail_editors(press, newsletter, notice, now):
        return False
    with press.engine.begin() as connection:
        save_told(connection, notice.name, now)
    return True


def local_time(at: datetime, cadence: Cadence) -> str:
    """An instant by the clocks of a cadence's zone, in words."""
    return f"{at.astimezone(zone_of(cadence.zone)):%a %d %b %Y, %H:%M} {cadence.zone}"


def _tell_of_nothing(press: Press, slot: Slot, why: str, now: datetime) -> None:
    lines = (
        f"{slot.series.title} appears next at {slot.local}, and nothing can go out then: {why}.",
        "What is not approved by then goes in the slot after it.",
    )
    subject = f"{slot.series.slug}: nothing to send at {slot.local}"
    tell_once(press, slot.series.newsletter, Notice(_nothing(slot), subject, lines), now)


def _nothing(slot: Slot) -> str:
    return f"nothing approved {slot.name}"
