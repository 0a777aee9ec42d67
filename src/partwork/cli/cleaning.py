"""Commands for editors: from raw texts to clean articles."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from partwork.cli.terminal import (
    DONE,
    REFUSED,
    STANDARD_INPUT,
    WRITING,
    AsJson,
    WrongUse,
    app,
    counted,
    err,
    out,
    press_of_home,
    print_json,
    progress_bar,
    read_standard_input,
    say_again,
    say_nothing_left,
    say_refused,
    shown,
    utc_now,
)
from partwork.model.article import Rights

if TYPE_CHECKING:
    from partwork.actions.ingest import IngestReport


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
    from partwork.actions.pasting import save_piped
    from partwork.fetching.addresses import is_url

    if "" in sources:
        raise WrongUse("an empty argument names no source; leave it out for all of the inbox")
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
        print_json(_data_of(report))
    else:
        _say(report)
    for made in report.articles:
        if not made.cleaned.article.blocks:
            say_nothing_left(made.cleaned.article.slug)
    for twin in report.twins:
        err.print(
            f"{twin.article}: says what the article {twin.twin_of} says; to have it once, remove "
            f"content/articles/{twin.article}.md and content/inbox/{twin.raw}"
        )
    for refused in report.refused:
        say_refused(refused.message)
    return REFUSED if report.refused else DONE


@app.command(group=WRITING, sort_key=2)
def clean(
    file: Annotated[str, Parameter(show_default=False)] = "",
    *,
    output: Annotated[Literal["markdown", "json"], Parameter(name="--format")] = "markdown",
    site: str | None = None,
) -> int:
    """Clean one raw text or page to stdout, nothing stored; or a site's articles once more.

    Example: partwork clean page.html --format json

    Parameters
    ----------
    file
        A file; - is standard input, as is leaving it out.
    output
        json has every block that was read, with its verdict and reason (docs/formats.md).
    site
        Clean the articles of this site again that are in content/articles: they lose what later
        ones showed to come back, and obey rules made since. Hand edits are left alone.
    """
    if site is not None:
        if file:
            raise WrongUse("clean takes a file or --site, not both")
        _clean_site(site, as_json=output == "json")
        return DONE
    from partwork.actions.clean import clean as clean_raw
    from partwork.fetching.addresses import is_url
    from partwork.library import Library
    from partwork.packaged import packaged_home

    if is_url(file):
        raise WrongUse(f"{file}: clean reads files; `partwork ingest URL` fetches a page")
    if file in {"", str(STANDARD_INPUT)}:
        raw, name = read_standard_input(), "standard input"
    else:
        path = Path(file)
        raw, name = Library(Path.cwd(), packaged_home()).read_raw(path), shown(path.name)
    text = clean_raw(raw, name)
    sys.stdout.write(text.as_json + "\n" if output == "json" else text.markdown)
    if not text.result.article.blocks:
        err.print(f"{name}: nothing is left of it; --format json tells what went and why")
    return DONE


def _clean_site(site: str, *, as_json: bool) -> None:
    from partwork.actions.clean_again import clean_site

    with press_of_home() as press, progress_bar("cleaning") as progress:
        done = clean_site(press, site, progress)
    if as_json:
        print_json(done)
        return
    say_again(done)
    if done.same:
        out.print(f"{counted(len(done.same), 'article')} as clean as before")


def _data_of(report: "IngestReport") -> dict[str, object]:
    articles = [
        {
            "article": made.cleaned.article.slug,
            "title": made.cleaned.article.title,
            "lines_kept": made.lines_kept,
            "lines_removed": made.lines_removed,
            "removals": made.cleaned.removals,
        }
        for made in report.articles
    ]
    return {
        "articles": articles,
        "unchanged": report.unchanged,
        "updated": report.updated,
        "given": report.given,
        "twins": report.twins,
        "refused": report.refused,
        "would_be_cleaner": report.would_be_cleaner,
    }


def _say(report: "IngestReport") -> None:
    for made in report.articles:
        article = made.cleaned.article
        told = [f"{counted(made.lines_kept, 'line')} kept", f"{made.lines_removed} removed"]
        if flagged := sum(1 for block in article.blocks if block.flag):
            told.append(f"{flagged} flagged")
        if article.title_is_made:
            told.append("no title found, so one was made")
        if not article.byline and article.published_on is None:
            told.append("no author or date found")
        out.print(f"{article.slug}: {', '.join(told)}")
    for slug, given in report.given.items():
        out.print(f"{slug}: {' and '.join(given)}")
    if report.unchanged:
        out.print(f"already there: {', '.join(report.unchanged)}")
    if not (report.articles or report.unchanged or report.updated or report.refused):
        out.print("the inbox (content/inbox) is empty: nothing to clean")
    for place, slugs in report.would_be_cleaner.items():
        out.print(
            f"earlier articles of {place} would lose lines that come back: {', '.join(slugs)}; "
            f"`partwork clean --site {shlex.quote(place)}` takes them out"
        )
