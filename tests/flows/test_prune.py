"""What the flow that removes what is too old leaves for people to read."""

from pathlib import Path

from markdown_it import MarkdownIt

from partwork.actions.pruning import Pruned

HOSTILE = ".partwork/logs/<script>alert(1)</script> [x](javascript:y).log: denied"


def html(markdown: str) -> str:
    return MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown)


def test_what_was_removed_is_told_in_a_table(flow_file):
    page = html(flow_file("prune").page(Pruned({"logs": 3, "previews": 0})))

    assert "<h1>What was removed</h1>" in page
    assert "<td>logs</td>\n<td>3</td>" in page
    assert "<td>previews</td>\n<td>0</td>" in page
    assert "Could not" not in page


def test_a_dry_run_does_not_claim_to_have_removed_anything(flow_file):
    page = html(flow_file("prune").page(Pruned({"logs": 3}, is_dry_run=True)))

    assert "<h1>What would be removed</h1>" in page


def test_what_could_not_be_done_is_shown_as_words(flow_file):
    page = html(flow_file("prune").page(Pruned({}, notes=(HOSTILE,))))

    assert "<h2>Could not be done</h2>" in page
    assert "<script>" not in page
    assert "href" not in page


def test_the_flow_is_deployed_under_its_own_name_and_runs_once_a_day(flow_file):
    assert flow_file("prune").prune.name == "prune"
    config = (Path(__file__).parents[2] / "prefect.yaml").read_text()
    deployment = config.partition("entrypoint: flows/prune.py:prune")[2]
    assert 'cron: "20 3 * * *"' in deployment
