"""Clean articles as editors edit them: Markdown under front matter, removals beside it as JSON."""

import json
from datetime import date

from partwork.manuscript.blocks import parse_blocks, print_blocks
from partwork.manuscript.front_matter import front_matter_of, print_front_matter
from partwork.manuscript.inline import without_controls
from partwork.model.article import Article, Cleaned, Rights

FIELDS = (
    "title",
    "deck",
    "byline",
    "published_on",
    "source",
    "language",
    "rights",
    "withdrawn_on",
    "sha256",
    "cleaner",
    "title_is_made",
)


def print_article(cleaned: Cleaned) -> str:
    """The cleaned article as `articles/<slug>.md`; fields that are empty are left out.

    Read back, it is the same article, with two differences: blocks no longer know their markup
    and their lines in the raw text, and marks are such as Markdown can express (see
    `manuscript.inline.line_of`). Headings begin at `##`; the title is in the front matter.
    """
    article = cleaned.article
    fields: dict[str, str | bool | date] = {
        "title": article.title,
        "deck": article.deck,
        "byline": article.byline,
        "published_on": article.published_on or "",
        "source": article.source,
        "language": article.language,
        "rights": article.rights.value,
        "withdrawn_on": article.withdrawn_on or "",
        "sha256": article.sha256,
        "cleaner": cleaned.cleaner,
        "title_is_made": article.title_is_made,
    }
    head = print_front_matter({name: value for name, value in fields.items() if value})
    body = print_blocks(article.blocks)
    return f"{head}\n{body}\n" if body else head


def parse_article(text: str, slug: str, file: str) -> Article:
    """The article in the text of `file`; of the fields only the title must be there.

    The field `cleaner` is for people and for the next cleaning; an article has no place for it.
    Raises ManuscriptError for what it cannot read, naming the line.
    """
    front = front_matter_of(text, file, FIELDS)
    title = front.required("title").strip()
    if not title:
        raise front.error("title", "an article needs a title")
    try:
        rights = Rights(front.text("rights", Rights.UNKNOWN))
    except ValueError:
        raise front.error("rights", f"write one of {', '.join(Rights)}") from None
    return Article(
        slug=slug,
        title=title,
        blocks=parse_blocks(front.body, file, front.body_offset),
        deck=front.text("deck"),
        byline=front.text("byline"),
        published_on=front.day("published_on"),
        source=front.text("source"),
        language=front.text("language", "und"),
        rights=rights,
        withdrawn_on=front.day("withdrawn_on"),
        sha256=front.text("sha256"),
        title_is_made=front.is_true("title_is_made"),
    )


def print_removals(cleaned: Cleaned) -> str:
    """What cleaning took out, as `articles/<slug>.removals.json`: a list in reading order.

    `position` counts from 0 in the article as it was read; `lines` are first and last line in
    the raw text, counted from 1 (0: not known).
    """
    listed = [
        {
            "position": removal.position,
            "rule": removal.rule,
            "category": removal.category.value,
            "reason": without_controls(removal.reason),
            "confidence": removal.confidence,
            "lines": [removal.block.first_line, removal.block.last_line],
            "kind": removal.block.kind.value,
            "text": without_controls(removal.block.text),
        }
        for removal in cleaned.removals
    ]
    return json.dumps(listed, ensure_ascii=False, indent=2) + "\n"
