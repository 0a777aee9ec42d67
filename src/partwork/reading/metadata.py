"""What a raw text says about itself, and names as systems give them."""

import re
from dataclasses import dataclass
from datetime import date

from partwork.reading.characters import one_line


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a source says of itself apart from its text; empty where it says nothing.

    `title_is_made` says that the title is no more than the text's own beginning.
    """

    title: str = ""
    deck: str = ""
    byline: str = ""
    published_on: date | None = None
    url: str = ""
    language: str = ""
    title_is_made: bool = False


def name_in(text: str) -> str:
    """Names of authors as a page gives them, without "by"; nothing for what is no name.

    No name are profiles' URLs, biographies, mail addresses and what systems call themselves.
    """
    name = _BEFORE_NAME.sub("", one_line(text)).strip(" ,|·•")
    is_other = "://" in name or "@" in name or name.lower() in _NOBODY
    return name if 0 < len(name) <= _NAME_CHARACTERS and not is_other else ""


_NAME_CHARACTERS = 100
_BEFORE_NAME = re.compile(
    r"\A(?:(?:written|posted|published|words|text)\s+)?by:?\s+", re.IGNORECASE
)
_NOBODY = frozenset({"admin", "administrator", "editor", "guest", "root", "author", "user"})
