"""Several parts in one mail, for readers who want all parts of a week together.

Nothing is rendered anew: what an editor approved of each part stands in it byte for byte, set into
what stands around the first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from partwork.model.issue import (
    AudienceRule,
    Issue,
    Marked,
    MergeField,
    Stretch,
    by_itself,
    stretches_of,
    without_marks,
)
from partwork.model.newsletter import Newsletter
from partwork.rendering.inline import one_line
from partwork.rendering.issue import WHOLE_BYTES
from partwork.rendering.templates import filled

SUBJECT_CHARACTERS = 120  # room for two titles; lists show less, and what is cut says so
PREHEADER_CHARACTERS = 150  # what the widest lists show; a guess


@dataclass(frozen=True, slots=True)
class Piece:
    """An issue that may go into a bundle; `page_url` is where its web version is read."""

    issue: Issue
    marked: Marked
    page_url: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """A mail of several parts, in the order in which they stand in it."""

    issue: Issue
    parts: tuple[Issue, ...]


def is_bundleable(issue: Issue, marked: Marked) -> bool:
    """Whether HTML and text say, once each, what belongs to the part, and are the issue's own."""
    return all(
        _PART.fullmatch(text) and by_itself(text) == own
        for text, own in ((marked.html, issue.html), (marked.text, issue.text))
    )


def bundles_of(
    pieces: Iterable[Piece], newsletter: Newsletter, week: int, templates: Mapping[str, str]
) -> tuple[Bundle, ...]:
    """Mails of two parts or more, as few as their order and Gmail's limit allow.

    Parts that are in none go by themselves: nothing is marked in them, or no other comes from the
    same sender, in the same language and with the same footer, or has room beside it. `week` is
    the number of the calendar week. Raises TemplateError for a `web/bundle.html` that gives no
    page.
    """
    groups: list[tuple[Piece, ...]] = []
    for piece in pieces:
        if not is_bundleable(piece.issue, piece.marked):
            continue
        for at, group in enumerate(groups):
            joined = (*group, piece)
            if _frame_of(piece) == _frame_of(group[0]) and _fits(joined):
                groups[at] = joined
                break
        else:
            groups.append((piece,))
    return tuple(
        Bundle(_joined(group, newsletter, week, templates), tuple(piece.issue for piece in group))
        for group in groups
        if len(group) > 1
    )


def _joined(
    pieces: Sequence[Piece], newsletter: Newsletter, week: int, templates: Mapping[str, str]
) -> Issue:
    parts = [piece.issue for piece in pieces]
    name = one_line(newsletter.name)
    subject = _limited(f"{name}: {' · '.join(part.title for part in parts)}", SUBJECT_CHARACTERS)
    told = (part.preheader for part in parts if part.preheader)
    preheader = _limited(" · ".join(told), PREHEADER_CHARACTERS)
    return Issue(
        instalment="",
        number=week,
        title=subject,
        subject=subject,
        preheader=preheader,
        sender=parts[0].sender,
        reply_to=parts[0].reply_to,
        html=_html_of(pieces, subject, preheader),
        text=_set_in([p.marked.text for p in pieces], [p.page_url for p in pieces]),
        page=filled("web/bundle.html", templates, {"name": name, "parts": parts}).text,
        audience=AudienceRule(parts[0].audience.newsletter, ""),
        demo=any(part.demo for part in parts),
    )


def _html_of(pieces: Sequence[Piece], title: str, preheader: str) -> str:
    urls = [escape(piece.page_url) for piece in pieces]
    anew = {Stretch.TITLE: escape(title), Stretch.PREHEADER: escape(preheader)}
    return _set_in([piece.marked.html for piece in pieces], urls, anew)


def _set_in(
    marked: Sequence[str], page_urls: Sequence[str], anew: Mapping[Stretch, str] | None = None
) -> str:
    """What belongs to each part, with the address of its own page, in the frame of the first.

    Only the last goes without the words that say another follows. What is `anew` takes the place of
    those stretches of the frame.
    """
    before, _, after = _parted(marked[0])
    for stretch, words in (anew or {}).items():
        literal = words.replace("\\", r"\\")
        before, after = (stretches_of(stretch).sub(literal, text) for text in (before, after))
    *others, last = (_parted(text)[1] for text in marked)
    own = [*map(without_marks, others), by_itself(last)]
    shown = (
        text.replace(MergeField.PAGE_URL.mark, url)
        for text, url in zip(own, page_urls, strict=True)
    )
    return "".join((without_marks(before), *shown, without_marks(after)))


def _fits(pieces: Sequence[Piece]) -> bool:
    longest = "_" * max(SUBJECT_CHARACTERS, PREHEADER_CHARACTERS) * _WIDEST
    return len(_html_of(pieces, longest, longest).encode()) <= WHOLE_BYTES


def _frame_of(piece: Piece) -> tuple[object, ...]:
    """What two parts must share: who writes and is answered, the language, the footer's words."""
    language = _HTML_TAG.search(piece.marked.html)
    footer = _parted(piece.marked.text)[2]
    return piece.issue.sender, piece.issue.reply_to, language and language[0], footer


def _parted(marked: str) -> tuple[str, str, str]:
    """What stands before the part, the part, and what stands after it."""
    found = _PART.fullmatch(marked)
    if found is None:
        raise ValueError("nothing says where the part begins and ends")
    return found[1], found[2], found[3]


def _limited(words: str, characters: int) -> str:
    """`words`, cut between two where they are too many."""
    if len(words) <= characters:
        return words
    return words[: characters - 1].rpartition(" ")[0].rstrip(" ·") + " …"


_WIDEST = 6  # bytes of a character as it may stand in HTML: `&quot;`
_HTML_TAG = re.compile(r"<html\b[^>]*>")
_NO_MARK = f"((?:(?!{Stretch.PART.begin}|{Stretch.PART.end}).)*)"
_PART = re.compile(f"{_NO_MARK}{Stretch.PART.begin}{_NO_MARK}{Stretch.PART.end}{_NO_MARK}", re.S)
