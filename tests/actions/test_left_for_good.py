"""No import, and no old backup, undoes that somebody has left: a law over what people may do.

The same is done by people and, beside it, in a model of a few lines; then an old list is imported
into each newsletter, here and where a backup from before all of it was restored.
"""

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from partwork.actions.backup import backup
from partwork.actions.confirming import confirm
from partwork.actions.departing import Leaver, depart_within
from partwork.actions.moving import move
from partwork.actions.restore import restore
from partwork.actions.sign_up import Visitor
from partwork.actions.subscribers import all_subscribers, erase, import_subscribers, story_of
from partwork.actions.undoing import undo
from partwork.actions.unsubscribe import unsubscribe
from partwork.assembly import Press, assemble, keys_of
from partwork.model.audience import Applicant, Evidence, SubscriptionState
from partwork.settings import Settings
from partwork.store.audience import make_subscriber
from partwork.store.engine import read_only
from partwork.store.everything import left_everything
from partwork.store.replaying import replay
from partwork.store.subscriptions import ask_for_subscription, load_subscriptions
from partwork.subscribing.tokens import (
    Departure,
    Pass,
    PassKind,
    move_token,
    pass_token,
    unsubscribe_token,
)
from tests.conftest import NOW, Clock

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ADA, NEW = "ada@example.org", "ada.lovelace@example.org"
DAILY, WEEKLY, MONTHLY = NEWSLETTERS = ("the-bench", "the-plane", "the-saw")
LINK, VISITOR = Evidence("link"), Visitor("192.0.2.7", "Browser 1.0")


def begin_newsletters(press: Press) -> None:
    first = press.library.read(press.library.newsletter_file(DAILY))
    for slug, name in ((WEEKLY, "The Plane"), (MONTHLY, "The Saw")):
        press.library.write(press.library.newsletter_file(slug), first.replace("The Bench", name))


def bring_in(press: Press, addresses: list[str], newsletter: str, now: datetime) -> tuple[int, int]:
    """How many an old list adds, and how many stay away since they have left."""
    file = press.settings.home / "an old list.csv"
    file.write_text("\n".join(("email", *addresses)))
    report = import_subscribers(press, file, newsletter, note="an old list", now=now)
    return report.added, report.left_earlier


def readers_of(press: Press, newsletter: str) -> set[str]:
    confirmed = all_subscribers(press, newsletter, SubscriptionState.CONFIRMED)
    return {person.address for person, *_ in confirmed}


def restored_with_log(press: Press, kept: Path, to: Settings, now: datetime) -> None:
    """The backup in another place, with the log as it is by now."""
    log = to.state / "suppression.log"
    log.parent.mkdir(parents=True)
    shutil.copy(press.suppression_log, log)
    restore(to, kept, now)


def token(press: Press, subscriber: int) -> str:
    return unsubscribe_token(Departure(subscriber, DAILY, 0), press.secrets)


@dataclass
class Person:
    """Somebody who reads the first newsletter, and what their wishes come to.

    `back` are the newsletters that they joined since they left everything.
    """

    press: Press
    clock: Clock
    address: str
    id: int | None
    link: str = ""
    held: set[str] = field(default_factory=lambda: {DAILY})
    left: set[str] = field(default_factory=set)
    back: set[str] = field(default_factory=set)
    is_gone: bool = False
    to_undo: tuple[set[str], bool] = (set(), False)

    def may_be_brought_into(self, newsletter: str) -> bool:
        if newsletter in self.held:
            return True
        kept_away = self.is_gone and newsletter not in self.back
        return newsletter not in self.left and not kept_away

    def leave_one(self) -> None:
        if self.id:
            unsubscribe(self.press, token(self.press, self.id), LINK, now=self.clock())
            self._end({DAILY} & self.held)

    def leave_all(self) -> None:
        if not self.id:
            return
        way_back = token(self.press, self.id)
        done = unsubscribe(self.press, way_back, LINK, everything=True, now=self.clock())
        if done.undo:
            self.link, self.to_undo = done.undo, (set(self.held), not self.is_gone)
        self._end(set(self.held))
        self._be_gone()

    def take_back(self) -> None:
        if not self.link:
            return
        undo(self.press, self.link, VISITOR, self.clock())
        names, was_of_all = self.to_undo
        if names := names & self.left:
            self.held |= names
            self.left -= names
            self.is_gone = self.is_gone and not was_of_all
        self.to_undo = (set(), False)

    def join(self) -> None:
        with self.press.engine.begin() as connection:
            keys = keys_of(self.address, self.press.hash_key)
            self.id = make_subscriber(
                connection,
                Applicant(0, self.address),
                address_key=keys.address_key,
                suppression_key=keys.suppression_key,
                at=self.clock(),
            )
            ask_for_subscription(connection, self.id, WEEKLY, LINK, self.clock())
        link = Pass(self.id, WEEKLY, self.clock())
        confirm(
            self.press,
            pass_token(PassKind.CONFIRM, link, self.press.secrets),
            VISITOR,
            self.clock(),
        )
        self.held.add(WEEKLY)
        self.left.discard(WEEKLY)
        self.back.add(WEEKLY)

    def be_erased(self) -> None:
        if self.id:
            erase(self.press, self.address, self.clock())
            self.id, self.link = None, ""
            self._end(set(self.held))
            self._be_gone()

    def _end(self, newsletters: set[str]) -> None:
        self.held -= newsletters
        self.left |= newsletters

    def _be_gone(self) -> None:
        if not self.is_gone:
            self.is_gone, self.back = True, set()


ACTS = (Person.leave_one, Person.leave_all, Person.take_back, Person.join, Person.be_erased)
WAYS = [
    *product(ACTS, repeat=1),
    *product(ACTS, repeat=2),
    *((a, b, c) for a, b, c in product(ACTS, repeat=3) if b not in {a, c}),
]


def test_an_old_list_brings_in_those_who_have_not_left_here_and_after_a_restore(
    press: Press, new_home: Settings, tmp_path: Path, clock: Clock
) -> None:
    begin_newsletters(press)
    addresses = [f"{'.'.join(act.__name__ for act in way)}@example.org" for way in WAYS]
    bring_in(press, addresses, DAILY, clock())
    numbers = {person.address: person.id for person, *_ in all_subscribers(press, "", None)}
    kept = backup(press, tmp_path / "monday.zip", clock()).file
    people = [Person(press, clock, address, numbers[address]) for address in addresses]

    for person, way in zip(people, WAYS, strict=True):
        for act in way:
            clock.at += MINUTE
            act(person)
    clock.at += MINUTE
    restored_with_log(press, kept, new_home, clock())

    for newsletter in NEWSLETTERS:
        expected = {p.address for p in people if p.may_be_brought_into(newsletter)}
        bring_in(press, addresses, newsletter, clock())
        assert readers_of(press, newsletter) == expected
    with assemble(new_home) as restored:
        for newsletter in NEWSLETTERS:
            expected = {p.address for p in people if p.may_be_brought_into(newsletter)}
            bring_in(restored, addresses, newsletter, clock())
            assert readers_of(restored, newsletter) == expected


def test_a_newsletter_that_was_removed_and_begun_anew_brings_nobody_back(press: Press) -> None:
    begin_newsletters(press)
    bring_in(press, [ADA], WEEKLY, NOW)
    ada = story_of(press, ADA).subscriber.id
    link = unsubscribe_token(Departure(ada, WEEKLY, 0), press.secrets)
    unsubscribe(press, link, LINK, now=NOW)
    press.library.newsletter_file(WEEKLY).unlink()

    begin_newsletters(press)

    assert bring_in(press, [ADA], WEEKLY, NOW + DAY) == (0, 1)
    assert bring_in(press, [ADA], MONTHLY, NOW + DAY) == (1, 0)  # which was not left


def test_who_holds_nothing_any_more_may_still_leave_everything(press: Press) -> None:
    begin_newsletters(press)
    bring_in(press, [ADA], DAILY, NOW)
    ada = story_of(press, ADA).subscriber.id
    unsubscribe(press, token(press, ada), LINK, now=NOW)

    done = [
        unsubscribe(press, token(press, ada), LINK, everything=True, now=NOW + n * MINUTE)
        for n in range(2)
    ]

    assert [one.undo for one in done] == ["", ""]  # no mail was stopped by it
    assert bring_in(press, [ADA], MONTHLY, NOW + DAY) == (0, 1)
    record = [(c.act.value, c.newsletter) for c in story_of(press, ADA).consents]
    assert record[1:] == [("ended", DAILY), ("ended", "all newsletters")]


def test_a_wish_to_leave_that_does_not_say_what_is_one_to_leave_everything(press: Press) -> None:
    begin_newsletters(press)
    bring_in(press, [ADA], DAILY, NOW)
    ada = story_of(press, ADA)
    leaver = Leaver(ada.subscriber, ada.subscriptions, LINK, everything=True)

    with press.engine.begin() as connection:
        ended = [depart_within(press, connection, [leaver], NOW) for _ in range(2)]

    assert ended == [1, 0]
    assert bring_in(press, [ADA], MONTHLY, NOW + DAY) == (0, 1)


@pytest.fixture
def moved(press: Press, tmp_path: Path) -> Path:
    """A backup of Monday; on Tuesday Ada, who has left everything by then or not, moved."""
    begin_newsletters(press)
    bring_in(press, [ADA], DAILY, NOW)
    return backup(press, tmp_path / "monday.zip", NOW).file


def move_away(press: Press) -> None:
    link = move_token(story_of(press, ADA).subscriber.id, NEW, NOW + DAY, press.secrets)
    assert move(press, link, VISITOR, NOW + DAY)


def test_who_is_erased_after_a_move_is_erased_from_a_backup_from_before_it(
    press: Press, moved: Path, new_home: Settings
) -> None:
    move_away(press)
    erase(press, NEW, NOW + 2 * DAY)
    restored_with_log(press, moved, new_home, NOW + 3 * DAY)

    with assemble(new_home) as restored:
        assert all_subscribers(restored, "", None) == ()
        for house, newsletter in ((press, WEEKLY), (restored, DAILY), (restored, MONTHLY)):
            assert bring_in(house, [ADA, NEW], newsletter, NOW + 3 * DAY) == (0, 2)


def test_who_has_an_address_that_was_given_up_is_not_erased_with_its_former_owner(
    press: Press, moved: Path
) -> None:
    move_away(press)
    another = Person(press, Clock(NOW + DAY + MINUTE), ADA, None)
    another.join()
    (press.outbox / "another.eml").parent.mkdir(exist_ok=True)
    (press.outbox / "another.eml").write_text(f"To: {ADA}\r\n\r\nHello")

    erase(press, NEW, NOW + 2 * DAY)
    replay(press.engine, press.suppression_log)

    with read_only(press.engine) as connection:
        assert another.id
        (held,) = load_subscriptions(connection, another.id)
        hashed = keys_of(ADA, press.hash_key).suppression_key
        assert not left_everything(connection, [hashed])
    assert (held.newsletter, held.state) == (WEEKLY, SubscriptionState.CONFIRMED)
    assert (press.outbox / "another.eml").exists()


def test_who_has_left_everything_has_left_it_under_a_new_address_too(
    press: Press, moved: Path, new_home: Settings
) -> None:
    ada = story_of(press, ADA).subscriber.id
    unsubscribe(press, token(press, ada), LINK, everything=True, now=NOW)
    move_away(press)
    restored_with_log(press, moved, new_home, NOW + 3 * DAY)

    with assemble(new_home) as restored:
        for house in (press, restored):
            assert bring_in(house, [ADA, NEW], MONTHLY, NOW + 3 * DAY) == (0, 2)
