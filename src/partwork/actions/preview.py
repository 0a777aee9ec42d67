"""Instalments → draft issues, stored, and files to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from partwork.actions.loading import load_articles, load_newsletter, load_series
from partwork.actions.report import has_public_url
from partwork.assembly import Press
from partwork.delivering.message import filled, message_bytes, message_id
from partwork.library import LibraryError
from partwork.model.address import Mailbox
from partwork.model.delivery import Envelope
from partwork.model.issue import Issue, MergeField
from partwork.model.series import Newsletter
from partwork.rendering.issue import rendered
from partwork.rendering.preflight import Check, preflight
from partwork.store.issues import drop_drafts, save_draft

SAMPLE_READER = "reader@example.org"


@dataclass(frozen=True, slots=True)
class Previewed:
    """A draft, what preflight says of it, and the folder with mail.html, mail.txt, mail.eml and
    page.html.
    """

    issue: Issue
    folder: Path
    checks: tuple[Check, ...]


def preview(press: Press, series: str, part: int | None, now: datetime) -> tuple[Previewed, ...]:
    """Renders and stores the drafts of a series, or of one part, and writes their previews.

    Drafts of parts whose files are gone are forgotten.
    """
    newsletter, issues = drafts_of(press, series, part)
    shown = tuple(_written(press, newsletter, issue, now) for issue in issues)
    there = {instalment.id for instalment in load_series(press, series).instalments}
    with press.engine.begin() as connection:
        for issue in issues:
            save_draft(connection, issue, now)
        drop_drafts(connection, series, there)
    return shown


def drafts_of(press: Press, series: str, part: int | None) -> tuple[Newsletter, tuple[Issue, ...]]:
    """The issues that the files of a series give now, in order; nothing is stored."""
    whole = load_series(press, series)
    newsletter = load_newsletter(press, whole.newsletter)
    articles = load_articles(press, whole.articles)
    templates = press.library.templates()
    wanted = [i for i in whole.instalments if part is None or i.number == part]
    if not wanted:
        there = ", ".join(str(i.number) for i in whole.instalments) or "none"
        raise LibraryError(f"{series} has no part {part or ''}".rstrip() + f"; it has {there}")
    return newsletter, tuple(
        rendered(i, whole, newsletter, articles, templates, parts_url=parts_url(press))
        for i in wanted
    )


def parts_url(press: Press) -> str:
    """Under which address web versions stand by their parts' ids; none where no public one is set.

    The links are in what is approved: after a change of the address parts are approved anew.
    """
    return f"{press.settings.public_url}/parts" if has_public_url(press) else ""


def page_url(press: Press, issue: Issue) -> str:
    """Where the web version of an issue is read."""
    return f"{press.settings.public_url}/issues/{issue.name}"


def sample_fields(press: Press, issue: Issue) -> Mapping[MergeField, str]:
    """What merge fields are filled in with where nobody is sent the mail."""
    return {
        MergeField.ADDRESS: SAMPLE_READER,
        MergeField.UNSUBSCRIBE_URL: f"{press.settings.public_url}/u/preview",
        MergeField.PAGE_URL: page_url(press, issue),
    }


def preview_folder(press: Press, issue: Issue) -> Path:
    """Where the preview of a part is, whatever its words were."""
    return press.previews / issue.audience.series / f"{issue.number:02d}"


def _written(press: Press, newsletter: Newsletter, issue: Issue, now: datetime) -> Previewed:
    folder = preview_folder(press, issue)
    fields = sample_fields(press, issue)
    library = press.library
    library.write(folder / "mail.html", filled(issue.html, fields, html=True))
    library.write(folder / "mail.txt", filled(issue.text, fields, html=False))
    library.write(folder / "page.html", issue.page)
    message = message_bytes(
        issue,
        newsletter,
        Envelope(newsletter.sender.address, SAMPLE_READER),
        to=Mailbox("", SAMPLE_READER),
        fields=fields,
        message_id=message_id(0, issue.content_hash, newsletter.sender.address),
        date=now,
        demo=True,
    )
    library.write(folder / "mail.eml", message)
    return Previewed(issue, folder, preflight(issue, newsletter))
