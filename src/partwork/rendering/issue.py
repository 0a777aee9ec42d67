"""Issues from instalments: what an editor approves and every subscriber is sent."""

from bisect import bisect_right
from collections.abc import Mapping
from typing import cast

from partwork.model.address import Mailbox
from partwork.model.article import Article
from partwork.model.issue import AudienceRule, Issue, MergeField
from partwork.model.picture import Logo, Picture
from partwork.model.series import Instalment, Newsletter, Series
from partwork.rendering.fields import NO_SITE, PartFields, Site, issue_fields, without_end
from partwork.rendering.inline import one_line
from partwork.rendering.mjml import html_from
from partwork.rendering.templates import filled
from partwork.rendering.wrapping import tidied

# Gmail cuts a mail's HTML off at 102 kB, footer and all; addresses are still to be filled in.
WHOLE_BYTES = 99_000


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
) -> Issue:
    """The issue of one instalment, its merge fields open; the same input gives the same bytes.

    `series.instalments` are all parts of the series, `articles` its articles by slug, and
    `templates` the sources by name: `email/issue.mjml`, `email/issue.txt`, `web/issue.html`
    and what these include. The page has no merge field to fill: its template is not given any.
    `site` has the pages that are linked. The series' own brand is put on the newsletter; `logo` is
    that of both together, and initials stand in its place. `pictures` go by the names of their
    files, and a figure of one that is not among them is left out. A mail above
    `WHOLE_BYTES` ends at a block before, and its page has the rest.
    Raises TemplateError for a template that gives no mail, ValueError where the series has no
    such part.
    """
    newsletter = series.brand.on(newsletter)
    fields = issue_fields(
        instalment,
        series,
        newsletter,
        articles,
        site=site,
        logo=logo,
        pictures=pictures,
    )
    mail, html = _mail(fields, templates)
    return Issue(
        instalment=instalment.id,
        number=instalment.number,
        title=one_line(instalment.title),
        subject=one_line(instalment.subject),
        preheader=one_line(instalment.preheader),
        sender=_mailbox(newsletter.sender),
        reply_to=_mailbox(newsletter.reply_to),
        html=html,
        text=tidied(filled("email/issue.txt", templates, mail).text),
        page=filled("web/issue.html", templates, fields).text,
        audience=AudienceRule(newsletter=newsletter.slug, series=series.slug),
        demo=newsletter.demo,
    )


def _mail(
    fields: Mapping[str, object], templates: Mapping[str, str]
) -> tuple[dict[str, object], str]:
    """The fields of a mail that Gmail shows whole, and its HTML; the body is cut if need be.

    Where even a mail without body is too long, it is that: what is left has to be shortened.
    """
    mail = {**fields, "merge": {field.value: field.mark for field in MergeField}}
    part = cast("PartFields", fields["part"])

    def html_of(mail: Mapping[str, object]) -> str:
        return html_from(filled("email/issue.mjml", templates, mail))

    def cut_to(pieces: int) -> dict[str, object]:
        return {**mail, "part": without_end(part, pieces)}

    html = html_of(mail)
    if len(html.encode()) <= WHOLE_BYTES or not part.body:
        return mail, html
    sizes = range(len(part.body))
    fitting = bisect_right(sizes, WHOLE_BYTES, key=lambda n: len(html_of(cut_to(n)).encode()))
    cut = cut_to(max(fitting - 1, 0))
    return cut, html_of(cut)


def _mailbox(mailbox: Mailbox) -> Mailbox:
    return Mailbox(one_line(mailbox.name), one_line(mailbox.address))
