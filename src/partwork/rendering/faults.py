"""What is wrong with a rendered issue: size, links, pictures, words left open, subject."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser

from partwork.model.fault import Fault, Severity
from partwork.model.issue import Issue, MergeField
from partwork.rendering.inline import one_line

# Gmail cuts a message's HTML off at 102 kB and hides the rest, footer and all, behind a link.
CLIPPED_BYTES = 102_000
NEARLY_CLIPPED_BYTES = 90_000
SUBJECT_CHARACTERS = 60  # what lists on a desktop show; phones show about 40
PREHEADER_CHARACTERS = range(40, 101)


def faults(issue: Issue, file: str) -> tuple[Fault, ...]:
    """Every fault and notice of an issue's mail; `file` is the instalment's, line 0 all of it."""
    found = [*_of_size(issue), *_of_envelope(issue), *_of_unsubscribing(issue), *_of_markup(issue)]
    return tuple(Fault(file, 0, rule, says, severity) for rule, says, severity in found)


_Finding = tuple[str, str, Severity]


def _of_size(issue: Issue) -> Iterator[_Finding]:
    size_bytes = len(issue.html.encode())
    if size_bytes >= NEARLY_CLIPPED_BYTES:
        clipped = size_bytes > CLIPPED_BYTES
        yield (
            "size",
            f"the mail's HTML has {size_bytes / 1000:.0f} kB; Gmail cuts mails off at "
            f"{CLIPPED_BYTES // 1000} kB: shorten the part or cut it in two",
            Severity.FAULT if clipped else Severity.NOTICE,
        )


def _of_envelope(issue: Issue) -> Iterator[_Finding]:
    length = len(issue.subject)
    if not length:
        yield "subject", "there is no subject; write one", Severity.FAULT
    elif length > SUBJECT_CHARACTERS:
        yield (
            "subject",
            f"the subject has {length} characters; use at most {SUBJECT_CHARACTERS}",
            Severity.FAULT,
        )
    if len(issue.preheader) not in PREHEADER_CHARACTERS:
        least, most = PREHEADER_CHARACTERS[0], PREHEADER_CHARACTERS[-1]
        yield (
            "preheader",
            f"the preheader has {len(issue.preheader)} characters; use {least} to {most}",
            Severity.NOTICE,
        )


def _of_unsubscribing(issue: Issue) -> Iterator[_Finding]:
    for body, template in ((issue.html, "email/issue.mjml"), (issue.text, "email/issue.txt")):
        if MergeField.UNSUBSCRIBE_URL.mark not in body:
            said = f"templates/{template} gives no way to leave; put merge.unsubscribe_url into it"
            yield "unsubscribe", said, Severity.FAULT


def _of_markup(issue: Issue) -> Iterator[_Finding]:
    mail = _Mail()
    mail.feed(issue.html)
    mail.close()
    for link in mail.links:
        yield from _of_link(link)
    for source in mail.pictures_without_alt:
        said = f'picture {source or "without src"} has no alt; describe it, or write alt=""'
        yield "alt", said, Severity.FAULT
    for words in dict.fromkeys(_PLACEHOLDER.findall(" ".join([issue.subject, *mail.shown]))):
        said = f"{words} looks like a placeholder that nobody filled in; write what belongs there"
        yield "placeholder", f"{said}, or mark it as code", Severity.FAULT


def _of_link(link: "_Link") -> Iterator[_Finding]:
    words = one_line(link.words)
    shown = f"link “{words}”" if words else f"link to {link.url}"
    scheme = link.url.partition(":")[0].lower()
    if link.url in _OPEN_FIELDS:
        pass
    elif scheme == "http":
        said = f"{shown} goes to {link.url}, which is not encrypted; try https"
        yield "link", said, Severity.NOTICE
    elif scheme not in {"https", "mailto"}:
        said = f"{shown} goes to {link.url!r}; links start with https:// or mailto:"
        yield "link", said, Severity.FAULT
    if not words:
        yield "link-text", f"{shown} has no words; say where it goes", Severity.FAULT
    elif words.casefold().strip(" .…:!>→»") in _VAGUE:
        yield "link-text", f"{shown} does not say where it goes; name it", Severity.NOTICE


_OPEN_FIELDS = frozenset(mark.mark for mark in MergeField)
# fmt: off
_VAGUE = frozenset({
    "here", "click", "click here", "this", "this link", "link", "more", "read more",
    "learn more", "find out more", "details", "continue", "continue reading", "this article",
    "this page", "hier", "hier klicken", "klicken sie hier", "dieser link", "mehr",
    "mehr lesen", "weiterlesen", "weiter", "mehr erfahren", "mehr dazu", "dieser artikel",
    "diese seite",
})
# fmt: on
_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{0,60}\}\}|\{%[^{}]{0,60}%\}|\$\{\w{1,60}\}"  # Jinja and its kin, shells
    r"|\*\|[A-Z_:]{1,60}\|\*|%%?[a-z_]+\.?[a-z_]*%%?"  # Mailchimp; Mailgun, Salesforce
    r"|\[\[?(?:first|last|full)?[ _]?name\]?\]|\blorem ipsum\b",
    re.IGNORECASE,
)


@dataclass(slots=True)
class _Link:
    url: str
    words: str = ""


class _Mail(HTMLParser):
    """What a reader would see: links with their words, pictures, and text outside of code."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[_Link] = []
        self.pictures_without_alt: list[str] = []
        self.shown: list[str] = []
        self._open_link: _Link | None = None
        self._within: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self._open_link = _Link((given.get("href") or "").strip())
            self.links.append(self._open_link)
        elif tag == "img":
            if "alt" not in given:
                self.pictures_without_alt.append(given.get("src") or "")
            elif self._open_link:
                self._open_link.words += given["alt"] or ""
        elif tag in _UNSHOWN:
            self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open_link = None
        elif self._within and self._within[-1] == tag:
            self._within.pop()

    def handle_data(self, data: str) -> None:
        if self._open_link:
            self._open_link.words += data
        if not self._within:
            self.shown.append(data)


_UNSHOWN = frozenset({"code", "style", "title"})
