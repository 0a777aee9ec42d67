"""What waits for a reviewer, and a reminder of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from partwork.actions.approval_state import is_undecided
from partwork.actions.notices import Notice, mail_editors
from partwork.actions.reading_drafts import LinkedPart, linked_parts, read_url, waiting_url
from partwork.assembly import Press
from partwork.model.issue import Issue
from partwork.model.review import Objection, Review
from partwork.store.corrections import mail_drafts
from partwork.store.engine import read_only
from partwork.store.issues import current_drafts
from partwork.store.reviews import give_back_reminder, notes_on, open_reviews, take_reminder
from partwork.subscribing.page_links import check_waiting_key


@dataclass(frozen=True, slots=True)
class Waiting:
    """Drafts of a series that a review asks about and that are not decided yet."""

    review: Review
    issues: tuple[Issue, ...]

    @property
    def words(self) -> str:
        """Which parts wait, and since when."""
        numbers = ", ".join(str(issue.number) for issue in self.issues)
        return f"part {numbers} waits for approval since {self.review.asked_at:%Y-%m-%d %H:%M} UTC"


@dataclass(frozen=True, slots=True)
class WaitingSeries:
    """What a page shows of them: `closes_at` is until when the question may be answered."""

    series: str
    asked_at: datetime
    closes_at: datetime
    parts: tuple[LinkedPart, ...]


def waiting(press: Press, now: datetime) -> tuple[Waiting, ...]:
    """What waits, oldest first; what two runs ask about stands once.

    Not drafts whose part was rendered in other words since, nor what was approved or rejected
    elsewhere meanwhile.
    """
    with read_only(press.engine) as connection:
        asked = open_reviews(connection, now)
    found = []
    told: set[str] = set()
    for review in asked:
        issues = tuple(
            issue for issue in _undecided(press, review, now) if issue.content_hash not in told
        )
        told.update(issue.content_hash for issue in issues)
        if issues:
            found.append(Waiting(review, issues))
    return tuple(found)


def waiting_behind(press: Press, key: str, now: datetime) -> tuple[WaitingSeries, ...]:
    """What waits, for whoever has the signed link. Raises BadToken or LinkHasRunOut."""
    until = check_waiting_key(key, now, press.secrets)
    return tuple(
        WaitingSeries(
            one.review.series,
            one.review.asked_at,
            one.review.closes_at,
            linked_parts(press, one.issues, until, now),
        )
        for one in waiting(press, now)
    )


def remind(press: Press, now: datetime) -> tuple[str, ...]:
    """Mails each newsletter's editors what has waited for long, once for each set of drafts.

    Of which series they were reminded. Nobody is where the setting says never, or where no mail
    server is set; a mail that is not taken is tried again by the next call.
    """
    after = timedelta(hours=press.settings.review_reminds)
    if not after or not press.has_mail_server:
        return ()
    told = []
    for one in waiting(press, now):
        if one.review.asked_at + after > now:
            continue
        with press.engine.begin() as connection:
            if not take_reminder(connection, one.review, now):
                continue
        if _mailed(press, one, now):
            told.append(one.review.series)
        else:
            with press.engine.begin() as connection:
                give_back_reminder(connection, one.review)
    return tuple(told)


def runs_that_wait(press: Press, series: str, now: datetime) -> tuple[str, ...]:
    """The ids of runs that wait for an answer about this series."""
    with read_only(press.engine) as connection:
        asked = open_reviews(connection, now)
    return tuple(dict.fromkeys(review.run_id for review in asked if review.series == series))


def said_of(press: Press, series: str) -> tuple[tuple[str, Objection], ...]:
    """What reviewers have said against parts of the series that is not answered yet, by its id."""
    with read_only(press.engine) as connection:
        return notes_on(connection, series)


def _undecided(press: Press, review: Review, now: datetime) -> Iterator[Issue]:
    asked = {part.content_hash for part in review.parts}
    with read_only(press.engine) as connection:
        slug = review.series
        drafts = (*current_drafts(connection, slug), *mail_drafts(connection, slug))
    for issue in drafts:
        if issue.content_hash in asked and is_undecided(press, issue, now):
            yield issue


def _mailed(press: Press, one: Waiting, now: datetime) -> bool:
    until = one.review.closes_at
    lines = [f"{one.review.series}: {one.words}, until {until:%Y-%m-%d %H:%M} UTC."]
    for issue in one.issues:
        link = read_url(press, issue.content_hash, until)
        lines.append("\n".join(filter(None, (f"Part {issue.number}: {issue.subject}", link))))
    if everything := waiting_url(press, until):
        lines.append(f"All that waits:\n{everything}")
    lines.append(
        "Answer in the dashboard, where the run of review waits; or on the command line:\n"
        f"partwork approve {one.review.series} --by NAME"
    )
    name = f"waits {one.review.run_id} {one.review.key}"
    notice = Notice(name, f"{one.review.series} waits for approval", tuple(lines))
    return mail_editors(press, one.issues[0].audience.newsletter, notice, now)
