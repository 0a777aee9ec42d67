"""Commands for editors: from raw articles to drafts."""

import sys
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.table import Table

from partwork.cli.terminal import (
    DONE,
    REFUSED,
    STANDARD_INPUT,
    WRITING,
    AsJson,
    Flag,
    Part,
    app,
    counted,
    err,
    out,
    press_of_home,
    print_json,
    progress_bar,
    read_standard_input,
    utc_now,
)
from partwork.model.article import Rights
from partwork.model.fault import Severity
from partwork.model.series import Division


@app.command(group=WRITING, sort_key=2)
def clean(
    file: Annotated[Path, Parameter(show_default=False)] = STANDARD_INPUT,
    *,
    output: Annotated[Literal["markdown", "json"], Parameter(name="--format")] = "markdown",
) -> int:
    """Clean one raw text or web page; the article goes to stdout, nothing is stored.

    Example: partwork clean page.html --format json

    Parameters
    ----------
    file
        A file; - is standard input, as is leaving it out.
    output
        json has every block that was read, with its verdict and reason (docs/formats.md).
    """
    from partwork.actions.clean import clean as clean_raw
    from partwork.library import Library
    from partwork.settings import packaged_home

    if file == STANDARD_INPUT:
        raw, name = read_standard_input(), "standard input"
    else:
        raw, name = Library(Path.cwd(), packaged_home()).read_raw(file), file.name
    text = clean_raw(raw, name)
    sys.stdout.write(text.as_json + "\n" if output == "json" else text.markdown)
    return DONE


@app.command(group=WRITING, sort_key=1)
def ingest(
    *sources: str, rights: Rights = Rights.UNKNOWN, site: str = "", as_json: AsJson = False
) -> int:
    """Read and clean raw articles into content/articles.

    Example: partwork ingest drafts/*.txt https://example.org/a-story --rights own

    Parameters
    ----------
    sources
        Files, folders, web addresses, - for standard input; all that is new in the inbox where
        none is named. A page that wants a login is not fetched: copy its text and pipe it in.
    rights
        What the sources allow; also for named sources that are there already.
    site
        Where pasted or saved texts come from, such as example.org: lines that come back over
        several articles of a site are its boilerplate. Web addresses say it themselves.
    as_json
        Print what became of each source as JSON.
    """
    from partwork.actions.ingest import ingest as ingest_sources
    from partwork.actions.ingest import save_piped
    from partwork.fetching.addresses import is_url

    urls = [source for source in dict.fromkeys(sources) if is_url(source)]
    paths = [Path(source) for source in dict.fromkeys(sources) if not is_url(source)]
    with press_of_home() as press, progress_bar("cleaning") as progress:
        named = [
            save_piped(press, read_standard_input(), utc_now()) if path == STANDARD_INPUT else path
            for path in paths
        ]
        report = ingest_sources(
            press, named, rights=rights, site=site, urls=urls, progress=progress, clock=utc_now
        )
    if as_json:
        print_json(
            {
                "articles": [
                    {
                        "article": a.cleaned.article.slug,
                        "title": a.cleaned.article.title,
                        "lines_kept": a.lines_kept,
                        "lines_removed": a.lines_removed,
                        "removals": a.cleaned.removals,
                    }
                    for a in report.articles
                ],
                "unchanged": report.unchanged,
                "updated": report.updated,
                "refused": report.refused,
            }
        )
    else:
        for made in report.articles:
            article = made.cleaned.article
            flagged = sum(1 for block in article.blocks if block.flag)
            marked = f", {flagged} flagged" if flagged else ""
            out.print(
                f"{article.slug}: {made.lines_kept} lines kept, {made.lines_removed} removed"
                f"{marked}",
                markup=False,
            )
        for slug in report.updated:
            given = f"rights are now {rights}" if rights is not Rights.UNKNOWN else ""
            out.print(f"{slug}: {' and '.join(filter(None, (given, site and f'site is {site}')))}")
        if report.unchanged:
            out.print(f"already there: {', '.join(report.unchanged)}")
        if not (report.articles or report.unchanged or report.updated or report.refused):
            out.print("the inbox (content/inbox) is empty: nothing to clean")
    for refused in report.refused:
        err.print(f"partwork: {refused.message}")
    return REFUSED if report.refused else DONE


@app.command(group=WRITING, sort_key=3)
def compose(
    series: str,
    *articles: str,
    title: str = "",
    newsletter: str = "",
    by: Division = Division.THEME,
    parts: int | None = None,
    why: Flag = False,
) -> int:
    """Compose articles into the instalments of a series.

    Example: partwork compose better-sleep why-we-lie-awake the-body-clock --title "Sleeping again"

    Parameters
    ----------
    series
        Its name, in small letters, digits and hyphens.
    articles
        Names of articles; those the series has, else all, where none is named.
    title
        The title subscribers see.
    newsletter
        The newsletter it belongs to; may be left out where there is only one.
    by
        One part for each theme, or one for each article.
    parts
        How many parts; as many as there are themes where it is left out.
    why
        List what was left out of the articles, and why.
    """
    from partwork.actions.compose import compose as compose_series

    with press_of_home() as press:
        report = compose_series(
            press,
            series,
            articles,
            title=title,
            newsletter=newsletter,
            division=by,
            parts=parts,
            now=utc_now(),
        )
        folder = press.library.shown(press.library.series_folder(series))
    table = Table("part", "title", "words", "sources", box=None, pad_edge=False)
    for part in report.series.instalments:
        words = sum(len(s.text.split()) for s in part.sentences)
        table.add_row(f"{part.number:02d}", part.title, str(words), str(len(part.articles)))
    out.print(table)
    for line in report.kept:
        err.print(f"kept {line}")
    for line in report.left_out if why else ():
        err.print(f"left out: {line}")
    if report.left_out and not why:
        err.print("Some sentences were left out; --why lists them with the reasons.")
    faults = [f for f in report.faults if f.severity is Severity.FAULT]
    written = counted(len(report.written), "part")
    out.print(f"{folder}: {written} written, {counted(len(faults), 'open fault')}")
    return DONE


@app.command(group=WRITING, sort_key=4)
def check(*paths: Path, as_json: AsJson = False) -> int:
    """List what is wrong with a series, by file and line: evidence, rights, links, size.

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


@app.command(group=WRITING, sort_key=5)
def preview(
    series: str,
    *,
    part: Part = None,
    open_: Annotated[bool, Parameter("--open", negative="")] = False,
) -> int:
    """Render the drafts of a series and write them to .partwork/previews.

    Example: partwork preview better-sleep --part 1 --open

    Parameters
    ----------
    series
        Its name.
    part
        One part alone, by its number.
    open_
        Show the first mail in the browser.
    """
    import webbrowser

    from partwork.actions.preview import preview as render_drafts

    with press_of_home() as press:
        shown = render_drafts(press, series, part, utc_now())
        for item in shown:
            folder = press.library.shown(item.folder)
            out.print(f"{item.issue.name}: {folder}/mail.html")
    if open_:
        webbrowser.open((shown[0].folder / "mail.html").as_uri())
    return DONE
