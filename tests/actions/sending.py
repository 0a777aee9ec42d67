"""What tests of sending share: readers, an issue that waits for them, and what became of it."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime

from partwork.actions.approve import approve
from partwork.actions.issue_named import issue_named
from partwork.actions.preview import preview
from partwork.actions.publish import publish
from partwork.actions.subscribers import import_subscribers
from partwork.assembly import Press
from partwork.model.delivery import Delivery, DeliveryState
from partwork.store.engine import read_only
from partwork.store.ledger import load_deliveries
from tests.conftest import NOW

# How many copies a reader may have, by what the ledger says once nobody sends any more.
_COPIES = {DeliveryState.ACCEPTED: {1}, DeliveryState.IN_DOUBT: {0, 1}}


def subscribe(press: Press, addresses: Collection[str], now: datetime = NOW) -> None:
    """Make them confirmed subscribers of the home's newsletter."""
    file = press.settings.home / "readers.csv"
    file.write_text("\n".join(("email", *addresses)))
    import_subscribers(press, file, "the-bench", note="asked at the fair", now=now)


def published(press: Press, series: str, now: datetime = NOW) -> str:
    """The issue that is next, planned for all readers; the parts behind it are approved."""
    preview(press, series, None, now)
    approve(press, series, None, reviewer="Ada", channel="cli", now=now)
    return publish(press, series, at_once=True, now=now).planned[0].issue


def ledger(press: Press, issue: str) -> dict[str, Delivery]:
    """The issue's deliveries by their recipients."""
    content_hash = issue_named(press, issue).content_hash
    with read_only(press.engine) as connection:
        return {row.recipient: row for row in load_deliveries(connection, content_hash)}


def doubted(
    press: Press, issue: str, readers: Collection[str], copies: Counter[str]
) -> frozenset[str]:
    """Who is in doubt after a failure; it fails where anybody is lost or was written to twice."""
    states = {to: row.state for to, row in ledger(press, issue).items()}
    lost = set(readers) ^ set(states)
    wrong = {
        to: (state, copies[to])
        for to, state in states.items()
        if copies[to] not in _COPIES.get(state, ())
    }
    assert not lost, lost
    assert not wrong, wrong
    return frozenset(to for to, state in states.items() if state is DeliveryState.IN_DOUBT)
