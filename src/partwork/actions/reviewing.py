"""A reviewer is asked whether drafts may be published, and the answer is taken."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from partwork.actions.approval_state import is_undecided, said, standing_of, state_of
from partwork.actions.approve import (
    Reviewer,
    object_to,
    plain_notes,
    refuse_faults,
    reviewer_of,
    say_yes,
)
from partwork.actions.check import open_faults
from partwork.actions.claims import ClaimsSheet, claims_of, claims_of_part
from partwork.actions.loading import load_newsletter, load_series
from partwork.actions.notices import Notice, mail_editors
from partwork.actions.preview import approvable_of, preview
from partwork.actions.reading_drafts import read_url, waiting_url
from partwork.actions.segments import readers_of
from partwork.actions.waiting import said_of
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.errors import PartworkError
from partwork.model.fault import Fault
from partwork.model.issue import Issue
from partwork.model.newsletter import Newsletter
from partwork.model.review import Decision, No, Review, ReviewPart
from partwork.model.series import Mode, Series
from partwork.store.corrections import mail_drafts, waiting_corrections
from partwork.store.engine import read_only
from partwork.store.issues import (
    current_drafts,
    is_published,
    load_issue,
    published_instalments,
)
from partwork.store.reviews import close_review, load_review, open_reviews, save_review

CHANNEL = "dashboard"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody has entered in the form, as it came."""

    decision: Decision
    reviewer: str
    role: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an answer, in a line; whether that is the end of the review, or it asks again.

    `approved` are the issues that have all their approvals by it.
    """

    message: str
    is_over: bool = False
    approved: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class AskedPart:
    """A draft as the question shows it; it would reach so many readers now. `url` may be empty."""

    issue: Issue
    words: int
    claims: int
    readers: int
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class Question:
    """All that a reviewer is shown before they answer.

    `roles` are those of whom a yes is wanted, `said` what reviewers have asked for before,
    `remark` what became of the last answer. `faults` are of these parts and the whole series.
    """

    review: Review
    series: Series
    parts: tuple[AskedPart, ...]
    roles: tuple[str, ...]
    faults: tuple[Fault, ...]
    said: tuple[str, ...]
    sheet: ClaimsSheet
    waiting_url: str
    remark: str = ""


def ask(
    press: Press,
    series: str,
    part: int | None,
    *,
    run_id: str,
    asked_before: int,
    now: datetime,
    remark: str = "",
) -> Question | str:
    """Renders and stores the drafts, and gives the question about all that are undecided.

    Else why nothing is asked, in words. Parts that were published are left out, unless they are
    named, are to be corrected, or a course goes on sending them. `asked_before` counts the run's
    questions, so that each has a key of its own; asked twice with the same, it is one question.
    Raises as `preview` does.
    """
    shown = [item.issue for item in preview(press, series, part, now)]
    whole = load_series(press, series)
    newsletter = load_newsletter(press, whole.newsletter)
    if part is None and whole.mode is not Mode.COURSE:
        with read_only(press.engine) as connection:
            corrected = {one.instalment for one in waiting_corrections(connection, series)}
            published = published_instalments(connection, series).keys() - corrected
        shown = [issue for issue in shown if issue.instalment not in published]
    issues = [issue for issue in shown if is_undecided(press, issue, now)]
    if not issues:
        states = (f"part {issue.number} {state_of(press, issue, now)}" for issue in shown)
        return "; ".join(states) or f"every part of {series} is published"
    wanted = {role for issue in issues for role in standing_of(press, issue, now).wanting}
    roles = tuple(role for role in newsletter.approvals if role in wanted)
    sheet = claims_of(press, series)
    words = {
        one.number: sum(len(s.text.split()) for s in one.sentences) for one in whole.instalments
    }
    closes_at = now + timedelta(days=press.settings.review_waits)
    review = Review(
        run_id,
        _key_of(issues, roles, asked_before),
        series,
        now,
        closes_at,
        tuple(
            ReviewPart(i.content_hash, words[i.number], claims_of_part(sheet, i.number))
            for i in issues
        ),
    )
    with press.engine.begin() as connection:
        save_review(connection, review)
    counts = readers_of(press, issues, now)
    parts = tuple(
        AskedPart(
            issue,
            words[issue.number],
            sum(claim.part == issue.number for claim in sheet.claims),
            readers,
            state_of(press, issue, now),
            read_url(press, issue.content_hash, closes_at),
        )
        for issue, readers in zip(issues, counts, strict=True)
    )
    return Question(
        review,
        whole,
        parts,
        roles,
        open_faults(press, series, {issue.number for issue in issues}),
        _said(press, whole),
        sheet,
        waiting_url(press, closes_at),
        remark,
    )


def answer(press: Press, run_id: str, key: str, given: Answer, now: datetime) -> Outcome | None:
    """Takes an answer to the question that this run asked under that key.

    None: it was taken before, and means nothing more. A yes is recorded for each draft that its
    file still gives; of one that was edited meanwhile it says so. An answer that cannot be taken
    decides nothing, and says why.
    """
    with read_only(press.engine) as connection:
        review = load_review(connection, run_id, key)
    if review is None:
        return Outcome("that answer was about drafts that are not stored here any more")
    if now >= review.closes_at:
        return _closed(press, review, now, "that answer came too late; read the drafts once more")
    try:
        if given.decision is Decision.APPROVE:
            return _approve(press, review, given, now)
        return _object(press, review, given, now)
    except PartworkError as error:
        return _closed(press, review, now, f"that answer was not taken: {error}")


def superseded(press: Press, question: Question, now: datetime) -> tuple[Review, ...]:
    """Questions of earlier runs about nothing but what is asked now.

    Whoever asks closes them by `close`, when nobody can answer them any more and the answers that
    were given are taken.
    """
    asked = {part.content_hash for part in question.review.parts}
    with read_only(press.engine) as connection:
        older = [
            review
            for review in open_reviews(connection, now)
            if review.series == question.review.series
            and (review.asked_at, review.run_id)
            < (question.review.asked_at, question.review.run_id)
            and review.run_id != question.review.run_id
        ]
        slug = question.series.slug
        current = {draft.content_hash for draft in current_drafts(connection, slug)}
        current |= {one.content_hash for one in mail_drafts(connection, slug)}
    return tuple(
        review
        for review in older
        if {part.content_hash for part in review.parts} & current <= asked
    )


def close(press: Press, reviews: Sequence[Review], now: datetime) -> None:
    """Nobody waits for answers to these questions any more."""
    with press.engine.begin() as connection:
        for review in reviews:
            close_review(connection, review, now)


def _approve(press: Press, review: Review, given: Answer, now: datetime) -> Outcome | None:
    """A yes to each of the drafts whose words have not changed."""
    plain_notes(given.notes)
    newsletter, rendered = approvable_of(press, review.series, None)
    who = _who(newsletter, review, given)
    asked = [part.content_hash for part in review.parts]
    issues = [issue for issue in rendered if issue.content_hash in asked]
    if issues:
        refuse_faults(press, review.series, tuple(issues))
    with press.engine.begin() as connection:
        if not close_review(connection, review, now):
            return None
        say_yes(connection, newsletter, issues, who, now)
    changed = len(asked) - len(issues)
    edited = f"{_counted(changed)} edited meanwhile: read it again" if changed else ""
    yes = f"{_numbers(issues)} approved by {who.name} as {who.role}" if issues else ""
    whole = [issue for issue in issues if standing_of(press, issue, now).approved_at is not None]
    return Outcome("; ".join(filter(None, (yes, edited))), approved=tuple(whole))


def _object(press: Press, review: Review, given: Answer, now: datetime) -> Outcome | None:
    """A no to the drafts as they were read, whatever their files say by now."""
    with read_only(press.engine) as connection:
        found = [load_issue(connection, part.content_hash) for part in review.parts]
        issues = [issue for issue in found if issue]
        out = [issue for issue in issues if is_published(connection, issue.content_hash)]
    newsletter = load_newsletter(press, issues[0].audience.newsletter)
    who = _who(newsletter, review, given)
    kind = No.REJECTED if given.decision is Decision.REJECT else No.SENT_BACK
    notes = plain_notes(given.notes)
    if kind is No.SENT_BACK and not notes:
        raise LibraryError("say in the notes what should be changed")
    with press.engine.begin() as connection:
        if not close_review(connection, review, now):
            return None
        object_to(connection, issues, who, kind, notes, now=now)
    lines = _lines_about(issues, who, kind, notes)
    name = f"{kind} {review.run_id} {review.key}"
    notice = Notice(name, f"{review.series}: {kind}", tuple(lines))
    mail_editors(press, newsletter.slug, notice, now)
    message = f"{_numbers(issues)} {kind} by {who.name}"
    if out:
        names = ", ".join(issue.name for issue in out)
        message += f"; published already: {names}, which `partwork pause` stops"
    return Outcome(f"{message}; `partwork status {review.series}` has the notes", is_over=True)


def _closed(press: Press, review: Review, now: datetime, message: str) -> Outcome | None:
    with press.engine.begin() as connection:
        return Outcome(message) if close_review(connection, review, now) else None


def _who(newsletter: Newsletter, review: Review, given: Answer) -> Reviewer:
    """Who answers; where one role alone was asked for, it need not be named.

    The newsletter may ask for others by now: a yes as one of them is none as another.
    """
    asked = _roles_in(review.key)
    role = given.role or (asked[0] if len(asked) == 1 else "")
    return reviewer_of(newsletter, given.reviewer, role, CHANNEL, review.run_id)


def _lines_about(issues: Sequence[Issue], who: Reviewer, kind: No, notes: str) -> list[str]:
    """What the newsletter's editors are mailed of a no."""
    series = issues[0].audience.series
    lines = [f"{series}: {_numbers(issues)} {kind} by {who.name} as {who.role}."]
    if notes:
        lines.append("\n".join(f"> {line}" for line in notes.split("\n")))
    lines.append(
        "Nothing of it is lost: change what should be changed, then run review again. "
        f"`partwork status {series}` keeps the notes until the part is approved."
    )
    return lines


def _said(press: Press, series: Series) -> tuple[str, ...]:
    numbers = {part.id: part.number for part in series.instalments}
    return tuple(
        f"Part {numbers[part]} {said(objection)}"
        for part, objection in said_of(press, series.slug)
        if part in numbers
    )


def _key_of(issues: Sequence[Issue], roles: Sequence[str], asked_before: int) -> str:
    """What the run suspends under: another for other words, other roles, and each time it asks.

    The roles stand behind it, so that the answer is about those.
    """
    told = json.dumps([[i.content_hash for i in issues], list(roles), asked_before])
    named = hashlib.sha256(told.encode()).hexdigest()[:32]
    return "-".join(("approval", named, *(role.encode().hex() for role in roles)))


def _roles_in(key: str) -> list[str]:
    """The roles in which an answer was asked for: in hexadecimal, since Prefect takes a-z, 0-9 and
    hyphens alone, and roles have hyphens of their own.
    """
    _, _, *roles = key.split("-")
    return [bytes.fromhex(role).decode() for role in roles]


def _numbers(issues: Sequence[Issue]) -> str:
    listed = ", ".join(str(issue.number) for issue in issues)
    return f"part {listed}" if len(issues) == 1 else f"parts {listed}"


def _counted(changed: int) -> str:
    return "1 part was" if changed == 1 else f"{changed} parts were"
