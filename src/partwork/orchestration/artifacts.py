"""What a flow leaves in the dashboard for people to read: one Markdown artifact a run."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from prefect.artifacts import create_markdown_artifact

LIMIT_BYTES = 100_000
CLAIMS_SHEET = "The claims sheet: figures, effects and warnings, each with its source."
CUT = "\n\n*The rest is too long for this page.*\n"

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
_NO_KEY = re.compile(r"[^a-z0-9]+")


def leave_report(key: str, markdown: str, about: str = "") -> None:
    """Stores the report under a key made of `key`; a later run's stands before it.

    `about` is a sentence of ours for lists of reports, which show no more than it and the key;
    flows in homes that are older than it say none.
    """
    create_markdown_artifact(
        markdown=bounded(markdown), key=artifact_key(key), description=about or None
    )


def escaped(text: str) -> str:
    """`text` as Markdown that shows just these words, on one line.

    A backslash before any ASCII punctuation character makes it literal (CommonMark 2.4), which
    leaves no HTML, link, table cell or heading; control and format characters become spaces.
    """
    plain = "".join(" " if unicodedata.category(c)[0] == "C" else c for c in text)
    return _PUNCTUATION.sub(r"\\\1", " ".join(plain.split()))


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; the cells are escaped, the headings are ours.

    For short cells: the dashboard does not break lines in a table.
    """
    lines = [" | ".join(headings), " | ".join("---" for _ in headings)]
    lines += [" | ".join(escaped(str(cell)) for cell in row) for row in rows]
    return "".join(f"| {line} |\n" for line in lines)


def bullets(items: Iterable[str]) -> str:
    """A Markdown list; the items are escaped."""
    return "".join(f"- {escaped(item)}\n" for item in items)


def points(items: Iterable[tuple[str, str]]) -> str:
    """A Markdown list of words in bold type and what is to be said of them; both are escaped."""
    return "".join(f"- **{escaped(head)}** {escaped(words)}\n" for head, words in items)


def artifact_key(words: str) -> str:
    """`words` as Prefect demands of a key: small letters, digits and hyphens."""
    return _NO_KEY.sub("-", words.lower()).strip("-") or "report"


def bounded(markdown: str) -> str:
    """`markdown`, cut after a whole line where it is too long to be kept."""
    raw = markdown.encode()
    if len(raw) <= LIMIT_BYTES:
        return markdown
    kept = raw[: LIMIT_BYTES - len(CUT.encode())]
    return kept[: kept.rfind(b"\n") + 1].decode(errors="ignore") + CUT
