"""The command that removes what is too old."""

import os
from typing import TYPE_CHECKING

from partwork.cli.terminal import (
    DONE,
    REFUSED,
    RUNNING,
    AsJson,
    Flag,
    app,
    err,
    out,
    press_of_home,
    print_json,
    print_rows,
    say_refused,
    utc_now,
)

if TYPE_CHECKING:
    from partwork.actions.pruning import Pruned


@app.command(group=RUNNING, sort_key=8)
def prune(*, dry_run: Flag = False, as_json: AsJson = False) -> int:
    """Remove what is too old to be kept: sign-ups never confirmed, words of what came back, files.

    As the flow of this name does every day; after how many days, the settings PARTWORK_FORGET_…
    say. Nobody who left comes back by it. Where PREFECT_API_URL names a server, the old runs of
    Partwork there go too.

    Example: partwork prune --dry-run

    Parameters
    ----------
    dry_run
        Remove nothing, and tell what would be removed.
    as_json
        Print how much of what as JSON.
    """
    from partwork.actions.pruning import prune as remove_old

    with press_of_home() as press:
        now = utc_now()
        pruned = remove_old(press, now, dry_run=dry_run)
        if os.environ.get("PREFECT_API_URL"):  # else Prefect is not even imported
            from partwork.orchestration.history import with_runs

            pruned = with_runs(pruned, now, press.settings.forget_runs)
    if as_json:
        print_json(pruned)
    else:
        _tell(pruned)
    for note in pruned.notes:
        say_refused(note)
    return REFUSED if pruned.notes else DONE


def _tell(pruned: "Pruned") -> None:
    rows = [(what, str(count)) for what, count in pruned.counts.items() if count]
    if not rows:
        out.print("nothing is too old")
        return
    print_rows(("what", "would be removed" if pruned.is_dry_run else "removed"), rows)
    if pruned.is_dry_run:
        err.print("Nothing was removed: `partwork prune` does it")
