"""What checks find in sentences, and how they name them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from partwork.model.fault import Fault, Severity
from partwork.model.series import Sentence, SignOff

_SHOWN = 60  # characters of a sentence in a message


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule has against a text; the message goes on from the text's name."""

    rule: str
    message: str
    severity: Severity = Severity.FAULT


def faults_in(sentence: Sentence, file: str, found: Iterable[Finding]) -> Iterator[Fault]:
    """The findings as faults of the sentence's line, but for rules it is signed off for."""
    for one in found:
        if not is_signed_off(one.rule, sentence.signed_off):
            message = f"{shown(sentence.text)} {one.message}"
            yield Fault(file, sentence.line, one.rule, message, one.severity)


def is_signed_off(rule: str, marks: Iterable[SignOff]) -> bool:
    """Whether one of the marks speaks of the rule; what it must say, `sign-off` checks."""
    return any(mark.rule == rule for mark in marks)


def shown(text: str) -> str:
    """The first words of a text in quotation marks."""
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN].rsplit(' ', 1)[0]}…"
    return f"“{short}”"


def place_of(sentence: Sentence, file: str) -> str:
    """Where a sentence stands, in words."""
    return f"{file}, line {sentence.line}" if sentence.line else file
