"""Which parts and issues draw on an article, and how far each has gone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from partwork.actions.loading import load_article
from partwork.actions.revising import OnFile, parts_on_file
from partwork.assembly import Press
from partwork.manuscript.series import parse_series
from partwork.model.errors import PartworkError
from partwork.model.issue import Issue
from partwork.store.campaigns import first_due_at
from partwork.store.corrections import revision_of
from partwork.store.engine import read_only
from partwork.store.issues import approvals_of, current_drafts, is_published, load_issue
from partwork.store.ledger import tally
from partwork.store.sources import issues_drawing_on, issues_of_part


@dataclass(frozen=True, slots=True)
class Use:
    """A part or an issue that draws on an article.

    `issue` is its name, "" for a part that was never rendered. `state` is written, draft, approved,
    published, or corrected for what another has taken the place of. `sent` counts readers whose
    server has accepted it; `published_at` is its first slot, and `url` where it is read.
    """

    series: str
    number: int
    title: str
    issue: str
    state: str
    sent: int = 0
    published_at: datetime | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Uses:
    """All uses of an article; series that name it among their articles; files that are broken.

    What a series draws on whose files cannot be read is known of its issues alone.
    """

    article: str
    uses: tuple[Use, ...]
    series: tuple[str, ...]
    problems: tuple[str, ...] = ()


def uses_of(press: Press, article: str) -> Uses:
    """Every part and issue that draws on the article, by series and number.

    What an issue draws on was noted when it was rendered; of issues from before that was noted, it
    is what their parts' files say. Raises LibraryError where there is no such article and none ever
    was drawn on.
    """
    drawing, problems = parts_drawing_on(press, article)
    hashes = hashes_drawing_on(press, article)
    if not (drawing or hashes):
        load_article(press, article)
    found = [use for one in hashes if (use := _of_issue(press, one))]
    for series, part in drawing:
        if article in part.part.articles:
            found += _of_part(press, series, part)
    ordered = sorted(set(found), key=lambda use: (use.series, use.number, use.issue))
    named = series_naming(press, article)
    return Uses(article, tuple(ordered), named, problems)


def parts_drawing_on(
    press: Press, article: str
) -> tuple[tuple[tuple[str, OnFile], ...], tuple[str, ...]]:
    """The parts on file that cite it, now or as composed, with their series; and what is broken."""
    found: list[tuple[str, OnFile]] = []
    problems: list[str] = []
    for slug in press.library.series_slugs():
        try:
            parts = parts_on_file(press, slug)
        except PartworkError as error:
            problems.append(str(error))
            continue
        found += [(slug, one) for one in parts if _cites(one, article)]
    return tuple(found), tuple(problems)


def hashes_drawing_on(press: Press, article: str) -> tuple[str, ...]:
    """The content hashes of all issues that draw on it, as noted or as their parts' files say."""
    drawing, _ = parts_drawing_on(press, article)
    with read_only(press.engine) as connection:
        found = list(issues_drawing_on(connection, article))
        for _, part in drawing:
            issues = issues_of_part(connection, part.part.id)
            found += [one for one, is_noted in issues.items() if not is_noted]
    return tuple(dict.fromkeys(found))


def series_naming(press: Press, article: str) -> tuple[str, ...]:
    """The series that have the article among those they are composed of, by name."""
    found = []
    for slug in press.library.series_slugs():
        file = press.library.series_folder(slug) / "series.toml"
        try:
            named = parse_series(press.library.read(file), slug, press.library.shown(file)).articles
        except PartworkError:
            continue  # `parts_drawing_on` or `partwork check` tells of it
        found += [slug] if article in named else []
    return tuple(found)


def _cites(one: OnFile, article: str) -> bool:
    return article in one.part.articles or f"@{article}#" in one.base


def _of_issue(press: Press, content_hash: str) -> Use | None:
    """What was published; drafts are told of by their parts."""
    with read_only(press.engine) as connection:
        issue = load_issue(connection, content_hash)
        if issue is None or not is_published(connection, content_hash):
            return None
        stands = tally(connection, content_hash)
        is_corrected = bool(revision_of(connection, content_hash))
        due_at = first_due_at(connection, content_hash)
    is_read = not is_corrected and issue.instalment and press.has_pages
    return Use(
        issue.audience.series,
        issue.number,
        issue.title,
        issue.name,
        "corrected" if is_corrected else "published",
        stands.accepted + stands.bundled,
        due_at,
        f"{press.pages_url}/parts/{issue.instalment}" if is_read else "",
    )


def _of_part(press: Press, series: str, one: OnFile) -> Iterator[Use]:
    """The part's current draft, if it is not published; the part itself where there is none."""
    part = one.part
    with read_only(press.engine) as connection:
        drafts = [d for d in current_drafts(connection, series) if d.instalment == part.id]
        waiting: list[Issue] = [d for d in drafts if not is_published(connection, d.content_hash)]
        approved = {d.name for d in waiting if approvals_of(connection, d.content_hash)}
    for draft in waiting:
        state = "approved" if draft.name in approved else "draft"
        yield Use(series, part.number, part.title, draft.name, state)
    if not drafts and not one.is_published:
        yield Use(series, part.number, part.title, "", "written")
