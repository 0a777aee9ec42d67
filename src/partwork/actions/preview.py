"""Instalments → draft issues, stored, and files to look at."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from partwork.actions.clicks import as_mailed
from partwork.actions.loading import load_articles, load_newsletter, load_series
from partwork.actions.logo import logo_of
from partwork.actions.media import album_of, media_url, with_pictures_beside
from partwork.actions.report import has_public_url
from partwork.assembly import Press
from partwork.delivering.message import message_bytes, message_id
from partwork.delivering.segments import filled
from partwork.library import LibraryError
from partwork.model.address import Mailbox
from partwork.model.delivery import Envelope
from partwork.model.issue import Issue, MergeField
from partwork.model.newsletter import Newsletter
from partwork.rendering.fields import Site
from partwork.rendering.finding import Check
from partwork.rendering.issue import Draft, rendered
from partwork.rendering.layout import look_of
from partwork.rendering.preflight import preflight
from partwork.store.issues import drop_drafts, save_draft

SAMPLE_READER = "reader@example.org"


@dataclass(frozen=True, slots=True)
class Previewed:
    """A draft, what was looked at in it and in its part, and the folder with mail.html, mail.txt,
    mail.eml and page.html.
    """

    issue: Issue
    folder: Path
    checks: tuple[Check, ...]


def preview(press: Press, series: str, part: int | None, now: datetime) -> tuple[Previewed, ...]:
    """Renders and stores the drafts of a series, or of one part, and writes their previews.

    Drafts of parts whose files are gone are forgotten.
    """
    newsletter, drafts = _drafts(press, series, part)
    shown = tuple(_written(press, newsletter, *draft, now) for draft in drafts)
    there = {instalment.id for instalment in load_series(press, series).instalments}
    with press.engine.begin() as connection:
        for draft, _ in drafts:
            save_draft(connection, draft.issue, now, marked=draft.marked)
        drop_drafts(connection, series, there)
    return shown


def drafts_of(press: Press, series: str, part: int | None) -> tuple[Newsletter, tuple[Issue, ...]]:
    """The issues that the files of a series give now, in order; nothing is stored."""
    newsletter, drafts = _drafts(press, series, part)
    return newsletter, tuple(draft.issue for draft, _ in drafts)


def site_of(press: Press, newsletter: str) -> Site:
    """What a newsletter's issues link to and show; no pages where no public address is set.

    The links are in what is approved: after a change of the address parts are approved anew.
    """
    if not has_public_url(press):
        return Site(media_url=media_url(press))
    base = press.settings.public_url
    archive = f"{base}/newsletters/{newsletter}/archive"
    return Site(f"{base}/parts", archive, f"{base}/leave", media_url(press))


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


def _drafts(
    press: Press, series: str, part: int | None
) -> tuple[Newsletter, tuple[tuple[Draft, Check], ...]]:
    """The drafts, each with what of its part does not look as it was written."""
    whole = load_series(press, series)
    newsletter = load_newsletter(press, whole.newsletter)
    logo = logo_of(press, newsletter, whole)
    articles = load_articles(press, whole.articles)
    templates = press.library.templates()
    wanted = [i for i in whole.instalments if part is None or i.number == part]
    if not wanted:
        there = ", ".join(str(i.number) for i in whole.instalments) or "none"
        raise LibraryError(f"{series} has no part {part or ''}".rstrip() + f"; it has {there}")
    album = album_of(press, [name for i in wanted for name in i.pictures])
    drafts = (
        rendered(
            i,
            whole,
            newsletter,
            articles,
            templates,
            site=site_of(press, newsletter.slug),
            logo=logo,
            pictures=album.pictures,
        )
        for i in wanted
    )
    looks = (look_of(i, album.left_out) for i in wanted)
    return newsletter, tuple(zip(drafts, looks, strict=True))


def _written(
    press: Press, newsletter: Newsletter, draft: Draft, look: Check, now: datetime
) -> Previewed:
    issue = draft.issue
    folder = preview_folder(press, issue)
    fields = sample_fields(press, issue)
    library = press.library
    html = filled(issue.html, fields, html=True)
    library.write(folder / "mail.html", with_pictures_beside(press, html, folder))
    library.write(folder / "mail.txt", filled(issue.text, fields, html=False))
    library.write(folder / "page.html", with_pictures_beside(press, issue.page, folder))
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
    checks = preflight(
        issue,
        newsletter,
        notices=draft.notices,
        ending=draft.ending,
        mailed=as_mailed(press, issue, newsletter).html,
    )
    return Previewed(issue, folder, (*checks, look))
