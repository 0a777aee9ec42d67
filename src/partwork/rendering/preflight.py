"""What an editor should know of a mail before it leaves: each thing looked at, and what was found.

The faults are those of `check`; the whole table is for the dashboard.
"""

from collections.abc import Iterable, Iterator, Sequence

from partwork.model.fault import Fault, Severity
from partwork.model.issue import Issue, MergeField
from partwork.model.newsletter import Newsletter
from partwork.rendering.finding import Check, Finding
from partwork.rendering.inline import one_line
from partwork.rendering.legible import LARGE_TEXT, Legibility, legibility
from partwork.rendering.seen import Link, Seen, Title, seen_of
from partwork.rendering.shortening import Ending
from partwork.rendering.size import size_check
from partwork.rendering.suspect import is_vague, lures_in, placeholders_in
from partwork.rendering.wrapping import columns

SUBJECT_CHARACTERS = 60  # what lists on a desktop show; phones show about 40
PREHEADER_CHARACTERS = range(40, 101)
TITLE_CHARACTERS = 150  # ten lines on a phone, as large as titles are set


def preflight(
    issue: Issue,
    newsletter: Newsletter,
    *,
    notices: Sequence[str] = (),
    ending: Ending | None = None,
    mailed: str = "",
) -> tuple[Check, ...]:
    """All that was looked at in an issue's mail, from its subject down to its footer.

    `notices` and `ending` are those of its `Draft`; an issue that was stored has lost them.
    `mailed` is the HTML that leaves, where that is not the issue's own: the one that is measured.
    """
    seen = seen_of(issue.html)
    checks = (_title, _subject, _preheader, _wording)
    looked_at = (
        *(check(issue) for check in checks),
        size_check(issue, seen, ending, mailed or issue.html),
        *(check(seen) for check in (_headings, _links, _pictures)),
    )
    footer = (*_footer(issue, seen), _address(issue, seen, newsletter))
    return (*looked_at, _notices(issue, seen, notices), *footer)


def faults_in(checks: Iterable[Check], file: str) -> tuple[Fault, ...]:
    """Every fault and notice among them; `file` is the instalment's."""
    found = (finding for check in checks for finding in check.findings)
    return tuple(Fault(file, f.line, f.rule, f.message, f.severity) for f in found)


def _footer(issue: Issue, seen: Seen) -> Iterator[Check]:
    yield _contrast(issue)
    yield _placeholders(issue, seen)
    yield _unsubscribing(issue, seen)


def _title(issue: Issue) -> Check:
    length = len(issue.title)
    said = f"the title has {length} characters; use at most {TITLE_CHARACTERS}"
    finding = Finding("title", said, Severity.NOTICE)
    findings = (finding,) if length > TITLE_CHARACTERS else ()
    return Check("Title", f"{length} characters", findings)


def _subject(issue: Issue) -> Check:
    length = len(issue.subject)
    findings = []
    if not length:
        findings.append(Finding("subject", "there is no subject; write one"))
    elif length > SUBJECT_CHARACTERS:
        said = f"the subject has {length} characters; use at most {SUBJECT_CHARACTERS}"
        findings.append(Finding("subject", said))
    measured = f"{length} of {SUBJECT_CHARACTERS} characters"
    return Check("Subject", measured, tuple(findings))


def _preheader(issue: Issue) -> Check:
    length = columns(issue.preheader)  # an ideograph takes the room of two letters
    least, most = PREHEADER_CHARACTERS[0], PREHEADER_CHARACTERS[-1]
    said = f"the preheader is {length} characters wide; use {least} to {most}"
    finding = Finding("preheader", said, Severity.NOTICE)
    findings = () if length in PREHEADER_CHARACTERS else (finding,)
    return Check("Preheader", f"{length} characters wide, {least} to {most} are good", findings)


def _wording(issue: Issue) -> Check:
    lures = lures_in(issue.subject, issue.preheader)
    findings = (
        Finding(
            "wording",
            f"{lure}: filters know this from spam; say what the part says, if it is not that",
            Severity.NOTICE,
        )
        for lure in lures
    )
    return Check("Wording", f"{len(lures) or 'none'} of what spam says", tuple(findings))


def _notices(issue: Issue, seen: Seen, notices: Sequence[str]) -> Check:
    """Whether the newsletter's fixed sentences, help in a crisis among them, are shown."""
    findings = tuple(
        Finding(
            "notice",
            f"templates/email/{template} leaves out what the newsletter always says: "
            f"“{notice[:60]}”; put notices into it, as email/parts/opening.mjml has them",
        )
        for template, shown in (("issue.mjml", seen.words), ("issue.txt", issue.text))
        for notice in notices
        if _unspaced(notice) not in _unspaced(shown)
    )
    return Check("Notices", f"{len(notices) or 'none'}", findings)


def _unspaced(text: str) -> str:
    """The text without white space: lines are wrapped wherever an ideograph ends."""
    return "".join(text.split())


def _headings(seen: Seen) -> Check:
    findings = tuple(_of_headings(seen.titles))
    levels = [title.level for title in seen.titles]
    return Check("Headings", f"{len(levels)}, down to level {max(levels, default=0)}", findings)


def _of_headings(titles: tuple[Title, ...]) -> Iterator[Finding]:
    tops = sum(title.level == 1 for title in titles)
    if tops != 1:
        said = f"the mail has {tops or 'no'} h1; its title alone is one, change the template"
        yield Finding("headings", said, Severity.NOTICE)
    above = 1
    for title in titles:
        if not title.words:
            said = f"an h{title.level} has no words; fill it in or take it out"
            yield Finding("headings", said, Severity.NOTICE)
        if title.level > above + 1:
            said = f"“{title.words}” is an h{title.level} under an h{above}; make it h{above + 1}"
            yield Finding("headings", said, Severity.NOTICE)
        above = title.level


def _links(seen: Seen) -> Check:
    findings = tuple(f for link in seen.links for f in _of_link(link))
    return Check("Links", f"{len(seen.links)}", findings)


_OPEN_FIELDS = frozenset(field.mark for field in MergeField)


def _of_link(link: Link) -> Iterator[Finding]:
    shown = f"link “{link.words}”" if link.words else f"link to {link.url}"
    scheme = link.url.partition(":")[0].lower()
    if link.url in _OPEN_FIELDS:
        pass
    elif scheme == "http":
        said = f"{shown} goes to {link.url}, which is not encrypted; try https"
        yield Finding("link", said, Severity.NOTICE)
    elif scheme not in {"https", "mailto"}:
        said = f"{shown} goes to {link.url!r}; links start with https:// or mailto:"
        yield Finding("link", said)
    if not link.words:
        yield Finding("link-text", f"{shown} has no words; say where it goes")
    elif is_vague(link.words):
        said = f"{shown} does not say where it goes; name it"
        yield Finding("link-text", said, Severity.NOTICE)


def _pictures(seen: Seen) -> Check:
    findings = []
    for picture in seen.pictures:
        if picture.alt is None:
            shown = picture.source or "without src"
            said = f'picture {shown} has no alt; describe it, or write alt=""'
            findings.append(Finding("alt", said))
        elif picture.alt.lower().endswith((".gif", ".jpeg", ".jpg", ".png", ".webp")):
            said = f"the alt {picture.alt!r} is a file's name; say what the picture shows"
            findings.append(Finding("alt", said, Severity.NOTICE))
    return Check("Pictures", f"{len(seen.pictures) or 'none'}", tuple(findings))


def _contrast(issue: Issue) -> Check:
    light, dark = legibility(issue.html, dark=False), legibility(issue.html, dark=True)
    findings = (*_of_contrast(light, "light"), *_of_contrast(dark, "dark"))
    measured = f"at least {light.lowest:.1f} in light, {dark.lowest:.1f} in dark"
    return Check("Contrast", measured, findings)


def _of_contrast(found: Legibility, scheme: str) -> Iterator[Finding]:
    """Below what large letters need nothing can be read at ease: that is a fault."""
    for pale in found.pale:
        where = f"“{one_line(pale.words)[:40]}” in {scheme} mode, {pale.ink} on {pale.paper}"
        if not pale.contrast:
            said = f"{where}: contrast not known, write colours as #rrggbb"
            yield Finding("contrast", said, Severity.NOTICE)
            continue
        said = f"{where}: contrast {pale.contrast:.1f}, needed {pale.needed:g}; change the template"
        severe = pale.contrast < LARGE_TEXT
        yield Finding("contrast", said, Severity.FAULT if severe else Severity.NOTICE)


def _placeholders(issue: Issue, seen: Seen) -> Check:
    found = placeholders_in((issue.subject, issue.preheader, seen.words))
    findings = (
        Finding(
            "placeholder",
            f"{words} looks like a placeholder that nobody filled in; write what belongs there, "
            "or mark it as code",
        )
        for words in found
    )
    return Check("Placeholders", f"{len(found) or 'none'}", tuple(findings))


def _unsubscribing(issue: Issue, seen: Seen) -> Check:
    mark = MergeField.UNSUBSCRIBE_URL.mark
    ways = [link for link in seen.links if link.url == mark]
    findings = []
    for is_there, template in ((ways, "email/issue.mjml"), (mark in issue.text, "email/issue.txt")):
        if not is_there:
            said = f"templates/{template} gives no way to leave; put merge.unsubscribe_url into it"
            findings.append(Finding("unsubscribe", said))
    if ways and all(link.is_hidden for link in ways):
        said = "templates/email/issue.mjml hides the link to unsubscribe; show it"
        findings.append(Finding("unsubscribe", said))
    return Check("Unsubscribe", f"“{ways[0].words}”" if ways else "no link", tuple(findings))


def _address(issue: Issue, seen: Seen, newsletter: Newsletter) -> Check:
    lines = [one_line(line) for line in newsletter.postal_address.splitlines()]
    if not any(lines):
        where = f"content/newsletters/{newsletter.slug}.toml"
        said = f"there is no postal address; the law wants one, write postal_address into {where}"
        return Check("Postal address", "none", (Finding("address", said, Severity.NOTICE),))
    findings = tuple(
        Finding(
            "address",
            f"templates/email/{template} leaves the postal address out; "
            "put newsletter.postal_lines into it",
        )
        for template, shown in (
            ("issue.mjml", seen.words),
            ("issue.txt", one_line(issue.text)),
        )
        if not all(line in shown for line in lines)
    )
    return Check("Postal address", lines[0], findings)
