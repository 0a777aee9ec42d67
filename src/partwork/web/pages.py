"""Pages: HTML that loads nothing from elsewhere, and headers that hold it to that."""

import base64
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256

from starlette.background import BackgroundTask
from starlette.responses import HTMLResponse, Response

from partwork.actions.archive import Archive, ShelfOfSeries
from partwork.actions.confirming import Confirmation, ConfirmationView
from partwork.actions.left import Left
from partwork.actions.look import Look
from partwork.actions.naming import Named
from partwork.actions.preferences import PAUSES, Preferences
from partwork.actions.reading_drafts import DraftToRead
from partwork.actions.sign_up import Answer, SignUpForm
from partwork.actions.unsubscribe import LeavingView
from partwork.actions.waiting import WaitingSeries
from partwork.model.correction import Withdrawal
from partwork.model.newsletter import Newsletter
from partwork.rendering.inline import one_line
from partwork.rendering.report import Report
from partwork.rendering.report_page import report_page
from partwork.rendering.templates import filled
from partwork.subscribing.networks import Kept
from partwork.web import samples

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
NOTHING_TO_READ = (
    "This link opens no draft",
    "A part of it may be missing. The question in the dashboard has the links, and so have the "
    "mails that remind of it; the flow review, run once more, makes new ones.",
)
READING_IS_OVER = (
    "This link has run out",
    "Links to drafts are good for as long as their question waits. The flow review, run once more, "
    "makes new ones.",
)
NO_DRAFT_TO_SHOW = "This draft cannot be shown"  # as above
NO_STOP = (
    "This link stops nothing",
    "A part of it may be missing. On the machine itself, partwork pause ISSUE stops an issue.",
)
STOP_IS_OLD = (
    "This link has run out",
    "It was good until three days after the issue was to start. On the machine itself, partwork "
    "pause ISSUE stops an issue.",
)
TOO_LARGE = ("That was too much", "What was sent to this page is larger than it takes.")
NOT_THAT_WAY = ("That does not work here", "This page cannot be used in that way.")
NOT_FROM_THERE = (
    "That came from another site",
    "This page answers its own forms alone. Open it by itself, and try once more.",
)
LOOK_IN_YOUR_MAILBOX = (
    "Please look in your mailbox",
    "If the address is right, a mail is on its way to it, with one button to press. It may take a "
    "few minutes, and it may lie with the unwanted mail. Nothing is sent before you press it.",
)
LINK_IS_COMING = (
    "Please look in your mailbox",
    "If we send something to that address, a mail with a link is on its way to it. It may take a "
    "few minutes, and it may lie with the unwanted mail. Nothing changes by itself.",
)
LOOK_IN_THE_NEW_MAILBOX = (
    "Please look in your new mailbox",
    "If the new address is right, a mail is on its way to it, with one button to press. It may "
    "take a few minutes, and it may lie with the unwanted mail. Until you press it, everything "
    "goes to the old address.",
)
ASK_FOR_ACCESS = (
    "This link has run out",
    "For your safety, links to your settings are good for an hour. A new one goes to the same "
    "address.",
)
TAKE_IT_BACK = (
    "Take it back?",
    "Press the button, and you get the same mails as before.",
)
TAKEN_BACK = ("You are back", "You get the same mails as before, as if nothing had happened.")
NOT_TO_BE_UNDONE = (
    "This cannot be taken back any more",
    "It is too long ago, or something else has happened since. Nothing is sent to you. Should you "
    "want to come back, subscribe anew.",
)
NO_DATABASE = (
    "We cannot look that up now",
    "Something of ours is down, and somebody is at work on it. Please try again in a few minutes.",
)
NOT_NOW = (
    "Please come back shortly",
    "Somebody is at work on this page. Nothing is lost, and links in your mails stay good: try "
    "again in a few minutes.",
)
NOTED = (
    "You have left",
    "Your wish is noted and comes into effect within minutes. You need not do anything else.",
)
MOVE_HERE = ("Is this your new address?", "Press the button, and your mails go to %s from now on.")
MOVED = ("Your mails go to the new address", "From now on they come to %s.")
NOT_MOVED = (
    "The address could not be changed",
    "The new address may have a subscription of its own. If so, leave with the old address; each "
    "mail has a link for it at its end.",
)
ERASED = (
    "You are forgotten",
    "Your address and your name are gone from our database. We keep a number that cannot be turned "
    "back into your address, so that nobody subscribes you again by mistake, and a note that you "
    "agreed and left. Backups forget you when they are replaced.",
)
WITHDRAWN = (
    "This text was taken down",
    "It drew on a source that was withdrawn on %(day)s. The reason: %(reason)s",
)
TOO_MANY = (
    "Too many at once",
    "So many have asked from your network within the hour that we take a rest. Please try again "
    "later.",
)
OUR_FAULT = (
    "Something went wrong here",
    "It is our fault, not yours. Please try again in a few minutes.",
)

# Ways on for whoever has got stuck, from a page whose address has two segments.
TO_A_LINK = ("Have a link sent to you, to leave or to choose what you get", "../leave")
TO_SETTINGS = ("Choose what you get", "../leave")
TO_NEWSLETTERS = ("Subscribe anew", "../")
TO_THE_OTHERS = ("What else there is to read", "../")


class Pages:
    """The pages of the web app, from the operator's templates.

    Raises TemplateError at once for a template that gives no page, and not to a reader later.
    """

    def __init__(self, templates: Mapping[str, str]) -> None:
        self._templates = templates
        self.message(OUR_FAULT, 500)
        self.message(NOT_A_LINK, 404, way=TO_A_LINK)
        self.front([samples.FORM.newsletter])
        self.series(samples.FORM.newsletter, samples.SERIES)
        for series in ((), (samples.SERIES,)):
            self.archive(Archive(samples.FORM.newsletter, series, samples.SERIES.parts))
        for view in samples.LEAVING:
            self.leaving(view)
        for undo, under_way in (("", None), ("token", 2)):
            self.left("", "r…@example.org", Left(samples.AT, undo), under_way)
        for answer in (None, Answer.NO_ADDRESS):
            self.leave([Named("sample", "A newsletter")] * 2, answer)
        for note in ("", "saved", "no address", "not sure"):
            self.preferences(samples.PREFERENCES, "token", note)
        self.button(OUR_FAULT, "name", "Label", 200)
        for answer in (None, *Answer):
            self.sign_up(samples.FORM, answer, "reader@example.org")
        for network in Kept:
            self.sign_up(replace(samples.FORM, counts_clicks=True, network=network))
        for standing in Confirmation:
            self.confirmation(ConfirmationView("The newsletter", "sample", "Words", standing))
        self.report(samples.REPORT)
        self.look(samples.LOOK, "key")
        for draft in samples.DRAFTS:
            self.draft(draft, "key")
        for found in ((), samples.WAITING):
            self.waiting(found)

    def front(self, newsletters: Sequence[Newsletter]) -> HTMLResponse:
        """All newsletters."""
        return self._public("web/front.html", newsletters=newsletters)

    def archive(self, archive: Archive) -> HTMLResponse:
        """All parts of a newsletter."""
        return self._public("web/archive.html", archive=archive)

    def series(self, newsletter: Newsletter, series: ShelfOfSeries) -> HTMLResponse:
        """The published parts of a series."""
        return self._public("web/series.html", newsletter=newsletter, series=series)

    def leaving(self, view: LeavingView) -> HTMLResponse:
        """The page of a mail's link: what may be left, or that it is left already."""
        return self._page("web/leaving.html", 200, view=view)

    def left(
        self, newsletter: str, address: str, left: Left, under_way: int | None
    ) -> HTMLResponse:
        """That somebody has left a newsletter, or all where none is named; and a way back.

        `under_way` mails may still arrive; None: nobody knows how many.
        """
        context = {"newsletter": newsletter, "address": address}
        return self._page("web/left.html", 200, left=left, under_way=under_way, **context)

    def leave(self, newsletters: Sequence[Named], answer: Answer | None = None) -> HTMLResponse:
        """The form for whoever has no mail at hand; `answer` says why it is shown again."""
        status = 200 if answer is None else 422
        return self._page("web/leave.html", status, newsletters=newsletters, wrong=bool(answer))

    def preferences(self, shown: Preferences, token: str, note: str = "") -> HTMLResponse:
        """All that a person may choose; `note` says what was just done."""
        status = 200 if note in {"", "saved"} else 422
        data = f"../preferences/{token}/data.json"
        context = {"shown": shown, "note": note, "pauses": PAUSES, "data": data}
        return self._page("web/preferences.html", status, **context)

    def button(self, words: tuple[str, str], name: str, label: str, status: int) -> HTMLResponse:
        """A page that says one thing and has one button, which posts `name` to the same address."""
        title, text = words
        context = {"title": title, "text": text, "name": name, "label": label}
        return self._page("web/button.html", status, **context)

    def sign_up(
        self, form: SignUpForm, answer: Answer | None = None, address: str = ""
    ) -> HTMLResponse:
        """A newsletter's own page, with its form; `answer` says why it is shown again."""
        status = 200 if answer is None else 422
        page = self._page(
            "web/sign-up.html",
            status,
            form=form,
            newest=form.newest,
            answer=answer and answer.value,
            address=address,
        )
        del page.headers["X-Robots-Tag"]  # to be found; not to be kept, since its form ages
        return page

    def confirmation(
        self, view: ConfirmationView, after: BackgroundTask | None = None
    ) -> HTMLResponse:
        """What a confirmation link shows: a button, that it is done, or why it cannot be."""
        status = 410 if view.standing in {Confirmation.GONE, Confirmation.RUN_OUT} else 200
        page = self._page(
            "web/confirm.html",
            status,
            newsletter=view.newsletter,
            slug=view.slug,
            words=view.words,
            standing=view.standing.value,
        )
        page.background = after
        return page

    def message(
        self,
        words: tuple[str, str],
        status: int,
        after: BackgroundTask | None = None,
        way: tuple[str, str] = ("", ""),
    ) -> HTMLResponse:
        """A page that says one thing: its title, and a sentence or two; then comes `after`.

        `way` leads on: a link's words and its address, relative to the page.
        """
        title, text = words
        page = self._page("web/message.html", status, title=title, text=text, way=way)
        if status in _LATER:
            page.headers["Retry-After"] = str(_LATER[status])
        page.background = after
        return page

    def asked(
        self,
        answer: Answer,
        words: tuple[str, str],
        after: BackgroundTask,
        way: tuple[str, str] = ("", ""),
    ) -> HTMLResponse:
        """What follows a form that asks for a mail: `words`, or that too many have asked."""
        if answer is Answer.TOO_MANY:
            return self.message(TOO_MANY, 429)
        return self.message(words, 200, after, way)

    def withdrawn(self, said: Withdrawal) -> HTMLResponse:
        """In place of a part that draws on an article withdrawn: since when, and why."""
        title, text = WITHDRAWN
        words = text % {"day": f"{said.at:%Y-%m-%d}", "reason": one_line(said.reason)}
        return self.message((title, words), 410, way=TO_THE_OTHERS)

    def report(self, report: Report) -> HTMLResponse:
        """The cleaning report of an article, for whoever has the signed link."""
        return _private(report_page(report, self._templates), 200, form_action="'none'")

    def look(self, look: Look, key: str) -> HTMLResponse:
        """A draft as it will be mailed; `key` opens its pictures too."""
        html = filled("web/draft-mail.html", self._templates, {"look": look, "key": key}).text
        return _private(html, 200, form_action="'none'")

    def draft(self, draft: DraftToRead, key: str) -> HTMLResponse:
        """A stored draft with its text and claims, for a reviewer; `key` opens its mail too."""
        return self._read("web/read.html", {"draft": draft, "key": key})

    def waiting(self, found: Sequence[WaitingSeries]) -> HTMLResponse:
        """All that waits for a reviewer."""
        return self._read("web/waiting.html", {"found": found})

    def _read(self, template: str, context: Mapping[str, object]) -> HTMLResponse:
        return draft_page(filled(template, self._templates, context).text)

    def _public(self, template: str, **context: object) -> HTMLResponse:
        return issue_page(filled(template, self._templates, context).text)

    def _page(self, template: str, status: int, **context: object) -> HTMLResponse:
        html = filled(template, self._templates, context).text
        return _private(html, status, form_action="'self'")


def issue_page(html: str) -> HTMLResponse:
    """A page as it is, such as an issue's; it holds nothing personal."""
    return HTMLResponse(html, headers=_headers(html, form_action="'none'"))


def draft_page(html: str) -> HTMLResponse:
    """The page of a part that is not published, for whoever has the signed link."""
    return _private(html, 200, form_action="'none'")


def draft_mail(html: str) -> HTMLResponse:
    """A draft's HTML mail, whose styles stand in its elements as mail clients need them."""
    policy = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; form-action 'none'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": policy} | _KEPT_OUT)


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


# Seconds after which to come again: 429 has a rest of an hour, 503 somebody at work on it.
_LATER = {429: 3600, 503: 120}
_KEPT_OUT = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


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
