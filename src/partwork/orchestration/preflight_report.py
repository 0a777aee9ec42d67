"""What is to be known before mails leave, as the dashboard shows it."""

from collections.abc import Sequence

from partwork.actions.before_sending import BeforeSending
from partwork.model.fault import Severity
from partwork.orchestration.artifacts import escaped, points, table
from partwork.rendering.finding import Check

ABOUT = "Whom each mail reaches now, what keeps it from them, and what was measured in it."


def page(title: str, looked_at: Sequence[BeforeSending]) -> str:
    """Markdown: whom each issue reaches, what keeps it from them, what was measured in its mail."""
    rows = (
        (one.issue.number, one.issue.name, f"{one.recipients:,}", len(one.faults), _worst(one))
        for one in looked_at
    )
    sections = [
        f"# Before sending: {escaped(title)}\n",
        table(("Part", "Issue", "Recipients", "Open faults", "The mail"), rows),
    ]
    for one in looked_at:
        sections += [f"## {one.issue.number}\\. {escaped(one.issue.subject or 'no subject')}\n"]
        if one.faults:
            places = (
                (f"{f.file}{f', line {f.line}' if f.line else ''} ({f.rule})", f.message)
                for f in one.faults
            )
            sections += ["Mend these, or sign them off:\n", points(places)]
        sections += [points((check.name, _said(check)) for check in one.checks)]
    return "\n".join(sections)


def _worst(one: BeforeSending) -> str:
    found = [finding.severity for check in one.checks for finding in check.findings]
    if Severity.FAULT in found:
        return f"✗ {found.count(Severity.FAULT)} faults"
    return f"! {len(found)} notices" if found else "nothing found"


def _said(check: Check) -> str:
    """What was measured, and what is wrong with it."""
    signs = {Severity.FAULT: "✗", Severity.NOTICE: "!"}
    found = (f"{signs[finding.severity]} {finding.message}" for finding in check.findings)
    return "; ".join((check.measured, *found))
