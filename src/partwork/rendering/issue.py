"""Issues from instalments: what an editor approves and every subscriber is sent."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from partwork.model.address import Mailbox
from partwork.model.article import Article
from partwork.model.correction import Erratum
from partwork.model.issue import AudienceRule, Issue, Marked, MergeField, Stretch, by_itself
from partwork.model.newsletter import Newsletter
from partwork.model.picture import Logo, Picture
from partwork.model.series import Instalment, Series
from partwork.rendering.fields import NO_SITE, PartFields, Site, issue_fields
from partwork.rendering.foreign import gallery_of
from partwork.rendering.inline import one_line
from partwork.rendering.mjml import html_from
from partwork.rendering.phrases import WORDS
from partwork.rendering.pieces import passage_of, pieces_of
from partwork.rendering.shortening import Ending, beginning_of, ending_of, steps_in
from partwork.rendering.templates import filled
from partwork.rendering.words import spoken
from partwork.rendering.wrapping import tidied

# Gmail cuts a mail's HTML off at 102 kB, footer and all; addresses are still to be filled in.
WHOLE_BYTES = 99_000


@dataclass(frozen=True, slots=True)
class Draft:
    """An issue, and what is known of it only while it is made.

    `notices` are what its templates have to show. `ending` is where the mail ends early, None where
    it has all of its part. `marked` says what of it a bundle would have.
    """

    issue: Issue
    notices: tuple[str, ...]
    ending: Ending | None
    marked: Marked


def rendered(
    instalment: Instalment,
    series: Series,
    newsletter: Newsletter,
    articles: Mapping[str, Article],
    templates: Mapping[str, str],
    *,
    site: Site = NO_SITE,
    logo: Logo | None = None,
    pictures: Mapping[str, Picture] | None = None,
    errata: Sequence[Erratum] = (),
    correction: Erratum | None = None,
) -> Draft:
    """The issue of one instalment, its merge fields open; the same input gives the same bytes.

    `series.instalments` are all parts of the series, `articles` its articles by slug, and
    `templates` the sources by name: `email/issue.mjml`, `email/issue.txt`, `web/issue.html`
    and what these include. The page has no merge field to fill: its template is not given any.
    `site` has the pages that are linked. The series' own brand is put on the newsletter; `logo` is
    that of both together, and initials stand in its place. `pictures` go by the names of their
    files, and a figure of one that is not among them is left out. A mail that would be above
    `WHOLE_BYTES` ends at a sentence, item, row or line before, and its page has the rest. The page
    tells of `errata`. With `correction` the mail is not the part's own, but the one that tells of
    it those who have the part: that stands in subject, preheader and first in the mail.
    Raises TemplateError for a template that gives no mail, ValueError where the series has no
    such part.
    """
    newsletter = series.brand.on(newsletter)
    pictures = pictures or {}
    if correction:
        words = WORDS[spoken(series.language)]["correction_of"]
        subject = words % {"subject": one_line(instalment.subject)}
        instalment = replace(instalment, subject=subject, preheader=correction.reason)
    gallery = gallery_of(pictures.values(), logo, site.media_url)
    fields = issue_fields(
        instalment,
        series,
        newsletter,
        articles,
        site=site,
        logo=logo,
        pictures=pictures,
        errata=errata,
        correction=correction,
    )
    whole = {
        **fields,
        "merge": {field.value: field.mark for field in MergeField},
        "bundle": {**{s.value: s.begin for s in Stretch}, **{f"{s}_end": s.end for s in Stretch}},
    }

    def mail_of(beginning: Instalment) -> dict[str, object]:
        part = replace(
            cast("PartFields", fields["part"]),
            lead=passage_of(beginning.lead, series.language),
            body=pieces_of(beginning.body, series.language, pictures),
            is_cut=True,
        )
        return {**whole, "part": part}

    def html_of(mail: Mapping[str, object]) -> str:
        return html_from(filled("email/issue.mjml", templates, mail), gallery)

    mail, html, ending = whole, html_of(whole), None
    if size_bytes_of(html) > WHOLE_BYTES:
        beginning = _fitting(instalment, lambda beginning: html_of(mail_of(beginning)))
        if beginning:
            ending = ending_of(instalment, beginning, by_itself(html))
            mail = mail_of(beginning)
            html = html_of(mail)
    marked = Marked(html, tidied(filled("email/issue.txt", templates, mail).text))
    issue = Issue(
        instalment="" if correction else instalment.id,
        number=instalment.number,
        title=one_line(instalment.title),
        subject=one_line(instalment.subject),
        preheader=one_line(instalment.preheader),
        sender=_mailbox(newsletter.sender),
        reply_to=_mailbox(newsletter.reply_to),
        html=by_itself(marked.html),
        text=by_itself(marked.text),
        page=filled("web/issue.html", templates, fields).text,
        audience=_audience(newsletter, series),
        demo=newsletter.demo,
    )
    return Draft(issue, cast("tuple[str, ...]", fields["notices"]), ending, marked)


def size_bytes_of(html: str) -> int:
    """How long a mail's HTML is by itself, its addresses still to be filled in."""
    return len(by_itself(html).encode())


def _fitting(instalment: Instalment, html_of: Callable[[Instalment], str]) -> Instalment | None:
    """The longest beginning of a part that gives a mail Gmail shows whole.

    None where not even a sentence fits: nothing is gained then, and the mail has to be shortened.
    """

    def size_bytes(steps: int) -> int:
        return size_bytes_of(html_of(beginning_of(instalment, steps)))

    fitting = bisect_right(range(steps_in(instalment)), WHOLE_BYTES, key=size_bytes)
    beginning = beginning_of(instalment, max(fitting - 1, 0))
    return beginning if beginning.lead or beginning.body else None


def _audience(newsletter: Newsletter, series: Series) -> AudienceRule:
    """Whom it is for. A segment that nothing defines stays a name, and planning refuses that."""
    found = next((s.rule for s in newsletter.segments if s.name == series.segment), series.segment)
    return AudienceRule(newsletter.slug, series.slug, found)


def _mailbox(mailbox: Mailbox) -> Mailbox:
    return Mailbox(one_line(mailbox.name), one_line(mailbox.address))
