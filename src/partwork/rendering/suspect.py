"""Words that should not stand in a mail: links that say nothing, gaps nobody filled in, lures."""

import re
from collections.abc import Iterable


def is_vague(words: str) -> bool:
    """Whether the words of a link do not say where it goes, in the languages listed here."""
    return words.casefold().strip(" .…:!>→»") in _VAGUE


def placeholders_in(texts: Iterable[str]) -> tuple[str, ...]:
    """What looks like a place that somebody meant to fill in, each once."""
    return tuple(dict.fromkeys(found for text in texts for found in _PLACEHOLDER.findall(text)))


def lures_in(subject: str, preheader: str) -> tuple[str, ...]:
    """What filters and readers know from spam in the two lines a mailbox shows, each once.

    A hint and no more: real newsletters say such things too, and no list knows what a filter
    will make of them.
    """
    letters = [c for c in subject if c.isalpha()]
    found = [match[0] for text in (subject, preheader) for match in _LURE.finditer(text)]
    # SpamAssassin's SUBJ_ALL_CAPS: several words, and no small letter among them.
    if len(letters) > 9 and " " in subject.strip() and subject.isupper():
        found.insert(0, "a subject in capitals alone")
    return tuple(dict.fromkeys(found))


# fmt: off
_VAGUE = frozenset({
    "here", "click", "click here", "this", "this link", "link", "more", "read more",
    "learn more", "find out more", "details", "continue", "continue reading", "this article",
    "this page", "hier", "hier klicken", "klicken sie hier", "dieser link", "mehr",
    "mehr lesen", "weiterlesen", "weiter", "mehr erfahren", "mehr dazu", "dieser artikel",
    "diese seite", "ici", "cliquez ici", "lire la suite", "en savoir plus", "aquí", "haz clic aquí",
    "leer más", "más información", "qui", "clicca qui", "leggi di più", "continua", "klik hier",
    "lees meer", "meer lezen", "clique aqui", "leia mais", "saiba mais",
})
# fmt: on
_PLACEHOLDER = re.compile(
    r"\{\{[^{}]{0,60}\}\}|\{%[^{}]{0,60}%\}|\$\{\w{1,60}\}"  # Jinja and its kin, shells
    r"|\*\|[A-Z_:]{1,60}\|\*|%%?[a-z_]+\.?[a-z_]*%%?"  # Mailchimp; Mailgun, Salesforce
    r"|\[\[?(?:first|last|full)?[ _]?name\]?\]|\blorem ipsum\b",
    re.IGNORECASE,
)
# The phrases that SpamAssassin's own rules for subjects and bodies look for, and their German.
_LURE = re.compile(
    r"!{2,}|\${2,}|€{2,}|\b100\s?%\s(?:free|guaranteed|gratis|kostenlos)\b"
    r"|\bact now\b|\bonce in a lifetime\b|\brisk[- ]free\b|\bno (?:obligation|strings attached)\b"
    r"|\byou(?:'ve|’ve| have) won\b|\bcongratulations\b|\bmake money\b|\bearn \$|\bcash bonus\b"
    r"|\blose weight\b|\bmiracle cure\b|\blimited[- ]time offer\b|\bdear friend\b|\bfree gift\b"
    r"|\bbuy now\b|\bjetzt zuschlagen\b|\bsie haben gewonnen\b|\bherzlichen glückwunsch\b"
    r"|\bgeld verdienen\b|\bnur (?:noch )?heute\b|\bwundermittel\b|\bohne risiko\b",
    re.IGNORECASE,
)
