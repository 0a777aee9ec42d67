"""Pages: HTML that loads nothing from elsewhere, and headers that hold it to that."""

import base64
import re
from collections.abc import Mapping
from hashlib import sha256

from starlette.responses import HTMLResponse, Response

from partwork.actions.look import Look
from partwork.model.address import Mailbox
from partwork.model.article import Article, Block, BlockKind, Category
from partwork.model.fault import Severity
from partwork.model.issue import AudienceRule, Issue
from partwork.rendering.preflight import Check, Finding
from partwork.rendering.report import BlockVerdict, Judged, Report
from partwork.rendering.report_page import report_page
from partwork.rendering.templates import filled
from partwork.screenshots.chromium import View

NOT_FOUND = (
    "There is no such page",
    "The address may have been cut short on its way. Try to open it from the mail once more.",
)
NOT_A_LINK = (
    "This link does not work",
    "A part of it may be missing, or it comes from a preview or a test. Open it from the "
    "newest mail of the newsletter, or answer that mail: a person reads the answers.",
)
NO_REPORT = (
    "This link opens no report",
    "A part of it may be missing, or the article is called something else by now. Ask the editor "
    "for a new link: partwork report ARTICLE --link prints one.",
)
LINK_IS_OLD = (
    "This link has run out",
    "Links to cleaning reports are good for 14 days. Ask the editor for a new one: "
    "partwork report ARTICLE --link prints it.",
)
NOT_TO_BE_SHOWN = "This report cannot be shown"  # its text is what the files' reader says
NO_DRAFT = (
    "This link opens no draft",
    "A part of it may be missing. Ask the editor for a new link: the reports of compose and check "
    "in the dashboard have one for each part.",
)
DRAFT_IS_OLD = (
    "This link has run out",
    "Links to drafts are good for 14 days. Ask the editor for a new one: the flow check leaves "
    "one for each part in the dashboard.",
)
NO_DRAFT_TO_SHOW = "This draft cannot be shown"  # as above
TOO_LARGE = ("That was too much", "What was sent to this page is larger than it takes.")
NOT_THAT_WAY = ("That does not work here", "This page cannot be used in that way.")
OUR_FAULT = (
    "Something went wrong here",
    "It is our fault, not yours. Please try again in a few minutes.",
)


class Pages:
    """The pages of the web app, from the operator's templates.

    Raises TemplateError at once for a template that gives no page, and not to a reader later.
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._templates = templates
        self.message(OUR_FAULT, 500)
        for done in (False, True):
            self.unsubscribe("The newsletter", "reader@example.org", done)
        self.report(_SAMPLE)
        self.look(_SAMPLE_LOOK, "key")

    def unsubscribe(self, newsletter: str, contact: str, done: bool) -> HTMLResponse:
        """The page with the one button, or the one that says that it is done."""
        return self._page(
            "web/unsubscribe.html", 200, newsletter=newsletter, contact=contact, done=done
        )

    def message(self, words: tuple[str, str], status: int) -> HTMLResponse:
        """A page that says one thing: its title, and a sentence or two."""
        title, text = words
        return self._page("web/message.html", status, title=title, text=text)

    def report(self, report: Report) -> HTMLResponse:
        """The cleaning report of an article, for whoever has the signed link."""
        return _private(report_page(report, self._templates), 200, form_action="'none'")

    def look(self, look: Look, key: str) -> HTMLResponse:
        """A draft as it will be mailed; `key` opens its pictures too."""
        html = filled("web/draft-mail.html", self._templates, {"look": look, "key": key}).text
        return _private(html, 200, form_action="'none'")

    def _page(self, template: str, status: int, **context: object) -> HTMLResponse:
        html = filled(template, self._templates, context).text
        return _private(html, status, form_action="'self'")


def issue_page(html: str) -> HTMLResponse:
    """The stored page of an issue, as it is; it holds nothing personal and may be cached."""
    headers = _headers(html, form_action="'none'")
    return HTMLResponse(html, headers=headers | {"Cache-Control": "public, max-age=300"})


def draft_page(html: str) -> HTMLResponse:
    """The page of a part that is not published, for whoever has the signed link."""
    return _private(html, 200, form_action="'none'")


def private_picture(png: bytes) -> Response:
    """A picture on such a page."""
    return Response(png, media_type="image/png", headers=_KEPT_OUT)


def public_picture(content: bytes, name: str) -> Response:
    """A picture that mails show wherever they are read."""
    kept = {"Cache-Control": "public, max-age=31536000, immutable"}
    anywhere = {"Cross-Origin-Resource-Policy": "cross-origin"}
    form = "image/png" if name.endswith(".png") else "image/jpeg"
    return Response(content, media_type=form, headers=kept | anywhere)


def _private(html: str, status: int, form_action: str) -> HTMLResponse:
    """A page for the one who asked: nobody keeps a copy, nobody lists it."""
    return HTMLResponse(html, status, _headers(html, form_action) | _KEPT_OUT)


_KEPT_OUT = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


# One block of every verdict, so that each branch of the template is tried at the start.
_WORDS = Block(BlockKind.PARAGRAPH, "Words")
_SAMPLE = Report(
    Article("sample", "A sample", ()),
    (
        *(Judged(_WORDS, number, BlockVerdict.KEPT) for number in range(1, 10)),
        Judged(_WORDS, 10, BlockVerdict.REMOVED, Category.SHARE, "share", "A reason", 0.5),
        Judged(_WORDS, 11, BlockVerdict.FLAGGED, Category.PROMOTION),
        Judged(_WORDS, 12, BlockVerdict.EDITED),
        Judged(_WORDS, 13, BlockVerdict.GONE),
        Judged(_WORDS, 0, BlockVerdict.WRITTEN),
    ),
    notices=("A notice.",),
)

_SAMPLE_LOOK = Look(
    Issue(
        instalment="sample01",
        number=1,
        title="A sample",
        subject="A sample",
        preheader="",
        sender=Mailbox("", "hello@example.org"),
        reply_to=Mailbox("", "hello@example.org"),
        html="",
        text="",
        page="",
        audience=AudienceRule("sample", "sample"),
    ),
    "",
    (
        Check("Size", "none", ()),
        Check("Links", "none", tuple(Finding("link", "A finding", one) for one in Severity)),
    ),
    (View(375, dark=True),),
)

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL | re.IGNORECASE)


def _headers(html: str, form_action: str) -> dict[str, str]:
    """No script, no frame, nothing from elsewhere; styles only as they stand in this page."""
    digests = (sha256(style.encode()).digest() for style in _STYLE.findall(html))
    styles = " ".join(f"'sha256-{base64.b64encode(d).decode()}'" for d in digests) or "'none'"
    policy = (
        f"default-src 'none'; style-src {styles}; img-src 'self'; form-action {form_action}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return {"Content-Security-Policy": policy}
