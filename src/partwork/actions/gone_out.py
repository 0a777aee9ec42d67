"""Parts that readers have already."""

from collections.abc import Iterable

from partwork.assembly import Press
from partwork.model.issue import Issue
from partwork.store.corrections import waiting_corrections
from partwork.store.engine import read_only
from partwork.store.issues import published_instalments


def gone_out(press: Press, series: str, issues: Iterable[Issue]) -> str:
    """Which of a series' issues are of parts published before, in words; nothing if none is.

    A part goes out once: what is rendered or approved of it later reaches nobody who has it, unless
    it is corrected.
    """
    with read_only(press.engine) as connection:
        published = published_instalments(connection, series)
        corrected = {one.instalment for one in waiting_corrections(connection, series)}
    numbers = [str(i.number) for i in issues if i.instalment in published.keys() - corrected]
    if not numbers:
        return ""
    if len(numbers) == 1:
        return f"part {numbers[0]} was published before; who has it keeps it as it was sent"
    listed = ", ".join(numbers)
    return f"parts {listed} were published before; who has them keeps them as they were sent"
