"""What was gathered over a week → one mail for each reader, when the week is over."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from sqlalchemy import Connection

from partwork.actions.loading import load_newsletter
from partwork.actions.planned import Planned
from partwork.actions.preview import page_url
from partwork.assembly import Press
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue, Marked
from partwork.model.newsletter import Newsletter
from partwork.rendering.bundle import Piece, bundles_of
from partwork.scheduling.weeks import Week, week_of
from partwork.store.bundles import (
    Gathering,
    Readers,
    count_readers,
    end_waiting,
    gatherings,
    in_turns,
    leave_gathered,
    lock_bundles,
    parts_of,
    plan_bundle,
    readers_of,
)
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, load_issue, load_marked
from partwork.store.unbundling import cancelled_in_bundles, unbundle


class Unmailable(PartworkError):
    """A part that may not go out in a bundle, and why."""

    def __init__(self, part: str, problem: str) -> None:
        self.part, self.problem = part, problem
        super().__init__(f"{part}, one of its parts, {problem}")


def bundle_weeks(press: Press, now: datetime) -> tuple[tuple[Planned, ...], tuple[str, ...]]:
    """Plans the mails of every week that is over; what waits, and for what, in words.

    What some readers wait for becomes a bundle and is bundled in one transaction: stopped at any
    moment and run again, each reader is planned once for each part, in a bundle or by itself. A
    week whose end nobody saw is made up for. Mails with a part that was cancelled since they were
    planned are taken apart before.
    """
    planned: list[Planned] = []
    waiting: list[str] = []
    with read_only(press.engine) as connection:
        cancelled = cancelled_in_bundles(connection)
    for slug, part in cancelled:
        take_apart(press, slug, part)
    with read_only(press.engine) as connection:
        found = sorted(gatherings(connection), key=lambda g: g.newsletter)
    for slug, gathered in groupby(found, key=lambda g: g.newsletter):
        try:
            newsletter = load_newsletter(press, slug)
            weeks = _weeks_over(newsletter, tuple(gathered), now)
        except PartworkError as error:
            waiting.append(f"{slug}: the mail with all parts of a week waits: {error}")
            continue
        for week, readers in _readers_of(press, weeks, now):
            try:
                planned += _plan(press, newsletter, week, readers, now)
            except PartworkError as error:
                waiting.append(f"{slug}: the mail of week {week.number} waits: {error}")
    return tuple(planned), tuple(waiting)


def take_apart(press: Press, newsletter: str, part: str) -> int:
    """Has readers of unsent mails with a part, by its content hash, wait again; how many.

    What else was in the mail comes with the next one. What a lane has sent just now is left, and
    goes the same way later if it was put off.
    """
    taken = 0
    while True:
        with press.engine.begin() as connection:
            lock_bundles(connection, newsletter)
            count = unbundle(connection, part)
        if not count:
            return taken
        taken += count


def demand_mailable(press: Press, bundle: Issue) -> tuple[Issue, ...]:
    """The parts of a bundle, none for any other issue.

    Raises Unmailable where an editor's yes to one of them is missing.
    """
    with read_only(press.engine) as connection:
        parts = parts_of(connection, bundle.content_hash)
        for part in parts:
            _demand_approved(connection, part)
    return parts


def _weeks_over(
    newsletter: Newsletter, gathered: Sequence[Gathering], now: datetime
) -> Mapping[Week, Sequence[Gathering]]:
    """What was gathered in each week whose mail is due, the earliest week first."""
    weeks: dict[Week, list[Gathering]] = {}
    for one in gathered:
        week = week_of(newsletter.cadence, one.due_at)
        if week.due_at <= now:
            weeks.setdefault(week, []).append(one)
    return dict(sorted(weeks.items()))


def _readers_of(
    press: Press, weeks: Mapping[Week, Sequence[Gathering]], now: datetime
) -> Iterator[tuple[Week, Readers]]:
    """Those who wait for the parts of each week, apart by which; who went meanwhile is left."""
    for week, gathered in weeks.items():
        with press.engine.begin() as connection:
            for one in gathered:
                leave_gathered(connection, one, now)
            everyone = readers_of(connection, gathered)
        for readers in everyone:
            yield week, readers


def _plan(
    press: Press, newsletter: Newsletter, week: Week, readers: Readers, now: datetime
) -> list[Planned]:
    """The mails of those who wait for the same parts: one, unless they do not fit into one."""
    with read_only(press.engine) as connection:
        pieces = [_piece(press, connection, part) for part in readers.parts]
    bundles = bundles_of(pieces, newsletter, week.number, press.library.templates())
    joined = {part.content_hash for bundle in bundles for part in bundle.parts}
    alone = [piece.issue for piece in pieces if piece.issue.content_hash not in joined]
    recipients: Counter[str] = Counter()
    for some in in_turns(readers):
        with press.engine.begin() as connection:
            lock_bundles(connection, newsletter.slug)
            for part in alone:
                recipients[part.name] += count_readers(connection, some)
            for bundle in bundles:
                recipients[bundle.issue.name] += plan_bundle(
                    connection, bundle.issue, bundle.parts, some, due_at=week.due_at, now=now
                )
            end_waiting(connection, some, [part.content_hash for part in alone])
    return [Planned(name, week.due_at, count) for name, count in recipients.items() if count]


def _piece(press: Press, connection: Connection, content_hash: str) -> Piece:
    """A part with what is known of its stretches; without that it goes by itself."""
    issue = load_issue(connection, content_hash)
    if issue is None:
        raise ValueError(f"no issue {content_hash}")  # a foreign key holds it
    _demand_approved(connection, issue)
    marked = load_marked(connection, content_hash) or Marked("", "")
    return Piece(issue, marked, page_url(press, issue))


def _demand_approved(connection: Connection, part: Issue) -> None:
    if not approvals_of(connection, part.content_hash):
        said = f"is not approved; `partwork approve {part.audience.series} --part {part.number}`"
        raise Unmailable(part.name, said)
