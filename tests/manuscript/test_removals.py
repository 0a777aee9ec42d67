"""What was stored of a cleaning is read back as it was."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partwork.manuscript.article import print_removals
from partwork.manuscript.errors import ManuscriptError
from partwork.manuscript.removals import parse_removals
from partwork.model.article import Article, Block, BlockKind, Category, Cleaned, Removal

FILE = "content/articles/compost.removals.json"

removals = st.builds(
    Removal,
    position=st.integers(0, 10_000),
    block=st.builds(
        Block,
        kind=st.sampled_from(BlockKind),
        text=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn"])),
        first_line=st.integers(0, 99),
        last_line=st.integers(0, 99),
    ),
    rule=st.text("abc-"),
    category=st.sampled_from(Category),
    reason=st.text("ab “”"),
    confidence=st.floats(0, 1),
)


def stored(cleaned: Cleaned, **others: object) -> str:
    listed = json.loads(print_removals(cleaned))
    return json.dumps({"article_sha256": "ab12", "cleaner": "7", "removals": listed, **others})


@given(st.lists(removals, unique_by=lambda r: r.position))
def test_removals_are_read_back_in_reading_order(made: list[Removal]) -> None:
    text = stored(Cleaned(Article("compost", "Compost", ()), tuple(made)))

    found = parse_removals(text, FILE)

    assert found.removals == tuple(sorted(made, key=lambda r: r.position))
    assert (found.cleaner, found.article_sha256) == ("7", "ab12")


def one(**changed: object) -> dict[str, object]:
    whole = {
        "position": 1,
        "rule": "share",
        "category": "share buttons",
        "reason": "shares",
        "confidence": 0.5,
        "lines": [1, 1],
        "kind": "paragraph",
        "text": "Share",
    }
    return {**whole, **changed}


def test_what_a_later_version_adds_is_passed_over() -> None:
    text = json.dumps({"removals": [one(marks=[1])], "memory": {}})

    assert parse_removals(text, FILE).removals[0].block.text == "Share"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        '{"removals": 3}',
        '{"removals": [3]}',
        "[" * 100_000,
        json.dumps({"removals": [{"position": 1}]}),
        json.dumps({"removals": [one(category="weather")]}),
        json.dumps({"removals": [one(kind="poem")]}),
        json.dumps({"removals": [one(lines=[1])]}),
        json.dumps({"removals": [one(position=-1)]}),
        json.dumps({"removals": [one(), one()]}),
        json.dumps({"removals": {}}),
        json.dumps({"removals": [one(position="0")]}),
        json.dumps({"removals": [one(position=True)]}),
        json.dumps({"removals": [one(text=7)]}),
        json.dumps({"removals": [one(lines="11")]}),
        json.dumps({"removals": [one(lines=[1.5, 2])]}),
        json.dumps({"removals": [one(rule=None)]}),
        json.dumps({"removals": [one(confidence=float("nan"))]}),
        json.dumps({"removals": [one(confidence=float("inf"))]}),
        json.dumps({"removals": [one(confidence=True)]}),
        json.dumps({"removals": [one()], "cleaner": 7}),
        json.dumps({"removals": [one()], "article_sha256": None}),
    ],
)
def test_a_damaged_file_is_named_with_what_to_do(text: str) -> None:
    with pytest.raises(ManuscriptError, match=r"compost\.removals\.json: .*ingest") as error:
        parse_removals(text, FILE)

    assert "\n" not in str(error.value)
