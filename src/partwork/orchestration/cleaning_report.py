"""The cleaning report of one article as the dashboard shows it."""

from collections.abc import Iterator

from partwork.orchestration.artifacts import escaped
from partwork.rendering.report import (
    BlockVerdict,
    Judged,
    Passage,
    Report,
    Sureness,
    doubtful,
    passages_of,
    summary_of,
)
from partwork.rendering.report_page import first_words


def cleaning_section(report: Report, link: str) -> str:
    """Markdown: the article's sums, then what was removed or flagged, in reading order.

    Each block comes with its number, alike neighbours under one line of category, sureness and
    reason. `link` leads to the page that also has what stayed; empty where there is none.
    """
    article = report.article
    lines = [f"## {escaped(article.title)}\n\n", f"{summary_of(report)}.\n\n"]
    if link:
        lines.append(f"[Read the whole report](<{link}>) (for 14 days)\n\n")
    unsure = ", ".join(passage.numbers for passage in doubtful(report))
    if unsure:
        lines.append(f"**Look at these, the least sure first: {unsure}**\n\n")
    shown = [p for p in passages_of(report) if p.first.verdict is not BlockVerdict.KEPT]
    for passage in shown:
        lines += _passage_lines(passage)
    command = f"`partwork keep {article.slug} NUMBER`"
    lines.append(f"\nTo put one back, or to clear a mark: {command}\n\n" if shown else "")
    return "".join(lines)


def _passage_lines(passage: Passage) -> Iterator[str]:
    first = passage.first
    category = escaped(first.category.value if first.category else first.verdict.value)
    if first.verdict is BlockVerdict.FLAGGED:
        yield f"- ⚑ **{category}** · marked: stays, and never enters a series\n"
    else:
        again = "**a guess: look again**" if first.sureness is Sureness.GUESS else first.sureness
        yield f"- **{category}** · {again} · {escaped(first.reason)}\n"
    yield from (f"  - {_numbered(judged)}\n" for judged in passage.blocks)


def _numbered(judged: Judged) -> str:
    number = f"**{judged.number}** " if judged.number else ""
    return f"{number}{escaped(first_words(judged.block))}"
