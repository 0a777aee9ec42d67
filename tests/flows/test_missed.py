"""What the flow leaves of missed parts, and which choices its form offers."""

from collections.abc import Callable
from datetime import UTC, datetime
from types import ModuleType

from markdown_it import MarkdownIt
from prefect.utilities.callables import parameter_schema

from partwork.actions.missed import Decided, MissedSeries
from partwork.actions.missed_dates import PartDates
from partwork.model.missed import Choice

HOSTILE = "<script>alert(1)</script> [x](javascript:y) | # *z*"
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def test_the_form_offers_showing_and_each_choice(flow_file: Callable[[str], ModuleType]) -> None:
    properties = parameter_schema(flow_file("missed").missed).model_dump()["properties"]

    assert properties["choice"]["enum"] == ["show the dates", *(c.value for c in Choice)]
    assert properties["choice"]["default"] == "show the dates"


def test_titles_are_words_in_a_table(flow_file: Callable[[str], ModuleType]) -> None:
    flow = flow_file("missed")
    parts = (PartDates(1, HOSTILE, NOW, NOW, None, NOW),)

    shown = html(flow.page((MissedSeries("compost", HOSTILE, parts),)))
    decided = html(flow.page_of(Decided("compost", Choice.SKIP, (), ((1, HOSTILE, None),))))

    for page in (shown, decided):
        assert "<script" not in page
        assert 'href="javascript' not in page
        assert "left out" in page
    assert "No part has missed its slot" in html(flow.page(()))
