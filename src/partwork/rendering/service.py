"""Service mails: to one person, about their subscription or their work, in the newsletter's dress.

They are rendered for that person, so no merge field is open in them; who sends them, and how often
they may, is decided elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache
from html import escape

from partwork.model.issue import MERGE_CLOSE, MERGE_OPEN
from partwork.model.newsletter import Newsletter
from partwork.model.picture import Logo
from partwork.rendering.dress import dress_fields
from partwork.rendering.foreign import gallery_of
from partwork.rendering.inline import one_line, safe_url
from partwork.rendering.mjml import html_from
from partwork.rendering.service_words import SERVICE_WORDS
from partwork.rendering.templates import filled
from partwork.rendering.words import primary
from partwork.rendering.wrapping import tidied

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


class ServiceKind(StrEnum):
    """What a service mail is about; `REVIEW` goes to editors, all others to subscribers.

    `MOVE` goes to what may become somebody's address, and `MOVED` to what was theirs, of which it
    is all that they are told: not the new one. `FAREWELL` is the goodbye of several newsletters.
    """

    CONFIRM = "confirm"
    WELCOME = "welcome"
    GOODBYE = "goodbye"
    FAREWELL = "farewell"
    PREFERENCES = "preferences"
    MOVE = "move"
    MOVED = "moved"
    PROBE = "probe"
    REVIEW = "review"


@dataclass(frozen=True, slots=True)
class NextPart:
    """The part of a series that comes next, and the day, where the series appears."""

    series: str
    number: int
    day: date


@dataclass(frozen=True, slots=True)
class PartSoFar:
    """A part that has been published, and where it is read."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ServiceFields:
    """What a service mail is filled in with: whom it goes to, and the one link it is about.

    `lasts` is how long the link is good, nothing for ever, told in days where they are whole and
    else in hours, without the one that is begun.
    Part, number and series are a review's alone, `coming` and `so_far` a welcome's, `left`, the
    names of newsletters, a farewell's. Nothing here is a visitor's free text.
    """

    address: str
    url: str
    lasts: timedelta = timedelta()
    part: str = ""
    number: int = 0
    series: str = ""
    coming: tuple[NextPart, ...] = ()
    so_far: tuple[PartSoFar, ...] = ()
    left: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail to one person, nothing left to fill in."""

    subject: str
    html: str
    text: str


def service_mail(
    kind: ServiceKind,
    newsletter: Newsletter,
    fields: ServiceFields,
    templates: Mapping[str, str],
    logo: Logo | None = None,
    *,
    media_url: str = "",
) -> Mail:
    """The mail of that kind in the newsletter's language, or in English where that is not ours.

    `templates` hold `email/service.mjml`, `email/service.txt` and what these include. `media_url`
    is what the addresses of our pictures begin with. Raises TemplateError for a template that gives
    no mail, ValueError for a link that is none.
    """
    url = safe_url(fields.url)
    if not url:
        raise ValueError("a service mail is about a link, and this is none")
    sheet = _Sheet(kind, newsletter, tuple(templates.items()), logo, media_url)
    own = replace(fields, address=one_line(fields.address), url=url)
    context = sheet.filled_in(own)
    return Mail(
        subject=_told(kind, _language_of(newsletter), newsletter, own)["subject"],
        html=_html(sheet, own),
        text=tidied(filled("email/service.txt", templates, context).text),
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What mails of one kind have in common; `sources` are the templates."""

    kind: ServiceKind
    newsletter: Newsletter
    sources: tuple[tuple[str, str], ...]
    logo: Logo | None
    media_url: str

    def filled_in(self, fields: ServiceFields) -> dict[str, object]:
        """What the templates get."""
        language = _language_of(self.newsletter)
        told = _told(self.kind, language, self.newsletter, fields)
        return {
            **dress_fields(self.newsletter, language, self.logo),
            "kind": self.kind.value,
            "mail": {
                **told,
                "url": fields.url,
                "lasts": _lasting(language, fields.lasts),
                "coming": [_coming(language, part) for part in fields.coming],
                "so_far": SERVICE_WORDS[language]["joining"]["so far"] if fields.so_far else "",
                "parts": [
                    PartSoFar(one_line(part.title), safe_url(part.url)) for part in fields.so_far
                ],
            },
        }


# What stands for one person's address and link in HTML that is made once for many.
_ADDRESS, _LINK = f"{MERGE_OPEN}address{MERGE_CLOSE}", f"{MERGE_OPEN}link{MERGE_CLOSE}"
_SLOT = re.compile(f"{_ADDRESS}|{_LINK}")
_TORN = re.compile(f"[{MERGE_OPEN}{MERGE_CLOSE}]")


def _html(sheet: _Sheet, own: ServiceFields) -> str:
    """Filled into what all such mails share, which takes nine tenths of the time to make.

    Where a template does more with address and link than print them, the mail is made by itself.
    """
    values = {_ADDRESS: escape(own.address), _LINK: escape(own.url)}
    shared = _shared_html(sheet, replace(own, address=_ADDRESS, url=_LINK))
    html = _SLOT.sub(lambda slot: values[slot[0]], shared)
    return _html_of(sheet, own) if _TORN.search(html) else html


def _html_of(sheet: _Sheet, fields: ServiceFields) -> str:
    context = sheet.filled_in(fields)
    gallery = gallery_of((), sheet.logo, sheet.media_url)
    return html_from(filled("email/service.mjml", dict(sheet.sources), context), gallery)


_shared_html = lru_cache(maxsize=16)(_html_of)  # some newsletters' kinds, and nobody's address


def _language_of(newsletter: Newsletter) -> str:
    language = primary(newsletter.language)
    return language if language in SERVICE_WORDS else "en"


def _told(
    kind: ServiceKind, language: str, newsletter: Newsletter, fields: ServiceFields
) -> dict[str, str]:
    """The words of the mail, filled in; templates escape them."""
    given = {
        "newsletter": one_line(newsletter.name),
        "address": fields.address,
        "part": one_line(fields.part),
        "number": fields.number,
        "series": one_line(fields.series),
        "left": ", ".join(map(one_line, fields.left)),
    }
    return {name: words % given for name, words in SERVICE_WORDS[language][kind.value].items()}


def _coming(language: str, part: NextPart) -> str:
    words = SERVICE_WORDS[language]["joining"]
    month = words["months"].split()[part.day.month - 1]
    day = words["day"] % {"day": part.day.day, "month": month, "year": part.day.year}
    series = one_line(part.series)
    return words["next"] % {"series": series, "number": part.number, "day": day}


def _lasting(language: str, lasts: timedelta) -> str:
    days, hours = lasts // _DAY, lasts // _HOUR
    words = SERVICE_WORDS[language]["lasts"]
    if days > 1 and lasts == days * _DAY:
        return words["days"] % {"days": days}
    return words["hour" if hours == 1 else "hours"] % {"hours": hours} if hours else ""
