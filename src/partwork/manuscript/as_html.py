"""Markdown that we wrote ourselves → HTML, to be shown on a page."""

from markdown_it import MarkdownIt


def html_of(markdown: str) -> str:
    """The HTML of a claims sheet or the like; markup in it is shown as words, and no picture.

    Links lead to web addresses alone: markdown-it refuses `javascript:` and its like.
    """
    reader = MarkdownIt("commonmark", {"html": False}).disable("image")
    html: str = reader.render(markdown)
    return html
