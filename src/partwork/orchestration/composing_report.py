"""What composing made of a series, as the dashboard shows it."""

from collections.abc import Iterator, Mapping, Sequence

from partwork.actions.compose import ComposeReport
from partwork.composing.risk import is_caveat
from partwork.composing.sentences import sentences_in
from partwork.model.article import Article, normalised
from partwork.model.fault import Fault
from partwork.model.series import Instalment, Sentence
from partwork.orchestration.artifacts import bullets, escaped, points
from partwork.rendering.words import minutes_to_read


def page(report: ComposeReport, links: Mapping[int, str]) -> str:
    """Markdown: the plan, what is to be mended, what stayed and why, the evidence of each part.

    `links` lead to the parts' drafts, by number; there are none without a public address.
    """
    series = report.series
    sections = [f"# {escaped(series.title)}\n", points(map(_part, series.instalments))]
    sections.append(drafts(series.instalments, links))
    for title, lines in (
        ("Conflicts to settle first", bullets(report.conflicts)),
        ("Faults and notices", points((f.severity, place_of(f)) for f in report.faults)),
        ("Left out for their sources' rights", bullets(report.quoted)),
        ("Edited, published or written by hand", bullets(report.kept)),
        ("Taken away, for nothing of their themes is left", bullets(report.removed)),
        ("Language model", bullets((*report.rewording, *report.fell_back))),
    ):
        if lines:
            sections += [f"## {title}\n", lines]
    sections.append(f"To see the mails: `partwork preview {series.slug} --open`\n")
    sections.append("## Evidence\n")
    for part in series.instalments:
        sections.append(f"### {part.number}\\. {escaped(part.title)}\n")
        sections.append("".join(_evidence(part, report.sources)))
    if report.left_out:
        sections += ["## Left out\n", bullets(report.left_out)]
    return "\n".join(sections)


def letter_page(part: Instalment, file: str, faults: Sequence[Fault], link: str) -> str:
    """Markdown: where a letter's part is, its draft, and what it lacks."""
    sections = [
        f"# {escaped(part.title)}\n",
        f"Part {part.number} is in {escaped(file)}: edit it there.\n",
        drafts([part], {part.number: link} if link else {}),
    ]
    if faults:
        sections += ["## To mend\n", points((fault.severity, place_of(fault)) for fault in faults)]
    return "\n".join(sections)


def drafts(parts: Sequence[Instalment], links: Mapping[int, str]) -> str:
    """A link for each part that has one, to its draft as it would be read on the web."""
    shown = [part for part in parts if part.number in links]
    lines = "".join(
        f"- [{part.number}\\. {escaped(part.title)}](<{links[part.number]}>)\n" for part in shown
    )
    return f"Drafts, as they would be read on the web (for 14 days):\n\n{lines}" if lines else ""


def place_of(fault: Fault) -> str:
    """What is wrong, and where."""
    line = f", line {fault.line}" if fault.line else ""
    return f"{fault.file}{line}: {fault.message}"


def _part(part: Instalment) -> tuple[str, str]:
    words = sum(len(sentence.text.split()) for sentence in part.sentences)
    minutes = minutes_to_read("\n".join(s.text for s in part.sentences))
    caveats = sum(is_caveat(sentence.text) for sentence in part.sentences)
    warned = "1 caveat" if caveats == 1 else f"{caveats} caveats"
    return (
        f"{part.number}. {part.title}",
        f"{words} words, {minutes} min, {warned}, from {', '.join(part.articles)}",
    )


def _evidence(part: Instalment, sources: Mapping[str, Article]) -> Iterator[str]:
    """Each sentence with the words of each source that bear it out, those that differ quoted."""
    for sentence in part.sentences:
        yield f"- {escaped(sentence.text)}\n"
        for name, quote in _quotes(sentence, sources):
            yield f"  - *{escaped(name)}* {escaped(quote)}\n"


def _quotes(sentence: Sentence, sources: Mapping[str, Article]) -> Iterator[tuple[str, str]]:
    for citation in sentence.citations:
        article = sources.get(citation.article)
        blocks = [b.text for b in article.blocks if b.digest == citation.block] if article else []
        if not article or not blocks:
            yield citation.article, "has no such block any more"
        elif normalised(sentence.text) in normalised(blocks[0]):
            yield article.title, "word for word"
        else:
            yield article.title, f"“{_nearest(sentence.text, blocks[0])}”"
    if not sentence.citations:
        yield "no source", ""


def _nearest(text: str, block: str) -> str:
    """The sentence of the block that has most words in common with the text."""
    words = set(normalised(text).split())
    return max(sentences_in(block), key=lambda s: len(words & set(normalised(s).split())))
