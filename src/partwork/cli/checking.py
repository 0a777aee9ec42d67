"""Commands for editors and reviewers: what is wrong with a series, and what it claims."""

import sys
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from partwork.cli.terminal import (
    DONE,
    REFUSED,
    WRITING,
    AsJson,
    app,
    counted,
    out,
    press_of_home,
    print_json,
)
from partwork.model.fault import Severity


@app.command(group=WRITING, sort_key=8)
def check(*paths: Path, as_json: AsJson = False) -> int:
    """List what is wrong with a series, by file and line: evidence, voice, rights, links, size.

    A fault keeps its part from being published; a notice does not. What an editor signed off in
    the Markdown, `<!-- ok: rule, who, why -->`, is told as a notice.

    Files that cannot be read are faults, too; without a path all articles, newsletters and rules
    of the home are tried.

    Example: partwork check better-sleep

    Parameters
    ----------
    paths
        Names of series, or files of parts; all series where none is named.
    as_json
        Print the findings as JSON.
    """
    from partwork.actions.check import check as find_faults

    with press_of_home() as press:
        faults = find_faults(press, paths)
    if as_json:
        print_json(faults)
    for fault in () if as_json else faults:
        place = f"{fault.file}:{fault.line}" if fault.line else fault.file
        out.print(f"{place}: {fault.severity} [{fault.rule}] {fault.message}")
    blocking = sum(fault.severity is Severity.FAULT for fault in faults)
    if not as_json:
        notices = counted(len(faults) - blocking, "notice")
        out.print(f"{counted(blocking, 'fault')}, {notices}")
    return REFUSED if blocking else DONE


@app.command(group=WRITING, sort_key=8)
def claims(
    series: str,
    *,
    out_file: Annotated[Path | None, Parameter("--out")] = None,
) -> int:
    """Print the claims sheet of a series: what a medical reviewer reads and ticks, as Markdown.

    Every figure, every effect, every statement of safety and everybody's words, each with its
    part and line, what its source says, and a link to it.

    Example: partwork claims better-sleep --out claims.md

    Parameters
    ----------
    series
        Its name.
    out_file
        A file to write it to instead; one that is there is not overwritten.
    """
    from partwork.actions.claims import claims_markdown, claims_of, write_claims

    with press_of_home() as press:
        sheet = claims_of(press, series)
        if out_file is None:
            sys.stdout.write(claims_markdown(sheet))
        else:
            write_claims(press, sheet, out_file)
            out.print(f"{out_file}: {counted(len(sheet.claims), 'claim')} to review")
    return DONE
