"""One raw text → clean Markdown, with nothing stored: what `ingest` does, to look at."""

import json
from dataclasses import dataclass, replace

from partwork.cleaning.cleaner import as_read, cleaned
from partwork.manuscript.article import print_article
from partwork.model.article import Cleaned
from partwork.reading.raw import named_by, read_article
from partwork.rendering.report import Report, judged_blocks, report_data


@dataclass(frozen=True, slots=True)
class CleanText:
    """What cleaning made of a raw text; each way to write it down is made when it is asked for."""

    result: Cleaned

    @property
    def markdown(self) -> str:
        """The article as the file that `ingest` writes."""
        return print_article(self.result)

    @property
    def as_json(self) -> str:
        """All that was read, block by block with its verdict, and the Markdown: docs/formats.md."""
        data = {**report_data(report_of(self.result)), "markdown": self.markdown}
        return json.dumps(data, ensure_ascii=False, indent=1)


def clean(raw: bytes, name: str) -> CleanText:
    """The cleaned article of a raw text. Raises Unreadable."""
    read = read_article(raw, name)
    result = cleaned(read)
    named = named_by(result.article.blocks, result.article)
    return CleanText(replace(result, article=named))


def report_of(result: Cleaned) -> Report:
    """The report of an article that has just been cleaned."""
    read = as_read(result)
    digests = [block.digest for block in read]
    blocks = judged_blocks(digests, result.removals, result.article.blocks, read=read)
    return Report(result.article, blocks, result.cleaner)
