"""What a reviewer reads above the form, as Markdown."""

from partwork.actions.reviewing import AskedPart, Question
from partwork.model.issue import EDITOR
from partwork.orchestration.artifacts import bounded, bullets, escaped, points
from partwork.orchestration.composing_report import place_of


def description(question: Question) -> str:
    """The question: what became of the last answer, what is wrong, the parts, what was asked for.

    All that comes from outside is escaped. The dashboard shows the first lines, the rest scrolls:
    what keeps it from being approved comes first.
    """
    review = question.review
    sections = [f"**{escaped(question.series.title)}**, {_roles(question)}\n"]
    if question.remark:
        sections.append(f"**{escaped(question.remark)}**\n")
    if question.faults:
        told = points((place_of(fault), "") for fault in question.faults)
        sections += ["To mend before it can be approved:\n", told]
    sections.append("".join(map(_part, question.parts)))
    if question.said:
        sections += ["What reviewers have asked for:\n", bullets(question.said)]
    if not question.parts[0].url:
        sections.append(
            "There are no links, for `PARTWORK_PUBLIC_URL` is not set, and `partwork up` does not "
            "run: the mails lie in "
            f"`.partwork/previews/{review.series}` on the worker's machine.\n"
        )
    sections.append(
        "Read each mail, then answer for all of them; one that is edited meanwhile is asked about "
        f"again. The question closes on {review.closes_at:%Y-%m-%d at %H:%M} UTC.\n"
    )
    sections.append(_where(question))
    return bounded("\n".join(sections))


def _roles(question: Question) -> str:
    """Of whom a yes is wanted; nothing needs to be said where anybody will do."""
    if question.roles == (EDITOR,):
        return "to be approved:"
    return f"to be approved as {escaped(', '.join(question.roles))}, each by another person:"


def _part(part: AskedPart) -> str:
    issue = part.issue
    subject = escaped(issue.subject or "no subject")
    linked = f"[{subject}](<{part.url}>)" if part.url else subject
    readers = "1 reader" if part.readers == 1 else f"{part.readers} readers"
    facts = f"{part.words} words, {part.claims} claims, {readers} now"
    return f"- {issue.number}\\. {linked} · {facts} · {escaped(part.state)}\n"


def _where(question: Question) -> str:
    everything = question.waiting_url
    waits = f" [All that waits](<{everything}>)." if everything else ""
    series = question.review.series
    return (
        f"The claims sheet stands under *Artifacts*, `claims-{series}`, and beside each mail. "
        f"On the command line: `partwork approve {series} --by NAME`.{waits}\n"
    )
