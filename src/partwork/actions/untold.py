"""Issues that were held, by whichever process, and of which nobody outside was told yet."""

from datetime import datetime

from partwork.actions.guarding import RECENT, Held
from partwork.assembly import Press
from partwork.store.engine import read_only
from partwork.store.issues import load_issue
from partwork.store.stops import held_since
from partwork.store.telling import tell_first, told_at


def take_untold(press: Press, now: datetime) -> tuple[Held, ...]:
    """Those that are held and were not told before; whoever takes them tells them.

    The web app holds issues too, and so does a command: no process tells only what it held itself.
    Each hold is taken once, whoever asks and by whatever clock. What has been held for longer than
    a week is no news. Raises StoreError.
    """
    with read_only(press.engine) as connection:
        untold = {
            _about(content_hash, stop.at): (load_issue(connection, content_hash), stop)
            for content_hash, stop in held_since(connection, now - RECENT).items()
            if not told_at(connection, _about(content_hash, stop.at))
        }
    taken = []
    for about, (issue, stop) in untold.items():
        with press.engine.begin() as connection:
            is_ours = tell_first(connection, about, now)
        if is_ours and issue:
            taken.append(Held(issue.name, issue.audience.newsletter, stop.reason))
    return tuple(taken)


def _about(content_hash: str, since: datetime) -> str:
    """One hold among all of an issue's: it may be resumed, and held again."""
    return f"event held {content_hash} {since.isoformat()}"
