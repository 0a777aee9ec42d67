"""What is found in a mail before it leaves."""

from dataclasses import dataclass

from partwork.model.fault import Severity


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, under the rule by which it can be signed off.

    `line` is that of the instalment's file, 0 all of it.
    """

    rule: str
    message: str
    severity: Severity = Severity.FAULT
    line: int = 0


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was measured, in words, and what is wrong with it."""

    name: str
    measured: str
    findings: tuple[Finding, ...]
