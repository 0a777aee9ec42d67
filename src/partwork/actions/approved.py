"""The issue of a part that may go out: its stored draft, if it is approved; else why not."""

from collections.abc import Mapping
from datetime import datetime

from partwork.actions.approval_state import rejected, wanting
from partwork.assembly import Press
from partwork.model.issue import Issue
from partwork.model.review import standing
from partwork.model.series import Instalment, Series
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts
from partwork.store.reviews import rejection_of


def approved_issue(press: Press, series: Series, part: Instalment, slot: datetime) -> Issue | str:
    """The stored draft of what the part's file says now, if approved in time; else why not.

    The part is rendered to compare it alone: what is mailed are the stored strings. Faults may
    be new since the approval: a source was changed, or its rights were. Every role that the
    newsletter asks for must have said yes, and be good at the slot.
    """
    # Looking at what is due finds nothing most of the time, and then needs none of these.
    from partwork.actions.check import open_faults, words_for  # noqa: PLC0415
    from partwork.actions.preview import drafts_of  # noqa: PLC0415

    newsletter, (rendered,) = drafts_of(press, series.slug, part.number)
    content_hash = rendered.content_hash
    with read_only(press.engine) as connection:
        drafts = [d for d in current_drafts(connection, series.slug) if d.instalment == part.id]
        was_approved = any(approvals_of(connection, draft.content_hash) for draft in drafts)
        same = [draft for draft in drafts if draft.content_hash == content_hash]
        approvals = approvals_of(connection, content_hash) if same else ()
        rejection = rejection_of(connection, content_hash)
    if rejection:
        return f"part {part.number} {rejected(series.slug, part.number, rejection)}"
    if was_approved and not approvals:
        return (
            f"part {part.number} was changed since it was approved; "
            f"`partwork preview {series.slug}`, then approve it again"
        )
    state = standing(approvals, newsletter.approvals, newsletter.approval_lasts, slot)
    if state.approved_at is None:
        return f"part {part.number} {wanting(state)}"
    if state.approved_at > slot:
        return f"part {part.number} was approved after its slot, and goes in the next one"
    if faults := open_faults(press, series.slug, {part.number}):
        return f"part {part.number} has {words_for(faults, series.slug)}"
    return same[0]


def published_elsewhere(
    series: Series, part: Instalment, published: Mapping[str, int]
) -> str | None:
    """Why a number may not go out again: its part went out, and its file is gone since."""
    there = {instalment.id for instalment in series.instalments}
    if any(number == part.number and id_ not in there for id_, number in published.items()):
        return (
            f"a part {part.number} was published before, and its file is gone; "
            "give this one the next free number if it is another text"
        )
    return None
