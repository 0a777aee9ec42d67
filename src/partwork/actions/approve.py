"""A reviewer's yes or no, bound to exactly what was rendered."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from partwork.actions.approval_state import rejected
from partwork.actions.check import open_faults, words_for
from partwork.actions.issue_named import issue_named
from partwork.actions.preview import approvable_of
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.errors import PartworkError
from partwork.model.issue import Approval, Issue
from partwork.model.newsletter import Newsletter
from partwork.model.review import MAX_NAME, MAX_NOTES, No, Objection, folded, standing
from partwork.store.corrections import mail_drafts
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts, renew_approval, save_approval
from partwork.store.reviews import rejection_of, save_objection, take_back_rejections

_AN_ISSUE = re.compile(r"-\d\d+-(?:correction-)?[0-9a-f]{8}$")


class NotApprovable(PartworkError):
    """What is in the files is not what was shown, has faults, or may not be approved by them."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who speaks, as claimed, in which role, and by which way: a channel, and a run if it was one.

    Take `reviewer_of` to make one.
    """

    name: str
    role: str
    channel: str
    run_id: str = ""


def approve(
    press: Press,
    series: str,
    part: int | None,
    *,
    reviewer: str,
    channel: str,
    now: datetime,
    run_id: str = "",
    role: str = "",
    take_back: bool = False,
) -> tuple[Issue, ...]:
    """Approves the drafts of a series, or of one part, by their content hash.

    In place of the series an issue may be named, as `preview` told: then that one alone, and
    nothing where its part has other words by now, whoever has been shown those.

    Behind them come the mails about corrections that wait, each with an approval of its own.

    `role` may be left out where the newsletter asks for one alone; `take_back` ends rejections of
    just these words first. Raises NotApprovable when a part was changed since it was last rendered,
    was never rendered, has open faults or is rejected, or when this person speaks for another role:
    nothing is approved then.
    """
    named = None
    if _AN_ISSUE.search(series) and series not in press.library.series_slugs():
        named = issue_named(press, series)
        if part not in {None, named.number}:
            raise NotApprovable(f"{named.name} is not of part {part}; name one of both")
        series, part = named.audience.series, named.number
    newsletter, issues = approvable_of(press, series, part)
    if named:
        issues = tuple(issue for issue in issues if issue.content_hash == named.content_hash)
    if named and not issues:
        raise NotApprovable(
            f"{named.name} is not what part {part} of {series} says now; "
            f"read it again with `partwork preview {series} --part {part}`, then approve"
        )
    who = reviewer_of(newsletter, reviewer, role, channel, run_id)
    with read_only(press.engine) as connection:
        drafts = current_drafts(connection, series)
        shown = {draft.content_hash for draft in (*drafts, *mail_drafts(connection, series))}
    if unseen := [issue for issue in issues if issue.content_hash not in shown]:
        raise NotApprovable(_unread(series, unseen, drafts))
    refuse_faults(press, series, issues)
    with press.engine.begin() as connection:
        if take_back:
            hashes = [issue.content_hash for issue in issues]
            take_back_rejections(connection, hashes, who.name, now)
        say_yes(connection, newsletter, issues, who, now)
    return issues


def _unread(series: str, unseen: Sequence[Issue], drafts: Sequence[Issue]) -> str:
    numbers = ", ".join(str(issue.number) for issue in unseen)
    if {issue.instalment for issue in unseen} & {draft.instalment for draft in drafts}:
        what = "is not what was last previewed; read it again"
    else:
        what = "was not previewed yet; read it"
    return f"{series}: part {numbers} {what} with `partwork preview {series}`, then approve"


def reviewer_of(
    newsletter: Newsletter, name: str, role: str, channel: str, run_id: str = ""
) -> Reviewer:
    """Who speaks about an issue of this newsletter; the name on one line.

    Raises LibraryError for a name that is none or too long, and for a role that the newsletter does
    not ask for.
    """
    plain = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in name)
    line = " ".join(plain.split())
    if not folded(line):
        raise LibraryError("say who approves: --by NAME, or the field reviewer")
    if len(line) > MAX_NAME:
        raise LibraryError(f"the reviewer's name is longer than {MAX_NAME} characters")
    roles = newsletter.approvals
    asked = role.strip().lower() or (roles[0] if len(roles) == 1 else "")
    if asked not in roles:
        listed = ", ".join(roles)
        said = f"{role.strip()[:MAX_NAME]!r} is no role" if role.strip() else "say in which role"
        raise LibraryError(f"{said}; {newsletter.slug} asks for: {listed} (--as ROLE)")
    return Reviewer(line, asked, channel, run_id)


def refuse_faults(press: Press, series: str, issues: Sequence[Issue]) -> None:
    """Raises NotApprovable where something keeps these issues from readers."""
    if faults := open_faults(press, series, {issue.number for issue in issues}):
        raise NotApprovable(f"{series} has {words_for(faults, series)}")


def say_yes(
    connection: Connection,
    newsletter: Newsletter,
    issues: Sequence[Issue],
    who: Reviewer,
    now: datetime,
) -> None:
    """Records this person's yes to each issue, once; one that has run out is renewed.

    Raises NotApprovable where an issue is rejected, or where the person has spoken for another
    role: call it in a transaction that ends then.
    """
    for issue in issues:
        series, number = issue.audience.series, issue.number
        if rejection := rejection_of(connection, issue.content_hash):
            clause = rejected(series, number, rejection)
            raise NotApprovable(f"{series}: part {number} {clause}")
        given = approvals_of(connection, issue.content_hash)
        own = [yes for yes in given if folded(yes.reviewer) == folded(who.name)]
        counted = [yes for yes in own if yes.role in newsletter.approvals]
        if counted and counted[0].role != who.role:
            raise NotApprovable(
                f"{series}: {counted[0].reviewer} has approved part {number} as "
                f"{counted[0].role}; another person must approve it as {who.role}"
            )
        yes = Approval(issue.content_hash, who.name, who.channel, now, who.run_id, who.role)
        is_good = standing(counted, (who.role,), newsletter.approval_lasts, now).approved_at
        if own and not is_good:
            renew_approval(connection, yes)
        elif not own:
            save_approval(connection, yes)


def object_to(
    connection: Connection,
    issues: Sequence[Issue],
    who: Reviewer,
    kind: No,
    notes: str,
    *,
    now: datetime,
) -> None:
    """Records this person's no to each issue, with the notes. Raises LibraryError: they are long.

    What was approved stays on record, and is not published while it stands rejected.
    """
    kept = plain_notes(notes)
    for issue in issues:
        save_objection(
            connection,
            Objection(
                issue.content_hash, kind, who.name, who.role, kept, who.channel, now, who.run_id
            ),
        )


def plain_notes(notes: str) -> str:
    """Notes with their lines, and without what is no letter. Raises LibraryError: too long."""
    if len(notes) > MAX_NOTES:
        raise LibraryError(
            f"the notes have {len(notes)} characters, more than {MAX_NOTES}; shorten them"
        )
    lines = notes.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    shown = (
        "".join(" " if unicodedata.category(c)[0] == "C" else c for c in line) for line in lines
    )
    return "\n".join(line.rstrip() for line in shown).strip()
