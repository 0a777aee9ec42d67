"""What all mails and pages of a newsletter have in common: its name, its colours, its logo."""

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from partwork.model.colour import GOOD, WHITE, readable
from partwork.model.newsletter import Newsletter
from partwork.model.picture import LOGO_HEIGHT_PX, LOGO_WIDTH_PX, Logo, Picture
from partwork.rendering.inline import one_line, safe_url
from partwork.rendering.phrases import WORDS
from partwork.rendering.words import direction_of, initials_of, primary, spoken

PAPER = {"light": WHITE, "dark": "#17181a"}
_WORDMARK = 2.0  # a logo so many times as wide as high has the name in it; a guess


@dataclass(frozen=True, slots=True)
class LogoPicture:
    """One of a logo's pictures, its size as it is shown, in CSS pixels."""

    url: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class LogoFields:
    """The logo, and what takes its place on dark paper, if anything does.

    A wordmark stands for the newsletter's name, any other beside it.
    """

    light: LogoPicture
    dark: LogoPicture | None
    is_wordmark: bool


@dataclass(frozen=True, slots=True)
class NewsletterFields:
    """What the law and good manners ask a mail to say about its sender; URLs may be empty.

    `initials` are one or two letters of its name, none where it has no letters; they stand where
    there is no logo, and in its place where no pictures are shown.
    """

    name: str
    initials: str
    logo: LogoFields | None
    footer_lines: tuple[str, ...]
    postal_lines: tuple[str, ...]
    imprint_url: str
    privacy_url: str
    reply_to: str
    reply_url: str
    demo: bool


def dress_fields(
    newsletter: Newsletter, language: str, logo: Logo | None = None
) -> dict[str, object]:
    """What every mail and page of a newsletter shares, issue or not, written in `language`."""
    spoken_by_us = spoken(language)
    foreign = "" if spoken_by_us == primary(language) else spoken_by_us
    direction = direction_of(language)
    return {
        "language": language.replace("_", "-"),
        "direction": direction,
        "start": "right" if direction == "rtl" else "left",
        "end": "left" if direction == "rtl" else "right",
        "words": WORDS[spoken_by_us],
        "words_language": foreign,
        # For a span around our own words in a text of another language: dir="auto" sets their
        # full stops right, and the block around them keeps the text's side.
        "ours": Markup(' dir="auto" lang="{}"').format(foreign) if foreign else "",
        "accent": {
            "light": readable(newsletter.accent, PAPER["light"]),
            "dark": readable(newsletter.accent, PAPER["dark"], GOOD),
        },
        "paper": PAPER,
        "newsletter": _newsletter_fields(newsletter, logo),
    }


def _newsletter_fields(newsletter: Newsletter, logo: Logo | None) -> NewsletterFields:
    return NewsletterFields(
        name=one_line(newsletter.name),
        initials=initials_of(one_line(newsletter.name)),
        logo=_logo_fields(logo) if logo else None,
        footer_lines=_lines(newsletter.footer),
        postal_lines=_lines(newsletter.postal_address.splitlines()),
        imprint_url=safe_url(newsletter.imprint_url),
        privacy_url=safe_url(newsletter.privacy_url),
        reply_to=one_line(newsletter.reply_to.address),
        reply_url=safe_url(f"mailto:{newsletter.reply_to.address}"),
        demo=newsletter.demo,
    )


def _logo_fields(logo: Logo) -> LogoFields:
    return LogoFields(
        _shown(logo.light),
        _shown(logo.dark) if logo.dark else None,
        logo.light.width >= _WORDMARK * logo.light.height,
    )


def _shown(picture: Picture) -> LogoPicture:
    """As large as the masthead's room allows, and no larger than it is."""
    scale = min(LOGO_WIDTH_PX / picture.width, LOGO_HEIGHT_PX / picture.height, 1)
    width, height = (max(1, round(scale * side)) for side in (picture.width, picture.height))
    return LogoPicture(safe_url(picture.url), width, height)


def _lines(written: Iterable[str]) -> tuple[str, ...]:
    return tuple(filter(None, map(one_line, written)))
