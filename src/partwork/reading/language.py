"""The language of a text, by its commonest words."""

import re
from collections import Counter

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")

# Words that are among the commonest of one language and rare in the others.
_COMMON = {
    "en": "the of and to is that for it with was this are not have you they from which would",
    "de": "der die und das nicht ist ein ich sich mit den auf für eine auch dem von wird",
    "fr": "le les des et une est que pour dans qui pas sur avec sont nous cette au ne",
    "es": "el los las que una por con para es del se lo como más pero sus está y",
    "it": "il di che non una per sono gli della con anche dei questo ma nel alla si è",
    "nl": "het een van en dat niet zijn op voor met als aan ook bij maar wordt naar er",
    "pt": "não uma os que para com dos do da mais como mas foi ao ele das tem seu",
    "sv": "och att det som är inte för med till på jag av har ett den om vi kan",
}
_LANGUAGES = {language: words.split() for language, words in _COMMON.items()}

# Fewer common words than this, or a lead below a third, and we say that we do not know (a guess).
_FEWEST_VOTES = 5
# The first words of an article suffice, and long ones stay cheap.
_CHARACTERS = 20_000


def language_tag(said: str) -> str:
    """`said` as a language tag (BCP 47, 2.1), nothing if it cannot be one; `en_GB` is `en-GB`."""
    tag = said.strip().replace("_", "-")
    return tag if _TAG.fullmatch(tag) else ""


def language_of(text: str) -> str:
    """The language that most common words of `text` belong to, "und" when unsure."""
    counts = Counter(re.findall(r"[^\W\d_]+", text[:_CHARACTERS].lower()))
    votes = Counter(
        {language: sum(counts[word] for word in words) for language, words in _LANGUAGES.items()}
    )
    ranked = [*votes.most_common(2), ("und", 0), ("und", 0)]
    (language, most), (_, second) = ranked[:2]
    return language if most >= _FEWEST_VOTES and 2 * most >= 3 * second else "und"
