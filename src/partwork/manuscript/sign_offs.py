"""The marks by which an editor signs a fault off: `<!-- ok: rule, who, why -->`."""

import re
from collections.abc import Sequence

from partwork.model.series import SignOff


def sign_off_in(comment: str, line: int) -> SignOff | None:
    """The mark that a comment is, which begins on that line; None for any other comment.

    Rule, name and reason are "" where they are missing; line breaks in them are spaces.
    """
    found = _MARK.fullmatch(comment)
    if found is None:
        return None
    rule, who, why = (" ".join((found[name] or "").split()) for name in ("rule", "who", "why"))
    return SignOff(rule, who, why, line)


def print_sign_offs(marks: Sequence[SignOff]) -> list[str]:
    """Each as the comment that reads back as it."""
    return [f"<!-- ok: {', '.join(_said(mark))} -->" for mark in marks]


def marks_at_end(text: str, line: int) -> tuple[str, tuple[SignOff, ...]]:
    """A line of front matter without the marks that it ends in, and these."""
    found = _AT_END.search(text)
    if found is None:
        return text, ()
    marks = (sign_off_in(comment, line) for comment in _COMMENT.findall(found.group()))
    return text[: found.start()].rstrip(), tuple(mark for mark in marks if mark and mark.rule)


_MARK = re.compile(
    r"<!--\s*ok:\s*(?P<rule>[^,]*?)\s*(?:,(?P<who>[^,]*?)(?:,(?P<why>.*?))?)?-->", re.DOTALL
)
_COMMENT = re.compile(r"<!--.*?-->")
# No mark holds another's beginning: so a line of nothing but beginnings is read once.
_AT_END = re.compile(r"(?:<!--\s*ok:\s*[^\s,>-](?:(?!<!--|-->).)*-->\s*)+$")


def _said(mark: SignOff) -> list[str]:
    """Rule, name and reason, as far as they are given."""
    if mark.why:
        return [mark.rule, mark.who, mark.why]
    return [mark.rule, mark.who] if mark.who else [mark.rule]
