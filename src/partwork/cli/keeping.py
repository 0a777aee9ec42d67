"""Commands that put a home away, bring it back, and bring it to this version."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from partwork.cli.terminal import (
    DONE,
    RUNNING,
    AsJson,
    Flag,
    app,
    counted,
    err,
    out,
    press_of_home,
    print_json,
    progress_bar,
    settings_of_home,
    utc_now,
)


@app.command(group=RUNNING, sort_key=6)
def backup(file: Path | None = None) -> int:
    """Write database, content, pictures, keys and suppression log into one file.

    It holds addresses and keys, and only its owner may read it: keep it as safe as both. Nothing
    has to stop meanwhile. What stands in .env is not in it.

    Example: partwork backup /mnt/safe/partwork-monday.zip

    Parameters
    ----------
    file
        Where; a dated file in .partwork/backups where none is named.
    """
    from partwork.actions.backup import backup as put_away

    with press_of_home() as press, progress_bar("writing") as progress:
        report = put_away(press, file, utc_now(), progress)
    out.print(report.file)
    err.print(f"{counted(report.rows, 'row')} and {counted(report.files, 'file')}")
    if not report.has_keys:
        err.print(
            "PARTWORK_HASH_KEY and PARTWORK_SECRET are in your environment, not in the backup: "
            "keep them too"
        )
    return DONE


@app.command(group=RUNNING, sort_key=7)
def restore(file: Path, *, replace: Annotated[Flag, Parameter(negative="")] = False) -> int:
    """Make home and database what a backup holds; whoever left since then stays away.

    The database may be of the other kind: SQLite's backup fills PostgreSQL, and the other way
    round. Nobody knows what was sent after the backup: deliveries that were open then are in doubt
    now, for `partwork reconcile`, and parts that had not gone out have to be approved again.
    Stop `partwork web`, workers and sends before.

    Example: partwork restore partwork-monday.zip

    Parameters
    ----------
    file
        What `partwork backup` wrote.
    replace
        Put aside what is there already (in PostgreSQL: drop it).
    """
    from partwork.actions.restore import restore as bring_back

    with progress_bar("reading") as progress:
        report = bring_back(settings_of_home(), file, utc_now(), replace=replace, progress=progress)
    out.print(
        f"restored {counted(report.rows, 'row')} and {counted(report.files, 'file')} "
        f"of {report.made_at:%Y-%m-%d %H:%M} UTC"
    )
    for path in report.aside:
        out.print(f"what was there before: {path}")
    if report.in_doubt:
        out.print(
            f"mails that may have left since then: {report.in_doubt}; `partwork status` lists the "
            "issues, and `partwork reconcile` decides"
        )
    if report.approvals_lost:
        out.print(
            f"{counted(report.approvals_lost, 'approval')} of parts that had not gone out by then, "
            "or that a course goes on sending, must be given again; look first whether they went "
            "out since"
        )
    if report.missing_log is not None:
        out.print(
            f"no suppression log was at {report.missing_log}: whoever left or was erased after the "
            "backup is back; if you have the log of then, put it there and restore again with "
            "--replace"
        )
    if report.dead_links:
        out.print("PARTWORK_SECRET is another: links in mails that are out do not work with it")
    return DONE


@app.command(group=RUNNING, sort_key=10)
def renew(
    *, replace: Annotated[Flag, Parameter(negative="")] = False, as_json: AsJson = False
) -> int:
    """Make flows, prefect.yaml and templates of the home what this version of Partwork has.

    For an upgrade, before deploying; `partwork up` does it as it starts. What nobody has edited is
    made new. What was edited stays, and this version's lies beside it as FILE.new, once: take over
    what it has, then remove it.

    Example: partwork renew

    Parameters
    ----------
    replace
        Put aside what was edited too, under a name with the date, and take this version's.
    as_json
        Print what became of the files as JSON.
    """
    from partwork.actions.renew import renew as make_new
    from partwork.library import Library
    from partwork.packaged import packaged_home

    library = Library(settings_of_home().home, packaged_home())
    library.demand_home()
    renewal = make_new(library, utc_now(), replace=replace)
    if as_json:
        print_json(renewal)
        return DONE
    for line in renewal.words:
        out.print(line)
    if renewal.written or renewal.removed:
        err.print("Deploy again where a Prefect server of your own runs the flows")
    elif not renewal.words:
        out.print("nothing to renew: all of it is as this version has it, or edited")
    return DONE
