"""What must hold for any bytes at all, one function for each stretch of the path.

Each takes bytes and returns, or raises: an assertion that fails and every error that is not a
`PartworkError` is a defect. `test_fuzz.py` calls them with what hypothesis makes up, `endure.py`
with what atheris does.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

from partwork.cleaning.cleaner import as_read, cleaned
from partwork.manuscript.article import parse_article, print_article
from partwork.manuscript.inline import without_controls
from partwork.model.article import Article, Block, BlockKind, Cleaned
from partwork.model.errors import PartworkError
from partwork.model.feedback import FeedbackKind
from partwork.reading.raw import read_article
from partwork.returning import mail

ONE_LINE = {BlockKind.HEADING, BlockKind.PARAGRAPH, BlockKind.QUOTE, BlockKind.IMAGE}
LONGEST_FIELD = 998  # characters: a line of a mail (RFC 5322, 2.1.1)
NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def read_text(raw: bytes) -> None:
    """Plain text is read into well-formed blocks, which know their lines in order."""
    article = read(raw, "fuzz.txt")
    if article is None:
        return
    known = [block for block in article.blocks if block.first_line]
    assert all(block.first_line <= block.last_line for block in known)
    assert all(one.last_line <= other.first_line for one, other in pairwise(known))


def read_markdown(raw: bytes) -> None:
    """Markdown is read into well-formed blocks.

    Controls within code still get through, see `test_bad_input.py`; till then they are left out.
    """
    text = NOT_TEXT.sub("", raw.decode("utf-8", "replace"))
    read(text.encode(), "fuzz.md")


def read_html(raw: bytes) -> None:
    """HTML is read into well-formed blocks."""
    read(raw, "fuzz.html")


def clean(raw: bytes) -> None:
    """What is kept and removed is what was read; what is clean stays as it is."""
    for name in ("fuzz.txt", "fuzz.html"):
        if (article := read(raw, name)) is None:
            continue
        once = cleaned(article)
        assert as_read(once) == article.blocks
        assert all(removal.reason and 0 < removal.confidence <= 1 for removal in once.removals)
        again = cleaned(once.article)
        assert again.removals == (), again.removals
        assert again.article == once.article
        printed = print_article(once)
        assert [shape(block) for block in parse_article(printed, "x", "x.md").blocks] == [
            shape(block) for block in once.article.blocks
        ]


def parse_manuscript(raw: bytes) -> None:
    """An article's file is parsed or refused; printed and parsed again it is the same.

    Characters that printing replaces are no part of the promise.
    """
    text = without_controls(raw.decode("utf-8", "replace"))
    try:
        article = parse_article(text, "x", "x.md")
    except PartworkError:
        return
    printed = print_article(Cleaned(article))
    again = parse_article(printed, "x", "x.md")
    assert [words(block) for block in again.blocks] == [words(block) for block in article.blocks]
    assert print_article(Cleaned(again)) == printed


def read_mail(raw: bytes) -> None:
    """A mail that came back tells something, of whatever bytes it is; nothing of it is markup."""
    events = mail.read_mail(raw)
    assert events
    told_of = {FeedbackKind.BOUNCE, FeedbackKind.DELAY, FeedbackKind.DELIVERED}
    for event in events:
        assert len(events) == 1 or event.kind in told_of | {
            FeedbackKind.COMPLAINT,
            FeedbackKind.UNSUBSCRIBE,
        }
        assert event.event
        assert event.at is None or event.at.tzinfo is not None
        assert re.fullmatch(r"(?:[245]\.[0-9]{1,3}\.[0-9]{1,3})?", event.status), event
        assert re.fullmatch(r"(?:<[^<>\s]+>)?", event.message_id), event
        for text in (event.recipient, event.bounce_address, event.relay_id, event.event):
            assert not re.search(r"[\s<>]", text.strip("<>")), event
        for text in (event.words, event.recipient, event.feedback_type):
            assert "\n" not in text
            assert not NOT_TEXT.search(text), repr(text)
            assert len(text) <= LONGEST_FIELD


TARGETS: dict[str, tuple[Callable[[bytes], None], str]] = {
    # with the endings of the dumps that are good seeds
    "read_text": (read_text, ".txt"),
    "read_markdown": (read_markdown, ".txt"),
    "read_html": (read_html, ".html"),
    "clean": (clean, ""),
    "parse_manuscript": (parse_manuscript, ".txt"),
    "read_mail": (read_mail, ""),
}


def read(raw: bytes, name: str) -> Article | None:
    """The article, checked; None where it was refused with a reason."""
    try:
        article = read_article(raw, name)
    except PartworkError as refusal:
        message = str(refusal)
        assert message.startswith(name)
        assert "\n" not in message
        return None
    assert article.title.strip()
    assert article.slug
    assert article.blocks or not article.title_is_made
    for text in (article.title, article.deck, article.byline, article.source):
        assert "\n" not in text
        assert not NOT_TEXT.search(text), repr(text)
    for block in article.blocks:
        check_block(block)
    return article


def check_block(block: Block) -> None:
    """What `Block` promises of itself."""
    assert not NOT_TEXT.search(block.text), repr(block.text)
    assert block.text.strip(), block
    assert (1 <= block.level <= 6) == (block.kind is BlockKind.HEADING), block
    assert "\n" not in block.text or block.kind not in ONE_LINE, block
    last = 0
    open_spans: list[int] = []
    for span in block.spans:
        assert 0 <= span.start < span.end <= len(block.text), block
        assert span.start >= last, block
        last = span.start
        while open_spans and open_spans[-1] <= span.start:
            open_spans.pop()
        assert not open_spans or span.end <= open_spans[-1], block
        open_spans.append(span.end)


def words(block: Block) -> tuple[BlockKind, list[str]]:
    """Kind and lines. Printing gives an item without a parent (`- - a`) the depth it can have."""
    return block.kind, [line.strip() for line in block.text.split("\n")]


def shape(block: Block) -> Block:
    """What of a block a manuscript must keep: all but marks, markup, lines and flag.

    A file's headings begin at level 2.
    """
    level = max(2, block.level) if block.level else 0
    bare = replace(block, spans=(), markup=None, first_line=0, last_line=0, flag=None, url="")
    return replace(bare, level=level)
