"""Lines that platforms print around an article, and sentences that only sound like them.

The lines are in tests/data/wording: notices with their category, look-alikes without.
"""

from pathlib import Path

import pytest

from partwork.cleaning.lines import pattern_of
from partwork.cleaning.surroundings import surroundings_in
from partwork.cleaning.wording import Pattern
from partwork.model.article import Article, Block, BlockKind, Category

DATA = Path(__file__).parents[1] / "data" / "wording"
PROSE = (
    "The ferry left at six, and the gulls went with it as far as the bar, where they turned back.",
    "Nobody on the quay could say who had lit the lamp, nor why it was burning in the daytime.",
)
# What a pattern says so often outvotes a judge in doubt.
SURE = 0.9
# Each could be read in many ways if two alternatives of a pattern described one word.
ROWS = (
    "share",
    "print",
    "e-mail",
    "♡ print",
    "learn more",
    "english",
    "12 likes ·",
    "hide ad",
    "1 2",
)


def lines_of(name: str) -> list[str]:
    text = (DATA / f"{name}.txt").read_text(encoding="utf-8")
    return [line for line in text.splitlines() if not line.startswith("# ")]


def notices_of(name: str) -> list[tuple[str, Category]]:
    parts = (line.split(": ", 1) for line in lines_of(name))
    return [(line, Category(category)) for category, line in parts]


def described(line: str, at: int) -> Pattern | None:
    lines = [*PROSE[:at], line, *PROSE[at:]]
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in lines)
    page = surroundings_in(Article(slug="ferry", title="The Ferry", blocks=blocks))
    return pattern_of(page, at, page.folded[at][0])


def above_the_text(line: str) -> Pattern | None:
    return described(line, at=0)


def in_the_midst(line: str) -> Pattern | None:
    return described(line, at=1)


def at_the_end(line: str) -> Pattern | None:
    return described(line, at=2)


@pytest.mark.parametrize(("line", "category"), notices_of("anywhere"))
def test_what_a_platform_prints_is_named_wherever_it_stands(line: str, category: Category):
    for pattern in (above_the_text(line), in_the_midst(line), at_the_end(line)):
        assert pattern is not None
        assert pattern.category is category


@pytest.mark.parametrize(("line", "category"), notices_of("at-the-end"))
def test_what_a_text_may_say_itself_is_named_at_its_end_alone(line: str, category: Category):
    pattern = at_the_end(line)

    assert pattern is not None
    assert pattern.category is category
    assert in_the_midst(line) is None


@pytest.mark.parametrize("line", lines_of("look-alikes"))
def test_a_sentence_that_only_sounds_like_a_notice_is_not_surely_one(line: str):
    found = (above_the_text(line), in_the_midst(line), at_the_end(line))

    assert [p.rule for p in found if p is not None and p.confidence >= SURE] == []


@pytest.mark.parametrize("word", ROWS)
def test_a_long_row_of_one_word_is_soon_seen_to_be_nothing(word: str):
    row = f"{word} " * (480 // len(f"{word} "))

    assert at_the_end(f"{row}~") is None
