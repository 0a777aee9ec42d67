"""What the flow that collects leaves for people to read."""

from pathlib import Path

from markdown_it import MarkdownIt

from partwork.actions.collect_bounces import Collected
from partwork.model.feedback import FeedbackKind

HOSTILE = "new/<script>alert(1)</script> [x](javascript:y) | # *z*: cannot be read"


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).render(markdown)


def test_what_came_back_is_told_in_words(flow_file):
    collected = Collected(3, {FeedbackKind.BOUNCE: 2, FeedbackKind.UNRELATED: 1}, 2)

    page = html(flow_file("collect_bounces").page(collected))

    assert "looked at 3 mails: 2 bounced, 1 unrelated, 2 new to us; nothing to judge" in page
    assert "Not read" not in page


def test_what_was_not_read_is_shown_as_words(flow_file):
    page = html(flow_file("collect_bounces").page(Collected(1, notes=(HOSTILE,))))

    assert "<h2>Not read, or not all of it</h2>" in page
    assert "<script>" not in page
    assert "href" not in page


def test_what_counts_for_nothing_has_a_heading_of_its_own(flow_file):
    page = html(flow_file("collect_bounces").page(Collected(3, unheeded=("automatic replies: 3",))))

    assert "<h2>Counts for nothing</h2>" in page
    assert "automatic replies: 3" in page
    assert "Not read" not in page


def test_the_flow_is_deployed_under_its_own_name_and_looks_every_ten_minutes(flow_file):
    assert flow_file("collect_bounces").collect_bounces.name == "collect_bounces"
    config = (Path(__file__).parents[2] / "prefect.yaml").read_text()
    deployment = config.partition("entrypoint: flows/collect_bounces.py:collect_bounces")[2]
    assert "interval: 600" in deployment
