"""Instalments → draft issues, stored, and files to look at."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from partwork.actions.clicks import as_mailed
from partwork.actions.loading import load_articles, load_newsletter, load_series
from partwork.actions.logo import logo_of
from partwork.actions.media import album_of, media_url, with_pictures_beside
from partwork.assembly import Press
from partwork.delivering.message import message_bytes, message_id
from partwork.delivering.segments import filled
from partwork.library import LibraryError
from partwork.model.address import Mailbox
from partwork.model.correction import Erratum
from partwork.model.delivery import Envelope
from partwork.model.issue import Issue, MergeField
from partwork.model.newsletter import Newsletter
from partwork.rendering.fields import Site
from partwork.rendering.finding import Check
from partwork.rendering.issue import Draft, rendered
from partwork.rendering.layout import look_of
from partwork.rendering.preflight import preflight
from partwork.store.corrections import errata_of, save_mail_draft, waiting_corrections
from partwork.store.engine import read_only
from partwork.store.issues import drop_drafts, save_draft, save_issue
from partwork.store.sources import save_sources

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

    Behind them come the mails about corrections that wait. Drafts of parts whose files are gone are
    forgotten.
    """
    newsletter, drafts = _drafts(press, series, part)
    mails = _mails(press, series, part)
    shown = tuple(_written(press, newsletter, d.draft, d.look, now) for d in (*drafts, *mails))
    there = {instalment.id for instalment in load_series(press, series).instalments}
    with press.engine.begin() as connection:
        for one in drafts:
            save_draft(connection, one.draft.issue, now, marked=one.draft.marked)
            save_sources(connection, one.draft.issue.content_hash, one.articles)
        for one in mails:
            save_issue(connection, one.draft.issue, now)
            save_sources(connection, one.draft.issue.content_hash, one.articles)
            save_mail_draft(connection, one.correction, one.draft.issue.content_hash)
        drop_drafts(connection, series, there)
    return shown


def drafts_of(press: Press, series: str, part: int | None) -> tuple[Newsletter, tuple[Issue, ...]]:
    """The issues that the files of a series give now, in order; nothing is stored."""
    newsletter, drafts = _drafts(press, series, part)
    return newsletter, tuple(one.draft.issue for one in drafts)


def approvable_of(
    press: Press, series: str, part: int | None
) -> tuple[Newsletter, tuple[Issue, ...]]:
    """What of a series, or one part, is read and approved: drafts, mails about corrections."""
    newsletter, issues = drafts_of(press, series, part)
    return newsletter, (*issues, *mails_of(press, series, part))


def mails_of(press: Press, series: str, part: int | None) -> tuple[Issue, ...]:
    """The mails about corrections that wait, as the files give them now; nothing is stored."""
    return tuple(one.draft.issue for one in _mails(press, series, part))


def site_of(press: Press, newsletter: str) -> Site:
    """What a newsletter's issues link to and show; no pages where no public address is set.

    The links are in what is approved: after a change of the address parts are approved anew. So
    none of them is an address that `partwork up` has found by itself, which may change at a start.
    """
    if not press.has_public_url:
        return Site(media_url=media_url(press))
    base = press.settings.public_url
    archive = f"{base}/newsletters/{newsletter}/archive"
    return Site(f"{base}/parts", archive, f"{base}/leave", media_url(press))


def page_url(press: Press, issue: Issue) -> str:
    """Where the web version of an issue is read."""
    return f"{press.pages_url}/issues/{issue.name}"


def sample_fields(press: Press, issue: Issue) -> Mapping[MergeField, str]:
    """What merge fields are filled in with where nobody is sent the mail."""
    return {
        MergeField.ADDRESS: SAMPLE_READER,
        MergeField.UNSUBSCRIBE_URL: f"{press.pages_url}/u/preview",
        MergeField.PAGE_URL: page_url(press, issue),
    }


def text_as_mailed(press: Press, issue: Issue) -> str:
    """An issue's text as a sample reader would get it."""
    return filled(issue.text, sample_fields(press, issue), html=False)


def preview_folder(press: Press, issue: Issue) -> Path:
    """Where the preview of a part is, whatever its words were; a correction's mail has its own."""
    kind = "-correction" if issue.is_correction_mail else ""
    return press.previews / issue.audience.series / f"{issue.number:02d}{kind}"


@dataclass(frozen=True, slots=True)
class _Made:
    """A draft, what of its part does not look as it was written, and what the part draws on.

    `correction` is the id of the one that a mail is about.
    """

    draft: Draft
    look: Check
    articles: tuple[str, ...]
    correction: str = ""


def _mails(press: Press, series: str, part: int | None) -> tuple[_Made, ...]:
    """The mail of each correction that waits and wants one, of parts that are there."""
    with read_only(press.engine) as connection:
        waiting = waiting_corrections(connection, series)
    wanted = {one.instalment: one for one in waiting if one.wants_mail}
    if not wanted:
        return ()
    numbers = {
        i.number: wanted[i.id]
        for i in load_series(press, series).instalments
        if i.id in wanted and part in {None, i.number}
    }
    return tuple(
        replace(_drafts(press, series, number, about=one.erratum)[1][0], correction=one.id)
        for number, one in numbers.items()
    )


def _drafts(
    press: Press, series: str, part: int | None, *, about: Erratum | None = None
) -> tuple[Newsletter, tuple[_Made, ...]]:
    """The drafts of the parts, or the mails about the erratum in them."""
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
    with read_only(press.engine) as connection:
        errata = errata_of(connection, [i.id for i in wanted])
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
            errata=errata.get(i.id, ()),
            correction=about,
        )
        for i in wanted
    )
    return newsletter, tuple(
        _Made(draft, look_of(i, album.left_out), i.articles)
        for i, draft in zip(wanted, drafts, strict=True)
    )


def _written(
    press: Press, newsletter: Newsletter, draft: Draft, look: Check, now: datetime
) -> Previewed:
    issue = draft.issue
    folder = preview_folder(press, issue)
    fields = sample_fields(press, issue)
    library = press.library
    html = filled(issue.html, fields, html=True)
    library.write(folder / "mail.html", with_pictures_beside(press, html, folder))
    library.write(folder / "mail.txt", text_as_mailed(press, issue))
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
        archive=site_of(press, newsletter.slug).archive_url,
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
