"""How far an issue is approved, by its newsletter's rule, and in words."""

from datetime import datetime, timedelta

from partwork.actions.loading import load_newsletter
from partwork.assembly import Press
from partwork.model.errors import PartworkError
from partwork.model.issue import EDITOR, Issue
from partwork.model.review import Objection, Standing, standing
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of
from partwork.store.reviews import rejection_of


def standing_of(press: Press, issue: Issue, now: datetime) -> Standing:
    """How far the issue is approved at that instant, whether or not it was rejected."""
    roles, lasts = _rule_of(press, issue.audience.newsletter)
    with read_only(press.engine) as connection:
        approvals = approvals_of(connection, issue.content_hash)
    return standing(approvals, roles, lasts, now)


def is_undecided(press: Press, issue: Issue, now: datetime) -> bool:
    """Whether a reviewer has still to say yes or no to it."""
    return not (_is_rejected(press, issue) or standing_of(press, issue, now).approved_at)


def is_approved(press: Press, issue: Issue, now: datetime) -> bool:
    """Whether every role has said yes to it, and nobody has rejected it since."""
    is_whole = standing_of(press, issue, now).approved_at is not None
    return is_whole and not _is_rejected(press, issue)


def state_of(press: Press, issue: Issue, now: datetime) -> str:
    """The same as a clause."""
    with read_only(press.engine) as connection:
        rejection = rejection_of(connection, issue.content_hash)
        approvals = approvals_of(connection, issue.content_hash)
    if rejection:
        return rejected(issue.audience.series, issue.number, rejection)
    state = standing_of(press, issue, now)
    if state.approved_at is None:
        return wanting(state)
    names = dict.fromkeys(f"{yes.reviewer} as {yes.role}" for yes in approvals)
    return f"is approved by {', '.join(names)}"


def wanting(state: Standing) -> str:
    """What an issue that is not approved waits for, as a clause."""
    missing = "" if state.missing == (EDITOR,) else f" as {', '.join(state.missing)}"
    clauses = [f"waits for approval{missing}"] if state.missing else []
    if state.ran_out:
        clauses.append(f"was approved as {', '.join(state.ran_out)}, and that has run out")
    return " and ".join(clauses)


def rejected(series: str, number: int, said: Objection) -> str:
    """That these words are not to be published, who says so, and how to go on, as a clause."""
    why = f" (“{' '.join(said.notes.split())}”)" if said.notes else ""
    return (
        f"was rejected by {said.reviewer} on {said.at:%Y-%m-%d}{why}; change it and preview it "
        f"again, or take that back: `partwork approve {series} --part {number} --take-back`"
    )


def said(objection: Objection) -> str:
    """A reviewer's no as a clause, the notes on one line."""
    notes = " ".join(objection.notes.split())
    why = f": “{notes}”" if notes else ""
    return f"was {objection.kind} by {objection.reviewer} on {objection.at:%Y-%m-%d}{why}"


def _is_rejected(press: Press, issue: Issue) -> bool:
    with read_only(press.engine) as connection:
        return rejection_of(connection, issue.content_hash) is not None


def _rule_of(press: Press, newsletter: str) -> tuple[tuple[str, ...], timedelta | None]:
    """The roles that a newsletter asks for, and how long a yes is good for."""
    try:
        found = load_newsletter(press, newsletter)
    except PartworkError:  # its file was saved by halves: the rest can be told all the same
        return (EDITOR,), None
    return found.approvals, found.approval_lasts
