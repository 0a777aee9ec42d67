"""Which of an issue's lanes is the last: that nothing is left to send is told by it, once."""

from partwork.actions.issue_named import issue_named
from partwork.actions.send import SendReport
from partwork.assembly import Press
from partwork.store.pacing import clock_of
from partwork.store.telling import tell_first


def is_last_of_all(press: Press, report: SendReport) -> bool:
    """Whether nothing of the issue is left to send now, and this lane is the first to know.

    Each lane counts after its own last reply is noted: so the one that notes the last of all sees
    that none is left, and where two see it, the ledger has one of them tell. More may come due
    later, put off or planned anew: with more accepted than before it is another end.
    """
    standing = report.tally
    took_part = report.sent or report.waited
    if report.stopped or standing.pending or not standing.accepted or not took_part:
        return False
    about = f"sent {issue_named(press, report.issue).content_hash} {standing.accepted}"
    with press.engine.begin() as connection:
        return tell_first(connection, about, clock_of(connection))
