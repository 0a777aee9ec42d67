"""What is remembered of a site: lines that come back, and what editors decided about them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from partwork.model.article import normalised


class EditorVerdict(StrEnum):
    """What an editor says of a block: it is the article's, or it is not."""

    KEEP = "keep"
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Decision:
    """An editor's verdict on one block of one article; it binds whenever that is cleaned again.

    `block` is the block's digest. `occurrence` counts from 0 the blocks of that digest in the
    article as it was read, and so tells two rows of asterisks apart. `words` are `words_of` it.
    """

    verdict: EditorVerdict
    block: str
    occurrence: int
    words: str
    made_on: date


@dataclass(frozen=True, slots=True)
class SiteRule:
    """An editor's verdict on every block of a site that has these words (see `words_of`).

    `made_from` are the articles whose decisions made it, `applied_to` those in which it changed
    what cleaning by itself would have done, in the order in which it did.
    """

    name: str
    site: str
    verdict: EditorVerdict
    words: str
    made_on: date
    made_from: tuple[str, ...] = ()
    applied_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """In how many other articles a block stands word for word.

    `above` and `below` are those of them in which it stands before or after all of the
    article's own prose.
    """

    articles: int = 0
    above: int = 0
    below: int = 0


@dataclass(frozen=True, slots=True)
class Memory:
    """What cleaning is told of an article besides the article.

    `seen` goes by a block's digest and counts other articles of the same place; `place` says
    which those are: "stands in 3 other articles of example.org". `needed` is the number of other
    articles that make a line the place's. `decisions` are the article's own, `rules` its site's.
    """

    place: str = ""
    seen: Mapping[str, Seen] = field(default_factory=dict)
    needed: int = 2
    decisions: tuple[Decision, ...] = ()
    rules: tuple[SiteRule, ...] = ()


NOTHING = Memory()


def words_of(text: str) -> str:
    """What rules compare: `text` normalised, each run of digits a `#`, without what is not shown.

    So "12 comments" and "3 Comments" have the same words, and a rule may be written with the
    figures that stood in the article or with `#`.
    """
    shown = "".join(c for c in normalised(text) if c.isprintable())
    return _DIGITS.sub("#", normalised(shown))


def site_of(source: str) -> str:
    """The host of a source that is a web address, in lower case, without `www.`; else nothing."""
    try:
        parts = urlsplit(source)
        host = parts.hostname or ""
    except ValueError:  # a bracket too many
        return ""
    is_address = parts.scheme in {"http", "https"}
    return host.removeprefix("www.").rstrip(".") if is_address else ""


def site_named(name: str) -> str:
    """The site that a person names: by its host, by the address of a page, or by a name of its own.

    Nothing stays nothing. Raises ValueError for what is no such name.
    """
    name = name.strip().lower()
    site = site_of(name) or name.removeprefix("www.").rstrip(".")
    if site and not (_SITE.fullmatch(site) and site.isprintable()):
        raise ValueError(f"{name!r} cannot name a site")
    return site


_DIGITS = re.compile(r"\d+")
_SITE = re.compile(r"[^\s/]{0,252}[^\W_]")  # every host is one, such as ::1
