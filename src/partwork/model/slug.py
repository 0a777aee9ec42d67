"""Slugs: words as files, addresses and commands write them."""

import re
import unicodedata

_LONGEST = 60
# What has no letter of ASCII below its accents.
_ASCII = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "þ": "th"})


def slug_of(words: str, longest: int = _LONGEST) -> str:
    """`words` in lower-case ASCII joined by hyphens, cut between them; nothing if none is left.

    Letters lose their accents, and what is written in no Latin letters goes. `longest` counts
    characters.
    """
    plain = unicodedata.normalize("NFKD", words.lower().translate(_ASCII))
    found = re.findall(r"[a-z0-9]+", re.sub(r"['’\u0300-\u036f]", "", plain))
    slug = found[0][:longest] if found else ""
    for word in found[1:]:
        if len(slug) + 1 + len(word) > longest:
            break
        slug += f"-{word}"
    return slug
