"""What the check flow leaves for people to read."""

from pathlib import Path

from markdown_it import MarkdownIt

from partwork.model.fault import Fault, Severity

HOSTILE = "<script>alert(1)</script> [x](javascript:y) | # *z*"


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).render(markdown)


def test_what_blocks_publishing_comes_first_with_place_and_rule(flow_file):
    faults = (
        Fault("01-a.md", 3, "repeated", "may say it again", Severity.NOTICE),
        Fault("02-b.md", 0, "crisis", "needs a notice"),
    )

    page = html(flow_file("check").page("better-sleep", faults))

    assert "<h1>better-sleep</h1>\n<p>faults: 1, notices: 1</p>" in page
    assert page.index("02-b.md (crisis)") < page.index("01-a.md, line 3 (repeated)")


def test_a_message_is_shown_as_words(flow_file):
    page = html(flow_file("check").page("a", (Fault("a.md", 1, "name", HOSTILE),)))

    assert "<script>" not in page
    assert "href" not in page


def test_the_flow_is_deployed_under_its_own_name(flow_file):
    assert flow_file("check").check.name == "check"
    config = Path(__file__).parents[2] / "prefect.yaml"
    assert "entrypoint: flows/check.py:check" in config.read_text()
