"""Whether what comes back would be heard: the mailbox, the inbox of events, trials."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from partwork.actions.collect_bounces import folder_at, looked_through_at
from partwork.actions.finding import Finding, looked
from partwork.actions.guarding import is_told
from partwork.actions.heard import unheard_relays
from partwork.actions.inbox import inbox_of, words_for
from partwork.actions.issue_named import issue_named
from partwork.actions.trying_words import NOTHING_LISTENS
from partwork.assembly import Press
from partwork.delivering.bounces import TOKEN
from partwork.model.errors import PartworkError
from partwork.model.feedback import FeedbackKind
from partwork.model.host import is_loopback
from partwork.model.relay import Relay
from partwork.store.engine import read_only
from partwork.store.ledger import tally
from partwork.store.trials import Answer, load_answers, load_trials
from partwork.transport.url import smtp_address

SILENCE = timedelta(seconds=10)  # a person waits for the answer
MANY = 1000  # mails: a guess at where bounces that nobody hears begin to cost a sender's name
OVERDUE = timedelta(days=1)  # the flow looks every ten minutes
TRY = "`partwork doctor --feedback`"


def listening(press: Press, now: datetime) -> tuple[Finding, ...]:
    """What is found of a mailbox that is set, of events that are not judged, and of trials."""
    mailbox = [_mailbox(press, now), *_without_token(press)] if press.settings.mailbox else []
    return (*mailbox, *_inbox(press), *_trials(press))


def why_unheard(press: Press, deliveries: int) -> str:
    """What to say before so many mails leave, until a bounce came back by each relay; "": nothing.

    What came back by a relay, or to a mailbox, that is another one by now shows nothing. Few mails,
    and relays on this machine, need none. Raises as `press.relays` does.
    """
    if deliveries <= MANY:
        return ""
    far = [r for r in unheard_relays(press) if not is_loopback(smtp_address(r.url).host)]
    if not far:
        return ""
    untried = "has never been tried"
    if _last_answer(press, FeedbackKind.BOUNCE):
        untried = f"has not been tried as it is set now {_by(far)}"
    return (
        f"{deliveries:,} mails are about to leave, and whether bounces come back {untried}; "
        f"{TRY} does it"
    )


def why_unheard_of(press: Press, issue: str) -> str:
    """The same for all of an issue that waits. Raises LibraryError."""
    found = issue_named(press, issue)
    with read_only(press.engine) as connection:
        standing = tally(connection, found.content_hash)
    return why_unheard(press, standing.pending + standing.deferred)


def _trials(press: Press) -> tuple[Finding, ...]:
    """When a trial of each kind last came back; nothing where mails go to the outbox."""
    try:
        if not press.has_mail_server:
            return ()
    except PartworkError:  # said of the transport
        return ()
    told = [_told(press, kind) for kind in (FeedbackKind.BOUNCE, FeedbackKind.COMPLAINT)]
    last = "; ".join(filter(None, told))
    if _last_answer(press, FeedbackKind.BOUNCE) and (unheard := unheard_relays(press)):
        last = f"{last}; no bounce yet as it is set now {_by(unheard)}: {TRY} tries it"
    if is_told(press):
        words = last or f"never tried; {TRY} sends what must come back, and waits for it"
    else:
        words = f"{last or 'never tried'}; {NOTHING_LISTENS}, then {TRY} tries it"
    return (Finding("feedback", True, words),)


def _told(press: Press, kind: FeedbackKind) -> str:
    answer = _last_answer(press, kind)
    return f"a {kind} came back on {answer.at:%Y-%m-%d} by {answer.source}" if answer else ""


def _by(relays: Sequence[Relay]) -> str:
    return f"by relay {', '.join(relay.name for relay in relays)}"


def _last_answer(press: Press, kind: FeedbackKind) -> Answer | None:
    with read_only(press.engine) as connection:
        answers = load_answers(connection)
        of_kind = [trial.id for trial in load_trials(connection) if trial.expects is kind]
    came = (answers[one] for one in of_kind if one in answers)
    return max(came, key=lambda answer: answer.at, default=None)


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


def _without_token(press: Press) -> tuple[Finding, ...]:
    """What is missed where bounce addresses name no mail."""
    address = press.settings.bounce_address
    if TOKEN in address:
        return ()
    where = f"{address} has no {TOKEN}" if address else "PARTWORK_BOUNCE_ADDRESS is not set"
    words = (
        f"{where}: reports that do not name a mail count for nobody, and none can leave by mail; "
        f"write one such as bounces+{TOKEN}@example.org, if your mail server takes them"
    )
    return (Finding("bounce address", True, words),)


def _inbox(press: Press) -> tuple[Finding, ...]:
    inbox = inbox_of(press)
    words = words_for(inbox)
    return (Finding("what came back", not inbox.set_aside, "; ".join(words)),) if words else ()
