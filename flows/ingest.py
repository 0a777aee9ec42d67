"""The flow that brings raw articles in."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from prefect import State, flow, get_run_logger, runtime
from prefect.states import Completed, Failed
from pydantic import Field

from partwork.actions.clean import report_of
from partwork.actions.ingest import IngestReport
from partwork.actions.ingest import ingest as ingest_sources
from partwork.actions.pasting import save_paste
from partwork.actions.report import report_url
from partwork.assembly import Press, assemble
from partwork.library import LibraryError
from partwork.model.article import Rights
from partwork.model.errors import PartworkError
from partwork.orchestration.artifacts import bullets, escaped, leave_report
from partwork.orchestration.cleaning_report import cleaning_section
from partwork.orchestration.events import tell_ingested
from partwork.settings import Settings

# For another run on the same articles, which may have begun by itself: a guess.
PATIENCE = timedelta(minutes=10)


LONGEST_NAME = 50  # characters of a title, in a run's name


def run_name() -> str:
    """What the list of runs shows: where the sources come from, and a pasted text's title."""
    given = runtime.flow_run.parameters
    pasted = f"pasted “{called(given)}”" if given.get("text") else ""
    files = len(given.get("files") or [])
    named = f"{files} file{'s' if files > 1 else ''}" if files else ""
    urls = len(given.get("urls") or [])
    fetched = f"{urls} page{'s' if urls > 1 else ''}" if urls else ""
    return f"ingest {' and '.join(filter(None, (pasted, named, fetched))) or 'the inbox'}"


def called(given: Mapping[str, Any]) -> str:
    """The title of a pasted text: what the form says, else its first line if that is no markup."""
    text = str(given["text"]).strip()
    first_line = "" if text.startswith("<") else text.partition("\n")[0].strip("# \r")
    return (str(given.get("title") or "") or first_line or "untitled")[:LONGEST_NAME]


@flow(name="ingest", flow_run_name=run_name)
def ingest(  # noqa: PLR0917 Prefect passes what the form's fields are called
    text: str = Field(
        "",
        description="A raw article, pasted as it was found: plain text or HTML, up to 500 kB. "
        "A larger one goes into the inbox.",
    ),
    title: str = Field("", description="Title of the pasted text, if it has none."),
    files: list[str] = Field([], description="Names of files in the home's content/inbox."),
    urls: list[str] = Field(
        [],
        description="Addresses of web pages to fetch. A page that wants a login cannot be: paste "
        "its text above. Everybody here sees them, so none with a password or key in it.",
    ),
    site: str = Field(
        "",
        description="Where pasted texts and files come from, such as example.org: lines that come "
        "back in several articles of a site are its boilerplate. Web addresses say it themselves.",
    ),
    rights: Rights = Field(Rights.UNKNOWN, description="What the source allows."),
) -> State[Any]:
    """Turn raw articles into clean ones: boilerplate is taken out, with a reason for each line.

    Paste a text, name files of the inbox, or addresses of web pages; leave all empty to take what
    is new in the inbox. The report under *Artifacts* lists what was removed and why.

    Example: paste the page's text, choose rights *own*, run; the article is then in
    `content/articles/`.
    """
    try:
        with assemble(Settings()) as press:
            paths = [source_in(press.library.inbox, name) for name in files]
            if text.strip():
                paths.append(save_paste(press, text, title, datetime.now(UTC)))
            addresses = [url for url in dict.fromkeys(urls) if url.strip()]
            report = ingest_sources(
                press, paths, rights=rights, site=site, urls=addresses, patience=PATIENCE
            )
            links = report_links(press, report)
    except PartworkError as error:
        return Failed(message=str(error))
    tell_ingested(made.cleaned.article.slug for made in report.articles)
    leave_report("ingest", page(report, links), "What cleaning took out of each article, and why.")
    for refused in report.refused:
        get_run_logger().warning("refused %s", refused.message)
    return outcome(report)


def report_links(press: Press, report: IngestReport) -> dict[str, str]:
    """The signed address of each new article's report; none where no pages are known."""
    slugs = [made.cleaned.article.slug for made in report.articles if press.has_pages]
    return {slug: report_url(press, slug, datetime.now(UTC)) for slug in slugs}


def source_in(inbox: Path, name: str) -> Path:
    """The inbox's file of that name. A form must not read any other file of the server."""
    path = (inbox / name).resolve()
    if path.parent != inbox.resolve():
        raise LibraryError(f"{name!r} is not the name of a file in content/inbox; put it there")
    return path


def outcome(report: IngestReport) -> State[Any]:
    """Failed only where nothing came of it; else the state's name says that some were refused."""
    made, refused = len(report.articles), len(report.refused)
    known = len(report.unchanged) + len(report.updated)
    words = f"{made} new, {known} unchanged, {refused} refused"
    if not refused:
        return Completed(message=words)
    words += ": " + "; ".join(r.message for r in report.refused)
    if not made and not known:
        return Failed(message=words)
    return Completed(name="Some refused", message=words)


def page(report: IngestReport, links: Mapping[str, str]) -> str:
    """The cleaning report, as Markdown. `links` lead to the articles' pages, by slug."""
    lines = ["# Cleaning report\n\n"]
    for taken in report.articles:
        link = links.get(taken.cleaned.article.slug, "")
        lines.append(cleaning_section(report_of(taken.cleaned), link))
    if report.unchanged:
        lines.append(f"## There already\n\n{bullets(report.unchanged)}\n")
    if report.given:
        given = (f"{slug}: {' and '.join(words)}" for slug, words in report.given.items())
        lines.append(f"## Rights, site or source noted\n\n{bullets(given)}\n")
    if report.twins:
        twins = (f"{t.article} says what {t.twin_of} says" for t in report.twins)
        lines.append(
            "## Here twice\n\nTo have such a text once, remove one article from "
            f"`content/articles` and its source from `content/inbox`.\n\n{bullets(twins)}\n"
        )
    for site, slugs in report.would_be_cleaner.items():
        lines.append(
            f"## Would be cleaner now\n\nEarlier articles of {escaped(site)} have lines that come "
            f"back; `partwork clean --site NAME` takes them out.\n\n{bullets(slugs)}\n"
        )
    if report.refused:
        lines.append(f"## Refused\n\n{bullets(r.message for r in report.refused)}\n")
    return "".join(lines)
