"""An editor's yes, bound to exactly what was rendered."""

from datetime import datetime

from partwork.actions.check import open_faults, words_for
from partwork.actions.preview import drafts_of, mails_of
from partwork.assembly import Press
from partwork.library import LibraryError
from partwork.model.errors import PartworkError
from partwork.model.issue import Approval, Issue
from partwork.store.corrections import waiting_corrections
from partwork.store.engine import read_only
from partwork.store.issues import current_drafts, save_approval


class NotApprovable(PartworkError):
    """What is in the files is not what was shown, or has faults."""


def approve(
    press: Press,
    series: str,
    part: int | None,
    *,
    reviewer: str,
    channel: str,
    now: datetime,
    run_id: str = "",
) -> tuple[Issue, ...]:
    """Approves the drafts of a series, or of one part, by their content hash.

    Behind them come the mails about corrections that wait, each with an approval of its own.

    Raises NotApprovable when a part was changed since it was last rendered, was never rendered,
    or has open faults: nothing is approved then.
    """
    if not reviewer.strip():
        raise LibraryError("say who approves: --by NAME")
    _, issues = drafts_of(press, series, part)
    issues = (*issues, *mails_of(press, series, part))
    with read_only(press.engine) as connection:
        seen = {draft.content_hash for draft in current_drafts(connection, series)}
        seen |= {one.mail for one in waiting_corrections(connection, series)}
    unseen = [issue for issue in issues if issue.content_hash not in seen]
    if unseen:
        numbers = ", ".join(str(issue.number) for issue in unseen)
        raise NotApprovable(
            f"{series}: part {numbers} is not what was last previewed; "
            f"read it again with `partwork preview {series}`, then approve"
        )
    _refuse_faults(press, series, issues)
    with press.engine.begin() as connection:
        for issue in issues:
            save_approval(
                connection, Approval(issue.content_hash, reviewer.strip(), channel, now, run_id)
            )
    return issues


def _refuse_faults(press: Press, series: str, issues: tuple[Issue, ...]) -> None:
    if faults := open_faults(press, series, {issue.number for issue in issues}):
        raise NotApprovable(f"{series} has {words_for(faults, series)}")
