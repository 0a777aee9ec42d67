"""A series → its claims sheet: what a medical reviewer reads and ticks."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from partwork.actions.loading import load_articles, load_parts, load_series
from partwork.assembly import Press
from partwork.composing.claims import Claim, ClaimKind, Ground, claims_in
from partwork.library import LibraryError
from partwork.manuscript.inline import destination_of, print_inline
from partwork.model.article import normalised
from partwork.model.series import Series

_OF_BLOCK = "article `{article}`, block `{block}`"


@dataclass(frozen=True, slots=True)
class ClaimsSheet:
    """The claims of a series in reading order, and the files of its parts by number."""

    series: Series
    claims: tuple[Claim, ...]
    files: Mapping[int, str]


def claims_of(press: Press, slug: str) -> ClaimsSheet:
    """The claims of the series as its files are now. Raises LibraryError or ManuscriptError."""
    series = load_series(press, slug)
    articles = load_articles(press, series.articles)
    parts = load_parts(press, slug)
    claims = tuple(claim for part, _ in parts for claim in claims_in(part, articles))
    files = {part.number: press.library.shown(path) for part, path in parts}
    return ClaimsSheet(series, claims, files)


def claims_markdown(sheet: ClaimsSheet) -> str:
    """The sheet as Markdown: a box to tick for each claim, with what its sources say.

    Words from articles and parts are escaped; links are made of web addresses alone.
    """
    counts = Counter(kind for claim in sheet.claims for kind in claim.kinds)
    told = ", ".join(f"{kind} {counts[kind]}" for kind in ClaimKind if counts[kind])
    lines = [
        f"# Claims of {_words(sheet.series.title)}\n",
        f"{len(sheet.claims)} sentences to review: {told or 'none'}. One may be of several kinds. "
        "Tick a box when its sources bear the sentence out and you would let it stand.\n",
        "Reviewed by: ____________________ on: ____________\n",
    ]
    for part in sheet.series.instalments:
        lines.append(f"## Part {part.number}: {_words(part.title)}\n")
        lines.append(f"`{sheet.files[part.number]}`\n")
        lines.append(claims_of_part(sheet, part.number))
    return "\n".join(lines).rstrip("\n") + "\n"


def claims_of_part(sheet: ClaimsSheet, number: int) -> str:
    """The claims of one part, as they stand on the sheet."""
    claims = [claim for claim in sheet.claims if claim.part == number]
    lines = [line for claim in claims for line in _claim_lines(claim)]
    return "\n".join([*lines, ""]) if lines else "No claims.\n"


def write_claims(press: Press, sheet: ClaimsSheet, file: Path) -> None:
    """Puts the sheet where `file` is. Raises LibraryError where one is: it may hold ticks."""
    if file.exists():
        raise LibraryError(
            f"{file}: is there already, and may hold a reviewer's ticks; choose another name"
        )
    press.library.write(file.absolute(), claims_markdown(sheet))


def _claim_lines(claim: Claim) -> Iterator[str]:
    place = f"line {claim.line}" if claim.line else "front matter"
    kinds = ", ".join(claim.kinds)
    speaker = f" (quoted: {_words(claim.speaker)})" if claim.speaker else ""
    yield f"- [ ] **{place} · {kinds}** {_words(claim.text)}{speaker}"
    yield from (f"  - {_ground_line(claim, ground)}" for ground in claim.grounds)
    if claim.needs_ground and not claim.grounds:
        yield "  - **no source**"
    for mark in claim.signed_off:
        yield f"  - signed off for {_words(mark.rule)} by {_words(mark.who)}: {_words(mark.why)}"


def _ground_line(claim: Claim, ground: Ground) -> str:
    where = _OF_BLOCK.format(article=ground.article, block=ground.block)
    if not ground.quote:
        return f"**the source is gone:** {where}"
    title = _words(ground.title)
    if ground.source.startswith(("https://", "http://")):
        title = f"[{title}]({destination_of(ground.source)})"
    is_verbatim = normalised(ground.quote) == normalised(claim.text)
    said = "word for word" if is_verbatim else f"“{_words(ground.quote)}”"
    return f"{said} — {title}, {where}"


def _words(text: str) -> str:
    """Text from outside as Markdown that shows just these words, on one line."""
    plain = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return print_inline(" ".join(plain.split()))
