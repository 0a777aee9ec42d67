"""What a reviewer reads above the form, as Markdown."""

from partwork.actions.reviewing import AskedPart, Question
from partwork.orchestration.artifacts import bounded, bullets, escaped, points
from partwork.orchestration.composing_report import place_of


def description(question: Question) -> str:
    """The question: what became of the last answer, the parts, what is wrong, what was asked for.

    All that comes from outside is escaped.
    """
    review = question.review
    sections = [f"# {escaped(question.series.title)}\n"]
    if question.remark:
        sections.append(f"**{escaped(question.remark)}**\n")
    roles = ", ".join(question.roles)
    sections.append(
        f"A yes is wanted as: {escaped(roles)}. Read each mail, then answer for all of them; one "
        f"that is edited meanwhile is asked about again. The question closes on "
        f"{review.closes_at:%Y-%m-%d at %H:%M} UTC.\n"
    )
    sections.append("".join(map(_part, question.parts)))
    if not question.parts[0].url:
        sections.append(
            "There are no links, for `PARTWORK_PUBLIC_URL` is not set: the mails lie in "
            f"`.partwork/previews/{review.series}` on the worker's machine.\n"
        )
    if question.faults:
        told = points((place_of(fault), "") for fault in question.faults)
        sections += ["## To mend before it can be approved\n", told]
    if question.said:
        sections += ["## What reviewers have asked for\n", bullets(question.said)]
    sections.append(_where(question))
    return bounded("\n".join(sections))


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
