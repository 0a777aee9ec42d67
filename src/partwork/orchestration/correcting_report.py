"""The page that a correction leaves in the dashboard: what was asked, and what is to be read."""

from collections.abc import Mapping

from partwork.actions.correct import Asked
from partwork.orchestration.artifacts import escaped
from partwork.orchestration.preview_report import page as preview_page


def page(asked: Asked, links: Mapping[int, str], mail: str, pictures: str) -> str:
    """The drafts as the preview flow shows them; of the mail about it, all of its text.

    `links` go to the part's draft, `mail` is that text ("": none was asked for), and `pictures`
    says in a sentence whether there are any.
    """
    part = asked.drafts[0].issue
    sections = [
        f"# Correction of {escaped(asked.corrects)}\n",
        f"{asked.have} have it, {asked.unsent} will get the revision in its place, "
        f"{asked.in_doubt} in doubt stay so. Nothing changes for readers before it is approved; "
        "then it takes effect with the next publish.\n",
        preview_page(part.audience.series, asked.drafts, links, pictures),
    ]
    if mail:
        quoted = "\n".join(f"    {line}" for line in mail.splitlines())
        sections.append(f"## The mail to those who have it, as text\n\n{quoted}\n")
    return "\n".join(sections)
