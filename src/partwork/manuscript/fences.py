"""Code between fences (CommonMark 0.31, 4.5)."""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from partwork.manuscript.inline import without_controls


def print_fenced(text: str, info: str = "") -> str:
    """Lines as they are, between more backticks than they hold; `info` has no backtick."""
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    clean = without_controls(re.sub(r"\r\n?", "\n", text))
    return f"{fence}{info}\n{clean}\n{fence}"


def fenced_text(token: Token) -> str:
    """The lines between the fences."""
    return without_controls(token.content.removesuffix("\n"))


def is_closed(token: Token, lines: Sequence[str]) -> bool:
    """Whether a fence closes what `token` opened in those lines, and not the end of the text."""
    start, end = token.map or (0, 0)
    last = lines[end - 1].strip()
    is_fence = len(last) >= len(token.markup) and not last.strip(token.markup[0])
    return end - start > 1 and is_fence
