"""What a template must not put into a mail: what runs, and what comes from elsewhere.

A mail is approved as it is. What is loaded when it is read may be another thing by then, and tells
somebody who read it and when.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html.parser import HTMLParser

from partwork.model.picture import Logo, Picture
from partwork.rendering.inline import safe_url


@dataclass(frozen=True, slots=True)
class Gallery:
    """The pictures a mail may show: those of its part, and whatever else we serve as pictures.

    `media_url` is what their addresses begin with, empty where that is not known.
    """

    urls: frozenset[str] = frozenset()
    media_url: str = ""

    def has(self, url: str) -> bool:
        """Whether it is the address of one of them."""
        if url in self.urls:
            return True
        name = url.removeprefix(self.media_url) if self.media_url else url
        return name != url and re.fullmatch(r"[\w-][\w.-]*", name) is not None


def gallery_of(pictures: Iterable[Picture], logo: Logo | None, media_url: str) -> Gallery:
    """The pictures of a part, those of a logo, and what else stands at `media_url`."""
    signs = (logo.light, logo.dark) if logo else ()
    shown = (*pictures, *(sign for sign in signs if sign))
    return Gallery(frozenset(safe_url(picture.url) for picture in shown), media_url)


def slip_of_tag(tag: str, attributes: Mapping[str, str], gallery: Gallery) -> str:
    """What is wrong with an element of a mail, in one clause; "" where nothing is."""
    if tag in _NOT_FOR_MAIL:
        return f"{tag} has no place in a mail; programs drop it or warn of it, {_INSTEAD[tag]}"
    for name, value in attributes.items():
        if name.startswith("on"):
            return f"{tag} runs a script by {name}; take it out, no mail program runs one"
        if name in _NEVER:
            return f"{tag} asks another place by {name}; take it out"
        for url in _pictures_of(name, value):
            if not gallery.has(url):
                return f"{tag} loads {url[:120] or 'nothing'} by {name}, {_MEND}"
        if name == "style" and (slip := slip_of_css(value, gallery)):
            return slip
    return ""


def slip_of_css(css: str, gallery: Gallery) -> str:
    """What rules would load that is not ours, in one clause; "" where nothing is."""
    plain = _ESCAPE.sub(_unescaped, css)
    if found := _LOADS.search(plain):
        return f"a rule loads what stands elsewhere by {found[0]}; write the rules into mj-style"
    for found in _URL.finditer(plain):
        url = found[1].strip(" \t\"'")
        if not gallery.has(url):
            return f"a rule loads {url[:120] or 'nothing'}, {_MEND}"
    return ""


def slip_of_comment(comment: str, gallery: Gallery) -> str:
    """The same of what a comment hides: some programs read it, as Word does `[if mso]`."""
    tags = _Tags()
    tags.feed(comment)
    tags.close()
    slips = (slip_of_tag(tag, attributes, gallery) for tag, attributes in tags.found)
    return next(filter(None, slips), "") or slip_of_css(comment, gallery)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, Mapping[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


_MEND = (
    "which is no picture of ours and may be another after the mail is approved; "
    "put it into content/media and have a part show it"
)
_LINK_TO_IT = "link to a page that has it"
_INSTEAD = {
    **dict.fromkeys(("script", "iframe", "frame", "frameset", "object", "embed"), _LINK_TO_IT),
    **dict.fromkeys(("applet", "audio", "video", "svg", "math", "portal"), _LINK_TO_IT),
    **dict.fromkeys(("form", "input", "button", "select", "textarea"), _LINK_TO_IT),
    "base": "write addresses in full",
    "link": "write rules into mj-style",
}
_NOT_FOR_MAIL = frozenset(_INSTEAD)
_NEVER = frozenset({"action", "formaction", "http-equiv", "manifest", "ping", "xlink:href"})
_PICTURES = frozenset({"background", "background-url", "data", "dynsrc", "lowsrc", "poster", "src"})


def _pictures_of(name: str, value: str) -> Iterable[str]:
    """The addresses an attribute loads at once."""
    if name == "srcset":
        return [(candidate.split() or [""])[0] for candidate in value.split(",")]
    return [value.strip()] if name in _PICTURES else []


_LOADS = re.compile(r"@import\b|image-set\(|\bsrc\(|-moz-binding|\bbehavior\s*:", re.IGNORECASE)
_URL = re.compile(r"\burl\(([^)]*)", re.IGNORECASE)
# CSS Syntax 3, 4.3.7: `\75rl(` is `url(`.
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))")


def _unescaped(found: re.Match[str]) -> str:
    if not found[1]:
        return found[2]
    number = int(found[1], 16)
    return chr(number) if 0 < number < 0x110000 else "\ufffd"
