"""A person who is erased: what goes, what stays as evidence, and what is out of our reach."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from partwork.actions.departing import depart
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.audience import EVERYTHING, Act, Evidence, Subscriber
from partwork.store.audience import (
    erase_subscriber,
    erase_unconfirmed,
    load_subscribers_by_id,
    unconfirmed_since,
)
from partwork.store.consents import earlier_hashes, load_consents, record_of_hash
from partwork.store.engine import read_only
from partwork.store.events import judged_events_of
from partwork.store.records import records_of
from partwork.store.sqlite_files import overwrite_deleted
from partwork.store.subscriptions import load_subscriptions
from partwork.store.suppression_log import LogAct, LogEntry, append
from partwork.subscribing.suppression import suppression_key
from partwork.transport.forgetting import forget_messages

AT_ONCE = 100  # people whose mails are looked for together

OUT_OF_REACH = (
    "mails that have arrived, and those under way",
    "the logs of the mail server that carried them",
    "backups of the database and of the outbox, until they are replaced; a restored one is "
    "erased again from the suppression log",
    "files that you imported from, exported to, or printed",
)
_NOT_OVERWRITTEN = {
    "sqlite": "earlier pages of the database, which another program reads or writes just now: "
    "`partwork web` overwrites them within half a minute, else the next erasure does",
    "postgresql": "dead rows of the database until the next VACUUM, and its write-ahead log",
}


@dataclass(frozen=True, slots=True)
class ErasureReport:
    """What became of a person's traces. It names nobody, so it may be kept as proof.

    `deleted` and `kept` are counts by what they count, `out_of_reach` what an operator has to see
    to.
    """

    at: datetime
    deleted: dict[str, int]
    kept: dict[str, int]
    out_of_reach: tuple[str, ...]


def forget(press: Press, person: Subscriber, now: datetime) -> ErasureReport:
    """Forgets a person, who has left everything then; see docs/security.md for what stays.

    So has every address that they had before, unless a subscriber has it again.

    Raises LogUnusable, and LibraryError where a mail in the outbox cannot be removed: then run it
    again.
    """
    evidence = Evidence("erasure")
    with read_only(press.engine) as connection:
        held = load_subscriptions(connection, person.id)
    depart(press, person, held, evidence, now=now, everything=True)
    with read_only(press.engine) as connection:
        consents = len(load_consents(connection, person.id))
        deliveries = len(records_of(connection, person.id))
        events = len(judged_events_of(connection, person.id))
        earlier = earlier_hashes(connection, [person.id])
    hashed = suppression_key(person.address, press.hash_key)
    # Of that day, since who has it now may have come later: that is another person.
    before = [LogEntry(LogAct.ERASED, one.last_at, one.suppression_key) for one in earlier]
    append(press.suppression_log, [*before, LogEntry(LogAct.ERASED, now, hashed)])
    given_up = [one.suppression_key for one in earlier if not one.is_another_s]
    mails = _forget_mails(press, {hashed, *given_up})
    with press.engine.begin() as connection:
        for key in given_up:
            record_of_hash(connection, key, EVERYTHING, Act.ENDED, evidence, at=now)
        erase_subscriber(connection, person.id)
    is_overwritten = overwrite_deleted(press.engine)
    behind = () if is_overwritten else (_NOT_OVERWRITTEN[press.engine.dialect.name],)
    return ErasureReport(
        now,
        {
            "address, name, language, tags and imported fields": 1,
            "subscriptions with their pauses and skipped series": len(held),
            "mails in the outbox": mails,
        },
        {
            "consents, without person, network address and browser": consents,
            "deliveries, without person, address and the server's words": deliveries,
            "what came back of them, without person, address and words": events,
        },
        (*OUT_OF_REACH, *behind),
    )


def forget_unconfirmed(press: Press, now: datetime) -> int:
    """Forgets those who were entered in a form and never confirmed anything; how many.

    Most of them never asked: somebody else typed their address. Of many some, so that it is to be
    repeated until there is nobody. Who confirms meanwhile stays. Raises LibraryError as `forget`
    does.
    """
    before = now - timedelta(days=press.settings.forget_pending)
    with read_only(press.engine) as connection:
        people = unconfirmed_since(connection, before, AT_ONCE)
        found = load_subscribers_by_id(connection, people)
        earlier = earlier_hashes(connection, people)
    if found:  # before the people: of who is gone nobody could tell which mails were theirs
        keys = {suppression_key(person.address, press.hash_key) for person in found.values()}
        given_up = {one.suppression_key for one in earlier if not one.is_another_s}
        _forget_mails(press, keys | given_up)
    return sum(_is_erased(press, one, before) for one in found)


def _is_erased(press: Press, person: int, before: datetime) -> bool:
    with press.engine.begin() as connection:
        return erase_unconfirmed(connection, person, before)


def _forget_mails(press: Press, keys: Collection[str]) -> int:
    """Removes what the outbox's folders hold for these suppression keys; how many mails."""

    def is_theirs(address: str) -> bool:
        try:
            return suppression_key(address, press.hash_key) in keys
        except ValueError:
            return False

    folders = (press.outbox, press.settings.state / "dry-run", press.previews)
    try:
        return forget_messages(folders, is_theirs)
    except OSError as error:
        raise LibraryError(
            f"{press.library.shown(press.outbox)}: a mail there cannot be removed "
            f"({(error.strerror or 'error').lower()}); mend its permissions and erase again"
        ) from None
