"""Issues from instalments: what an editor approves and every subscriber is sent."""

from collections.abc import Mapping

from partwork.model.address import Mailbox
from partwork.model.article import Article
from partwork.model.issue import AudienceRule, Issue, MergeField
from partwork.model.series import Instalment, Newsletter, Series
from partwork.rendering.fields import issue_fields
from partwork.rendering.inline import one_line
from partwork.rendering.mjml import html_from
from partwork.rendering.templates import filled
from partwork.rendering.wrapping import tidied


def rendered(
    instalment: Instalment,
    series: Series,
    newsletter: Newsletter,
    articles: Mapping[str, Article],
    templates: Mapping[str, str],
) -> Issue:
    """The issue of one instalment, its merge fields open; the same input gives the same bytes.

    `series.instalments` are all parts of the series, `articles` its articles by slug, and
    `templates` the sources by name: `email/issue.mjml`, `email/issue.txt`, `web/issue.html`
    and what these include. The page has no merge field to fill: its template is not given any.
    Raises TemplateError for a template that gives no mail, ValueError where the series has no
    such part.
    """
    fields = issue_fields(instalment, series, newsletter, articles)
    mail = {**fields, "merge": {field.value: field.mark for field in MergeField}}
    return Issue(
        instalment=instalment.id,
        number=instalment.number,
        title=one_line(instalment.title),
        subject=one_line(instalment.subject),
        preheader=one_line(instalment.preheader),
        sender=_mailbox(newsletter.sender),
        reply_to=_mailbox(newsletter.reply_to),
        html=html_from(filled("email/issue.mjml", templates, mail)),
        text=tidied(filled("email/issue.txt", templates, mail).text),
        page=filled("web/issue.html", templates, fields).text,
        audience=AudienceRule(newsletter=newsletter.slug, series=series.slug),
        demo=newsletter.demo,
    )


def _mailbox(mailbox: Mailbox) -> Mailbox:
    return Mailbox(one_line(mailbox.name), one_line(mailbox.address))
