"""MJML compiled to the HTML of a mail, and refused where the compiler would let it pass.

mrml leaves out attributes it does not know, prints elements it does not know as they are, takes
the last of two bodies, and lets `<p>` end with `</b>`: a slip would be found by readers. So the
structure is checked first, against what mrml was seen to honour (version 0.2 of its wheel).
"""

import re
from functools import lru_cache
from html.parser import HTMLParser
from itertools import accumulate

import mjml
from css_inline import CSSInliner, InlineError

from partwork.rendering.foreign import Gallery, slip_of_comment, slip_of_css, slip_of_tag
from partwork.rendering.templates import Filled, TemplateError, hint


@lru_cache(maxsize=16)  # preview, approval and publishing render the same mail one after the other
def html_from(template: Filled, gallery: Gallery) -> str:
    """The mail's HTML: rules written into style attributes, at-rules left in one style element.

    Nothing is fetched. Raises TemplateError for what is not MJML, would not be mailed whole, runs,
    or is loaded by whoever reads the mail and is no picture of `gallery`.
    """
    _Checked(template, gallery).check()
    try:
        html = mjml.mjml2html(_QUOTED.sub(_spelled_out, template.text))
        inlined: str = _INLINER.inline(html)
    except (ValueError, InlineError) as error:
        said = f"is not MJML: {error}; compare it with the template of the package"
        raise TemplateError(template.template, 0, said) from None
    # Where the declaration stands within the first 1024 bytes, a browser needs no header for it.
    return inlined.replace(_CHARSET, "", 1).replace("<head>", "<head>" + _CHARSET, 1)


_INLINER = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)
_CHARSET = '<meta http-equiv="Content-Type" content="text/html; charset=UTF-8">'
_QUOTED = re.compile(r"""<[A-Za-z](?:[^"'<>]|"[^"]*"|'[^']*')*>|(?<=<mj-title>)[^<]*""")
_VALUE = re.compile(r"""=\s*(?:"([^"]*)"|'([^']*)')""")
_UNSAFE = re.compile(r"[^ !#-\[\]-~]")  # all but printable ASCII; and of that, " and \


def _spelled_out(run: re.Match[str]) -> str:
    r"""A tag or the title, with character references for what mrml does not print as it is.

    It prints attributes of HTML, and the title where it labels the mail, as Rust prints strings
    for programmers: a soft hyphen becomes `\u{ad}`, a line end `\n`, a backslash two.
    """
    if not run[0].startswith("<"):
        return _referenced(run[0])
    return _VALUE.sub(lambda value: f'="{_referenced(value[1] or value[2] or "")}"', run[0])


def _referenced(value: str) -> str:
    return _UNSAFE.sub(lambda character: f"&#{ord(character[0])};", value)


def _names(*runs: str) -> frozenset[str]:
    return frozenset(" ".join(runs).split())


_PADDING = "padding padding-bottom padding-left padding-right padding-top"
_BORDER = "border border-bottom border-left border-radius border-right border-top"
_BACKGROUND = (
    "background-color background-position background-position-x background-position-y "
    "background-repeat background-size background-url"
)
_FONT = "color font-family font-size font-style font-weight line-height"
_LETTERS = "letter-spacing text-decoration text-transform"
_CELL = f"align container-background-color {_PADDING}"

_COMPONENTS = {
    "mj-wrapper": _names(_BACKGROUND, _BORDER, _PADDING, "direction full-width text-align"),
    "mj-section": _names(_BACKGROUND, _BORDER, _PADDING, "direction full-width text-align"),
    "mj-group": _names("background-color direction vertical-align width"),
    "mj-column": _names(_BORDER, _PADDING, "background-color direction vertical-align width"),
    "mj-text": _names(_CELL, _FONT, _LETTERS, "height"),
    "mj-table": _names(_CELL, _FONT, "border cellpadding cellspacing table-layout width"),
    "mj-button": _names(
        _CELL,
        _BORDER,
        _FONT,
        _LETTERS,
        "background-color height href inner-padding name rel target text-align title",
        "vertical-align width",
    ),
    "mj-image": _names(
        _CELL,
        "alt border border-radius fluid-on-mobile font-size full-width height href max-height",
        "name rel src srcset target title usemap width",
    ),
    "mj-divider": _names(_CELL, "border-color border-style border-width width"),
    "mj-spacer": _names("container-background-color height", _PADDING),
}
_EVERY = frozenset().union(*_COMPONENTS.values())
_ATTRIBUTES = {
    **{tag: known | {"css-class", "mj-class"} for tag, known in _COMPONENTS.items()},
    "mjml": _names("lang dir"),
    "mj-head": _names(),
    "mj-title": _names(),
    "mj-preview": _names(),
    "mj-style": _names("inline"),
    "mj-breakpoint": _names("width"),
    "mj-attributes": _names(),
    "mj-all": _EVERY,
    "mj-class": _EVERY | {"name"},
    "mj-body": _names("background-color css-class width"),
    "mj-raw": _names(),
}
_INSIDE = {
    "": _names("mjml"),
    "mjml": _names("mj-head mj-body"),
    "mj-head": _names("mj-title mj-preview mj-style mj-breakpoint mj-attributes mj-raw"),
    "mj-attributes": frozenset(_COMPONENTS) | {"mj-all", "mj-class"},
    "mj-body": _names("mj-wrapper mj-section mj-raw"),
    "mj-wrapper": _names("mj-section mj-raw"),
    "mj-section": _names("mj-column mj-group mj-raw"),
    "mj-group": _names("mj-column mj-raw"),
    "mj-column": _names("mj-text mj-table mj-button mj-image mj-divider mj-spacer mj-raw"),
}
_ONCE = _names("mjml mj-head mj-body mj-title mj-preview mj-attributes mj-breakpoint")
_HOLDS_HTML = _names("mj-text mj-table mj-button mj-raw")
_HOLDS_TEXT = _HOLDS_HTML | _names("mj-title mj-preview mj-style")
_VOID = _names("area base br col embed hr img input link meta param source track wbr")


class _Checked(HTMLParser):
    """Reads filled-in MJML; `check` raises TemplateError at its first slip."""

    def __init__(self, template: Filled, gallery: Gallery) -> None:
        super().__init__(convert_charrefs=False)
        self._template, self._gallery = template, gallery
        self._open: list[tuple[str, int]] = []
        self._seen: set[str] = set()
        self._css = ""
        self._line_starts = [0, *accumulate(len(x) + 1 for x in template.text.split("\n"))]

    def check(self) -> None:
        self.feed(self._template.text)
        self.close()
        if self._open:
            raise self._never_closed()
        if "mj-body" not in self._seen:
            raise TemplateError(self._template.template, 0, "has no mj-body, so there is no mail")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, attrs)
        if tag not in _VOID:
            self._open.append((tag, self._offset()))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._begin(tag, attrs)
        if tag not in _VOID and tag not in _ATTRIBUTES:
            raise self._error(f"<{tag}/> closes nothing in HTML; write <{tag}></{tag}>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _VOID:
            raise self._error(f"</{tag}> is not HTML; {tag} has no end")
        if not self._open:
            raise self._error(f"</{tag}> closes nothing")
        if self._innermost != tag:
            raise self._still_open(f"</{tag}>")
        self._open.pop()
        if tag == "mj-style" and self._css.count("{") != self._css.count("}"):
            raise self._error("the rules of this mj-style do not have as many { as }")

    def handle_data(self, data: str) -> None:
        if self._innermost in {"mj-style", "style"}:
            self._css += data
            self._refuse_in_lines(data)
        elif "<" in data:
            raise self._error("a < that begins no element; write &lt;")
        if data.strip() and not _HOLDS_TEXT.intersection(tag for tag, _ in self._open):
            said = f"text outside of any element that shows text: {data.strip()[:30]!r}"
            raise self._error(f"{said}; put it into mj-text")

    def handle_comment(self, data: str) -> None:
        self._refuse(slip_of_comment(data, self._gallery))

    def handle_entityref(self, name: str) -> None:
        if self._innermost == "mj-style":
            # So `font-family: {{ "'Segoe UI'" }}` would arrive, and take its rule with it.
            raise self._error(f"CSS does not know &{name}; after a value of your own write |safe")
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_entityref(f"#{name}")

    @property
    def _innermost(self) -> str:
        return self._open[-1][0] if self._open else ""

    def _begin(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        inside, self._css = self._innermost, ""
        if "=" in _VALUE.sub("", self.get_starttag_text() or ""):
            raise self._error(f"an attribute of {tag} is not in quotation marks")
        if tag in _ATTRIBUTES:
            self._begin_component(tag, inside, attrs)
        elif tag.startswith("mj"):
            raise self._error(f"there is no element {tag}{hint(tag, _ATTRIBUTES)}")
        elif not _HOLDS_HTML.intersection(around for around, _ in self._open):
            where = f"{inside}{self._opened_elsewhere()}" if inside else "a template"
            raise self._error(f"{tag} cannot stand in {where}; try mj-text")
        given = {name: value or "" for name, value in attrs}
        self._refuse(slip_of_tag(tag, given, self._gallery))
        if tag == "img" and not {"width", "height"} <= given.keys():
            raise self._error("img has no width and height; write both, in pixels without a unit")

    def _begin_component(self, tag: str, inside: str, attrs: list[tuple[str, str | None]]) -> None:
        written = (self.get_starttag_text() or "")[1 : len(tag) + 1]
        if written != tag:
            raise self._error(f"{written} must be written {tag}")
        if any(around in _HOLDS_TEXT for around, _ in self._open):
            raise self._still_open(f"<{tag}>")
        if tag not in _INSIDE.get(inside, ()):
            where = f"in {inside}{self._opened_elsewhere()}" if inside else "by itself"
            raise self._error(f"{tag} cannot stand {where}")
        if tag in _ONCE and tag in self._seen:
            raise self._error(f"a second {tag}; there can be one")
        if inside != "mj-attributes":
            self._seen.add(tag)
        known = _ATTRIBUTES[tag]
        for name, value in attrs:
            if name not in known:
                raise self._error(f"{tag} has no attribute {name}{hint(name, known)}")
            if value is None:
                raise self._error(f'{tag}: {name} has no value; write {name}="…"')

    def _still_open(self, found: str) -> TemplateError:
        """The error of an element that should have ended before what was found here.

        It is that of the template that began it: what this one includes may well be as it should.
        """
        here = self._template.place_of(self._offset())
        there = self._template.place_of(self._open[-1][1])
        if here[0] == there[0]:
            begun = f"<{self._innermost}> of line {there[1]}"
            return self._error(f"{found} where {begun} is still open")
        return self._never_closed(f" before {found} of templates/{here[0]}, line {here[1]}")

    def _never_closed(self, before: str = "") -> TemplateError:
        tag, offset = self._open[-1]
        said = f"<{tag}> is not closed{before}" if before else f"<{tag}> is never closed"
        return self._template.error_at(offset, f"{said}; write </{tag}> where it ends")

    def _opened_elsewhere(self) -> str:
        """Where the innermost element was begun, if that was another template."""
        here = self._template.place_of(self._offset())
        there = self._template.place_of(self._open[-1][1])
        return f" of templates/{there[0]}, line {there[1]}" if here[0] != there[0] else ""

    def _refuse_in_lines(self, css: str) -> None:
        offset = self._offset()
        for line in css.splitlines(keepends=True):
            if slip := slip_of_css(line, self._gallery):
                raise self._template.error_at(offset, slip)
            offset += len(line)

    def _refuse(self, slip: str) -> None:
        if slip:
            raise self._error(slip)

    def _offset(self) -> int:
        line, column = self.getpos()
        return self._line_starts[line - 1] + column

    def _error(self, message: str) -> TemplateError:
        return self._template.error_at(self._offset(), message)
