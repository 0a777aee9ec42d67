"""Which parts must carry the newsletter's crisis notice."""

import re

from partwork.model.series import Heading, Instalment, Quotation
from partwork.rendering.words import primary

# Stems, so that suicide, suicidal, suicidio and suicidaire count alike. They are searched in
# every language: a notice too many harms nobody, one too few may.
_SPEAKS_OF_IT = re.compile(
    r"suic[ií]d|suizid|selbstmord|selbsttötung|lebensmüde|zelfmoord"
    r"|self[\s-]?harm|self[\s-]?injur|selbstverletz|selbstverstümm|zelfbeschadig"
    r"|automutil|autolesi|overdos|überdos|surdos|sobredos"
    r"|\b(?:kill(?:s|ed|ing)?|harm(?:s|ed|ing)?|hurt(?:s|ing)?|cutting)\s+"
    r"(?:him|her|my|your|them|our|one)[’']?s?sel(?:f|ves)\b"
    r"|\b(?:tak(?:e|es|en|ing)|took|end(?:s|ed|ing)?)\s+(?:his|her|my|your|their|one[’']s)\s+(?:own\s+)?"
    r"li(?:fe|ves)\b|\bend(?:s|ed|ing)?\s+it\s+all\b|\bbetter\s+off\s+dead\b"
    r"|\b(?:want(?:s|ed|ing)?|wish(?:es|ed|ing)?)\s+to\s+(?:die|be\s+dead)\b"
    r"|\bself[\s-]?(?:mutilat|poison)|\bthoughts?\s+of\s+(?:death|dying|ending)\b"
    r"|\b(?:sich|mich|dich)\s+(?:selbst\s+)?um(?:zu|ge)?(?:bring|bracht)"
    r"|\bnahm\w*\s+(?:sich|mir|dir)\s+das\s+leben|\bdas\s+leben\s+(?:zu\s+)?(?:nehm|genommen)",
    re.IGNORECASE,
)
_KNOWN = frozenset({"de", "en", "es", "fr", "it", "nl", "pt"})


def calls_for_notice(instalment: Instalment, language: str) -> bool:
    """Whether a part speaks of suicide, self-harm or overdose.

    True of every part in a language whose words for it are not listed here: so a newsletter in
    such a language carries its crisis notice in all its parts.
    """
    if not knows_words_for_it(language):
        return True
    headings = [e.text for e in instalment.body if isinstance(e, Heading)]
    speakers = [e.speaker for e in instalment.body if isinstance(e, Quotation)]
    lines = [instalment.title, instalment.subject, instalment.preheader, *headings, *speakers]
    shown = [*lines, *(s.text for s in instalment.sentences)]
    return any(_SPEAKS_OF_IT.search(text) for text in shown)


def knows_words_for_it(language: str) -> bool:
    """Whether a part in that language can be told to speak of it."""
    return primary(language) in _KNOWN
