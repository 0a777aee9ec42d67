"""Which parts must carry the newsletter's crisis notice."""

import re

from partwork.model.series import Heading, Instalment, Quotation
from partwork.rendering.words import primary

# Stems, so that suicide, suicidal, suicidio and suicidaire count alike. They are searched in
# every language: a notice too many harms nobody, one too few may. Case is folded before, and what
# must begin a word is one group: so it is nine times as quick, and was a fifth of rendering.
_SPEAKS_OF_IT = re.compile(
    r"suic[ií]d|suizid|selbst(?:mord|tötung|verletz|verstümm)|lebensmüde"
    r"|zelf(?:moord|beschadig)|self[\s-]?(?:harm|injur)|automutil|autolesi"
    r"|overdos|überdos|surdos|sobredos"
    r"|\b(?:self[\s-]?(?:mutilat|poison)"
    r"|(?:kill(?:s|ed|ing)?|harm(?:s|ed|ing)?|hurt(?:s|ing)?|cutting)\s+"
    r"(?:him|her|my|your|them|our|one)[’']?s?sel(?:f|ves)\b"
    r"|(?:tak(?:e|es|en|ing)|took|end(?:s|ed|ing)?)\s+(?:his|her|my|your|their|one[’']s)\s+"
    r"(?:own\s+)?li(?:fe|ves)\b|end(?:s|ed|ing)?\s+it\s+all\b|better\s+off\s+dead\b"
    r"|(?:want(?:s|ed|ing)?|wish(?:es|ed|ing)?)\s+to\s+(?:die|be\s+dead)\b"
    r"|thoughts?\s+of\s+(?:death|dying|ending)\b"
    r"|(?:sich|mich|dich)\s+(?:selbst\s+)?um(?:zu|ge)?(?:bring|bracht)"
    r"|nahm\w*\s+(?:sich|mir|dir)\s+das\s+leben|das\s+leben\s+(?:zu\s+)?(?:nehm|genommen))"
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
    return any(_SPEAKS_OF_IT.search(text.casefold()) for text in shown)


def knows_words_for_it(language: str) -> bool:
    """Whether a part in that language can be told to speak of it."""
    return primary(language) in _KNOWN
