"""How long a mail may be, and how much of its part it has then."""

from itertools import pairwise

from partwork.model.fault import Severity
from partwork.model.issue import Issue
from partwork.rendering.finding import Check, Finding
from partwork.rendering.seen import Seen, seen_of
from partwork.rendering.shortening import Ending

# Gmail cuts a message's HTML off at 102 kB and hides the rest, footer and all, behind a link.
CLIPPED_BYTES = 102_000
NEARLY_CLIPPED_BYTES = 90_000
LEAST_SHARE = 1 / 3  # of a part's text that its mail has to hold; a guess


def size_check(issue: Issue, seen: Seen, ending: Ending | None, mailed: str) -> Check:
    """How long the HTML that is mailed is, and where it ends that cannot have all of its part."""
    size_bytes = len(mailed.encode())
    measured = f"{_kb(size_bytes)} of {_kb(CLIPPED_BYTES)} kB"
    if ending:
        measured += f", all of it {_kb(len(ending.whole.encode()))} kB"
    found = (_of_ending(ending),) if ending else ()
    if size_bytes < (CLIPPED_BYTES if ending else NEARLY_CLIPPED_BYTES):
        return Check("Size", measured, found)
    said = (
        f"the mail's HTML has {_kb(size_bytes)} kB; Gmail cuts mails off at "
        f"{_kb(CLIPPED_BYTES)} kB: shorten the part or cut it in two{_longest(issue.html, seen)}"
    )
    severity = Severity.FAULT if size_bytes > CLIPPED_BYTES else Severity.NOTICE
    return Check("Size", measured, (*found, Finding("size", said, severity)))


def _of_ending(ending: Ending) -> Finding:
    said = (
        f"all of the mail's HTML would have {_kb(len(ending.whole.encode()))} kB, and Gmail cuts "
        f"mails off at {_kb(CLIPPED_BYTES)} kB: the mail ends {ending.place}, with "
        f"{ending.share:.0%} of the text, and its page has the rest; shorten the part or cut it "
        f"in two{_longest(ending.whole, seen_of(ending.whole))}"
    )
    severity = Severity.NOTICE if ending.share >= LEAST_SHARE else Severity.FAULT
    return Finding("size", said, severity, ending.line)


def _kb(size_bytes: int) -> str:
    return f"{size_bytes / 1000:.0f}"


def _longest(html: str, seen: Seen) -> str:
    """The longest stretches between two headings, at most three, in words that end a message."""
    starts = [*((title.offset, title.words) for title in seen.titles), (len(html), "")]
    sizes = ((len(html[a:b].encode()), words) for (a, words), (b, _) in pairwise(starts))
    longest = ", ".join(f"“{words}” ({_kb(n)} kB)" for n, words in sorted(sizes, reverse=True)[:3])
    return f"; most of it is under {longest}" if longest else ""
