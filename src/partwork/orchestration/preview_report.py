"""What was rendered of a series and what preflight says of it, as the dashboard shows it."""

from collections.abc import Mapping, Sequence

from partwork.actions.preview import Previewed
from partwork.model.fault import Severity
from partwork.orchestration.artifacts import escaped, points, table
from partwork.rendering.finding import Check

ON_A_PHONE = ("375-light", "375-dark")


def page(
    series: str,
    shown: Sequence[Previewed],
    links: Mapping[int, str],
    pictures: str,
    seen: Mapping[int, Mapping[str, str]] | None = None,
) -> str:
    """Markdown: links to the mails, what is wrong with each, and a table of all that was measured.

    `links` lead to the looks at the mails, by number; there are none without a public address.
    `pictures` says in a sentence whether there are any; `seen` has the addresses of those that
    the page shows itself, by number and view.
    """
    sections = [f"# Previews of {escaped(series)}\n"]
    sections += ["".join(_line(item, links) for item in shown), f"{escaped(pictures)}\n"]
    sections += [_pictures(item, seen.get(item.issue.number, {})) for item in shown if seen]
    found = [
        (f"Part {item.issue.number} ({finding.rule})", f"{finding.severity}: {finding.message}")
        for item in shown
        for check in item.checks
        for finding in check.findings
    ]
    if found:
        sections += ["## To mend or to look at\n", points(found)]
    sections += ["## What was measured\n", _measured(shown)]
    how = f"partwork approve {series} --by NAME"
    return "\n".join([*sections, f"Approve just these words: `{how}`\n"])


def _pictures(item: Previewed, urls: Mapping[str, str]) -> str:
    """The mail on a phone, in light and dark, side by side."""
    views = [view for view in ON_A_PHONE if view in urls]
    shown = " ".join(f"![Part {item.issue.number}, {view}](<{urls[view]}>)" for view in views)
    return f"## {item.issue.number}\\. as on a phone\n\n{shown}\n" if shown else ""


def _line(item: Previewed, links: Mapping[int, str]) -> str:
    issue = item.issue
    subject = escaped(issue.subject or "no subject")
    has_link = issue.number in links and not issue.is_correction_mail
    linked = f"[{subject}](<{links[issue.number]}>)" if has_link else subject
    return f"- {issue.number}\\. {linked} · {escaped(issue.name)}\n"


def _measured(shown: Sequence[Previewed]) -> str:
    """One column for each thing that was looked at, one row for each part."""
    names = [check.name for check in shown[0].checks] if shown else []
    rows = ((item.issue.number, *map(_cell, item.checks)) for item in shown)
    return table(("Part", *names), rows)


def _cell(check: Check) -> str:
    """What was measured, with a sign where something is wrong with it."""
    worst = {finding.severity for finding in check.findings}
    sign = "✗ " if Severity.FAULT in worst else "! " if worst else ""
    return f"{sign}{check.measured}"
