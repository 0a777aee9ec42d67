"""Which parts must carry the newsletter's crisis notice."""

import re

from partwork.model.series import Heading, Instalment
from partwork.rendering.words import primary

# Stems, so that suicide, suicidal, suicidio and suicidaire count alike. They are searched in
# every language: a notice too many harms nobody, one too few may.
_SPEAKS_OF_IT = re.compile(
    r"suic[ií]d|suizid|selbstmord|selbsttötung|lebensmüde|zelfmoord"
    r"|self[\s-]?harm|self[\s-]?injur|selbstverletz|selbstverstümm|zelfbeschadig"
    r"|automutil|autolesi|overdos|überdos|surdos|sobredos"
    r"|\b(?:kill(?:s|ed|ing)?|harm(?:s|ed|ing)?|hurt(?:s|ing)?|cutting)\s+"
    r"(?:him|her|my|your|them|our|one)[’']?s?sel(?:f|ves)\b"
    r"|\b(?:tak|took|end)\w*\s+(?:his|her|my|your|their|one[’']s)\s+(?:own\s+)?li(?:fe|ves)\b"
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
    if primary(language) not in _KNOWN:
        return True
    headings = (e.text for e in instalment.body if isinstance(e, Heading))
    shown = [instalment.title, *headings, *(s.text for s in instalment.sentences)]
    return any(_SPEAKS_OF_IT.search(text) for text in shown)
