"""Text from outside, made harmless, with its inline marks as HTML or as plain text."""

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from partwork.model.issue import MERGE_CLOSE, MERGE_OPEN
from partwork.model.text import Mark, Span

# Template sources carry their line numbers between these, see `partwork.rendering.templates`.
LINE_OPEN, LINE_CLOSE = "\ue002", "\ue003"
RESERVED = frozenset({MERGE_OPEN, MERGE_CLOSE, LINE_OPEN, LINE_CLOSE})


def one_line(text: str) -> str:
    """`text` on one line: runs of white space are one space, none at the ends.

    Characters that would act instead of being read are gone: our own brackets, lone surrogates
    (which no encoding can write), and the overrides that could turn a line around.
    """
    return _harmless(text).strip(" ")


def verbatim(text: str) -> str:
    """`text` with its lines and spaces as they are, tabs as four; what `one_line` drops is gone."""
    lines = (line.expandtabs(4).translate(_HARMLESS).rstrip() for line in text.split("\n"))
    return "\n".join(lines).strip("\n")


def safe_url(url: str) -> str:
    """`url` as it may stand in an href or between angle brackets, or "" where it makes no link.

    Links are http and https with a host, and mailto with an address. Characters that no URL
    may hold (RFC 3986, 2) are percent-encoded; letters beyond ASCII stay readable.
    """
    clean = one_line(url).translate(_ENCODED)
    try:
        parts = urlsplit(clean)
        host = parts.hostname
    except ValueError:  # such as an IPv6 address without its end
        return ""
    if parts.scheme in {"http", "https"}:
        return clean if host else ""
    return clean if parts.scheme == "mailto" and "@" in parts.path else ""


def why_no_link(url: str) -> str:
    """Why `safe_url` makes no link of `url`, and what to do; nothing where it does."""
    if safe_url(url):
        return ""
    clean = one_line(url)
    shown = repr(clean[:60])
    scheme, colon, rest = clean.partition(":")
    if not clean:
        return "has no address; write one between its ( and )"
    if colon and scheme.lower() == "mailto":
        return f"goes to {shown}, and mailto: is followed by an e-mail address; write one"
    if colon and rest.startswith("//") and scheme.lower() in {"http", "https"}:
        return f"goes to {shown}, which is no web address; write it anew"
    if colon and "." not in scheme and "/" not in scheme:
        return f"goes to {shown}; links start with https://, http:// or mailto:, write such a one"
    return f"goes to {shown}, which is no whole address; write https:// and the site before it"


def as_html(text: str, spans: Iterable[Span]) -> Markup:
    """`text` as HTML phrasing content with em, strong, code and a."""
    runs = _runs(text, spans, plain=escape, opening=_opening_tag, closing=_closing_tag)
    return Markup("".join(runs))  # noqa: S704 every run is escaped or a tag of ours


def as_text(text: str, spans: Iterable[Span]) -> str:
    """`text` with each link's address after its words, in angle brackets (RFC 3986, C)."""
    return "".join(_runs(text, spans, plain=str, opening=lambda _: "", closing=_address))


def _runs(
    text: str,
    spans: Iterable[Span],
    *,
    plain: Callable[[str], str],
    opening: Callable[[Span], str],
    closing: Callable[[Span, str], str],
) -> Iterator[str]:
    """The text in runs, with what opens and closes each span around them.

    A link inside a link, a link that goes nowhere we allow, and a span that breaks the law of
    `Span` leave their words unmarked.
    """
    open_spans: list[Span] = []
    at = 0
    for span in [*sorted(spans, key=lambda s: (s.start, -s.end)), None]:
        start = len(text) if span is None else span.start
        while open_spans and open_spans[-1].end <= start:
            last = open_spans.pop()
            yield plain(_harmless(text[at : last.end]))
            yield closing(last, text[last.start : last.end])
            at = last.end
        if span is None:
            yield plain(_harmless(text[at:]))
        elif _is_lawful(span, text, open_spans):
            yield plain(_harmless(text[at:start]))
            yield opening(span)
            open_spans.append(span)
            at = start


def _is_lawful(span: Span, text: str, around: list[Span]) -> bool:
    end = around[-1].end if around else len(text)
    if not 0 <= span.start < span.end <= end:
        return False
    if span.mark is not Mark.LINK:
        return True
    return bool(safe_url(span.url)) and all(s.mark is not Mark.LINK for s in around)


_TAGS = {Mark.EMPHASIS: "em", Mark.STRONG: "strong", Mark.CODE: "code", Mark.LINK: "a"}


def _opening_tag(span: Span) -> str:
    if span.mark is Mark.LINK:
        return f'<a href="{escape(safe_url(span.url))}">'
    return f"<{_TAGS[span.mark]}>"


def _closing_tag(span: Span, _words: str) -> str:
    return f"</{_TAGS[span.mark]}>"


def _address(span: Span, words: str) -> str:
    if span.mark is not Mark.LINK:
        return ""
    url = safe_url(span.url)
    return "" if one_line(words) == url else f" <{url}>"


_CONTROLS = dict.fromkeys([*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029], " ")
_UNWANTED = dict.fromkeys([*map(ord, RESERVED), *range(0xD800, 0xE000), 0x202D, 0x202E])
_HARMLESS = {**_CONTROLS, **_UNWANTED}
_ENCODED = {ord(c): f"%{ord(c):02X}" for c in ' <>"\\^`{|}'}
_SPACES = re.compile(" {2,}")  # a no-break space is the author's wish and stays


def _harmless(text: str) -> str:
    return _SPACES.sub(" ", text.translate(_HARMLESS))
