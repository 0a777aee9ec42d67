"""One raw text → clean Markdown, with nothing stored: what `ingest` does, to look at."""

import json
from dataclasses import dataclass

from partwork.cleaning.cleaner import cleaned
from partwork.manuscript.article import print_article, print_removals
from partwork.model.article import Cleaned
from partwork.reading.raw import read_article


@dataclass(frozen=True, slots=True)
class CleanText:
    """The article's Markdown and, as JSON, what was taken out."""

    result: Cleaned
    markdown: str
    removals: str

    @property
    def as_json(self) -> str:
        """Both in one object."""
        article = self.result.article
        return json.dumps(
            {
                "title": article.title,
                "byline": article.byline,
                "published_on": article.published_on.isoformat() if article.published_on else None,
                "language": article.language,
                "markdown": self.markdown,
                "removals": json.loads(self.removals),
            },
            ensure_ascii=False,
            indent=1,
        )


def clean(raw: bytes, name: str) -> CleanText:
    """The cleaned article of a raw text. Raises Unreadable."""
    result = cleaned(read_article(raw, name))
    return CleanText(result, print_article(result), print_removals(result))
